/**
 * What a browser denies and what other runtimes lack: the source does without. Not real: the globals, which stand for those of such
 * a browser or runtime. tests/runtimes.test.ts and tests/behaviours/client-in-a-page.ts have the real ones.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { open } from '../src/access.ts';
import { Caches } from '../src/caches.ts';
import { browser, type Environment, type Locks } from '../src/environment.ts';
import { MomentoError } from '../src/errors.ts';
import { TokenSource } from '../src/token-source.ts';
import { Topics } from '../src/topics.ts';
import { Device, Origin } from './support/device.ts';

/** Puts `value`, or what its getter does, in the place of a global for one test. */
function global(t: TestContext, name: string, descriptor: PropertyDescriptor): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, ...descriptor });
  t.after(() => {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  });
}

const denied = (): never => {
  throw new DOMException('denied', 'SecurityError');
};

/** What requests were made with, by a `fetch` that vends. */
function vending(t: TestContext): RequestInit[] {
  const made: RequestInit[] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    made.push(init);
    return Response.json({ authToken: 'token-1', expiresAt: Math.floor(Date.now() / 1_000) + 3_600 });
  };
  global(t, 'fetch', { value: fetch });
  return made;
}

async function tokenHere(t: TestContext): Promise<string> {
  const source = new TokenSource({ endpoint: 'https://tokens.example/', access: open({ name: 'Ada' }) });
  t.after(() => source.stop());
  return (await source.get()).authToken;
}

const LOCKS = { request: (_name: string, _options: object, work: () => unknown) => work() };

/** Globals that a browser denies, or that a runtime has in its own way. */
const DENIED: readonly [what: string, globals: Readonly<Record<string, PropertyDescriptor>>][] = [
  ['the locks, whose getter throws', { navigator: { value: Object.defineProperty({}, 'locks', { get: denied }) } }],
  ['all of the navigator', { navigator: { get: denied } }],
  [
    'channels, whose constructor throws',
    { navigator: { value: { locks: LOCKS } }, BroadcastChannel: { value: denied } },
  ],
  ['channels, whose getter throws', { navigator: { value: { locks: LOCKS } }, BroadcastChannel: { get: denied } }],
  ['locks that reject', { navigator: { value: { locks: { request: async () => denied() } } } }],
  ['locks that throw', { navigator: { value: { locks: { request: denied } } } }],
  ['a window that fires nothing, and no document (React Native)', { window: { value: {} } }],
  ['a document and a window that are denied', { window: { get: denied }, document: { get: denied } }],
];

for (const [what, globals] of DENIED) {
  test(`there is a token without ${what}`, async (t) => {
    const made = vending(t);
    for (const [name, descriptor] of Object.entries(globals)) global(t, name, descriptor);
    assert.equal(await tokenHere(t), 'token-1');
    assert.equal(made.length, 1);
  });
}

test('a request has no `cache` where requests do not know it, and has it elsewhere', async (t) => {
  const made = vending(t);
  await tokenHere(t);
  global(t, 'Request', { value: class {} });
  await tokenHere(t);
  assert.deepEqual(
    made.map((init) => [init.cache, init.redirect]),
    [
      ['no-store', 'manual'],
      [undefined, 'manual'],
    ],
  );
});

test('signals without a reason and without throwIfAborted are enough', async (t) => {
  for (const name of ['reason', 'throwIfAborted']) {
    const before = Object.getOwnPropertyDescriptor(AbortSignal.prototype, name) ?? {};
    Object.defineProperty(AbortSignal.prototype, name, { value: undefined, configurable: true, writable: true });
    t.after(() => Object.defineProperty(AbortSignal.prototype, name, before));
  }
  const device = new Device();
  device.tabs = new Origin().tabs;
  assert.equal((await device.clock.until(device.source().get())).authToken, 'token-1');
  for (const moment of ['before', 'during'] as const) {
    const caller = new AbortController();
    if (moment === 'before') caller.abort();
    const token = device.source({ access: open({ name: moment }) }).get({ signal: caller.signal });
    caller.abort();
    await assert.rejects(token, { name: 'AbortError' });
  }
});

/** What a page's source does where locks end in `SecurityError`, or what was asked under a lock fails. */
function withLocks(request: Locks['request']): { device: Device; tabs: Environment['tabs'] } {
  const device = new Device();
  device.tabs = { locks: { request }, channel: new Origin().tabs.channel };
  return { device, tabs: device.tabs };
}

test('a request that fails under a lock is not made once more for lack of a lock', async () => {
  const { device } = withLocks((_name, _options, work) => work());
  device.endpoint.reply(() => device.endpoint.refusal(503, 'MomentoUnavailable'));
  await assert.rejects(device.clock.until(device.source().get()), { code: 'MomentoUnavailable' });
  assert.equal(device.endpoint.asked.length, 1);
});

test('without XMLHttpRequest, topics and caches say so, and what to use instead', async () => {
  const device = new Device();
  const tokens = device.source();
  const topics = new Topics(tokens, {}, device.environment());
  const caches = new Caches(tokens, { defaultTtlSeconds: 60 });
  for (const used of [
    () => topics.subscribe('cache', 'room', { onMessage() {} }),
    () => topics.publish('cache', 'room', 'hello'),
    () => caches.use((client) => client.get('cache', 'key')),
  ]) {
    await assert.rejects(used(), (error: MomentoError) => {
      return (
        error instanceof MomentoError &&
        error.kind === 'invalid' &&
        /XMLHttpRequest.*@gomomento\/sdk/.test(error.message)
      );
    });
  }
});

test('nothing is read of the browser that it does not have', () => {
  const { tabs, document, window } = browser();
  assert.deepEqual({ tabs, document, window }, { tabs: undefined, document: undefined, window: undefined });
});
