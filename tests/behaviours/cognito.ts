/**
 * `auth = "AmazonCognito"`: the users of the deployed pool, with the ID tokens that they signed in for.
 *
 * Real: the sign-in without AWS credentials, the pool's RS256 signature and its check by API Gateway, the vending
 * function, HTTP, the official SDK. The expired token is signed by the pool, in a client that only the emulator lets one
 * make; the forged ones are a real token with one thing changed. Not real: Cognito and API Gateway are an emulator.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { DemoUser } from 'local';
import { allowsPreflight, vended } from '../support/expect.ts';
import {
  signedWithThePublicKey,
  unsigned,
  withAnotherKey,
  withAnotherSignature,
  withClaims,
} from '../support/forgery.ts';
import { mayDoWhatEitherGroupMay } from '../support/groups.ts';
import { type Ask, ask } from '../support/http.ts';
import { CACHE, endpointOf, memberOf, momentoUrl, OTHER_CACHE } from '../support/machines.ts';
import { refusedUnasked } from '../support/momento-faults.ts';
import { type Need, needs } from '../support/needs.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';
import {
  addGroup,
  addUser,
  clientOfExpiredTokens,
  deployedDirectory,
  foreignDirectory,
  keysUrlOf,
  signIn,
  signInForAccess,
} from '../support/user-pool.ts';

const MODE = 'AmazonCognito';
/** For what AWS does not let anybody configure. */
const OWN: Need = "the tests' own emulator";

type Headers = NonNullable<Ask['headers']>;

/** ID tokens, by who they are of. */
interface Tokens {
  readonly readOnly: string;
  readonly readWrite: string;
  readonly inBoth: string;
  readonly inNone: string;
  readonly inAnother: string;
  readonly access: string;
  readonly expired: string;
  readonly foreign: string;
}

let tokens: Tokens;

async function signEverybodyIn(): Promise<void> {
  const here = deployedDirectory();
  const away = await foreignDirectory();
  const newcomer = (name: string, groups: readonly string[]): Promise<DemoUser> => addUser(here.pool, name, groups);
  const readWrite = memberOf(MODE, 'ReadWriteUserGroup');
  tokens = {
    readOnly: await signIn(here, memberOf(MODE, 'ReadOnlyUserGroup')),
    readWrite: await signIn(here, readWrite),
    inBoth: await signIn(here, await newcomer('both', ['ReadOnlyUserGroup', 'ReadWriteUserGroup'])),
    inNone: await signIn(here, await newcomer('none', [])),
    inAnother: await signIn(here, await newcomer('another', [await addGroup(here.pool, 'Admins')])),
    access: await signInForAccess(here, readWrite),
    expired: needs(OWN).skip === false ? await signIn(await clientOfExpiredTokens(), readWrite) : '',
    foreign: await signIn(away, await addUser(away.pool, readWrite.username)),
  };
}

const bearer = (token: string, more: Headers = {}): Headers => ({ Authorization: `Bearer ${token}`, ...more });
const READ_ONLY = { usergroup: 'ReadOnlyUserGroup' };
const READ_WRITE = { usergroup: 'ReadWriteUserGroup' };

/** Requests that API Gateway lets nobody through with. */
const UNVERIFIED: readonly [about: string, headers: () => Headers | Promise<Headers>, need?: Need][] = [
  ['no token', () => ({})],
  ['a scheme without a token', () => ({ Authorization: 'Bearer ' })],
  ['no JSON web token', () => bearer('made-up')],
  // The emulator lets it through, as API Gateway would not: the vending function refuses it.
  ['an access token', () => bearer(tokens.access)],
  ['an expired token', () => bearer(tokens.expired), OWN],
  ['a token of a pool that is not ours', () => bearer(tokens.foreign)],
  [
    'a token with other groups',
    () => bearer(withClaims(tokens.readOnly, { 'cognito:groups': ['ReadWriteUserGroup'] })),
  ],
  [
    'a token that expires later',
    () => bearer(withClaims(tokens.expired, { exp: Math.floor(Date.now() / 1000) + 60 })),
    OWN,
  ],
  ['a token with another signature', () => bearer(withAnotherSignature(tokens.readWrite))],
  ['a token of another key', () => bearer(withAnotherKey(tokens.readWrite))],
  ['an unsigned token', () => bearer(unsigned(tokens.readWrite))],
  [
    'a token signed with the public key',
    async () => bearer(await signedWithThePublicKey(tokens.readWrite, keysUrlOf(deployedDirectory()))),
  ],
  ['a username and a password', () => ({ username: 'readwrite', password: 'anything' })],
];

/** Requests of verified users that ask for more than they may have; the first is the attack that the original falls to. */
const FORBIDDEN: readonly [about: string, headers: () => Headers, code: string][] = [
  [
    "a read-only user with the other group's name and another cache's",
    () => bearer(tokens.readOnly, { ...READ_WRITE, cachename: OTHER_CACHE }),
    'CacheNotAllowed',
  ],
  ["a read-only user with the other group's name", () => bearer(tokens.readOnly, READ_WRITE), 'GroupNotAllowed'],
  [
    "a read-only user with another cache's name",
    () => bearer(tokens.readOnly, { ...READ_ONLY, cachename: OTHER_CACHE }),
    'CacheNotAllowed',
  ],
  ['a user in no group', () => bearer(tokens.inNone), 'NoGroup'],
  ['a user in no group with the name of one', () => bearer(tokens.inNone, READ_ONLY), 'GroupNotAllowed'],
  ['a user in a group that is not configured', () => bearer(tokens.inAnother), 'NoGroup'],
];

export function cognito(): void {
  const asking = (headers: Headers) => ask(endpointOf(MODE), { headers });
  const ownerFor = async (headers: Headers) => new TokenOwner(vended(await asking(headers)).authToken, momentoUrl());

  describe('AmazonCognito mode', needs('AmazonCognito'), () => {
    before(signEverybodyIn);

    test('what the original client of a read-only user sends gives read-only on the allowed cache', async () => {
      const owner = await ownerFor(bearer(tokens.readOnly, { ...READ_ONLY, cachename: CACHE }));
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
    });

    test('what the original client of a read-write user sends gives both on the allowed cache', async () => {
      const owner = await ownerFor(bearer(tokens.readWrite, { ...READ_WRITE, cachename: CACHE }));
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(CACHE, 'room'), 'granted');
    });

    test('without the headers a read-only user gets read-only on the allowed cache, and nothing else', async () => {
      const owner = await ownerFor(bearer(tokens.readOnly));
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
      assert.equal(await owner.subscribe(OTHER_CACHE, 'room'), REFUSED);
      assert.equal(await owner.keepItem(CACHE), REFUSED);
    });

    test('the token may come without "Bearer"', async () => {
      vended(await asking({ Authorization: tokens.readOnly }));
    });

    test('a user in both groups may do what either may, and can ask for less', async () => {
      await mayDoWhatEitherGroupMay(
        await asking(bearer(tokens.inBoth)),
        await ownerFor(bearer(tokens.inBoth, READ_ONLY)),
      );
    });

    test('a subscriber sees the verified username, whatever name the publisher asked for', async () => {
      const { authToken } = vended(
        await ask(endpointOf(MODE), { path: '?name=somebody-else', headers: bearer(tokens.readWrite) }),
      );
      const publisher = new TokenOwner(authToken, momentoUrl());
      const seen = await publisher.publisherSeen(CACHE, 'names', (value) => publisher.publish(CACHE, 'names', value));
      assert.equal(seen, memberOf(MODE, 'ReadWriteUserGroup').username);
    });

    for (const [about, headers, need = MODE] of UNVERIFIED) {
      test(`${about}: 401, and Momento is not asked`, needs(need), async () => {
        await refusedUnasked(async () => asking(await headers()), 401, 'Unauthorized');
      });
    }

    for (const [about, headers, code] of FORBIDDEN) {
      test(`${about}: 403 ${code}, and Momento is not asked`, async () => {
        await refusedUnasked(() => asking(headers()), 403, code);
      });
    }

    test('the preflight allows what the original clients send', async () => {
      const answer = await ask(endpointOf(MODE), { method: 'OPTIONS' });
      allowsPreflight(answer, ['usergroup', 'cachename', 'authorization']);
    });
  });
}
