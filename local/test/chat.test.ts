/** The chat page of `make local`. Real: the build and the server. Not real: the machine that it is told of. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Settings } from '@token-vending-machine/chat/settings';
import { localChatSettings, serveChat, stopChat } from '../src/chat.ts';
import { ROOT } from '../src/options.ts';
import type { Outputs } from '../src/outputs.ts';
import type { DeployedStack } from '../src/stack.ts';
import { CONFIG, directoryOf, OUTPUTS } from './fixtures.ts';

const OPEN = { machine: { mode: 'Open', endpoint: 'http://127.0.0.1:1/' } } as const;

test('the page is served on loopback with its settings and its headers, and goes away when it is told to', async (t) => {
  const dir = directoryOf(t, stopChat);
  const { url } = await serveChat(dir, 0, OPEN);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const page = await fetch(`${url}/`);
  const [script] = /assets\/[^"]+\.js/.exec(await page.text()) ?? [];
  assert.equal((await fetch(`${url}/${script}`)).headers.get('content-type'), 'text/javascript');
  const headers = JSON.parse(readFileSync(join(ROOT, 'web/chat/security-headers.json'), 'utf8'));
  for (const [name, value] of Object.entries<string>(headers)) {
    const sent = page.headers.get(name)?.replace('http://127.0.0.1:* http://localhost:*', '{connect}');
    assert.equal(sent, value, name);
  }
  const told = await fetch(`${url}/chat.json`, { headers: { Origin: 'http://127.0.0.1:1' } });
  assert.deepEqual(await told.json(), OPEN);
  assert.equal(told.headers.get('access-control-allow-origin'), null, 'no other page reads it');
  // A server on every address would answer on this one too.
  await assert.rejects(fetch(url.replace('127.0.0.1', '127.0.0.2')));
  // It may hold passwords.
  assert.equal(statSync(join(dir, 'chat/chat.json')).mode & 0o077, 0);

  assert.equal(await stopChat(dir), true);
  await assert.rejects(fetch(url));
  assert.equal(await stopChat(dir), false);
});

test('what runs goes on, and serves the settings of the last time; another folder has a page of its own', async (t) => {
  const dir = directoryOf(t, stopChat);
  const first = await serveChat(dir, 0, OPEN);
  const again = await serveChat(dir, 0, { ...OPEN, cache: 'another' });
  assert.deepEqual(again, { ...first, fresh: false });
  const beside = await serveChat(directoryOf(t, stopChat), 0, OPEN);
  const cacheAt = async (url: string) => ((await (await fetch(`${url}/chat.json`)).json()) as Settings).cache;
  assert.deepEqual([await cacheAt(first.url), await cacheAt(beside.url)], ['another', undefined]);
});

test('the page is told of the emulator, the local Momento and the demo users', () => {
  const outputs: Outputs = {
    ...OUTPUTS,
    AuthMode: 'AmazonCognito',
    UserPoolId: 'us-east-1_x',
    UserPoolClientId: 'client',
    CognitoEndpoint: 'http://127.0.0.1:1',
    DemoUsers: [{ username: 'demo', password: 'p', groups: [] }],
  };
  const stack: DeployedStack = { config: { path: '/x/tvm.toml', values: CONFIG, warnings: [] }, outputs };
  assert.deepEqual(localChatSettings(stack), {
    machine: {
      mode: 'AmazonCognito',
      endpoint: outputs.Endpoint,
      userPoolId: 'us-east-1_x',
      clientId: 'client',
      tokenUse: 'id',
      flow: 'USER_SRP_AUTH',
      cognito: outputs.CognitoEndpoint,
    },
    cache: 'default-cache',
    momento: outputs.MomentoEndpoint,
    demoUsers: outputs.DemoUsers,
  });
});
