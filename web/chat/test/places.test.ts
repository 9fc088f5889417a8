/** Where a token lets one talk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placesOf } from '../src/model/places.ts';

const topic = (cache: string, topic: string | { prefix: string } | { name: string }) => ({
  cache,
  topic,
  role: 'PublishSubscribe',
});

test('where nobody says what the token may do, any room of the usual cache is offered, or of the one that was set', () => {
  assert.deepEqual(placesOf(undefined), { rooms: [], families: [{ cache: 'default-cache', prefix: '' }] });
  assert.deepEqual(placesOf(undefined, 'chat').families, [{ cache: 'chat', prefix: '' }]);
});

test('a topic that is named is a room, a prefix or all topics a family', () => {
  const permissions = [topic('chat', 'lobby'), topic('chat', { prefix: 'room-' }), topic('games', '*')];
  assert.deepEqual(placesOf({ permissions }), {
    rooms: [{ cache: 'chat', topic: 'lobby' }],
    families: [
      { cache: 'chat', prefix: 'room-' },
      { cache: 'games', prefix: '' },
    ],
  });
});

test('a token for every cache is offered the cache that was set', () => {
  assert.deepEqual(placesOf({ permissions: [topic('*', 'lobby')] }, 'chat').rooms, [{ cache: 'chat', topic: 'lobby' }]);
});

test('a topic whose name is a star is one room, not all', () => {
  const places = placesOf({ permissions: [topic('chat', { name: '*' })] });
  assert.deepEqual(places, { rooms: [{ cache: 'chat', topic: '*' }], families: [] });
});

test('a room is offered once, however many permissions it has; what is no topic is no room', () => {
  const permissions = [topic('chat', 'lobby'), topic('chat', 'lobby'), { cache: 'chat', role: 'ReadWrite' }];
  assert.equal(placesOf({ permissions }).rooms.length, 1);
  assert.deepEqual(placesOf({ permissions: [{ cache: 'chat', key: 'k', role: 'ReadOnly' }] }), {
    rooms: [],
    families: [],
  });
});
