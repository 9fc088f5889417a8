/**
 * The SDK for browsers under this package. Real: its stubs, its `CacheClient`, and every byte that they write and
 * read. Not real: the network, and Momento.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import cachePb from '@gomomento/generated-types-webtext/dist/cacheclient_pb.js';
import pubsub from '@gomomento/generated-types-webtext/dist/cachepubsub_pb.js';
import commonPb from '@gomomento/generated-types-webtext/dist/common_pb.js';
import { CacheGet } from '@gomomento/sdk-web';
import { Caches } from '../src/caches.ts';
import { MomentoError } from '../src/errors.ts';
import { momentoStreams, type StreamListener } from '../src/stream.ts';
import { Topics } from '../src/topics.ts';
import { settle } from './support/clock.ts';
import { Device } from './support/device.ts';
import { type Call, installXhr } from './support/xhr.ts';

/** A token as the machine vends it. */
const authToken = (key: string) =>
  Buffer.from(JSON.stringify({ endpoint: 'cell.example', api_key: key })).toString('base64');

function calls(t: TestContext, handle: (call: Call) => void = () => {}): Call[] {
  const made: Call[] = [];
  t.after(
    installXhr((call) => {
      made.push(call);
      handle(call);
    }),
  );
  return made;
}

/** A device whose tokens are real in form. */
function device(): Device {
  const made = new Device();
  let vended = 0;
  made.endpoint.token = () => {
    vended += 1;
    const expiresAt = Math.floor(made.clock.world() / 1_000) + 3_600;
    return made.endpoint.answer(200, { authToken: authToken(`key-${vended}`), expiresAt });
  };
  return made;
}

function stream(resume = { page: 0, number: 0 }) {
  const heard: unknown[] = [];
  const listener: StreamListener = {
    onHeartbeat: () => heard.push('heartbeat'),
    onItem: (item) => heard.push(item),
    onDiscontinuity: (discontinuity) => heard.push(discontinuity),
    onEnd: (error) => heard.push(error),
  };
  const token = { authToken: authToken('key'), expiresAt: 1 };
  return { heard, open: momentoStreams({})({ token, cache: 'cache', topic: 'room', resume }, listener) };
}

function item(number: number, value: string | Uint8Array, tokenId = ''): pubsub._SubscriptionItem {
  const content = new pubsub._TopicValue();
  if (typeof value === 'string') content.setText(value);
  else content.setBinary(value);
  const inner = new pubsub._TopicItem();
  inner.setTopicSequenceNumber(number);
  inner.setSequencePage(9);
  inner.setPublisherId(tokenId);
  inner.setValue(content);
  const message = new pubsub._SubscriptionItem();
  message.setItem(inner);
  return message;
}

test('a subscription goes where the SDK for browsers would, with the key, the number and the page', async (t) => {
  const made = calls(t);
  stream({ page: 9, number: 42 });
  await settle();
  const [call] = made;
  assert.equal(call?.url, 'https://web.cache.cell.example/cache_client.pubsub.Pubsub/Subscribe');
  assert.equal(call.headers['authorization'], 'key');
  const request = pubsub._SubscriptionRequest.deserializeBinary(call.message);
  assert.deepEqual(request.toObject(), {
    cacheName: 'cache',
    topic: 'room',
    resumeAtTopicSequenceNumber: 42,
    sequencePage: 9,
  });
});

test('heartbeats, texts, the empty text, bytes, token ids and discontinuities arrive as they were sent', async (t) => {
  const made = calls(t);
  const { heard } = stream();
  await settle();
  const heartbeat = new pubsub._SubscriptionItem();
  heartbeat.setHeartbeat(new pubsub._Heartbeat());
  const skipped = new pubsub._Discontinuity();
  skipped.setLastTopicSequence(3);
  skipped.setNewTopicSequence(7);
  skipped.setNewSequencePage(10);
  const discontinuity = new pubsub._SubscriptionItem();
  discontinuity.setDiscontinuity(skipped);
  for (const message of [
    heartbeat,
    item(1, 'grüß', 'ada'),
    item(2, ''),
    item(3, new Uint8Array([0, 255])),
    discontinuity,
  ]) {
    made[0]?.send(message);
  }
  assert.deepEqual(heard, [
    'heartbeat',
    { page: 9, number: 1, value: 'grüß', tokenId: 'ada' },
    { page: 9, number: 2, value: '', tokenId: undefined },
    { page: 9, number: 3, value: new Uint8Array([0, 255]), tokenId: undefined },
    { page: 10, number: 7 },
  ]);
});

/** Status codes, and what they are. */
const ENDS: [status: number, kind: string][] = [
  [16, 'unauthenticated'],
  [7, 'forbidden'],
  [5, 'not-found'],
  [3, 'invalid'],
  [12, 'invalid'],
  [14, 'unavailable'],
  [8, 'unavailable'],
  [13, 'unavailable'],
  [0, 'unavailable'],
];

for (const [status, kind] of ENDS) {
  test(`a stream that ends with status ${status} is ${kind}, once`, async (t) => {
    const made = calls(t);
    const { heard } = stream();
    await settle();
    made[0]?.send(item(1, 'one'));
    made[0]?.end(status, 'because');
    await settle();
    const [, error, ...more] = heard;
    assert.ok(error instanceof MomentoError);
    assert.equal(error.kind, kind);
    assert.deepEqual(more, []);
  });
}

test('a stream that is closed is called off, and nothing more is heard', async (t) => {
  const made = calls(t);
  const { heard, open } = stream();
  await settle();
  made[0]?.send(item(1, 'one'));
  open.close();
  made[0]?.send(item(2, 'two'));
  await settle();
  assert.equal(made[0]?.aborted, true);
  assert.equal(heard.length, 1);
});

test('a local Momento is called instead of the one that the token names', async (t) => {
  const made = calls(t);
  const momento = 'http://127.0.0.1:8980';
  momentoStreams({ momento })(
    { token: { authToken: authToken('key'), expiresAt: 1 }, cache: 'c', topic: 't', resume: { page: 0, number: 0 } },
    { onHeartbeat() {}, onItem() {}, onDiscontinuity() {}, onEnd() {} },
  );
  const own = device();
  const source = own.source();
  const published = new Topics(source, { momento }, own.environment()).publish('c', 't', 'hello');
  published.catch(() => {});
  const got = new Caches(source, { momento, defaultTtlSeconds: 60 }).use((client) => client.get('c', 'k'));
  got.catch(() => {});
  await settle();
  assert.ok(made.length >= 3);
  for (const { url } of made) assert.ok(url.startsWith(`${momento}/`), url);
  source.stop();
});

test('publish: a refused token is replaced and the message published once more; what is not permitted is told', async (t) => {
  const statuses = [16, 0, 7];
  const made = calls(t, (call) => {
    const status = statuses.shift() ?? 0;
    if (status === 0) call.send(new commonPb._Empty());
    call.end(status, 'because');
  });
  const own = device();
  const topics = new Topics(own.source(), {}, own.environment());
  await own.clock.until(topics.publish('cache', 'room', 'hello'));
  assert.deepEqual(
    made.map(({ headers }) => headers['authorization']),
    ['key-1', 'key-2'],
  );
  const request = pubsub._PublishRequest.deserializeBinary(made[1]?.message ?? new Uint8Array());
  assert.equal(request.getValue()?.getText(), 'hello');
  await assert.rejects(
    own.clock.until(topics.publish('cache', 'room', 'again')),
    (error: MomentoError) => error.kind === 'forbidden',
  );
  assert.equal(made.length, 3);
});

test('a cache client has a good token at each use, and its answers are the SDK’s own', async (t) => {
  const made = calls(t, (call) => {
    if (call.headers['authorization'] === 'key-1') {
      call.end(16, 'expired');
      return;
    }
    const hit = new cachePb._GetResponse();
    hit.setResult(cachePb.ECacheResult.HIT);
    hit.setCacheBody(Buffer.from('value'));
    call.send(hit);
    call.end();
  });
  const own = device();
  const caches = new Caches(own.source(), { defaultTtlSeconds: 60 });
  const answer = await own.clock.until(caches.use((client) => client.get('cache', 'key')));
  assert.ok(answer instanceof CacheGet.Hit);
  assert.equal(answer.value(), 'value');
  assert.equal(made.length, 2);
});

test('publish: no answer in time is a failure, and the call is called off', async (t) => {
  const made = calls(t);
  const own = device();
  const topics = new Topics(own.source(), {}, own.environment());
  const published = topics.publish('cache', 'room', new Uint8Array([0, 255]));
  await assert.rejects(own.clock.until(published), (error: MomentoError) => error.kind === 'unavailable');
  assert.equal(made[0]?.aborted, true);
  const request = pubsub._PublishRequest.deserializeBinary(made[0]?.message ?? new Uint8Array());
  assert.deepEqual(request.getValue()?.getBinary_asU8(), new Uint8Array([0, 255]));
});

test('a token that is none is told without being quoted', async () => {
  const own = new Device();
  const topics = new Topics(own.source(), {}, own.environment());
  for (const done of [topics.publish('c', 't', 'hello'), topics.subscribe('c', 't', { onMessage() {} })]) {
    await assert.rejects(done, (error: MomentoError) => error.kind === 'invalid' && !error.stack?.includes('token-1'));
  }
});
