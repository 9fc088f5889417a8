/** The three ways of the API key, and that no secret is in a template. Synthesized templates; nothing is deployed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Match, type Template } from 'aws-cdk-lib/assertions';

import { all, bySecret, MODES, MOMENTO, only, type Part, synthesize, synthesizeWith } from './fixtures.ts';

const SECRET = 'AWS::SecretsManager::Secret';
const NAMED = 'team/momento';
const COMPLETE_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:team/momento-AbC123';
const PARTIAL_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:team/momento';

function secretOfVending(template: Template): unknown {
  const { Variables } = only(template, 'AWS::Lambda::Function')['Environment'] as { Variables: Part };
  return Variables['MOMENTO_API_KEY_SECRET_ID'];
}

function readable(template: Template): unknown {
  const { Statement } = only(template, 'AWS::IAM::Policy')['PolicyDocument'] as { Statement: Part[] };
  return Statement.find((statement) => statement['Action'] === 'secretsmanager:GetSecretValue')?.['Resource'];
}

test('a new secret has a value only where the parameter has one', () => {
  const template = synthesize();
  const given = { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'MomentoApiKey' }, ''] }] };
  const [condition] = Object.keys(template.findConditions('*', given));
  assert.ok(condition);
  template.hasResourceProperties(SECRET, {
    SecretString: { 'Fn::If': [condition, { Ref: 'MomentoApiKey' }, { Ref: 'AWS::NoValue' }] },
    GenerateSecretString: Match.absent(),
  });
});

test('the parameter is named as in the original, is not echoed, and may be left out', () => {
  for (const auth of MODES) {
    synthesize({ auth }).hasParameter('MomentoApiKey', { Type: 'String', NoEcho: true, Default: '' });
  }
});

test('the vending function is told the ARN of a new secret', () => {
  const template = synthesize();
  const [id] = Object.keys(template.findResources(SECRET));
  assert.deepEqual(secretOfVending(template), { 'Fn::GetAtt': [id, 'Id'] });
  assert.deepEqual(readable(template), { 'Fn::GetAtt': [id, 'Id'] });
});

test('an existing secret is used by its name', () => {
  const template = synthesize({ momento: { ...MOMENTO, secret: NAMED } });
  template.resourceCountIs(SECRET, 0);
  assert.equal(secretOfVending(template), NAMED);
  // The suffix that Secrets Manager gave it is not known here.
  assert.match(JSON.stringify(readable(template)), /:secret:team\/momento-\?{6}"/);
});

test('an existing secret is used by its complete ARN', () => {
  const template = synthesize({ momento: { ...MOMENTO, secret: COMPLETE_ARN } });
  template.resourceCountIs(SECRET, 0);
  assert.equal(secretOfVending(template), COMPLETE_ARN);
  assert.equal(readable(template), COMPLETE_ARN);
  template.hasOutput('ApiKeySecretArn', { Value: COMPLETE_ARN });
});

test('an existing secret is used by an ARN without its suffix', () => {
  const template = synthesize({ momento: { ...MOMENTO, secret: PARTIAL_ARN } });
  assert.equal(secretOfVending(template), PARTIAL_ARN);
  assert.equal(readable(template), `${PARTIAL_ARN}-??????`);
});

test('what an issuer signs by is in a secret that exists: it is named to the authorizer alone, and none is made', () => {
  for (const [named, resource] of [
    [NAMED, /:secret:team\/momento-\?{6}"/],
    [COMPLETE_ARN, /:secret:team\/momento-AbC123"/],
    [PARTIAL_ARN, /:secret:team\/momento-\?{6}"/],
  ] as const) {
    const template = synthesize({ auth: 'LambdaAuthorizer', authorizer: bySecret(named) });
    // The one of the API key.
    template.resourceCountIs(SECRET, 1);
    assert.equal(template.findOutputs('CredentialsSecretArn')['CredentialsSecretArn'], undefined);
    const told = all(template, 'AWS::Lambda::Function').map(
      (made) => (made['Environment'] as { Variables: Part }).Variables,
    );
    assert.deepEqual(told.map((variables) => variables['AUTHORIZER_SECRET_ID']).sort(), [named, undefined]);
    const readers = all(template, 'AWS::IAM::Policy').filter((policy) => resource.test(JSON.stringify(policy)));
    assert.equal(readers.length, 1, named);
  }
});

test('a key that is given beside an existing secret stops the deployment', () => {
  const rule = (template: Template) => template.toJSON()['Rules'].KeyIsInTheNamedSecret;
  const [{ Assert: assertion }] = rule(synthesize({ momento: { ...MOMENTO, secret: NAMED } })).Assertions;
  assert.deepEqual(assertion, { 'Fn::Equals': [{ Ref: 'MomentoApiKey' }, ''] });
  assert.equal(rule(synthesize()), undefined);
});

test('nothing of the environment that builds a template gets into it', () => {
  const planted = 'pLaNtEd-5eCrEt';
  const names = ['MOMENTO_API_KEY', 'MomentoApiKey', 'AUTH_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  const before = { ...process.env };
  try {
    for (const name of names) {
      process.env[name] = planted;
    }
    for (const auth of MODES) {
      assert.doesNotMatch(JSON.stringify(synthesizeWith({}, { auth }).toJSON()), new RegExp(planted));
    }
  } finally {
    for (const name of names) {
      delete process.env[name];
    }
    Object.assign(process.env, before);
  }
});

test('no template holds a password or a key, nor hands one to a function or an output', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    const { Outputs, Parameters, Resources } = template.toJSON();
    assert.doesNotMatch(JSON.stringify(template.toJSON()), /"password\\*":|resolve:secretsmanager/);
    for (const [name, parameter] of Object.entries<Part>(Parameters)) {
      assert.ok(name === 'BootstrapVersion' || parameter['Default'] === '', `${name} has a default`);
    }
    // The parameter is read by the condition and the secret, and by nothing else.
    const readers = Object.values<Part>(Resources).filter((resource) => uses(resource, 'MomentoApiKey'));
    assert.deepEqual(
      readers.map((resource) => resource['Type']),
      [SECRET],
    );
    assert.ok(!uses(Outputs, 'MomentoApiKey'));
  }
});

function uses(part: unknown, parameter: string): boolean {
  return JSON.stringify(part).includes(`{"Ref":"${parameter}"}`);
}
