/** The token source on a fake clock, before a fake endpoint. Real: everything in `src/`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from '../src/access.ts';
import { TokenError } from '../src/errors.ts';
import { settle } from './support/clock.ts';
import { Device } from './support/device.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Asks now and again, as an app does, and says which tokens it was given. */
async function tokenOf(source: { get(): Promise<{ authToken: string }> }): Promise<string> {
  return (await source.get()).authToken;
}

const isTokenError = (kind: string) => (error: unknown) => error instanceof TokenError && error.kind === kind;

test('nobody asks, and no token is fetched', async () => {
  const device = new Device();
  device.source();
  await device.clock.advance(HOUR);
  assert.equal(device.endpoint.asked.length, 0);
  assert.equal(device.clock.pendingTimers, 0);
});

test('in open mode the name goes into the query, and no header', async () => {
  const device = new Device();
  await device.source({ access: open({ name: 'Taylor & Co' }) }).get();
  const [asked] = device.endpoint.asked;
  assert.equal(asked?.url.href, 'https://tokens.example/prod/?name=Taylor+%26+Co');
  assert.deepEqual([...(asked?.headers ?? [])], []);
});

test('a group and a cache are asked for by header', async () => {
  const device = new Device();
  await device.source({ group: 'ReadOnlyUserGroup', cache: 'games' }).get();
  const headers = device.endpoint.asked[0]?.headers;
  assert.equal(headers?.get('usergroup'), 'ReadOnlyUserGroup');
  assert.equal(headers?.get('cachename'), 'games');
});

test('a thousand callers at once cost one request and get one token', async () => {
  const device = new Device();
  const source = device.source();
  const tokens = await Promise.all(Array.from({ length: 1000 }, () => tokenOf(source)));
  assert.deepEqual([...new Set(tokens)], ['token-1']);
  assert.equal(device.endpoint.asked.length, 1);
});

test('a token is refreshed in the last quarter of its life, each at another moment, and nobody waits for it', async () => {
  for (const dice of [0, 0.5, 0.999]) {
    const device = new Device();
    device.clock.dice = () => dice;
    const source = device.source();
    await source.get();
    const received = device.clock.now();
    const expected = (HOUR - 30_000) * (0.75 + 0.2 * dice);
    await device.clock.advance(expected - 10);
    assert.equal(device.endpoint.asked.length, 1);
    await device.clock.advance(20);
    assert.equal(device.endpoint.asked.length, 2);
    assert.ok(device.clock.now() - received < HOUR - 30_000);
    assert.equal(await tokenOf(source), 'token-2');
  }
});

test('tokens of twenty seconds follow each other without a gap', async () => {
  const device = new Device();
  device.endpoint.life = 20;
  const source = device.source();
  await source.get();
  for (let second = 0; second < 600; second += 1) {
    await device.clock.advance(1_000);
    await source.get();
    assert.ok(source.lifeLeft() > 0);
  }
  assert.ok(device.endpoint.asked.length < 600 / 10, `${device.endpoint.asked.length} requests`);
});

test('while refreshing fails a good token is served, and the endpoint is asked ever less often', async () => {
  const device = new Device();
  const troubles: TokenError[] = [];
  const source = device.source({ onTrouble: (error) => troubles.push(error) });
  await source.get();
  const refresh = (HOUR - 30_000) * 0.85;
  device.endpoint.reply(...Array.from({ length: 8 }, () => () => device.endpoint.refusal(503, 'MomentoUnavailable')));
  await device.clock.advance(refresh + 5 * MINUTE);
  assert.equal(await tokenOf(source), 'token-2');
  const times = device.endpoint.asked.slice(1).map(({ at }) => at);
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  assert.deepEqual(pauses, [750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]);
  assert.equal(troubles.length, 8);
  assert.ok(troubles.every((error) => error.kind === 'unavailable' && error.code === 'MomentoUnavailable'));
});

test('the end of an outage is told once, also by a machine that vends the same token again', async () => {
  const device = new Device();
  const told: string[] = [];
  const listeners = { onTrouble: () => told.push('trouble'), onRecovered: () => told.push('recovered') };
  const source = device.source(listeners);
  await source.get();
  const expiresAt = Math.floor(device.clock.world() / 1_000) + 3_600;
  const same = () => device.endpoint.answer(200, { authToken: 'token-1', expiresAt });
  device.endpoint.reply(
    () => device.endpoint.refusal(503, 'MomentoUnavailable'),
    () => device.endpoint.refusal(503, 'MomentoUnavailable'),
    same,
    same,
  );
  await device.clock.advance(HOUR);
  assert.deepEqual(told, ['trouble', 'trouble', 'recovered']);
});

test('a good token is served during the outage, and not past its end', async () => {
  const device = new Device();
  const source = device.source();
  await source.get();
  device.endpoint.reply(...Array.from({ length: 100 }, () => () => device.endpoint.refusal(503, 'MomentoUnavailable')));
  await device.clock.advance(HOUR - 6_000);
  assert.equal(await tokenOf(source), 'token-1');
  await device.clock.advance(2_000);
  const waiting = assert.rejects(source.get(), isTokenError('unavailable'));
  await device.clock.advance(MINUTE);
  await waiting;
});

test('without a token, a failure is told to all who wait, and the next who ask wait for the next attempt', async () => {
  const device = new Device();
  const source = device.source();
  device.endpoint.reply(() => device.endpoint.refusal(503, 'MomentoUnavailable'));
  const first = await Promise.allSettled([source.get(), source.get()]);
  assert.deepEqual(
    first.map((outcome) => outcome.status === 'rejected' && outcome.reason.kind),
    ['unavailable', 'unavailable'],
  );
  const later = [source.get(), source.get()];
  await settle();
  assert.equal(device.endpoint.asked.length, 1);
  await device.clock.advance(1_000);
  assert.deepEqual(
    (await Promise.all(later)).map((token) => token.authToken),
    ['token-1', 'token-1'],
  );
  assert.equal(device.endpoint.asked.length, 2);
});

for (const [name, value] of [
  ['seconds', () => '17'],
  ['a date', (now: number) => new Date(now + 17_000).toUTCString()],
] as const) {
  test(`429: nobody asks before Retry-After in ${name}, whatever wakes`, async () => {
    const device = new Device();
    const source = device.source();
    device.endpoint.reply(() =>
      device.endpoint.refusal(429, 'TooManyRequests', { 'Retry-After': value(device.clock.world()) }),
    );
    await assert.rejects(source.get(), isTokenError('limited'));
    const next = source.get();
    device.window.dispatchEvent(new Event('online'));
    await device.clock.advance(16_900);
    device.page.dispatchEvent(new Event('visibilitychange'));
    assert.equal(device.endpoint.asked.length, 1);
    await device.clock.advance(5_000);
    assert.equal((await next).authToken, 'token-1');
  });
}

for (const status of [400, 401, 403]) {
  test(`${status} stops: all who wait and who come are told, and nothing is asked until resume()`, async () => {
    const device = new Device();
    const stopped: TokenError[] = [];
    const source = device.source({ onStopped: (error) => stopped.push(error) });
    device.endpoint.reply(() => device.endpoint.refusal(status, 'Forbidden'));
    const outcomes = await Promise.allSettled([source.get(), source.get()]);
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TokenError);
      const { kind, code, requestId, status: told } = outcome.reason;
      assert.deepEqual(
        { kind, code, requestId, told },
        { kind: 'refused', code: 'Forbidden', requestId: 'request-1', told: status },
      );
    }
    assert.equal(stopped.length, 1);
    device.window.dispatchEvent(new Event('online'));
    await device.clock.advance(HOUR);
    await assert.rejects(source.get(), isTokenError('refused'));
    assert.equal(device.endpoint.asked.length, 1);

    source.resume();
    assert.equal(await tokenOf(source), 'token-1');
  });
}

test('a refusal while a token is still good: it is served to its end, and the app is told at once', async () => {
  const device = new Device();
  const stopped: TokenError[] = [];
  const source = device.source({ onStopped: (error) => stopped.push(error) });
  await source.get();
  device.endpoint.reply(() => device.endpoint.refusal(401, 'Unauthorized'));
  await device.clock.advance(HOUR * 0.9);
  assert.equal(stopped[0]?.code, 'Unauthorized');
  assert.equal(await tokenOf(source), 'token-1');
  await device.clock.advance(HOUR * 0.1);
  await assert.rejects(source.get(), isTokenError('refused'));
  assert.equal(device.endpoint.asked.length, 2);
});

test('resume() with another sign-in forgets the token of the one before', async () => {
  const device = new Device();
  const source = device.source({ access: open({ name: 'ada' }) });
  assert.equal(await tokenOf(source), 'token-1');
  source.resume(open({ name: 'bob' }));
  assert.equal(await tokenOf(source), 'token-2');
  assert.equal(device.endpoint.asked[1]?.url.searchParams.get('name'), 'bob');
});

test('resume() with another sign-in during a request: what becomes of that request does not matter any more', async () => {
  const device = new Device();
  const troubles: TokenError[] = [];
  const source = device.source({ access: open({ name: 'ada' }), onTrouble: (error) => troubles.push(error) });
  device.endpoint.reply(() => new Promise(() => {}));
  const waiting = source.get();
  await settle();
  source.resume(open({ name: 'bob' }));
  await settle();
  assert.equal((await waiting).authToken, 'token-1');
  assert.deepEqual(
    device.endpoint.asked.map(({ url }) => url.searchParams.get('name')),
    ['ada', 'bob'],
  );
  assert.deepEqual(troubles, []);
});

test('a device that slept past the end of its token serves no dead one, and fetches once', async () => {
  const device = new Device();
  const source = device.source();
  await source.get();
  device.clock.sleep(3 * HOUR);
  const both = await Promise.all([tokenOf(source), tokenOf(source)]);
  assert.deepEqual(both, ['token-2', 'token-2']);
  assert.equal(device.endpoint.asked.length, 2);
});

test('a device that wakes refreshes what became due, though no timer saw the time pass', async () => {
  for (const wake of [
    (device: Device) => device.page.dispatchEvent(new Event('visibilitychange')),
    (device: Device) => device.page.dispatchEvent(new Event('resume')),
    (device: Device) => device.window.dispatchEvent(new Event('online')),
    // Out of the back/forward cache.
    (device: Device) => device.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })),
    // No event at all: within the next tick of the watch.
    (device: Device) => device.clock.advance(15_000),
  ]) {
    const device = new Device();
    const source = device.source();
    await source.get();
    device.clock.sleep(0.99 * HOUR);
    await wake(device);
    await settle();
    assert.equal(device.endpoint.asked.length, 2);
  }
});

test('when the network is back, what failed is tried at once', async () => {
  const device = new Device();
  const source = device.source();
  device.endpoint.reply(...Array.from({ length: 6 }, () => () => Promise.reject(new TypeError('Failed to fetch'))));
  await assert.rejects(source.get(), isTokenError('unreachable'));
  await device.clock.advance(25_000);
  const before = device.endpoint.asked.length;
  const waiting = source.get();
  device.window.dispatchEvent(new Event('online'));
  assert.equal((await waiting).authToken, 'token-1');
  assert.equal(device.endpoint.asked.length, before + 1);
});

test('stop() during a request calls it off, rejects who waits, and leaves no timer', async () => {
  const device = new Device();
  const source = device.source();
  device.endpoint.reply(() => new Promise<Response>(() => {}));
  const waiting = assert.rejects(source.get(), isTokenError('stopped'));
  await settle();
  source.stop();
  await waiting;
  await settle();
  assert.equal(device.clock.pendingTimers, 0);
  source.resume();
  await assert.rejects(source.get(), isTokenError('stopped'));
  assert.equal(device.endpoint.asked.length, 1);
});

test('stop() forgets a good token', async () => {
  const device = new Device();
  const source = device.source();
  await source.get();
  source.stop();
  await assert.rejects(source.get(), isTokenError('stopped'));
  assert.equal(source.lifeLeft(), 0);
  assert.equal(device.clock.pendingTimers, 0);
});

test('who loses patience leaves alone, and the others get their token', async () => {
  const device = new Device();
  const source = device.source();
  let answer = (_: Response) => {};
  device.endpoint.reply(() => new Promise<Response>((resolve) => (answer = resolve)));
  const impatience = new AbortController();
  const impatient = assert.rejects(source.get({ signal: impatience.signal }), { name: 'AbortError' });
  const patient = source.get();
  await settle();
  impatience.abort();
  await impatient;
  answer(device.endpoint.token());
  assert.equal((await patient).authToken, 'token-1');
  await assert.rejects(source.get({ signal: impatience.signal }), { name: 'AbortError' });
});

test('a token that Momento refuses is not handed out again, and another is fetched at once', async () => {
  const device = new Device();
  const source = device.source();
  const token = await source.get();
  await device.clock.advance(10 * MINUTE);
  source.discard(token);
  assert.equal(await tokenOf(source), 'token-2');
  source.discard(token);
  assert.equal(await tokenOf(source), 'token-2');
});

test('where Momento refuses every new token, they are asked for ever less often', async () => {
  const device = new Device();
  const source = device.source();
  const loop = (async () => {
    for (let round = 0; round < 5; round += 1) source.discard(await source.get());
  })();
  await device.clock.advance(2 * MINUTE);
  await loop;
  const times = device.endpoint.asked.map(({ at }) => at);
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  assert.deepEqual(pauses, [750, 1_500, 3_000, 6_000, 12_000]);
});

test('neither a refused token nor resume() undercuts Retry-After', async () => {
  const device = new Device();
  const source = device.source();
  const token = await source.get();
  device.endpoint.reply(() => device.endpoint.refusal(429, 'TooSoon', { 'Retry-After': '300' }));
  await device.clock.advance(0.86 * HOUR);
  assert.equal(device.endpoint.asked.length, 2);
  source.discard(token);
  source.resume();
  await settle();
  assert.equal(device.endpoint.asked.length, 2);
  await device.clock.advance(310_000);
  assert.equal(await tokenOf(source), 'token-2');
});

test('a sign-in that never answers is given up, and tried again', async () => {
  const device = new Device();
  let calls = 0;
  const hangs = () => new Promise<never>(() => {});
  const access = () => (calls++ === 0 ? hangs() : Promise.resolve({}));
  const source = device.source({ access });
  const waiting = assert.rejects(source.get(), isTokenError('unreachable'));
  await device.clock.advance(MINUTE);
  await waiting;
  await device.clock.advance(1_000);
  assert.equal(await tokenOf(source), 'token-1');
  source.stop();
  const other = device.source({ access: hangs });
  const stopped = assert.rejects(other.get(), isTokenError('stopped'));
  other.stop();
  await stopped;
  assert.equal(device.clock.pendingTimers, 0);
});

test('the same token again, as a machine gives that reuses them, is no change', async () => {
  const device = new Device();
  const source = device.source();
  let heard = 0;
  source.onChange(() => {
    heard += 1;
  });
  const same = (life: number) => () =>
    device.endpoint.answer(200, { authToken: 'same', expiresAt: Math.floor(device.clock.world() / 1_000) + life });
  device.endpoint.reply(same(100), same(100), same(100));
  await source.get();
  await device.clock.advance(180_000);
  assert.equal(device.endpoint.asked.length, 3);
  assert.equal(heard, 1);
});

test('listeners hear of each new token once, and one that throws keeps none from the others', async (t) => {
  const device = new Device();
  const source = device.source();
  const heard: (string | undefined)[] = [];
  const thrown: unknown[] = [];
  const uncaught = (error: unknown) => thrown.push(error);
  process.setUncaughtExceptionCaptureCallback(uncaught);
  t.after(() => process.setUncaughtExceptionCaptureCallback(null));
  source.onChange(() => {
    throw new Error('from the app');
  });
  const off = source.onChange((token) => heard.push(token?.authToken));
  await source.get();
  await device.clock.advance(HOUR);
  off();
  await device.clock.advance(HOUR);
  assert.deepEqual(heard, ['token-1', 'token-2']);
  assert.ok(thrown.length >= 2);
});
