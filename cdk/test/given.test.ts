/** What an app gives the machine as CDK objects: what the template then says, and what is refused. Synthesized templates. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { TokenVendingMachine, type TokenVendingMachineProps } from '../lib/token-vending-machine.ts';
import {
  AUTHORIZER,
  all,
  bySecret,
  COGNITO,
  canonical,
  MOMENTO,
  only,
  type Part,
  testApp,
  WATCHED,
} from './fixtures.ts';

/** A machine in a stack of an app, with what `give` makes there. */
function machine(
  changes: Partial<TvmConfig>,
  give: (stack: Stack) => Partial<TokenVendingMachineProps>,
): { machine: TokenVendingMachine; stack: Stack; template: () => Template } {
  const stack = new Stack(testApp(), 'Shop', { env: { account: '111122223333', region: 'eu-central-1' } });
  const made = new TokenVendingMachine(stack, 'Tokens', {
    config: canonical(changes),
    configPath: join(repositoryRoot, 'config/tvm.toml'),
    ...give(stack),
  });
  return { machine: made, stack, template: () => Template.fromStack(stack) };
}

/** The environment of the function with that description. */
function environment(template: Template, description: RegExp): Part {
  const found = all(template, 'AWS::Lambda::Function').filter((it) => description.test(String(it['Description'])));
  const [one] = found as { Environment: { Variables: Part } }[];
  assert.ok(one && found.length === 1);
  return one.Environment.Variables;
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Every statement of every policy of the template. */
function statements(template: Template): Statement[] {
  return all(template, 'AWS::IAM::Policy').flatMap(
    (policy) => (policy['PolicyDocument'] as { Statement: Statement[] }).Statement,
  );
}

const VENDING = /vends disposable/;
const AUTHORIZING = /checks the credentials/;
const COMPLETE = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key-AbC123';

test('a secret of the app holds the key, however the app knows it, and no other is made', () => {
  const byName = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key-??????';
  const elsewhere = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:key';
  for (const [give, id, resource] of [
    [(stack: Stack) => Secret.fromSecretCompleteArn(stack, 'Key', COMPLETE), COMPLETE, COMPLETE],
    [(stack: Stack) => Secret.fromSecretNameV2(stack, 'Key', 'key'), 'key', byName],
    [(stack: Stack) => Secret.fromSecretPartialArn(stack, 'Key', elsewhere), elsewhere, `${elsewhere}-??????`],
  ] as const) {
    const template = machine({}, (stack) => ({ apiKeySecret: give(stack) })).template();
    assert.equal(JSON.stringify(environment(template, VENDING)['MOMENTO_API_KEY_SECRET_ID']).includes(id), true, id);
    const read = statements(template).filter(({ Action }) => Action === 'secretsmanager:GetSecretValue');
    assert.equal(read.length, 1);
    assert.ok(JSON.stringify(resolved(read[0]?.Resource)).includes(resource), JSON.stringify(read));
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  }
});

/** A partition is the one token that a template for a known account and region still has. */
function resolved(value: unknown): unknown {
  const parts = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return parts === undefined ? value : parts[1].map((it) => (typeof it === 'string' ? it : 'aws')).join(parts[0]);
}

test('a secret that the app makes with a key of its own is decrypted by that key', () => {
  const template = machine(
    { secrets: { kms_key: 'arn:aws:kms:eu-central-1:111122223333:key/of-others' } },
    (stack) => ({
      // CDK's own types do not fit together where an optional property may not be undefined.
      apiKeySecret: new Secret(stack, 'Key', { encryptionKey: new Key(stack, 'Cmk') }) as ISecret,
    }),
  ).template();
  const [decrypt, ...more] = statements(template).filter(({ Action }) => Action === 'kms:Decrypt');
  assert.deepEqual(more, []);
  assert.match(JSON.stringify(decrypt?.Resource), /"Cmk/);
});

test('a key of the app encrypts the secrets that the machine makes, instead of the one in the file', () => {
  const kms_key = 'arn:aws:kms:eu-central-1:111122223333:key/in-the-file';
  const template = machine({ auth: 'LambdaAuthorizer', secrets: { kms_key } }, (stack) => ({
    encryptionKey: new Key(stack, 'Cmk'),
  })).template();
  const secrets = all(template, 'AWS::SecretsManager::Secret');
  assert.equal(secrets.length, 2);
  for (const secret of secrets) assert.match(JSON.stringify(secret['KmsKeyId']), /"Cmk/);
  assert.doesNotMatch(JSON.stringify(template.toJSON()), /in-the-file/);
});

test('the authorizer reads a secret of the app: with its users, or with what an issuer signs by', () => {
  const give = (name: 'credentialsSecret' | 'signingSecret') => (stack: Stack) => ({
    [name]: Secret.fromSecretCompleteArn(stack, 'Given', COMPLETE),
  });
  for (const { template } of [
    machine({ auth: 'LambdaAuthorizer' }, give('credentialsSecret')),
    machine({ auth: 'LambdaAuthorizer', authorizer: bySecret('any-name') }, give('signingSecret')),
  ]) {
    assert.equal(environment(template(), AUTHORIZING)['AUTHORIZER_SECRET_ID'], COMPLETE);
    // The one with the API key.
    template().resourceCountIs('AWS::SecretsManager::Secret', 1);
    assert.doesNotMatch(JSON.stringify(template().toJSON()), /any-name/);
  }
});

test('a topic of the app gets the alarms, the machine’s and further ones, and none is made', () => {
  const {
    machine: made,
    stack,
    template,
  } = machine({ monitoring: { ...WATCHED, alarm_email: undefined } as never }, (it) => ({
    alarmTopic: new Topic(it, 'Pager'),
  }));
  made.monitoring.addAlarm(
    made.vending.metricDuration().createAlarm(stack, 'Mine', { threshold: 1, evaluationPeriods: 1 }),
  );
  const latency = made.monitoring.metrics?.momentoLatency('p99');
  assert.ok(latency);
  made.monitoring.addAlarm(latency.createAlarm(stack, 'Momento', { threshold: 500, evaluationPeriods: 1 }));
  template().resourceCountIs('AWS::SNS::Topic', 1);
  const alarms = all(template(), 'AWS::CloudWatch::Alarm');
  assert.ok(alarms.length > 4);
  for (const alarm of alarms) assert.match(JSON.stringify(alarm['AlarmActions']), /"Pager/);
});

test('without alarms, a further alarm is refused: there is no topic', () => {
  const { machine: made, stack } = machine({}, () => ({}));
  const alarm = made.vending.metricErrors().createAlarm(stack, 'Mine', { threshold: 1, evaluationPeriods: 1 });
  assert.throws(() => made.monitoring.addAlarm(alarm), { name: 'InvalidProps', message: /alarms = true/ });
});

test('a pool that the app makes is asked, and the functions are told of its clients', () => {
  const { template } = machine({ auth: 'AmazonCognito' }, (stack) => {
    const userPool = new UserPool(stack, 'People');
    return { userPool, userPoolClients: ['Web', 'App'].map((id) => new UserPoolClient(stack, id, { userPool })) };
  });
  template().resourceCountIs('AWS::Cognito::UserPool', 1);
  template().resourceCountIs('AWS::Cognito::UserPoolGroup', 0);
  assert.match(JSON.stringify(only(template(), 'AWS::ApiGateway::Authorizer')['ProviderARNs']), /"People/);
  const clients = JSON.stringify(environment(template(), VENDING)['COGNITO_CLIENT_IDS']);
  assert.match(clients, /\["",\[\{"Ref":"Web[^"]*"\},",",\{"Ref":"App[^"]*"\}\]\]/);
});

test('where a token id or a permission holds a claim, a pool of the app gets a warning: its clients must not let users write it', () => {
  const permissions = [{ cache: 'c', key: { prefix: '{claims.custom:tenant}/' }, role: 'ReadOnly' }] as const;
  for (const [changes, warned] of [
    [{}, false],
    [{ permissions, groups: {} }, true],
  ] as const) {
    const { stack } = machine({ auth: 'AmazonCognito', ...changes }, (it) => {
      const userPool = UserPool.fromUserPoolId(it, 'People', 'eu-central-1_abc');
      return { userPool, userPoolClients: [UserPoolClient.fromUserPoolClientId(it, 'Web', 'web')] };
    });
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('writeAttributes'));
    assert.equal(found.length, warned ? 1 : 0);
  }
});

test('every function runs in the VPC of the app, and its role may do what Lambda needs for that', () => {
  const { template } = machine({ auth: 'LambdaAuthorizer', momento: { ...MOMENTO, rotate_every: 86_400 } }, (stack) => {
    const vpc = new Vpc(stack, 'Vpc') as IVpc;
    const securityGroups = [new SecurityGroup(stack, 'Outgoing', { vpc })];
    return { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, securityGroups };
  });
  const functions = all(template(), 'AWS::Lambda::Function').filter((it) =>
    /vending machine/.test(String(it['Description'])),
  );
  assert.equal(functions.length, 3);
  for (const { VpcConfig } of functions) {
    assert.match(JSON.stringify(VpcConfig), /PrivateSubnet.*SecurityGroupIds.*"Outgoing|"Outgoing.*PrivateSubnet/);
  }
  const interfaces = statements(template()).filter(({ Action }) => Action.includes('ec2:CreateNetworkInterface'));
  assert.equal(interfaces.length, 3);
});

test('the app’s own functions may be let read or write the API key and the users, with the key that encrypts them', () => {
  const {
    machine: made,
    stack,
    template,
  } = machine({ auth: 'LambdaAuthorizer' }, (it) => ({
    encryptionKey: new Key(it, 'Cmk'),
  }));
  const admin = new Role(stack, 'Admin', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  for (const grant of [
    made.grantReadApiKey(admin),
    made.grantWriteApiKey(admin),
    made.authorizer?.grantReadUsers(admin),
    made.authorizer?.grantWriteUsers(admin),
  ]) {
    grant?.assertSuccess();
  }
  const policies = template().findResources('AWS::IAM::Policy', {
    Properties: { Roles: [{ Ref: stack.getLogicalId(admin.node.defaultChild as never) }] },
  });
  const text = JSON.stringify(policies);
  for (const action of ['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'])
    assert.match(text, new RegExp(action));
  assert.match(text, /kms:GenerateDataKey/);
  assert.match(text, /kms:ViaService/);
  assert.doesNotMatch(text, /"Resource":"\*"/);
});

test('what could not work is refused, and the message says what to change', () => {
  const secret = (stack: Stack) => Secret.fromSecretCompleteArn(stack, 'Given', COMPLETE);
  const pool = (stack: Stack, id = 'eu-central-1_other') => UserPool.fromUserPoolId(stack, 'People', id);
  const web = (stack: Stack) => [UserPoolClient.fromUserPoolClientId(stack, 'Web', 'web')];
  const cognito = { ...COGNITO, user_pool: 'eu-central-1_abc', clients: ['one'] };
  const cases: [Partial<TvmConfig>, (stack: Stack) => Partial<TokenVendingMachineProps>, RegExp][] = [
    [{ momento: { ...MOMENTO, rotate_every: 86_400 } }, (it) => ({ apiKeySecret: secret(it) }), /rotate_every/],
    [{}, (it) => ({ credentialsSecret: secret(it) }), /auth = "LambdaAuthorizer"/],
    [{ auth: 'LambdaAuthorizer', authorizer: bySecret('x') }, (it) => ({ credentialsSecret: secret(it) }), /kind/],
    [
      {
        auth: 'LambdaAuthorizer',
        authorizer: { ...AUTHORIZER, kind: 'jwt', issuer: 'https://issuer.example' },
      },
      (it) => ({ signingSecret: secret(it) }),
      /write hmac_secret with any name/,
    ],
    [{}, (it) => ({ alarmTopic: new Topic(it, 'Pager') }), /alarms = true/],
    [{ monitoring: WATCHED }, (it) => ({ alarmTopic: new Topic(it, 'Pager') }), /alarm_email/],
    [{}, (it) => ({ securityGroups: [SecurityGroup.fromSecurityGroupId(it, 'Group', 'sg-1')] }), /without vpc/],
    [{ auth: 'AmazonCognito' }, (it) => ({ userPool: pool(it) }), /give both or neither/],
    [{ auth: 'AmazonCognito' }, (it) => ({ userPool: pool(it), userPoolClients: [] }), /userPoolClients is empty/],
    [
      {},
      (it) => ({ userPool: pool(it), userPoolClients: web(it) }),
      /auth = "AmazonCognito"; the configuration says Open/,
    ],
    [
      { auth: 'AmazonCognito', cognito },
      (it) => ({ userPool: pool(it), userPoolClients: web(it) }),
      /eu-central-1_abc/,
    ],
    [
      { auth: 'AmazonCognito', cognito },
      (it) => ({ userPool: new UserPool(it, 'Made'), userPoolClients: web(it) }),
      /leave user_pool and clients out/,
    ],
  ];
  for (const [changes, give, message] of cases) {
    assert.throws(() => machine(changes, give), { name: 'InvalidProps', message });
  }
  machine({ auth: 'AmazonCognito', cognito }, (it) => ({
    userPool: pool(it, 'eu-central-1_abc'),
    userPoolClients: web(it),
  }));
});
