/** Tabs of one origin. Not real: the browser's locks and channels, which `Origin` stands for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, bearer, credentials, open } from '../src/access.ts';
import type { TokenSourceOptions } from '../src/token-source.ts';
import { settle } from './support/clock.ts';
import { Device, Origin } from './support/device.ts';

const HOUR = 3_600_000;

function tabs(count: number, options: (tab: number) => Partial<TokenSourceOptions> = () => ({})) {
  const device = new Device();
  const origin = new Origin();
  device.tabs = origin.tabs;
  const dice = Array.from({ length: count }, (_, tab) => (tab + 0.5) / count);
  let rolls = 0;
  device.clock.dice = () => dice[rolls++ % count] ?? 0.5;
  const sources = Array.from({ length: count }, (_, tab) => device.source(options(tab)));
  return { device, origin, sources };
}

test('tabs that open at once cost one request', async () => {
  const { device, sources } = tabs(5);
  const tokens = Promise.all(sources.map((source) => source.get()));
  await device.clock.advance(1_000);
  assert.deepEqual([...new Set((await tokens).map(({ authToken }) => authToken))], ['token-1']);
  assert.equal(device.endpoint.asked.length, 1);
});

test('a tab that opens later gets the token of those that are there, and no longer a life', async () => {
  const { device, sources } = tabs(2);
  const first = sources[0]?.get();
  await device.clock.advance(HOUR / 2);
  await first;
  const second = sources[1]?.get();
  await device.clock.advance(1_000);
  assert.equal((await second)?.authToken, 'token-1');
  assert.ok((sources[1]?.lifeLeft() ?? HOUR) < HOUR / 2);
  assert.equal(device.endpoint.asked.length, 1);
});

test('each life costs one request, however many tabs there are', async () => {
  const { device, sources } = tabs(5);
  const all = Promise.all(sources.map((source) => source.get()));
  await device.clock.advance(10 * HOUR);
  await all;
  const tokens = await Promise.all(sources.map((source) => source.get()));
  assert.equal(new Set(tokens.map(({ authToken }) => authToken)).size, 1);
  assert.ok(device.endpoint.asked.length <= 14, `${device.endpoint.asked.length} requests in 10 hours`);
});

test('tabs of different callers share nothing', async () => {
  const { device, sources } = tabs(4, (tab) => {
    const who = tab < 2 ? 'ada' : 'bob';
    return { access: tab % 2 === 0 ? open({ name: who }) : bearer(async () => `id-token-of-${who}`) };
  });
  const tokens = sources.map((source) => source.get());
  assert.equal(new Set((await device.clock.until(Promise.all(tokens))).map(({ authToken }) => authToken)).size, 4);
});

test('tabs that hold the very same ID token share', async () => {
  const { device, sources } = tabs(3, () => ({ access: bearer(async () => 'the-id-token') }));
  const tokens = Promise.all(sources.map((source) => source.get()));
  await device.clock.until(tokens);
  assert.equal(device.endpoint.asked.length, 1);
});

test('a password proves itself to the endpoint, in every tab: a wrong one gets no token from a tab with the right one', async () => {
  for (const access of [credentials, basic]) {
    const { device, sources } = tabs(2, (tab) => ({ access: access('ada', tab === 0 ? 'right' : 'wrong') }));
    const right = sources[0]?.get();
    assert.ok(right);
    await device.clock.until(right);
    device.endpoint.reply(() => device.endpoint.refusal(403, 'Forbidden'));
    await assert.rejects(sources[1]?.get() ?? Promise.resolve(), { code: 'Forbidden' });
  }
});

test('other groups and caches are other tokens', async () => {
  const { device, sources } = tabs(3, (tab) =>
    tab === 0 ? {} : tab === 1 ? { group: 'readers' } : { cache: 'games' },
  );
  const tokens = Promise.all(sources.map((source) => source.get()));
  await device.clock.advance(1_000);
  await tokens;
  assert.equal(device.endpoint.asked.length, 3);
});

test('no name of a channel and no message holds a credential', async () => {
  const { device, origin, sources } = tabs(2, () => ({ access: bearer(async () => 'the-id-token') }));
  const tokens = Promise.all(sources.map((source) => source.get()));
  await device.clock.until(tokens);
  assert.ok(origin.messages.length > 0);
  assert.doesNotMatch(JSON.stringify([origin.messages, origin.names]), /the-id-token/);
});

test('a token that Momento refused in one tab does not come back from another', async () => {
  const { device, sources } = tabs(2);
  const all = Promise.all(sources.map((source) => source.get()));
  await device.clock.advance(60_000);
  const [token] = await all;
  assert.ok(token && sources[0]);
  sources[0].discard(token);
  await device.clock.advance(2_000);
  assert.equal((await sources[0].get()).authToken, 'token-2');
  assert.equal((await sources[1]?.get())?.authToken, 'token-2', 'the other tab is better off with the new one, too');
});

test('a tab that is frozen with the lock in hand does not stop the others for good', async () => {
  const { device, origin, sources } = tabs(2);
  const frozen = sources[0]?.get();
  await settle();
  const [name] = origin.names;
  await device.clock.advance(1_000);
  await frozen;
  sources[0]?.stop();
  void origin.tabs.locks.request(name ?? '', { signal: new AbortController().signal }, () => new Promise(() => {}));
  const token = sources[1]?.get();
  await device.clock.advance(25_000);
  assert.equal((await token)?.authToken, 'token-2');
});

test('a token of another tab counts if it lives for longer than this one’s; nonsense and late messages do not', async () => {
  const { device, origin, sources } = tabs(1);
  const token = sources[0]?.get();
  await device.clock.advance(1_000);
  await token;
  const late = { kind: 'token', authToken: 'late', expiresAt: 1, endsAt: device.clock.wall() - 1 };
  const shorter = { kind: 'token', authToken: 'shorter', expiresAt: 1, endsAt: device.clock.wall() + 60_000 };
  const nonsense = [null, 1, 'token', {}, { kind: 'token' }, { kind: 'token', authToken: 1 }, late, shorter];
  const line = origin.tabs.channel(origin.names[0] ?? '');
  for (const message of nonsense) line?.postMessage(message);
  await settle();
  assert.equal((await sources[0]?.get())?.authToken, 'token-1');
});

test('while the endpoint is down, a tab that opens gets the token that the others still have', async () => {
  const { device, sources } = tabs(2);
  const first = sources[0]?.get();
  await device.clock.advance(1_000);
  await first;
  device.endpoint.reply(...Array.from({ length: 100 }, () => () => device.endpoint.refusal(503, 'MomentoUnavailable')));
  await device.clock.advance(0.97 * HOUR);
  const second = sources[1]?.get();
  await device.clock.advance(1_000);
  assert.equal((await second)?.authToken, 'token-1');
});

test('a tab that stops neither hears nor answers', async () => {
  const { device, sources } = tabs(2);
  const first = sources[0]?.get();
  await device.clock.advance(1_000);
  await first;
  sources[0]?.stop();
  const second = sources[1]?.get();
  await device.clock.advance(1_000);
  assert.equal((await second)?.authToken, 'token-2');
});
