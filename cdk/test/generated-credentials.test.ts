/**
 * What CloudFormation makes the users' secret with: the same bytes whatever the configuration says, in this release and in every
 * later one.
 *
 * CloudFormation makes a new value, in place of every user that an operator put into the secret, as soon as any part of
 * `GenerateSecretString` changes: cloudformation-coverage-roadmap 2210 and 1161, aws-cdk 19985, and "When you make a change to this
 * property, a new secret version is created" (AWS::SecretsManager::Secret). So the text below is frozen. **Never change it**, and
 * never the secret's logical id, by which CloudFormation knows it: not for a better password, nor for another first user. What a
 * later release needs in the secret belongs into what reads it (`crates/users`), or into a resource of its own.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Group, TvmConfig } from '../lib/canonical-config.ts';
import { shippedConfigurations } from './configurations.ts';
import {
  AUTHORIZER,
  canonical,
  EVERYTHING_BEFORE,
  FUNCTIONS,
  LIMITS,
  MOMENTO,
  synthesize,
  synthesizeWith,
  WATCHED,
} from './fixtures.ts';

const LOGICAL_ID = 'TokenVendingMachineAuthorizerCredentials9C405362';

const FROZEN =
  '{"ExcludeCharacters":"!\\"#$%&\'()*+,-./:;<=>?@[\\\\]^_`{|}~","ExcludePunctuation":true,"GenerateStringKey":"password",' +
  '"PasswordLength":32,"SecretStringTemplate":"{\\"username\\":\\"momento\\",\\"groups\\":\\"*\\"}"}';

const GRANTED: Group = { permissions: [{ cache: 'default-cache', role: 'ReadOnly' }] };

/** Configurations that differ in whatever could find its way into the secret. */
const DIFFERENT: Readonly<Record<string, Partial<TvmConfig>>> = {
  'the shipped groups': {},
  'no groups': { groups: {} },
  'one more group': { groups: { ...canonical().groups, Added: GRANTED } },
  'other groups': { groups: { '*': GRANTED, 'a/b': { ...GRANTED, description: 'née' } } },
  'other permissions': { permissions: [], ungrouped: 'base' },
  'a key of its own': { secrets: { kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd' } },
  'in production': { deployment: { stage: 'prod', open_to_everybody: false } },
  'basic credentials': { authorizer: { ...AUTHORIZER, credentials: 'basic' } },
  'other functions': { functions: { ...FUNCTIONS, architecture: 'arm64', tracing: true, memory: 512 } },
  'everything before the endpoint': {
    api: EVERYTHING_BEFORE,
    limits: { ...LIMITS, requests_per_second: 5, request_burst: 10 },
  },
  watched: { monitoring: WATCHED },
  'with rotation and the chat': { momento: { ...MOMENTO, rotate_every: 30 * 86_400 }, web: { enabled: true } },
};

function generated(
  resources: Readonly<Record<string, { Type: string; Properties?: Record<string, unknown> }>>,
): string {
  const made = Object.entries(resources).filter(
    ([, { Properties }]) => Properties?.['GenerateSecretString'] !== undefined,
  );
  assert.deepEqual(
    made.map(([id]) => id),
    [LOGICAL_ID],
  );
  return JSON.stringify(made[0]?.[1].Properties?.['GenerateSecretString']);
}

test('the users’ secret is made with the same bytes whatever the configuration, so that no deployment replaces the users', () => {
  for (const [name, changes] of Object.entries(DIFFERENT)) {
    const { Resources } = synthesize({ ...changes, auth: 'LambdaAuthorizer' }).toJSON();
    assert.equal(generated(Resources), FROZEN, name);
  }
});

test('so it is for every shipped file', () => {
  for (const { name, config } of shippedConfigurations()) {
    const { authorizer } = canonical();
    const { Resources } = synthesizeWith({}, { ...config, auth: 'LambdaAuthorizer', authorizer }).toJSON();
    assert.equal(generated(Resources), FROZEN, name);
  }
});
