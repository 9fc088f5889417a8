/** What people are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MomentoError, type Permission, TokenError } from '@token-vending-machine/client';
import { rightOf, timeLeft, whyNoToken, whyNot, whyNotSignedIn } from '../src/model/words.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const TIMES: readonly [ms: number, words: string][] = [
  [-1, 'none'],
  [999, 'none'],
  [SECOND, '1 s'],
  [59.9 * SECOND, '59 s'],
  [MINUTE, '1 min'],
  [4 * MINUTE + 59 * SECOND, '4 min 59 s'],
  [5 * MINUTE + 59 * SECOND, '5 min'],
  [HOUR, '60 min'],
  [2 * HOUR, '2 h'],
  [24 * HOUR + 30 * MINUTE, '24 h 30 min'],
];

test('a time is said as people say it, and never longer than it is', () => {
  for (const [ms, words] of TIMES) assert.equal(timeLeft(ms), words);
});

const RIGHTS: readonly [Permission, what: string, where: string, may: string][] = [
  [{ cache: '*', topic: '*', role: 'PublishSubscribe' }, 'every room', 'every cache', 'read and write'],
  [{ cache: 'chat', topic: 'lobby', role: 'SubscribeOnly' }, 'the room “lobby”', 'chat', 'read only'],
  [
    { cache: 'chat', topic: { prefix: 'ada/' }, role: 'PublishOnly' },
    'rooms that begin with “ada/”',
    'chat',
    'write only',
  ],
  [{ cache: { name: '*' }, topic: { name: '*' }, role: 'SubscribeOnly' }, 'the room “*”', '*', 'read only'],
  [{ cache: 'chat', role: 'ReadWrite' }, 'everything stored', 'chat', 'read and write'],
  [{ cache: 'chat', key: { prefix: 'a' }, role: 'ReadOnly' }, 'items that begin with “a”', 'chat', 'read only'],
  [{ cache: 'chat', function: 'f', role: 'Invoke' }, 'the function “f”', 'chat', 'run'],
  [{ cache: 'chat', role: 'SomethingNew' }, 'everything stored', 'chat', 'SomethingNew'],
];

for (const [permission, what, where, may] of RIGHTS) {
  test(`a right in words: ${what} in ${where}: ${may}`, () => {
    assert.deepEqual(rightOf(permission), { what, where, may });
  });
}

test('a wrong password is said to be one, and nothing else is', () => {
  const unauthorized = new TokenError('refused', '', { status: 401, code: 'Unauthorized' });
  const forbidden = new TokenError('refused', '', { status: 403, code: 'Forbidden' });
  for (const mode of ['LambdaAuthorizer', 'AmazonCognito', 'Session'] as const) {
    for (const wrong of [unauthorized, forbidden]) assert.match(whyNotSignedIn(wrong, mode), /password is wrong/);
  }
  assert.match(whyNotSignedIn(unauthorized, 'Open'), /not in Open mode/);
  const ungrouped = new TokenError('refused', '', { status: 403, code: 'NoGroup' });
  assert.match(whyNotSignedIn(ungrouped, 'AmazonCognito'), /no permissions here/);
  const away = new TokenError('unreachable', 'The endpoint cannot be reached.');
  assert.doesNotMatch(whyNotSignedIn(away, 'AmazonCognito'), /password/);
});

test('who is over a limit is told when it goes on', () => {
  assert.match(whyNoToken(new TokenError('limited', '', { retryAfterMs: 7 * SECOND })), /in 7 s/);
  assert.match(whyNoToken(new TokenError('limited', '', { retryAfterMs: 0 })), /in 1 s/);
  assert.match(whyNoToken(new TokenError('limited', '')), /shortly/);
});

test('a message that Momento did not confirm may have been sent, and is not said to be lost', () => {
  assert.match(whyNot(new MomentoError('unavailable', ''), 'speak'), /did not confirm .* may have been sent/);
  assert.match(whyNot(new MomentoError('forbidden', ''), 'speak'), /not have permission to write/);
  assert.match(whyNot(new MomentoError('forbidden', ''), 'listen'), /not have permission to read/);
});
