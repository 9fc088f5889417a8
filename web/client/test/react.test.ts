/**
 * The React hooks. Real: React in jsdom, in its strict mode and out of it, and its rendering on a server. Not real: the endpoint, the
 * topics and the clock.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { JSDOM } from 'jsdom';
import { act, createElement, type FunctionComponent, StrictMode } from 'react';
import type { TokenError } from '../src/errors.ts';
import type { TopicOptions } from '../src/react.ts';
import { FakeClock } from './support/clock.ts';
import { Stage } from './support/listener.ts';

const { window } = new JSDOM('<!doctype html>');
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });
after(() => window.close());
// These look for a document when they are loaded.
const { createRoot } = await import('react-dom/client');
const { renderToString } = await import('react-dom/server');
const { useToken, useTopic } = await import('../src/react.ts');

/** Shows `component`. Strict mode mounts it, unmounts it and mounts it again. */
async function shown<P extends object>(
  component: FunctionComponent<P>,
  props: NoInfer<P>,
  mode: 'strict' | 'plain' = 'plain',
) {
  const root = createRoot(window.document.createElement('div'));
  const show = (next: P) =>
    act(async () => {
      const element = createElement(component, next);
      root.render(mode === 'strict' ? createElement(StrictMode, null, element) : element);
    });
  await show(props);
  return { show, remove: () => act(async () => root.unmount()) };
}

const passing = (stage: Stage, ms: number) => act(() => stage.pass(ms));

/** A component that writes down each state that it is shown with. */
function tokenWatcher() {
  const seen: string[] = [];
  const Watcher: FunctionComponent<{ tokens: Stage['source'] }> = ({ tokens }) => {
    const { token, error } = useToken(tokens);
    seen.push(error?.kind ?? token?.authToken ?? '-');
    return null;
  };
  return { seen, Watcher };
}

for (const mode of ['plain', 'strict'] as const) {
  test(`a component is shown with the token, and with each new one: one request for each (${mode} mode)`, async () => {
    const stage = new Stage();
    const { seen, Watcher } = tokenWatcher();
    const { remove } = await shown(Watcher, { tokens: stage.source }, mode);
    await passing(stage, 1_000);
    await passing(stage, 3_600_000);
    assert.deepEqual([...new Set(seen)], ['-', 'token-1', 'token-2']);
    assert.equal(stage.device.endpoint.asked.length, 2);
    await remove();
    await stage.pass(3_600_000);
    assert.equal(seen.at(-1), 'token-2', 'what is not shown hears of nothing');
    assert.equal((await stage.source.get()).authToken, 'token-3', 'and the source goes on');
  });
}

test('a component is shown each failure until there is a token', async () => {
  const stage = new Stage();
  const { endpoint } = stage.device;
  endpoint.reply(
    () => endpoint.refusal(503, 'MomentoUnavailable'),
    () => endpoint.refusal(429, 'TooManyRequests'),
  );
  const { seen, Watcher } = tokenWatcher();
  await shown(Watcher, { tokens: stage.source });
  for (let second = 0; second < 10; second += 1) await passing(stage, 1_000);
  assert.deepEqual([...new Set(seen)], ['-', 'unavailable', 'limited', 'token-1']);
  assert.equal(endpoint.asked.length, 3);
});

test('a refusal is shown, and the token of the next sign-in', async () => {
  const stage = new Stage();
  const { endpoint } = stage.device;
  endpoint.reply(() => endpoint.refusal(403, 'Forbidden'));
  const { seen, Watcher } = tokenWatcher();
  await shown(Watcher, { tokens: stage.source });
  await passing(stage, 60_000);
  assert.equal(endpoint.asked.length, 1);
  await act(async () => stage.source.resume());
  await passing(stage, 1_000);
  assert.deepEqual([...new Set(seen)], ['-', 'refused', 'token-1']);
});

test('a token of one source is never shown for another', async () => {
  const [one, two] = [new Stage(), new Stage()];
  const { seen, Watcher } = tokenWatcher();
  const { show } = await shown(Watcher, { tokens: one.source });
  await passing(one, 1_000);
  two.device.endpoint.reply(() => new Promise(() => {}));
  const before = seen.length;
  await show({ tokens: two.source });
  assert.deepEqual([...new Set(seen.slice(before))], ['-']);
});

interface RoomProps {
  readonly stage: Stage;
  readonly topic?: string;
  readonly options?: TopicOptions;
}

/** A room: what it shows, and how to publish. */
function room() {
  const shows: string[] = [];
  let say: (value: string) => Promise<void> = async () => {};
  let error: Error | undefined;
  const Room: FunctionComponent<RoomProps> = (props) => {
    const { stage, topic = 'room', options } = props;
    const heard = useTopic(stage.topics, 'cache', topic, options);
    say = heard.publish;
    error = heard.error;
    shows.push([heard.state, ...heard.messages.map(({ value }) => value)].join(' '));
    return null;
  };
  return { shows, Room, say: (value: string) => say(value), error: () => error };
}

for (const mode of ['plain', 'strict'] as const) {
  test(`a component hears a topic while it is shown, each message once (${mode} mode)`, async () => {
    const stage = new Stage();
    const { shows, Room } = room();
    const heard: unknown[] = [];
    const options = { onMessage: ({ value }: { value: unknown }) => heard.push(value) };
    const { remove } = await shown(Room, { stage, options }, mode);
    await passing(stage, 500);
    stage.service.publish('one');
    await passing(stage, 500);
    stage.service.publish('two');
    await passing(stage, 500);
    assert.deepEqual([...new Set(shows)], ['connecting', 'live', 'live one', 'live one two']);
    assert.deepEqual(heard, ['one', 'two']);
    assert.equal(stage.service.open.length, 1, 'one stream');
    await remove();
    await stage.pass(500);
    assert.equal(stage.service.open.length, 0, 'and none afterwards');
  });
}

test('a component that is removed before its subscription is made leaves no stream and hears nothing', async () => {
  const stage = new Stage();
  const { shows, Room } = room();
  const heard: unknown[] = [];
  const { remove } = await shown(Room, { stage, options: { onMessage: (message) => heard.push(message) } });
  await remove();
  stage.service.publish('one');
  await stage.pass(1_000);
  assert.deepEqual([stage.service.open.length, heard.length, shows.at(-1)], [0, 0, 'connecting']);
});

test('another topic begins with nothing of the one before, and the latest callbacks count', async () => {
  const stage = new Stage();
  const { shows, Room } = room();
  const heard: string[] = [];
  const as = (name: string): TopicOptions => ({ keep: 2, onMessage: ({ value }) => heard.push(`${name} ${value}`) });
  const { show } = await shown(Room, { stage, options: as('first') });
  await passing(stage, 500);
  for (const value of ['one', 'two', 'three']) stage.service.publish(value);
  await passing(stage, 500);
  assert.equal(shows.at(-1), 'live two three', 'the last two are kept');
  await show({ stage, options: as('second') });
  stage.service.publish('four');
  await passing(stage, 500);
  const before = shows.length;
  await show({ stage, topic: 'other', options: as('second') });
  await passing(stage, 500);
  assert.deepEqual([...new Set(shows.slice(before))], ['connecting', 'live']);
  assert.deepEqual(heard, ['first one', 'first two', 'first three', 'second four']);
  assert.equal(stage.service.open.length, 1);
});

test('a subscription that cannot be made is shown as ended, with why', async () => {
  const stage = new Stage();
  stage.device.endpoint.reply(() => stage.device.endpoint.refusal(403, 'Forbidden'));
  const { shows, Room, error } = room();
  await shown(Room, { stage });
  await passing(stage, 1_000);
  assert.equal(shows.at(-1), 'ended');
  assert.equal((error() as TokenError).code, 'Forbidden');
});

test('rendering on a server asks for nothing and subscribes to nothing', async () => {
  const stage = new Stage();
  const { seen, Watcher } = tokenWatcher();
  const { shows, Room } = room();
  const page = createElement(
    'main',
    null,
    createElement(Watcher, { tokens: stage.source }),
    createElement(Room, { stage }),
  );
  assert.equal(renderToString(page), '<main></main>');
  await stage.pass(60_000);
  assert.deepEqual([seen, shows], [['-'], ['connecting']]);
  assert.deepEqual([stage.device.endpoint.asked.length, stage.service.connections.length], [0, 0]);
  assert.ok(stage.device.clock instanceof FakeClock && stage.device.clock.pendingTimers === 0);
});
