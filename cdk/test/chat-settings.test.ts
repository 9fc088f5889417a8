/** What the chat page is told of a machine, by configuration: the contract is web/chat/src/settings.ts. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Permission, TvmConfig } from '../lib/canonical-config.ts';
import { chatSettings } from '../lib/chat-settings.ts';
import { AUTHORIZER, bySecret, COGNITO, canonical } from './fixtures.ts';

const endpoint = 'https://e.example/prod/';
const userPool = { id: 'eu-central-1_AbC', clientId: 'app' };

const machineOf = (changes: Partial<TvmConfig>) => chatSettings(canonical(changes), { endpoint, userPool }).machine;

test('each mode says how one proves who one is', () => {
  assert.deepEqual(machineOf({}), { mode: 'Open', endpoint });
  const authorizer = AUTHORIZER;
  for (const credentials of ['headers', 'basic'] as const) {
    const expected = { mode: 'LambdaAuthorizer', endpoint, credentials };
    assert.deepEqual(machineOf({ auth: 'LambdaAuthorizer', authorizer: { ...authorizer, credentials } }), expected);
  }
  const ofIssuer = machineOf({ auth: 'LambdaAuthorizer', authorizer: bySecret('signing') });
  assert.deepEqual(ofIssuer, { mode: 'Bearer', endpoint });
});

test('users of Cognito send the token that counts, and their password only where nothing else is allowed', () => {
  const { id: userPoolId, clientId } = userPool;
  const cases: readonly [Partial<TvmConfig['cognito']>, object][] = [
    [{}, { tokenUse: 'id', flow: 'USER_SRP_AUTH' }],
    [{ token_use: 'access' }, { tokenUse: 'access', flow: 'USER_SRP_AUTH' }],
    [{ auth_flows: ['USER_PASSWORD'] }, { tokenUse: 'id', flow: 'USER_PASSWORD_AUTH' }],
    [{ auth_flows: ['USER_PASSWORD', 'USER_SRP'] }, { tokenUse: 'id', flow: 'USER_SRP_AUTH' }],
    // What the clients of an existing pool allow, the file does not say.
    [
      { user_pool: userPoolId, clients: [clientId], auth_flows: ['USER_PASSWORD'] },
      { tokenUse: 'id', flow: 'USER_SRP_AUTH' },
    ],
  ];
  for (const [changes, expected] of cases) {
    const machine = machineOf({ auth: 'AmazonCognito', cognito: { ...COGNITO, ...changes } });
    assert.deepEqual(machine, { mode: 'AmazonCognito', endpoint, userPoolId, clientId, ...expected });
  }
});

test('the cache is the default one, else the first that a permission for topics names outright', () => {
  const token = { expires_in: 3600, id: '', not_beyond_caller: false, id_too_long: 'refuse' } as const;
  const topics = (cache: Permission['cache']): Permission => ({ cache, topic: '*', role: 'PublishSubscribe' });
  const cases: readonly [readonly string[], readonly Permission[], readonly Permission[], string | undefined][] = [
    [['one', 'two'], [topics('three')], [], 'one'],
    [[], [{ cache: 'no-topics', role: 'ReadOnly' }, topics('*'), topics('chat')], [], 'chat'],
    [[], [topics({ name: '*' })], [], '*'],
    [[], [topics('{username}-own')], [topics('of-a-group')], 'of-a-group'],
    [[], [topics('*')], [topics('{claims.tenant}')], undefined],
  ];
  for (const [caches, permissions, ofGroup, cache] of cases) {
    const config = canonical({ token: { ...token, caches }, permissions, groups: { A: { permissions: ofGroup } } });
    assert.equal(chatSettings(config, { endpoint }).cache, cache);
  }
});

test('a page on this computer knows the emulator, the local Momento and the demo users; another is told of none', () => {
  const local = {
    cognito: 'http://127.0.0.1:4566',
    momento: 'http://127.0.0.1:8980',
    demoUsers: [{ username: 'demo', password: 'p', groups: [] }],
  };
  const config = canonical({ auth: 'AmazonCognito' });
  const { machine, momento, demoUsers } = chatSettings(config, { endpoint, userPool, ...local });
  assert.equal(machine?.mode === 'AmazonCognito' && machine.cognito, local.cognito);
  assert.deepEqual({ momento, demoUsers }, { momento: local.momento, demoUsers: local.demoUsers });
  const deployed = chatSettings(config, { endpoint, userPool });
  assert.deepEqual(Object.keys(deployed), ['machine', 'cache']);
});

test('a mode that the page does not know is refused, and so is Cognito without its pool', () => {
  assert.throws(() => machineOf({ auth: 'open' as TvmConfig['auth'] }), /"open" is no mode/);
  assert.throws(() => chatSettings(canonical({ auth: 'AmazonCognito' }), { endpoint }), /needs the user pool/);
});
