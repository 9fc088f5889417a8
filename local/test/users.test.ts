import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../src/failure.ts';
import { demoUsers, usernameFor, usersBeside } from '../src/users.ts';

const NAMES: readonly [string, string][] = [
  ['ReadOnlyUserGroup', 'readonly'],
  ['ReadWriteUserGroup', 'readwrite'],
  ['Group', 'group'],
  ['admins', 'admins'],
  ['Team/Blue', 'team-blue'],
  ['群', 'demo'],
];

for (const [group, username] of NAMES) {
  test(`the demo user of the group ${group} is ${username}`, () => assert.equal(usernameFor(group), username));
}

test('there is one user for each group, and one without groups where there are none', () => {
  const users = demoUsers(['ReadOnlyUserGroup', 'ReadWriteUserGroup']);
  assert.deepEqual(
    users.map(({ username, groups }) => [username, groups]),
    [
      ['readonly', ['ReadOnlyUserGroup']],
      ['readwrite', ['ReadWriteUserGroup']],
    ],
  );
  assert.deepEqual(
    demoUsers([]).map(({ username, groups }) => [username, groups]),
    [['demo', []]],
  );
});

test('groups that shorten to the same name still give different users', () => {
  assert.deepEqual(
    demoUsers(['Red', 'RedGroup', 'red']).map((user) => user.username),
    ['red', 'red-2', 'red-3'],
  );
});

test('passwords are random, satisfy any Cognito policy, and stay where the user stays', () => {
  const first = demoUsers(['A', 'B']);
  const [a, b] = first.map((user) => user.password);
  assert.notEqual(a, b);
  for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[-_]/, /^[\w-]{20,}$/]) assert.match(a ?? '', kind);
  assert.deepEqual(demoUsers(['A', 'B'], first), first);
  assert.notEqual(demoUsers(['A'])[0]?.password, a);
});

test('users who are no demo users stay, as the secret has them', () => {
  const ada = { username: 'ada', password_hash: '$argon2id$…', groups: ['A'] };
  const value = JSON.stringify({ users: [{ username: 'readonly', password: 'p' }, ada, { username: 'a' }] });
  assert.deepEqual(usersBeside(demoUsers(['A', 'ReadOnlyUserGroup']), value), [ada]);
  // As a deployment makes it: the demo users take the place of that one.
  assert.deepEqual(usersBeside(demoUsers([]), '{"username":"momento","groups":"*","password":"p"}'), []);
  assert.deepEqual(usersBeside(demoUsers([]), undefined), []);
});

test('a secret that lists no users is refused without a word of its value', () => {
  for (const value of ['planted', '"planted"', '{"users": "planted"}', '{"users": {"ada": "planted"}}', '[planted']) {
    assert.throws(
      () => usersBeside(demoUsers([]), value),
      (error: Error) => error instanceof Failure && !error.message.includes('planted'),
      value,
    );
  }
});
