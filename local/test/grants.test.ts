import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedCaches, type Permission, permissionsOf, type Trial, trialFor } from '../src/grants.ts';
import { CONFIG } from './fixtures.ts';

const VALUES = { cache: 'default-cache', username: 'ann' };

const TRIALS: readonly [string, readonly Permission[], Trial | undefined][] = [
  [
    'a whole cache, with the first one a caller may choose for {cache}',
    [{ cache: '{cache}', role: 'ReadWrite' }],
    { kind: 'item', cache: 'default-cache', key: 'tried-by-make-local' },
  ],
  [
    'every cache',
    [{ cache: '*', role: 'ReadWrite' }],
    { kind: 'item', cache: 'default-cache', key: 'tried-by-make-local' },
  ],
  [
    'a key prefix with the name of the caller',
    [{ cache: 'sessions', key: { prefix: '{username}/' }, role: 'ReadWrite' }],
    { kind: 'item', cache: 'sessions', key: 'ann/tried-by-make-local' },
  ],
  [
    'one key, with doubled braces for literal ones',
    [{ cache: { name: '*' }, key: 'a{{b}}', role: 'ReadWrite' }],
    { kind: 'item', cache: '*', key: 'a{b}' },
  ],
  [
    'an item rather than a topic, and publishing rather than subscribing, in whatever order they come',
    [
      { cache: 'c', topic: '*', role: 'SubscribeOnly' },
      { cache: 'c', topic: 'news', role: 'PublishOnly' },
      { cache: 'c', role: 'ReadWrite' },
    ],
    { kind: 'item', cache: 'c', key: 'tried-by-make-local' },
  ],
  [
    'a topic',
    [
      { cache: 'c', topic: '*', role: 'SubscribeOnly' },
      { cache: 'c', topic: 'news', role: 'PublishOnly' },
    ],
    { kind: 'publish', cache: 'c', topic: 'news' },
  ],
  [
    'a subscription',
    [{ cache: 'c', topic: { prefix: 'room-' }, role: 'SubscribeOnly' }],
    { kind: 'subscribe', cache: 'c', topic: 'room-tried-by-make-local' },
  ],
  ['nothing where a value is not known from here', [{ cache: 'c', key: '{sub}', role: 'ReadWrite' }], undefined],
  ['nothing with a function alone', [{ cache: 'c', function: '*', role: 'Invoke' }], undefined],
  ['nothing with reading alone', [{ cache: 'c', role: 'ReadOnly' }], undefined],
];

for (const [name, permissions, trial] of TRIALS) {
  test(`what is tried: ${name}`, () => assert.deepEqual(trialFor(permissions, VALUES), trial));
}

test('a verified caller has the permissions of their groups, and the base only where there are none', () => {
  const both = permissionsOf(CONFIG, ['ReadOnlyUserGroup', 'ReadWriteUserGroup']);
  assert.deepEqual(
    both.map((permission) => permission.role),
    ['SubscribeOnly', 'PublishSubscribe'],
  );
  assert.deepEqual(permissionsOf(CONFIG, []), []);
  assert.equal(permissionsOf({ ...CONFIG, groups: {} }, []), CONFIG.permissions);
  assert.equal(permissionsOf({ ...CONFIG, auth: 'Open' }, []), CONFIG.permissions);
});

test('the caches that are created are those that the configuration names outright', () => {
  assert.deepEqual([...namedCaches(CONFIG)], ['default-cache', 'other', 'chat']);
});
