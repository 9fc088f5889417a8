/** The real local Momento and the official SDK. Its API key stands in for a vended token: it may do everything. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildTools, type Tools } from '../src/build.ts';
import type { Trial } from '../src/grants.ts';
import { apiKeyIn, ensureMomento, type LocalMomento } from '../src/local-momento.ts';
import { createCaches } from '../src/momento.ts';
import { stopBackEnds } from '../src/stack.ts';
import { prove } from '../src/vend.ts';

const dir = mkdtempSync(join(tmpdir(), 'local-test-'));
let tools: Tools;
let momento: LocalMomento;

before(async () => {
  tools = await buildTools(dir, ['momento-emulator']);
  momento = await ensureMomento(dir, 0, tools.momentoEmulator);
});
after(async () => {
  await stopBackEnds(dir);
  rmSync(dir, { recursive: true, force: true });
});

const TRIALS: readonly [Trial, RegExp][] = [
  [{ kind: 'item', cache: 'mine', key: 'k' }, /set "k" in the cache mine and got it back/],
  [{ kind: 'publish', cache: 'mine', topic: 'news' }, /published to the topic "news"/],
  [{ kind: 'subscribe', cache: 'mine', topic: 'news' }, /subscribed to the topic "news"/],
];

for (const [trial, told] of TRIALS) {
  test(`${trial.kind} is tried for real, once the cache is there`, async () => {
    const key = apiKeyIn(momento.apiKeyFile);
    await createCaches(key, momento.url, ['mine']);
    assert.match(await prove(key, momento.url, trial), told);
  });
}

test('what does not work is told with what the local Momento said', async () => {
  const trial: Trial = { kind: 'item', cache: 'nowhere', key: 'k' };
  await assert.rejects(prove(apiKeyIn(momento.apiKeyFile), momento.url, trial), /does not let it set k in nowhere: \S/);
});

test('a new start knows the old key, which is in a file for its owner alone', async () => {
  const key = apiKeyIn(momento.apiKeyFile);
  assert.deepEqual(await stopBackEnds(dir), ['momento']);
  momento = await ensureMomento(dir, 0, tools.momentoEmulator);
  assert.equal(momento.fresh, true);
  assert.equal(apiKeyIn(momento.apiKeyFile), key);
  assert.equal(statSync(momento.apiKeyFile).mode & 0o777, 0o600);
});
