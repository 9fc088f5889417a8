/** What a token may do, as the endpoint says it. Not real: the endpoint and the browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Grant, type Permission, topicRights } from '../src/grant.ts';
import { Device, Origin } from './support/device.ts';

const GRANT = { id: 'ada', permissions: [{ cache: 'chat', topic: { prefix: 'room-' }, role: 'SubscribeOnly' }] };

async function grantFor(header: string | undefined): Promise<Grant | undefined> {
  const device = new Device();
  device.endpoint.grant = header;
  return (await device.source().get()).grant;
}

test('a token comes with what it may do', async () => {
  assert.deepEqual(await grantFor(JSON.stringify(GRANT)), GRANT);
  assert.deepEqual(await grantFor('{"permissions":[]}'), { permissions: [] });
  assert.equal((await grantFor('{"id":"Zo\\u00eb","permissions":[]}'))?.id, 'Zoë');
});

test('what cannot be read is as if it were not there, and the token is as good', async () => {
  const permission = (value: unknown) => JSON.stringify({ permissions: [value] });
  const unreadable = [
    '',
    'null',
    '7',
    '{',
    '{}',
    '{"permissions":{}}',
    permission(null),
    permission({ role: 'ReadOnly' }),
  ];
  const odd = [{ cache: 7, role: 'x' }, { cache: {}, role: 'x' }, { cache: '*' }, { cache: '*', role: 'x', topic: [] }];
  for (const header of [undefined, ...unreadable, ...odd.map(permission)]) {
    assert.equal(await grantFor(header), undefined, header);
  }
});

test('a tab that gets the token of another gets its grant as well', async () => {
  const device = new Device();
  device.tabs = new Origin().tabs;
  device.endpoint.grant = JSON.stringify(GRANT);
  const first = device.source().get();
  await device.clock.advance(1_000);
  await first;
  const second = device.source().get();
  await device.clock.advance(1_000);
  assert.deepEqual((await second).grant, GRANT);
  assert.equal(device.endpoint.asked.length, 1);
});

const RIGHTS: readonly [what: string, Permission, subscribe: boolean, publish: boolean][] = [
  ['every topic', { cache: 'chat', topic: '*', role: 'PublishSubscribe' }, true, true],
  ['the topic', { cache: 'chat', topic: 'room-1', role: 'PublishSubscribe' }, true, true],
  ['the topic, by an object', { cache: { name: 'chat' }, topic: { name: 'room-1' }, role: 'PublishOnly' }, false, true],
  ['a prefix', { cache: '*', topic: { prefix: 'room-' }, role: 'SubscribeOnly' }, true, false],
  ['another cache', { cache: 'game', topic: '*', role: 'PublishSubscribe' }, false, false],
  ['another topic', { cache: 'chat', topic: 'room-11', role: 'PublishSubscribe' }, false, false],
  ['another prefix', { cache: 'chat', topic: { prefix: 'room-1-' }, role: 'PublishSubscribe' }, false, false],
  ['a topic whose name is a star', { cache: 'chat', topic: { name: '*' }, role: 'PublishSubscribe' }, false, false],
  ['the cache', { cache: 'chat', role: 'ReadWrite' }, false, false],
  ['a key', { cache: 'chat', key: 'room-1', role: 'ReadWrite' }, false, false],
];

for (const [what, permission, subscribe, publish] of RIGHTS) {
  test(`rights on a topic by a permission for ${what}`, () => {
    assert.deepEqual(topicRights({ permissions: [permission] }, 'chat', 'room-1'), { subscribe, publish });
  });
}

test('rights on a topic are those of all permissions together, and without any there are none', () => {
  const listen = { cache: 'chat', topic: '*', role: 'SubscribeOnly' };
  const speak = { cache: 'chat', topic: 'room-1', role: 'PublishOnly' };
  assert.deepEqual(topicRights({ permissions: [listen, speak] }, 'chat', 'room-1'), { subscribe: true, publish: true });
  assert.deepEqual(topicRights({ permissions: [] }, 'chat', 'room-1'), { subscribe: false, publish: false });
});
