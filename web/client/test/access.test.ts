/** What each way of access sends, and what the endpoint's answers are taken for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, basic, bearer, credentials, open, withKey } from '../src/access.ts';
import { TokenError } from '../src/errors.ts';
import { Device } from './support/device.ts';

const sent = async (access: Access) => {
  const device = new Device();
  await device.source({ access }).get();
  const [asked] = device.endpoint.asked;
  return { query: asked?.url.search, headers: Object.fromEntries(asked?.headers ?? []) };
};

test('each way of access sends what its mode asks for, and nothing else', async () => {
  assert.deepEqual(await sent(open()), { query: '', headers: {} });
  assert.deepEqual(await sent(credentials('ada', 'p:w')), { query: '', headers: { username: 'ada', password: 'p:w' } });
  assert.deepEqual(await sent(bearer(async () => 'a.b.c')), { query: '', headers: { authorization: 'Bearer a.b.c' } });
  const { headers } = await sent(basic('ada', 'pä:ß€'));
  const [scheme, encoded] = headers['authorization']?.split(' ') ?? [];
  assert.equal(scheme, 'Basic');
  assert.equal(Buffer.from(encoded ?? '', 'base64').toString('utf8'), 'ada:pä:ß€');
});

test('the key of a usage plan goes beside what says who asks, and changes nothing of that', async () => {
  assert.deepEqual(await sent(withKey('k', open({ name: 'Ada' }))), {
    query: '?name=Ada',
    headers: { 'x-api-key': 'k' },
  });
  const { headers } = await sent(withKey('k', credentials('ada', 'pw')));
  assert.deepEqual(headers, { username: 'ada', password: 'pw', 'x-api-key': 'k' });
  const { signal } = new AbortController();
  const [bare, keyed] = await Promise.all([open()(signal), withKey('k', open())(signal)]);
  assert.equal(keyed.share, bare.share);
});

test('a password that no header can carry is refused at once, and not taken for a network that is away', async () => {
  for (const password of ['schön’', '密码', 'two\nlines', 'nul\0']) {
    const device = new Device();
    const access = credentials('ada', password);
    await assert.rejects(device.source({ access }).get(), (error: TokenError) => {
      return error.kind === 'refused' && /cannot carry/.test(error.message) && !error.message.includes(password);
    });
    assert.equal(device.endpoint.asked.length, 0);
  }
  assert.deepEqual((await sent(credentials('ada', 'schön'))).headers, { username: 'ada', password: 'schön' });
});

test('the ID token is asked for at each request, since it may have been renewed', async () => {
  const device = new Device();
  let calls = 0;
  const source = device.source({
    access: bearer(async () => {
      calls += 1;
      return `id-${calls}`;
    }),
  });
  source.discard(await source.get());
  await device.clock.advance(2_000);
  await source.get();
  assert.deepEqual(
    device.endpoint.asked.map(({ headers }) => headers.get('Authorization')),
    ['Bearer id-1', 'Bearer id-2'],
  );
});

test('without an ID token the source stops and asks nobody; a callback that fails is tried again', async () => {
  const device = new Device();
  const answers: (() => string | undefined)[] = [
    () => undefined,
    () => {
      throw new Error('the network');
    },
    () => 'id',
  ];
  const source = device.source({ access: bearer(async () => answers.shift()?.()) });
  await assert.rejects(source.get(), (error: TokenError) => error.kind === 'refused');
  source.resume();
  await assert.rejects(
    source.get(),
    (error: TokenError) => error.kind === 'unavailable' && error.cause instanceof Error,
  );
  assert.equal(device.endpoint.asked.length, 0);
  const token = source.get();
  await device.clock.advance(1_000);
  assert.equal((await token).authToken, 'token-1');
});

/** Answers that are no token, and what they are. */
const NONSENSE: [name: string, body: unknown, status: number, kind: string][] = [
  ['a web page', '<!doctype html><title>Sign in</title>', 200, 'malformed'],
  ['nothing', '', 200, 'malformed'],
  ['null', 'null', 200, 'malformed'],
  ['a list', '[]', 200, 'malformed'],
  ['no token', { expiresAt: 1 }, 200, 'malformed'],
  ['no end', { authToken: 'secret-token' }, 200, 'malformed'],
  ['an end that is no number', { authToken: 'secret-token', expiresAt: 'soon' }, 200, 'malformed'],
  ['a token that has ended', { authToken: 'secret-token', expiresAt: 1_000 }, 200, 'malformed'],
  ['a page with an error', '<h1>502 Bad Gateway</h1>', 502, 'unavailable'],
  ['an error without a body', '', 504, 'unavailable'],
  ['a refusal without a body', '', 404, 'refused'],
];

for (const [name, body, status, kind] of NONSENSE) {
  test(`an answer that is ${name} (${status}) is ${kind}, and is not quoted`, async () => {
    const device = new Device();
    device.endpoint.reply(() => device.endpoint.answer(status, body));
    const error = await device
      .source()
      .get()
      .then(
        () => assert.fail('a token'),
        (error: TokenError) => error,
      );
    assert.ok(error instanceof TokenError);
    assert.equal(error.kind, kind);
    assert.equal(error.status, kind === 'malformed' && name.includes('ended') ? undefined : status);
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /secret-token|<h1>|doctype/);
  });
}

test('no error holds a password, an ID token or a token', async () => {
  const secrets = ['the-password', 'the-id-token', 'token-1'];
  for (const access of [
    credentials('ada', 'the-password'),
    basic('ada', 'the-password'),
    bearer(async () => 'the-id-token'),
  ]) {
    for (const status of [200, 400, 401, 429, 503]) {
      const device = new Device();
      device.endpoint.reply(() => device.endpoint.answer(status, '{"authToken":"token-1"}'));
      const error = await device
        .source({ access })
        .get()
        .catch((error: unknown) => error);
      assert.ok(error instanceof TokenError);
      const told = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
      for (const secret of secrets) assert.ok(!told.includes(secret), told);
    }
  }
});

test('no answer in time is a failure like any other', async () => {
  const device = new Device();
  const source = device.source();
  device.endpoint.reply(() => new Promise(() => {}));
  const rejected = assert.rejects(source.get(), (error: TokenError) => error.kind === 'unreachable');
  await device.clock.advance(15_000);
  await rejected;
  const token = source.get();
  await device.clock.advance(1_000);
  assert.equal((await token).authToken, 'token-1');
});

test('an endpoint that redirects gets no second request with the password', async () => {
  const device = new Device();
  const redirect = Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' });
  let mode: RequestRedirect | undefined;
  const { fetch } = device.endpoint;
  Object.assign(device.endpoint, {
    fetch: (input: string, init: RequestInit) => {
      mode = init.redirect;
      return fetch(input, init);
    },
  });
  device.endpoint.reply(() => redirect);
  await assert.rejects(device.source().get(), (error: TokenError) => error.kind === 'malformed');
  assert.equal(mode, 'manual');
});

/** A device whose clock is wrong by so many minutes: its tokens of an hour, and when they are refreshed. */
for (const minutes of [-180, -10, 10, 180]) {
  test(`a clock that is ${minutes} minutes off does not matter where the answer's Date can be read`, async () => {
    const device = new Device();
    device.clock.skew = minutes * 60_000;
    const source = device.source();
    await source.get();
    assert.ok(Math.abs(source.lifeLeft() - 3_600_000) <= 1_000);
    await device.clock.advance(3_600_000);
    assert.equal(device.endpoint.asked.length, 2);
  });
}

test('without the Date, a clock that is hours ahead has tokens fetched each minute, not without end', async () => {
  const device = new Device();
  device.endpoint.showsDate = false;
  device.clock.skew = 3 * 3_600_000;
  const source = device.source();
  await source.get();
  await device.clock.advance(10 * 60_000);
  assert.ok(
    device.endpoint.asked.length >= 10 && device.endpoint.asked.length <= 25,
    `${device.endpoint.asked.length}`,
  );
  assert.ok((await source.get()).authToken);
});

test('without the Date, a right clock gives the right life', async () => {
  const device = new Device();
  device.endpoint.showsDate = false;
  const source = device.source();
  await source.get();
  assert.ok(Math.abs(source.lifeLeft() - 3_600_000) <= 1_000);
});
