/** What each mode provisions, and what the stack tells about it. Synthesized templates; nothing is deployed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';

import type { AuthMode, TvmConfig } from '../lib/canonical-config.ts';
import { TokenVendingMachine } from '../lib/token-vending-machine.ts';
import { AUTHORIZER, all, canonical, LIMITS, MODES, only, synthesize, synthesizeWith, testApp } from './fixtures.ts';

const METHOD = 'AWS::ApiGateway::Method';
const FUNCTION = 'AWS::Lambda::Function';
const COMMON_OUTPUTS = ['ApiKeySecretArn', 'AuthMode', 'Endpoint', 'Region'];

test('Open mode has one function, and asks nobody', () => {
  const template = synthesize();
  template.resourceCountIs(FUNCTION, 1);
  template.resourceCountIs('AWS::ApiGateway::Authorizer', 0);
  template.resourceCountIs('AWS::Cognito::UserPool', 0);
  template.hasResourceProperties(METHOD, { HttpMethod: 'GET', AuthorizationType: 'NONE' });
});

test('LambdaAuthorizer mode asks a second function for every GET', () => {
  const template = synthesize({ auth: 'LambdaAuthorizer' });
  template.resourceCountIs(FUNCTION, 2);
  template.hasResourceProperties(METHOD, {
    HttpMethod: 'GET',
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: Match.stringLikeRegexp('RequestAuthorizer') },
  });
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
    Type: 'REQUEST',
    IdentitySource: 'method.request.header.username,method.request.header.password',
    AuthorizerResultTtlInSeconds: 5,
  });
});

test('the identity source follows the place of the credentials', () => {
  const template = synthesize({ auth: 'LambdaAuthorizer', authorizer: { ...AUTHORIZER, credentials: 'basic' } });
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
    IdentitySource: 'method.request.header.Authorization',
  });
});

test('an issuer that publishes its keys has no secret: its function may read none, and callers send its tokens', () => {
  const authorizer = { ...AUTHORIZER, kind: 'jwt', issuer: 'https://issuer.example' } as const;
  const template = synthesize({ auth: 'LambdaAuthorizer', authorizer });
  template.resourceCountIs(FUNCTION, 2);
  // The one of the API key.
  template.resourceCountIs('AWS::SecretsManager::Secret', 1);
  assert.equal(template.findOutputs('CredentialsSecretArn')['CredentialsSecretArn'], undefined);
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
    Type: 'REQUEST',
    IdentitySource: 'method.request.header.Authorization',
  });
  const readers = all(template, 'AWS::IAM::Policy').filter((policy) => /GetSecretValue/.test(JSON.stringify(policy)));
  assert.equal(readers.length, 1);
  const environments = JSON.stringify(all(template, FUNCTION).map((it) => it['Environment']));
  assert.doesNotMatch(environments, /AUTHORIZER_SECRET_ID/);
});

test('the generated credentials are of one user in every configured group', () => {
  const template = synthesize({ auth: 'LambdaAuthorizer' });
  template.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: {
      SecretStringTemplate: '{"username":"momento","groups":"*"}',
      GenerateStringKey: 'password',
      PasswordLength: 32,
    },
  });
});

test('no user is in any template', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    template.resourceCountIs('AWS::Cognito::UserPoolUser', 0);
    template.resourceCountIs('Custom::AWS', 0);
  }
});

test('the outputs have the names that scripts rely on', () => {
  const more: Record<AuthMode, string[]> = {
    Open: [],
    LambdaAuthorizer: ['CredentialsSecretArn'],
    AmazonCognito: ['UserPoolClientId', 'UserPoolId'],
  };
  for (const auth of MODES) {
    const template = synthesize({ auth });
    assert.deepEqual(Object.keys(template.findOutputs('*')).sort(), [...COMMON_OUTPUTS, ...more[auth]].sort());
    template.hasOutput('AuthMode', { Value: auth });
  }
});

test('a mode that the construct does not know is refused, not opened', () => {
  assert.throws(() => synthesize({ auth: 'open' as AuthMode }), /"open" is no mode/);
});

test('what is left out has the documented default', () => {
  const template = synthesize({ auth: 'LambdaAuthorizer' });
  for (const made of all(template, FUNCTION)) {
    assert.equal(made['Runtime'], 'provided.al2023');
    assert.deepEqual(made['Architectures'], ['x86_64']);
    assert.equal(made['MemorySize'], 128);
    assert.equal(made['Timeout'], 10);
    assert.deepEqual(Object.keys(made['LoggingConfig'] as object).sort(), ['LogFormat', 'LogGroup']);
  }
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  template.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
});

test('every prop reaches what it is about', () => {
  const template = synthesizeWith(
    {
      environment: { SSL_CERT_FILE: '/var/task/ca.pem' },
    },
    { auth: 'LambdaAuthorizer' },
  );
  template.allResourcesProperties(FUNCTION, {
    Environment: { Variables: { SSL_CERT_FILE: '/var/task/ca.pem' } },
  });
});

test('in production the secrets, the users and the logs outlive the stack, but not a first deployment that failed', () => {
  const deployment = { stage: 'prod', open_to_everybody: false } as const;
  for (const auth of ['LambdaAuthorizer', 'AmazonCognito'] as const) {
    const template = synthesize({ auth, deployment });
    const cognito = ['UserPool', 'UserPoolClient', 'UserPoolGroup'].map((type) => `AWS::Cognito::${type}`);
    for (const type of ['AWS::SecretsManager::Secret', ...cognito, 'AWS::Logs::LogGroup']) {
      const policies = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
      if (Object.keys(template.findResources(type)).length > 0) template.allResources(type, policies);
    }
    const kept = Object.values<{ DeletionPolicy?: string }>(template.toJSON()['Resources']).filter(
      ({ DeletionPolicy }) => DeletionPolicy === 'RetainExceptOnCreate',
    );
    // The key's secret and the credentials, each with its function's logs; the key's, its function's logs, and the pool with its
    // client and its two groups: without them it would have forgotten who is in which.
    assert.equal(kept.length, auth === 'LambdaAuthorizer' ? 4 : 6);
  }
});

test('the functions run as the configuration says, and what it leaves out is as Lambda has it by itself', () => {
  const functions: TvmConfig['functions'] = {
    memory: 256,
    architecture: 'arm64',
    timeout: 28,
    reserved_concurrency: 20,
    tracing: true,
    log_retention: 365 * 86_400,
  };
  const template = synthesize({ auth: 'LambdaAuthorizer', functions });
  template.allResourcesProperties(FUNCTION, {
    Architectures: ['arm64'],
    MemorySize: 256,
    ReservedConcurrentExecutions: 20,
    TracingConfig: { Mode: 'Active' },
  });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  template.hasResourceProperties('AWS::ApiGateway::Stage', { TracingEnabled: true });
  // API Gateway asks the authorizer first, and the two add up.
  const timeouts = all(template, FUNCTION).map((made) => [
    String(made['Description']).includes('vends'),
    made['Timeout'],
  ]);
  assert.deepEqual(
    new Map(timeouts as [boolean, number][]),
    new Map([
      [true, 28],
      [false, 10],
    ]),
  );

  const plain = synthesize({ auth: 'LambdaAuthorizer' });
  for (const made of all(plain, FUNCTION)) {
    assert.equal(made['ReservedConcurrentExecutions'], undefined);
    assert.deepEqual(made['TracingConfig'], { Mode: 'PassThrough' });
  }
  assert.equal(only(plain, 'AWS::ApiGateway::Stage')['TracingEnabled'], false);
});

test('a decision is reused for as long as the configuration says, or not at all', () => {
  for (const auth of ['LambdaAuthorizer', 'AmazonCognito'] as const) {
    for (const authorizer_cache_ttl of [0, 5, 3600]) {
      const template = synthesize({ auth, api: { ...canonical().api, authorizer_cache_ttl } });
      const expected = { AuthorizerResultTtlInSeconds: authorizer_cache_ttl };
      template.hasResourceProperties('AWS::ApiGateway::Authorizer', expected);
    }
  }
});

test('the services of Momento are others only where their URLs are given, and only for the vending function', () => {
  const variables = (template: Template) =>
    all(template, FUNCTION).map((made) => (made['Environment'] as { Variables: object } | undefined)?.Variables ?? {});
  const auth = 'LambdaAuthorizer';
  const own = [['AUTHORIZER_SECRET_ID'], ['MOMENTO_API_KEY_SECRET_ID']];
  const names = (template: Template) => variables(template).map((made) => Object.keys(made).sort());
  assert.deepEqual(names(synthesize({ auth })), own);
  const url = 'http://127.0.0.1:9999';
  for (const [prop, variable] of [
    ['momentoTokenEndpoint', 'MOMENTO_TOKEN_ENDPOINT'],
    ['momentoCacheEndpoint', 'MOMENTO_CACHE_ENDPOINT'],
  ] as const) {
    const elsewhere = synthesizeWith({ [prop]: url }, { auth });
    assert.deepEqual(names(elsewhere), [own[0], [...(own[1] ?? []), variable].sort()]);
    assert.equal((variables(elsewhere)[1] as Record<string, unknown>)[variable], url);
  }
});

test('tokens that functions share change nothing in the stack', () => {
  const cache = { cache: 'kept', cache_budget_ms: 50 };
  for (const auth of MODES) {
    const [off, shared] = (['off', 'shared'] as const).map((mode) => {
      const reuse = { mode, min_remaining: 600, ...cache };
      return synthesize({
        auth,
        reuse,
        limits: mode === 'shared' ? { ...LIMITS, identity_interval: 5 } : LIMITS,
      }).toJSON();
    });
    assert.deepEqual(shared, off);
    assert.deepEqual(shared, synthesize({ auth }).toJSON());
  }
});

test('two machines fit into one stack', () => {
  const stack = new Stack(testApp(), 'Two');
  const configPath = '/nowhere/tvm.toml';
  for (const auth of MODES) {
    new TokenVendingMachine(stack, `${auth}1`, { config: canonical({ auth }), configPath });
    new TokenVendingMachine(stack, `${auth}2`, { config: canonical({ auth }), configPath });
  }
  Template.fromStack(stack).resourceCountIs('AWS::ApiGateway::RestApi', 2 * MODES.length);
});

test('API Gateway is told of the limits that the configuration has, for tokens and not for preflights', () => {
  const settings = (limits: Partial<TvmConfig['limits']>) =>
    only(synthesize({ limits: { ...LIMITS, ...limits } }), 'AWS::ApiGateway::Stage')['MethodSettings'];
  // The root, by API Gateway's own name for it, and no other method: OPTIONS takes what the account allows.
  const get = { HttpMethod: 'GET', ResourcePath: '/', DataTraceEnabled: false };
  assert.deepEqual(settings({}), [{ ...get, ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }]);
  assert.deepEqual(settings({ request_burst: 'off' }), [{ ...get, ThrottlingRateLimit: 100 }]);
  assert.deepEqual(settings({ requests_per_second: 'off' }), [{ ...get, ThrottlingBurstLimit: 200 }]);
  assert.equal(settings({ requests_per_second: 'off', request_burst: 'off' }), undefined);
});
