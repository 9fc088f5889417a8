/** `[momento] rotate_every`: the schedule, who may call the function, and what that may do. Synthesized templates. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Template } from 'aws-cdk-lib/assertions';

import { all, FUNCTIONS, MODES, MOMENTO, only, type Part, synthesize, synthesizeWith } from './fixtures.ts';

const ROTATED = { momento: { ...MOMENTO, rotate_every: 30 * 86_400 } };
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd';

/** The rotation function: its logical id and its properties. */
function rotation(template: Template): { id: string; made: Part } {
  const found = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([, { Properties }]) =>
    String(Properties['Description']).includes('renews'),
  );
  assert.equal(found.length, 1);
  const [id, resource] = found[0] as [string, { Properties: Part }];
  return { id, made: resource.Properties };
}

/** What its role may do. */
function statements(template: Template): Part[] {
  const [role] = (rotation(template).made['Role'] as { 'Fn::GetAtt': [string] })['Fn::GetAtt'];
  return all(template, 'AWS::IAM::Policy')
    .filter((policy) => (policy['Roles'] as { Ref: string }[]).some(({ Ref }) => Ref === role))
    .flatMap((policy) => (policy['PolicyDocument'] as { Statement: Part[] }).Statement);
}

test('without it there is no schedule and no third function', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 0);
    assert.doesNotMatch(JSON.stringify(template.toJSON()), /tvm-rotation|renews/);
  }
});

test('it is told which member of the secret holds the key, as the file says', () => {
  const named = { momento: { ...ROTATED.momento, secret_field: 'MOMENTO_API_KEY' } };
  const field = (template: Template): unknown =>
    (rotation(template).made['Environment'] as { Variables?: Part } | undefined)?.Variables?.['MOMENTO_API_KEY_FIELD'];
  assert.equal(field(synthesize(named)), 'MOMENTO_API_KEY');
  assert.equal(field(synthesize(ROTATED)), undefined);
});

test('Secrets Manager has the key renewed every so many days, and not while the stack is deployed', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth, ...ROTATED });
    const { SecretId, RotationLambdaARN, RotationRules, RotateImmediatelyOnUpdate } = only(
      template,
      'AWS::SecretsManager::RotationSchedule',
    );
    const { id, made } = rotation(template);
    assert.deepEqual(RotationRules, { AutomaticallyAfterDays: 30 });
    assert.deepEqual(RotationLambdaARN, { 'Fn::GetAtt': [id, 'Arn'] });
    assert.equal(RotateImmediatelyOnUpdate, false);
    const told = all(template, 'AWS::Lambda::Function').map(({ Environment = { Variables: {} } }) => Environment);
    const secrets = told.map((made) => (made as { Variables: Part }).Variables['MOMENTO_API_KEY_SECRET_ID']);
    assert.deepEqual(
      secrets.filter((secret) => secret !== undefined),
      [SecretId],
      'of the key that the machine mints with',
    );
    assert.equal(made['Timeout'], 30);
  }
});

test('nobody but Secrets Manager may call the function, for that secret, in this account', () => {
  const template = synthesize(ROTATED);
  const { id } = rotation(template);
  const { SecretId } = only(template, 'AWS::SecretsManager::RotationSchedule');
  const permissions = all(template, 'AWS::Lambda::Permission').filter(
    ({ FunctionName }) => JSON.stringify(FunctionName) === JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] }),
  );
  assert.deepEqual(permissions, [
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [id, 'Arn'] },
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: SecretId,
    },
  ]);
  const [schedule] = Object.values(template.findResources('AWS::SecretsManager::RotationSchedule'));
  const [permission] = Object.entries(template.findResources('AWS::Lambda::Permission')).find(
    ([, { Properties }]) => Properties.Principal === 'secretsmanager.amazonaws.com',
  ) as [string, unknown];
  assert.deepEqual([schedule?.['DependsOn']].flat(), [permission]);
});

test('it may read, write and relabel that secret, write its own logs, and nothing else', () => {
  const template = synthesize(ROTATED);
  const { SecretId } = only(template, 'AWS::SecretsManager::RotationSchedule');
  const { LogGroup } = rotation(template).made['LoggingConfig'] as { LogGroup: { Ref: string } };
  assert.deepEqual(statements(template), [
    {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [LogGroup.Ref, 'Arn'] },
    },
    {
      Action: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      Effect: 'Allow',
      Resource: SecretId,
    },
  ]);
});

test('the other functions may do no more than without it', () => {
  const roles = (template: Template) =>
    all(template, 'AWS::IAM::Policy').filter((policy) => !JSON.stringify(policy).includes('PutSecretValue'));
  for (const auth of MODES) {
    assert.deepEqual(roles(synthesize({ auth, ...ROTATED })), roles(synthesize({ auth })));
  }
});

test('with a key of one’s own for secrets, it may also encrypt that secret, through Secrets Manager alone', () => {
  const template = synthesize({ ...ROTATED, secrets: { kms_key: KEY } });
  const { SecretId } = only(template, 'AWS::SecretsManager::RotationSchedule');
  const ofKms = statements(template).filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
  assert.deepEqual(ofKms.flatMap(({ Action }) => Action).sort(), ['kms:Decrypt', 'kms:GenerateDataKey']);
  for (const { Resource, Condition } of ofKms) {
    assert.equal(Resource, KEY);
    assert.match(JSON.stringify(Condition), /"kms:ViaService":.*secretsmanager\./);
    assert.deepEqual((Condition as { StringLike: Part }).StringLike, { 'kms:EncryptionContext:SecretARN': SecretId });
  }
});

test('it is told where Momento is as the vending function is, and nothing is reserved for it', () => {
  const [momentoTokenEndpoint, momentoCacheEndpoint] = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
  const functions = { ...FUNCTIONS, reserved_concurrency: 5, tracing: true };
  const template = synthesizeWith({ momentoTokenEndpoint, momentoCacheEndpoint }, { ...ROTATED, functions });
  const { made } = rotation(template);
  assert.deepEqual((made['Environment'] as { Variables: Part }).Variables, {
    MOMENTO_TOKEN_ENDPOINT: momentoTokenEndpoint,
    MOMENTO_CACHE_ENDPOINT: momentoCacheEndpoint,
  });
  assert.equal(made['ReservedConcurrentExecutions'], undefined);
  assert.deepEqual(made['TracingConfig'], { Mode: 'PassThrough' });
});
