/**
 * `auth = "LambdaAuthorizer"`: a username and a password in headers, as the original's clients send them.
 *
 * Real: both functions, the secret with the users, the request authorizer with its cache, HTTP, the official SDK. Not
 * real: API Gateway is an emulator, which joins repeated headers where AWS passes them on one by one (`repeated_headers.rs` of both
 * functions has AWS's events), and which lowers the names of headers before anybody sees them.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { credentialHeaders, type DemoUser } from 'local';
import { addUsers, newPassword } from '../support/authorizer-users.ts';
import { allowsPreflight, refused, vended } from '../support/expect.ts';
import { mayDoWhatEitherGroupMay } from '../support/groups.ts';
import { type Ask, ask } from '../support/http.ts';
import { runsOf } from '../support/logs.ts';
import { CACHE, endpointOf, memberOf, momentoUrl, OTHER_CACHE, stackNameOf } from '../support/machines.ts';
import { refusedUnasked } from '../support/momento-faults.ts';
import { needs } from '../support/needs.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';

const MODE = 'LambdaAuthorizer';

type Headers = NonNullable<Ask['headers']>;

/** In no group. */
const lonely: DemoUser = { username: 'lonely', password: newPassword('lonely'), groups: [] };
/** In no group that the configuration knows. */
const stranger: DemoUser = { username: 'stranger', password: newPassword('stranger'), groups: ['Admins'] };
/** Nobody else asks as this one, so that nothing of theirs is cached. */
const twice: DemoUser = { username: 'twice', password: newPassword('twice'), groups: ['ReadOnlyUserGroup'] };
/** In both of the shipped groups, whose permissions are for the very same selection. */
const both: DemoUser = {
  username: 'both',
  password: newPassword('both'),
  groups: ['ReadWriteUserGroup', 'ReadOnlyUserGroup'],
};

const readOnly = () => memberOf(MODE, 'ReadOnlyUserGroup');
const readWrite = () => memberOf(MODE, 'ReadWriteUserGroup');
const as = (user: DemoUser, more: Headers = {}): Headers => ({ ...credentialHeaders('headers', user), ...more });

/** Requests without credentials: API Gateway answers them by itself. */
const MISSING: readonly [about: string, headers: () => Headers][] = [
  ['nothing', () => ({})],
  ['a username alone', () => ({ username: readWrite().username })],
  ['a password alone', () => ({ password: readWrite().password })],
  ['an empty password', () => ({ username: readWrite().username, password: '' })],
  ['an empty username', () => ({ username: '', password: readWrite().password })],
  ['another scheme', () => credentialHeaders('basic', readWrite())],
];

/** Requests with credentials that are not right. */
const WRONG: readonly [about: string, headers: () => Headers][] = [
  ['a wrong password', () => ({ username: readWrite().username, password: newPassword('nobody') })],
  ["another user's password", () => ({ username: readWrite().username, password: readOnly().password })],
  ['the right password in another case', () => as({ ...readWrite(), password: readWrite().password.toUpperCase() })],
  ['the beginning of the password', () => as({ ...readWrite(), password: readWrite().password.slice(0, -1) })],
  ['an unknown user', () => ({ username: 'nobody', password: readWrite().password })],
  ['a username in another case', () => as({ ...readWrite(), username: readWrite().username.toUpperCase() })],
];

/** Requests of known callers that ask for more than they may have. */
const FORBIDDEN: readonly [about: string, headers: () => Headers, code: string][] = [
  ['a user in no group', () => as(lonely), 'NoGroup'],
  ['a user in a group that is not configured', () => as(stranger), 'NoGroup'],
  ['… who names that group', () => as(stranger, { usergroup: 'Admins' }), 'GroupNotAllowed'],
  [
    "a read-only user with the other group's name",
    () => as(readOnly(), { usergroup: 'ReadWriteUserGroup' }),
    'GroupNotAllowed',
  ],
  ['a user who names another cache', () => as(readWrite(), { cachename: OTHER_CACHE }), 'CacheNotAllowed'],
];

export function lambdaAuthorizer(): void {
  const asking = (headers: Headers) => ask(endpointOf(MODE), { headers });
  const ownerFor = async (headers: Headers) => new TokenOwner(vended(await asking(headers)).authToken, momentoUrl());

  describe('LambdaAuthorizer mode', needs('LambdaAuthorizer'), () => {
    before(() => addUsers(MODE, [lonely, stranger, twice, both]));

    test('a user of the read-write group may publish and subscribe, in the allowed cache alone', async () => {
      const owner = await ownerFor(as(readWrite()));
      assert.equal(await owner.publish(CACHE, 'room'), 'granted');
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(OTHER_CACHE, 'room'), REFUSED);
      assert.equal(await owner.keepItem(CACHE), REFUSED, 'the base is not added to a group');
    });

    test('a user of the read-only group may subscribe and not publish', async () => {
      const owner = await ownerFor(as(readOnly()));
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
      assert.equal(await owner.subscribe(OTHER_CACHE, 'room'), REFUSED);
    });

    test('a user in both groups may do what either may, and can ask for less', async () => {
      await mayDoWhatEitherGroupMay(
        await asking(as(both)),
        await ownerFor(as(both, { usergroup: 'ReadOnlyUserGroup' })),
      );
    });

    test('a subscriber sees the verified username, whatever name the publisher asked for', async () => {
      const headers = as(readWrite());
      const { authToken } = vended(await ask(endpointOf(MODE), { path: '?name=somebody-else', headers }));
      const publisher = new TokenOwner(authToken, momentoUrl());
      const seen = await publisher.publisherSeen(CACHE, 'names', (value) => publisher.publish(CACHE, 'names', value));
      assert.equal(seen, readWrite().username);
    });

    test('the names of the headers may be in any case', async () => {
      const { username, password } = readOnly();
      for (const headers of [
        { Username: username, Password: password },
        { USERNAME: username, pAsSwOrD: password },
      ]) {
        vended(await asking(headers));
      }
    });

    for (const [about, headers] of MISSING) {
      test(`${about}: 401, and Momento is not asked`, async () => {
        await refusedUnasked(() => asking(headers()), 401, 'Unauthorized');
      });
    }

    for (const [about, headers] of WRONG) {
      test(`${about}: 403, and Momento is not asked`, async () => {
        await refusedUnasked(() => asking(headers()), 403, 'Forbidden');
      });
    }

    for (const [about, headers, code] of FORBIDDEN) {
      test(`${about}: 403 ${code}, and Momento is not asked`, async () => {
        await refusedUnasked(() => asking(headers()), 403, code);
      });
    }

    const emulator = needs("the tests' own emulator");
    test(
      'the second of two quick calls is answered from the cached decision, with the same rights',
      emulator,
      async () => {
        const before = await runsOf(stackNameOf(MODE), 'Authorizer');
        const [first, second] = [await asking(as(twice)), await asking(as(twice))];
        assert.equal(await runsOf(stackNameOf(MODE), 'Authorizer'), before + 1, 'the function was asked once');
        for (const answer of [first, second]) {
          const owner = new TokenOwner(vended(answer).authToken, momentoUrl());
          assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
          assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
        }
      },
    );

    test('a cached decision does not let a narrower request widen', async () => {
      vended(await asking(as(readOnly())));
      refused(await asking(as(readOnly(), { usergroup: 'ReadWriteUserGroup' })), 403, 'GroupNotAllowed');
    });

    test('the preflight allows what the original clients send', async () => {
      allowsPreflight(await ask(endpointOf(MODE), { method: 'OPTIONS' }), ['username', 'password']);
    });
  });
}
