/** `chat.json`: what the page takes from whoever serves it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings, SettingsError } from '../src/model/read-settings.ts';

const endpoint = 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/';
const cognito = {
  mode: 'AmazonCognito',
  endpoint,
  userPoolId: 'p',
  clientId: 'c',
  tokenUse: 'id',
  flow: 'USER_SRP_AUTH',
};

test('a machine of each mode is taken', () => {
  const machines = [
    { mode: 'Open', endpoint },
    { mode: 'LambdaAuthorizer', endpoint, credentials: 'basic' },
    { mode: 'Bearer', endpoint },
    { mode: 'Session', endpoint: '/api/momento/token', session: '/api/session' },
    cognito,
  ];
  for (const machine of machines) assert.deepEqual(parseSettings(JSON.stringify({ machine })), { machine });
});

test('a page without a machine is one that asks for it', () => {
  assert.deepEqual(parseSettings('{}'), {});
});

test('what the page could not use is told to whoever serves it', () => {
  const { clientId: _, ...without } = cognito;
  const unusable = [
    [],
    null,
    { machine: 'Open' },
    { machine: { mode: 'Open' } },
    { machine: { mode: 'toString', endpoint } },
    { machine: { mode: 'LambdaAuthorizer', endpoint } },
    { machine: without },
    { cache: 7 },
    { momento: {} },
    { demoUsers: 'ada' },
  ].map((value) => JSON.stringify(value));
  for (const text of ['', 'machine', ...unusable]) assert.throws(() => parseSettings(text), SettingsError, text);
});
