/** What the functions may do, and that stacks do not get in each other's way. Synthesized templates. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Template } from 'aws-cdk-lib/assertions';

import { all, bySecret, EVERYTHING_BEFORE, FUNCTIONS, MODES, MOMENTO, type Part, synthesize } from './fixtures.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Each function's binary stands for it: the id of its secret is in the environment variable of this name. */
const SECRET_VARIABLES = ['MOMENTO_API_KEY_SECRET_ID', 'AUTHORIZER_SECRET_ID'];

interface Privileges {
  readonly secret: unknown;
  readonly logGroup: unknown;
  readonly statements: readonly Statement[];
}

/** Follows function → role → policies, as Lambda does. */
function privileges(template: Template): Privileges[] {
  return all(template, 'AWS::Lambda::Function').map((made) => {
    const variables = (made['Environment'] as { Variables: Part }).Variables;
    const [role] = (made['Role'] as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
    const policies = all(template, 'AWS::IAM::Policy').filter((policy) =>
      (policy['Roles'] as { Ref: string }[]).some(({ Ref }) => Ref === role),
    );
    return {
      secret: SECRET_VARIABLES.map((name) => variables[name]).find((id) => id !== undefined),
      logGroup: (made['LoggingConfig'] as Part)['LogGroup'],
      statements: policies.flatMap((policy) => (policy['PolicyDocument'] as { Statement: Statement[] }).Statement),
    };
  });
}

/** The id of a secret is what a policy names where it is a complete ARN. */
const SIGNING_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:signing-AbC123';

test('each function may read its own secret and write its own logs, and nothing else', () => {
  const bySigningSecret = { auth: 'LambdaAuthorizer', authorizer: bySecret(SIGNING_SECRET) } as const;
  for (const machine of [...MODES.map((auth) => ({ auth })), bySigningSecret]) {
    for (const { secret, logGroup, statements } of privileges(synthesize(machine))) {
      assert.deepEqual(statements, [
        {
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [(logGroup as { Ref: string }).Ref, 'Arn'] },
        },
        { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret },
      ]);
    }
  }
});

test('with a key of one’s own for secrets, each function may decrypt its own secret alone, through Secrets Manager', () => {
  const kms_key = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  for (const machine of [
    ...MODES.map((auth) => ({ auth })),
    { auth: 'LambdaAuthorizer', authorizer: bySecret(SIGNING_SECRET) } as const,
  ]) {
    const template = synthesize({ ...machine, secrets: { kms_key } });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: kms_key });
    for (const { secret, statements } of privileges(template)) {
      // An ARN says its region, which may be another than the stack's.
      const service =
        secret === SIGNING_SECRET ? ['secretsmanager.us-east-1.'] : ['secretsmanager.', { Ref: 'AWS::Region' }, '.'];
      assert.deepEqual(
        statements.filter(({ Action }) => String(Action).startsWith('kms:')),
        [
          {
            Action: 'kms:Decrypt',
            Effect: 'Allow',
            Resource: kms_key,
            Condition: {
              StringEquals: {
                'kms:ViaService': {
                  'Fn::Join': ['', [...service, { Ref: 'AWS::URLSuffix' }]],
                },
              },
              StringLike: { 'kms:EncryptionContext:SecretARN': secret },
            },
          },
        ],
      );
      assert.equal(statements.length, 3);
    }
  }
});

test('with one key for a deployment, every log group and every secret is encrypted by it, and no function may use it for logs', () => {
  const kms_key = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const everything = {
    api: EVERYTHING_BEFORE,
    momento: { ...MOMENTO, rotate_every: 30 * 86_400 },
    web: { enabled: true },
  };
  const deployment = { stage: 'dev', open_to_everybody: false, kms_key } as const;
  for (const auth of MODES) {
    // As `tvm config render` prints it: the key of secrets is that of the deployment, where the file has no other.
    const template = synthesize({ auth, ...everything, deployment, secrets: { kms_key } });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: kms_key });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: kms_key });
    // As Secrets Manager asks: CloudWatch Logs uses the key by itself.
    for (const { Action, Resource } of all(template, 'AWS::IAM::Policy').flatMap(
      (policy) => (policy['PolicyDocument'] as { Statement: Statement[] }).Statement,
    )) {
      if (Resource !== kms_key) continue;
      for (const action of [Action].flat()) assert.match(action, /^kms:(Decrypt|GenerateDataKey)$/);
    }
    // And the key of secrets alone is of no log group.
    const ofSecrets = synthesize({ auth, ...everything, secrets: { kms_key } });
    for (const group of all(ofSecrets, 'AWS::Logs::LogGroup')) assert.equal(group['KmsKeyId'], undefined);
  }
});

test('every function logs into a group of the stack, which goes or stays with it', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth, web: { enabled: true }, momento: { ...MOMENTO, rotate_every: 30 * 86_400 } });
    const groups = template.findResources('AWS::Logs::LogGroup');
    const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
    // Those of CDK's own, which fill and empty the bucket of the page, too.
    assert.ok(functions.length >= 4, `${functions.length}`);
    for (const [id, { Properties }] of functions) {
      const { Ref } = Properties.LoggingConfig?.LogGroup ?? {};
      assert.ok(groups[Ref] !== undefined, `${id} logs into a group that Lambda makes and nobody deletes`);
    }
  }
});

test('where requests are traced, each function may hand in its traces, and nothing more than without', () => {
  for (const auth of MODES) {
    const [plain, traced] = [false, true].map((tracing) =>
      privileges(synthesize({ auth, functions: { ...FUNCTIONS, tracing } })),
    );
    assert.equal(traced?.length, plain?.length);
    for (const [index, { statements }] of (plain ?? []).entries()) {
      const more = (traced?.[index]?.statements ?? []).filter(({ Resource }) => Resource === '*');
      const action = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
      assert.deepEqual(
        more.map(({ Action }) => [Action].flat().toSorted()),
        [action],
      );
      assert.equal(traced?.[index]?.statements.length, statements.length + 1);
    }
  }
});

test('no role has a managed policy or a policy in its own definition, and each is for one function', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    const roles = all(template, 'AWS::IAM::Role');
    assert.equal(roles.length, all(template, 'AWS::Lambda::Function').length);
    for (const role of roles) {
      assert.deepEqual(Object.keys(role), ['AssumeRolePolicyDocument']);
      assert.match(JSON.stringify(role), /"Principal":\{"Service":"lambda.amazonaws.com"\}/);
    }
  }
});

test('API Gateway may call a function for this API alone', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    const [api] = Object.keys(template.findResources('AWS::ApiGateway::RestApi'));
    for (const permission of all(template, 'AWS::Lambda::Permission')) {
      assert.equal(permission['Principal'], 'apigateway.amazonaws.com');
      assert.match(JSON.stringify(permission['SourceArn']), new RegExp(`"Ref":"${api}"`));
    }
  }
});

test('the role of the account for API Gateway is left alone', () => {
  for (const auth of MODES) {
    synthesize({ auth }).resourceCountIs('AWS::ApiGateway::Account', 0);
  }
});

/** Names that may be alike in two stacks: they are not unique, or unique within something of the stack. */
const HARMLESS_NAMES: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::Authorizer': ['Name'],
  'AWS::ApiGateway::RestApi': ['Name'],
  'AWS::ApiGateway::Stage': ['StageName'],
  'AWS::Cognito::UserPoolGroup': ['GroupName'],
  'AWS::IAM::Policy': ['PolicyName'],
  'AWS::Lambda::Permission': ['FunctionName'],
};

test('nothing has a name that keeps a second stack out of the account', () => {
  for (const auth of MODES) {
    const { Outputs, Resources } = synthesize({ auth }).toJSON();
    for (const [id, resource] of Object.entries<{ Type: string; Properties?: object }>(Resources)) {
      const names = Object.keys(resource.Properties ?? {}).filter((property) => property.endsWith('Name'));
      const allowed = HARMLESS_NAMES[resource.Type] ?? [];
      assert.deepEqual(
        names.filter((name) => !allowed.includes(name)),
        [],
        `${id} (${resource.Type})`,
      );
    }
    for (const output of Object.values<Part>(Outputs)) {
      assert.equal(output['Export'], undefined);
    }
  }
});
