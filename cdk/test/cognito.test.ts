/** What the table `[cognito]` makes of `AmazonCognito` mode. Synthesized templates; nothing is deployed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Match, type Template } from 'aws-cdk-lib/assertions';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { all, COGNITO, only, synthesize } from './fixtures.ts';

const METHOD = 'AWS::ApiGateway::Method';
const AUTHORIZER = 'AWS::ApiGateway::Authorizer';
const POOL = 'AWS::Cognito::UserPool';
const CLIENT = 'AWS::Cognito::UserPoolClient';
const EXISTING = { user_pool: 'eu-central-1_AbC123', clients: ['first-client', 'second-client'] };

/** The stack where `[cognito]` says this. */
function withCognito(said: Partial<TvmConfig['cognito']>): Template {
  return synthesize({ auth: 'AmazonCognito', cognito: { ...COGNITO, ...said } });
}

test('where the file says nothing, the pool is one that nobody signs up to, and no password is sent to', () => {
  const template = withCognito({});
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.hasResourceProperties(POOL, {
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireUppercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
      },
    },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
    // Written out, all of them: what an update leaves out may stay as it was.
    AutoVerifiedAttributes: [],
    MfaConfiguration: 'OFF',
    UserPoolTier: 'ESSENTIALS',
    UserPoolAddOns: { AdvancedSecurityMode: 'OFF' },
    DeletionProtection: 'INACTIVE',
  });
  template.allResources(POOL, { DeletionPolicy: 'Delete' });
  template.hasResourceProperties(CLIENT, {
    GenerateSecret: false,
    PreventUserExistenceErrors: 'ENABLED',
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    AllowedOAuthFlows: Match.absent(),
    WriteAttributes: ['locale'],
  });
  template.hasResourceProperties(AUTHORIZER, { Type: 'COGNITO_USER_POOLS' });
  template.hasResourceProperties(METHOD, {
    HttpMethod: 'GET',
    AuthorizationType: 'COGNITO_USER_POOLS',
    AuthorizationScopes: [],
  });
});

test('the pool has a group for every group of the configuration, whatever its name', () => {
  const names = ['ReadOnlyUserGroup', 'a/b', 'a--b', 'Ω'];
  const groups = Object.fromEntries(names.map((name) => [name, { description: `of ${name}`, permissions: [] }]));
  const made = all(synthesize({ auth: 'AmazonCognito', groups }), 'AWS::Cognito::UserPoolGroup');
  assert.deepEqual(
    made.map((group) => [group['GroupName'], group['Description']]),
    names.map((name) => [name, `of ${name}`]),
  );
});

test('every key of the table reaches what it is about', () => {
  const template = withCognito({
    auth_flows: ['USER_SRP', 'USER_PASSWORD'],
    self_sign_up: true,
    mfa: 'required',
    password: { min_length: 20, require: ['digits'] },
    writable_attributes: ['email', 'family_name'],
    threat_protection: 'enforced',
    deletion_protection: true,
  });
  template.hasResourceProperties(POOL, {
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 20,
        RequireLowercase: false,
        RequireUppercase: false,
        RequireNumbers: true,
        RequireSymbols: false,
      },
    },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    AutoVerifiedAttributes: ['email'],
    MfaConfiguration: 'ON',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    UserPoolTier: 'PLUS',
    UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
    DeletionProtection: 'ACTIVE',
  });
  // Else the deletion of the stack would fail.
  template.allResources(POOL, { DeletionPolicy: 'Retain' });
  template.hasResourceProperties(CLIENT, {
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    WriteAttributes: ['email', 'family_name'],
  });
  const audited = withCognito({ mfa: 'optional', threat_protection: 'audit' });
  audited.hasResourceProperties(POOL, {
    MfaConfiguration: 'OPTIONAL',
    UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' },
  });
});

test('an access token is asked for by the scope of everybody who signed in with a password', () => {
  const template = withCognito({ token_use: 'access' });
  const get = { HttpMethod: 'GET', AuthorizationScopes: ['aws.cognito.signin.user.admin'] };
  template.hasResourceProperties(METHOD, get);
  const asked = all(template, 'AWS::ApiGateway::GatewayResponse').filter((answer) =>
    /send the access token of Amazon Cognito/.test(JSON.stringify(answer)),
  );
  assert.ok(asked.length > 0, 'nobody is told which token to send');
  const own = withCognito({ ...EXISTING, token_use: 'access', scope: 'tvm/vend' });
  own.hasResourceProperties(METHOD, { HttpMethod: 'GET', AuthorizationScopes: ['tvm/vend'] });
});

test('an existing pool is used, and nothing is made in it', () => {
  const arn = 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbC123';
  for (const user_pool of [EXISTING.user_pool, arn]) {
    const template = withCognito({ ...EXISTING, user_pool });
    for (const type of [POOL, CLIENT, 'AWS::Cognito::UserPoolGroup']) template.resourceCountIs(type, 0);
    assert.match(JSON.stringify(only(template, AUTHORIZER)['ProviderARNs']), /userpool\/eu-central-1_AbC123/);
    template.hasOutput('UserPoolId', { Value: EXISTING.user_pool });
    template.hasOutput('UserPoolClientId', { Value: 'first-client' });
  }
});

test('the users of a pool are kept where that is asked for', () => {
  const deployment = { stage: 'prod', open_to_everybody: false } as const;
  const template = synthesize({ auth: 'AmazonCognito', deployment });
  template.allResources(POOL, { DeletionPolicy: 'RetainExceptOnCreate' });
});
