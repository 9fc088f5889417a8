/** Subscriptions before a fake service of topics. Real: everything in `src/` but the wire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from '../src/access.ts';
import { MomentoError, TokenError } from '../src/errors.ts';
import { Listener, Stage } from './support/listener.ts';

test('subscribe() resolves when the stream says its first thing, and not before', async () => {
  const stage = new Stage();
  const listener = new Listener();
  let made = false;
  const subscribed = stage.topics.subscribe('cache', 'room', listener).then((subscription) => {
    made = true;
    return subscription;
  });
  await stage.device.clock.advance(30);
  assert.equal(made, false);
  await stage.device.clock.advance(30);
  assert.equal((await subscribed).state, 'live');
  assert.deepEqual(listener.states, ['live']);
});

test('a message comes with the id of the token that published it', async () => {
  const stage = new Stage();
  const listener = new Listener();
  const messages: unknown[] = [];
  listener.onMessage = (message) => messages.push(message);
  await stage.subscribe(listener);
  stage.service.publish('hello', 'ada');
  stage.service.publish('nobody');
  await stage.pass(100);
  assert.deepEqual(messages, [
    { value: 'hello', tokenId: 'ada', sequenceNumber: 1 },
    { value: 'nobody', tokenId: undefined, sequenceNumber: 2 },
  ]);
});

test('a new token: the new stream begins after the last message, and only then the old one is closed', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  const [old] = stage.service.connections;
  await stage.device.clock.advance(3_600_000 - 10 * 60_000 + 50_000);
  assert.equal(stage.device.endpoint.asked.length, 2);
  const renewed = stage.service.connections[1];
  assert.equal(renewed?.request.token.authToken, 'token-2');
  assert.deepEqual(renewed?.request.resume, { page: 7, number: 2 });
  await stage.pass(3_000);
  assert.equal(old?.state, 'closed');
  assert.equal(stage.service.open.length, 1);
  stage.service.publish('two');
  await stage.pass(100);
  assert.deepEqual(listener.values, ['one', 'two']);
  assert.deepEqual(listener.states, ['live'], 'the app notices nothing');
});

test('while two streams overlap, what both bring is delivered once', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  stage.device.window.dispatchEvent(new Event('online'));
  for (const value of ['two', 'three', 'four']) {
    await stage.device.clock.advance(15);
    stage.service.publish(value);
  }
  await stage.pass(3_000);
  assert.equal(stage.service.connections.length, 2);
  assert.deepEqual(listener.values, ['one', 'two', 'three', 'four']);
});

test('what the new stream cannot replay any more, the old one brings while it lives', async () => {
  const stage = new Stage();
  const listener = new Listener();
  stage.service.kept = 1;
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  // The old stream is slow: three messages are under way on it when the new one begins.
  stage.service.latency = () => 500;
  for (const value of ['two', 'three', 'four']) stage.service.publish(value);
  stage.service.latency = () => 20;
  stage.device.window.dispatchEvent(new Event('online'));
  await stage.pass(200);
  assert.deepEqual(listener.values, ['one'], 'the newest is held until those before it have come');
  await stage.pass(3_000);
  assert.deepEqual(listener.values, ['one', 'two', 'three', 'four']);
});

test('a stream that ends is opened again after the last message, and ever later while that fails', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  stage.service.refusal = new MomentoError('unavailable', 'down');
  const start = stage.device.clock.now();
  stage.service.connections[0]?.cut();
  await stage.pass(10_000);
  stage.service.publish('two');
  assert.deepEqual(listener.states, ['live', 'reconnecting']);
  assert.ok(stage.service.connections.length < 6, `${stage.service.connections.length} streams in 10 s`);
  stage.service.refusal = undefined;
  await stage.pass(60_000);
  assert.deepEqual(listener.states, ['live', 'reconnecting', 'live']);
  assert.deepEqual(listener.values, ['one', 'two']);
  assert.ok(stage.device.clock.now() > start);
});

test('a token that ends under a stream costs another token and no message', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  // Momento's clock is ahead of everybody's.
  stage.service.admits = (authToken) => authToken !== 'token-1';
  stage.service.expire();
  stage.service.publish('two');
  await stage.pass(2_000);
  assert.deepEqual(listener.values, ['one', 'two']);
  assert.equal(stage.device.endpoint.asked.length, 2);
  assert.equal(listener.errors.length, 0);
});

test('a device that slept past its token goes on where it was', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  for (const connection of stage.service.open) connection.silence();
  stage.device.clock.sleep(5 * 3_600_000);
  stage.service.expire();
  for (const value of ['two', 'three']) stage.service.publish(value);
  await stage.pass(16_000);
  assert.deepEqual(listener.values, ['one', 'two', 'three']);
});

test('a stream that is dead without a word is replaced when the network is back', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  stage.service.open[0]?.silence();
  stage.service.publish('two');
  await stage.pass(1_000);
  assert.deepEqual(listener.values, ['one']);
  stage.device.window.dispatchEvent(new Event('online'));
  await stage.pass(3_000);
  assert.deepEqual(listener.values, ['one', 'two']);
});

test('where the new stream gets no connection, the old one makes room for it', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  stage.service.reachable = false;
  stage.device.window.dispatchEvent(new Event('online'));
  await stage.pass(11_000);
  assert.equal(stage.service.open.length, 0);
  assert.deepEqual(listener.states, ['live', 'reconnecting']);
  stage.service.publish('two');
  stage.service.reachable = true;
  await stage.pass(15_000);
  assert.deepEqual(listener.values, ['one', 'two']);
});

test('a gap that the service tells of is told, and what follows is delivered', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  stage.service.skip(3);
  stage.service.publish('five');
  await stage.pass(100);
  assert.deepEqual(listener.values, ['one', { missed: 3 }, 'five']);
});

test('a gap that the service does not tell of is told by the numbers', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  stage.service.published.push({ page: 7, number: 2, value: 'never sent', tokenId: undefined });
  stage.service.publish('three');
  await stage.pass(100);
  assert.deepEqual(listener.values, ['one', { missed: 1 }, 'three']);
});

test('a topic that begins anew starts over, though its numbers are low and its page too', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  const before = { page: 7, number: 1, value: 'one', tokenId: undefined };
  for (const value of ['one', 'two', 'three']) stage.service.publish(value);
  stage.service.reset(3);
  stage.service.publish('new one');
  stage.service.open[0]?.sendItem(before);
  stage.service.publish('new two');
  await stage.pass(100);
  assert.deepEqual(listener.values, ['one', 'two', 'three', { missed: undefined }, 'new one', 'new two']);
});

test('a connection that was lost before any message may have lost some: that is told', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.connections[0]?.cut();
  stage.service.publish('missed');
  await stage.pass(3_000);
  stage.service.publish('heard');
  await stage.pass(100);
  assert.deepEqual(listener.values, [{ missed: undefined }, 'heard']);
});

for (const kind of ['forbidden', 'not-found', 'invalid'] as const) {
  test(`${kind} at the start rejects, and later ends the subscription: it is not tried again`, async () => {
    const stage = new Stage();
    const error = new MomentoError(kind, 'no');
    stage.service.refusal = error;
    await assert.rejects(stage.subscribe(new Listener()), error);

    stage.service.refusal = undefined;
    const listener = new Listener();
    const subscription = await stage.subscribe(listener);
    stage.service.refusal = error;
    stage.service.open[0]?.cut();
    await stage.pass(60_000);
    assert.deepEqual(listener.errors, [error]);
    assert.equal(subscription.state, 'ended');
    const streams = stage.service.connections.length;
    await stage.pass(60_000);
    assert.equal(stage.service.connections.length, streams);
  });
}

test('no token at the start rejects', async () => {
  const stage = new Stage();
  stage.device.endpoint.reply(() => stage.device.endpoint.refusal(403, 'NoGroup'));
  await assert.rejects(stage.subscribe(new Listener()), (error: TokenError) => error.code === 'NoGroup');
});

test('a refused sign-in: the subscription waits, and goes on where it was after resume()', async () => {
  const stage = new Stage();
  stage.device.endpoint.life = 60;
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  stage.device.endpoint.reply(() => stage.device.endpoint.refusal(401, 'Unauthorized'));
  await stage.pass(70_000);
  stage.service.publish('two');
  assert.deepEqual(listener.states, ['live', 'reconnecting']);
  const streams = stage.service.connections.length;
  await stage.pass(600_000);
  assert.equal(stage.service.connections.length, streams, 'nothing is tried');
  stage.source.resume();
  await stage.pass(2_000);
  assert.deepEqual(listener.values, ['one', 'two']);
  assert.deepEqual(listener.states, ['live', 'reconnecting', 'live']);
  assert.equal(listener.errors.length, 0);
});

test('another sign-in: the stream of the one before is dropped at once', async () => {
  const stage = new Stage();
  await stage.subscribe(new Listener());
  stage.source.resume(open({ name: 'bob' }));
  assert.equal(stage.service.open.length, 0);
  await stage.pass(1_000);
  assert.deepEqual(
    stage.service.open.map(({ request }) => request.token.authToken),
    ['token-2'],
  );
});

test('stop() ends every subscription, and says so', async () => {
  const stage = new Stage();
  const listener = new Listener();
  await stage.subscribe(listener);
  stage.source.stop();
  await stage.pass(1_000);
  assert.equal(listener.errors[0] instanceof TokenError && listener.errors[0].kind, 'stopped');
  assert.equal(stage.service.open.length, 0);
});

test('after unsubscribe() nothing is heard, and no timer is left', async () => {
  const stage = new Stage();
  const listener = new Listener();
  const subscription = await stage.subscribe(listener);
  stage.service.publish('one');
  await stage.pass(100);
  stage.device.window.dispatchEvent(new Event('online'));
  await stage.device.clock.advance(10);
  subscription.unsubscribe();
  stage.service.publish('two');
  await stage.pass(5_000);
  assert.deepEqual(listener.values, ['one']);
  assert.deepEqual(listener.states, ['live', 'ended']);
  assert.equal(listener.errors.length, 0);
  stage.topics.close();
  stage.source.stop();
  assert.equal(stage.device.clock.pendingTimers, 0);
});

test('streams are replaced one after the other', async () => {
  const stage = new Stage();
  const listeners = Array.from({ length: 5 }, () => new Listener());
  for (const [index, listener] of listeners.entries()) await stage.subscribe(listener, `room-${index}`);
  let most = 0;
  const count = () => {
    most = Math.max(most, stage.service.open.length);
  };
  stage.device.window.dispatchEvent(new Event('online'));
  for (let step = 0; step < 2_000; step += 1) {
    await stage.device.clock.advance(10);
    count();
  }
  assert.equal(stage.service.connections.length, 10);
  assert.equal(most, 6);
});
