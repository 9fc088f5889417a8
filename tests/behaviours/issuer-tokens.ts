/**
 * `auth = "LambdaAuthorizer"` with `[authorizer] kind = "jwt"`: the tokens of an OpenID Connect issuer.
 *
 * Real: a stack of its own, both functions, the issuer's signatures, its discovery document and keys over HTTP, keys that
 * change, an issuer that is gone; the official SDK. Not real: the issuer is in this process, without TLS, which the
 * configuration lets loopback alone do; API Gateway is an emulator.
 *
 * Not here: keys that outlive their `jwks_ttl` while the issuer is down, and a slow or hostile issuer, are in
 * `crates/jwks`; every other way in which a token does not count is in `crates/jwt`.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { copyOf } from '../support/copies.ts';
import { allowsPreflight, readableAndNotKept, refused, vended } from '../support/expect.ts';
import {
  signedWithThePublicKey,
  unsigned,
  withAnotherKey,
  withAnotherSignature,
  withClaims,
} from '../support/forgery.ts';
import { type Answer, type Ask, ask } from '../support/http.ts';
import { type Algorithm, newKey, type SigningKey } from '../support/issuer.ts';
import {
  AUDIENCE,
  apiKey,
  CACHE,
  endpointOf,
  momentoUrl,
  OTHER_CACHE,
  TENANTS,
  theIssuer,
} from '../support/machines.ts';
import { needs } from '../support/needs.ts';
import { Holder, REFUSED } from '../support/rights.ts';
import { refusedUnasked } from '../support/stage.ts';

const STACK = 'Jwt';
const TENANT = 'acme';
const MEMBER = 'member-of-acme';
const ALGORITHMS: readonly Algorithm[] = ['RS256', 'ES256'];

/** As Keycloak says it. */
const IN_THE_GROUP = { realm_access: { roles: [TENANTS] } };
const IN_NO_GROUP = { realm_access: { roles: [] } };

type Headers = NonNullable<Ask['headers']>;

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
/** Beyond the leeway of a minute. */
const LONG_AGO_S = -120;

/** A member's token with `changes`, no two alike: API Gateway would answer a second one by what it decided on the first. */
function token(changes: object = {}, by?: Algorithm | SigningKey): string {
  const claims = {
    iss: theIssuer().url,
    aud: AUDIENCE,
    sub: MEMBER,
    iat: inSeconds(0),
    exp: inSeconds(300),
    jti: randomUUID(),
    ...IN_THE_GROUP,
    tenant: TENANT,
    ...changes,
  };
  return theIssuer().sign(claims, by);
}

const bearer = (jwt: string): Headers => ({ Authorization: `Bearer ${jwt}` });

/** Requests by nobody in particular. */
const UNVERIFIED: readonly [about: string, headers: () => Headers | Promise<Headers>][] = [
  ['nothing', () => ({})],
  ['another scheme', () => ({ Authorization: `Basic ${token()}` })],
  ['a token without a scheme', () => ({ Authorization: token() })],
  ['no JSON web token', () => bearer('made-up')],
  ['an expired token', () => bearer(token({ exp: inSeconds(LONG_AGO_S) }))],
  ['a token that never expires', () => bearer(token({ exp: undefined }))],
  ['a token for another audience', () => bearer(token({ aud: 'another-program' }))],
  ['a token for no audience', () => bearer(token({ aud: undefined }))],
  ['a token that names another issuer', () => bearer(token({ iss: 'https://issuer.example' }))],
  ['a token with another group', () => bearer(withClaims(token(IN_NO_GROUP), IN_THE_GROUP))],
  ['a token with another tenant', () => bearer(withClaims(token(), { tenant: 'another-tenant' }))],
  ['a token with another signature', () => bearer(withAnotherSignature(token()))],
  ["a token of another key by the name of the issuer's", () => bearer(withAnotherKey(token()))],
  ['an unsigned token', () => bearer(unsigned(token()))],
  [
    'a token signed with the public key',
    async () => bearer(await signedWithThePublicKey(token(), theIssuer().keysUrl)),
  ],
];

/** Tokens that count, of who may have nothing. */
const FORBIDDEN: readonly [about: string, changes: object, code: string][] = [
  ['a user in no group', IN_NO_GROUP, 'NoGroup'],
  ['a user without the claim for groups', { realm_access: undefined }, 'NoGroup'],
  ['a user in a group that is not configured', { realm_access: { roles: ['Admins'] } }, 'NoGroup'],
  ['a user whose group is in another claim', { realm_access: undefined, groups: [TENANTS] }, 'NoGroup'],
  ['a member of no tenant', { tenant: undefined }, 'IdentityIncomplete'],
  ['a member of a tenant without a name', { tenant: '' }, 'IdentityIncomplete'],
  ['a member of a tenant whose name contains the end of it', { tenant: `${TENANT}/room` }, 'IdentityAmbiguous'],
  ['a user without a name', { sub: undefined }, 'Forbidden'],
];

export function issuerTokens(): void {
  const asking = (headers: Headers): Promise<Answer> => ask(endpointOf(STACK), { headers });
  const askingBy = (jwt: string): Promise<Answer> => asking(bearer(jwt));

  describe("LambdaAuthorizer mode with an issuer's tokens", needs('Jwt'), () => {
    for (const algorithm of ALGORITHMS) {
      test(`a token by ${algorithm} gives what its group may do, with its own tenant and no other`, async () => {
        const holder = new Holder(vended(await askingBy(token({}, algorithm))).authToken, momentoUrl());
        assert.equal(await holder.publish(CACHE, `${TENANT}/room`), 'granted');
        assert.equal(await holder.subscribe(CACHE, `${TENANT}/room`), 'granted');
        for (const topic of ['another-tenant/room', `${TENANT}-too/room`, TENANT, 'room']) {
          assert.equal(await holder.publish(CACHE, topic), REFUSED, topic);
          assert.equal(await holder.subscribe(CACHE, topic), REFUSED, topic);
        }
        assert.equal(await holder.publish(OTHER_CACHE, `${TENANT}/room`), REFUSED);
        assert.equal(await holder.keepItem(CACHE), REFUSED);
      });
    }

    test('a member of another tenant gets theirs', async () => {
      const other = token({ sub: 'somebody-else', tenant: 'another-tenant' });
      const holder = new Holder(vended(await askingBy(other)).authToken, momentoUrl());
      assert.equal(await holder.publish(CACHE, 'another-tenant/room'), 'granted');
      assert.equal(await holder.publish(CACHE, `${TENANT}/room`), REFUSED);
    });

    test('a subscriber sees who the token names, whatever name the publisher asked for', async () => {
      const { authToken } = vended(
        await ask(endpointOf(STACK), { path: '?name=somebody-else', headers: bearer(token()) }),
      );
      const publisher = new Holder(authToken, momentoUrl());
      const topic = `${TENANT}/names`;
      assert.equal(
        await publisher.publisherSeen(CACHE, topic, (value) => publisher.publish(CACHE, topic, value)),
        MEMBER,
      );
    });

    for (const [about, headers] of UNVERIFIED) {
      test(`${about}: 401 that a page can read, and Momento is not asked`, async () => {
        const asked = async (): Promise<Answer> => {
          const answer = await asking(await headers());
          readableAndNotKept(answer);
          return answer;
        };
        await refusedUnasked(asked, 401, 'Unauthorized');
      });
    }

    for (const [about, changes, code] of FORBIDDEN) {
      test(`${about}: 403 ${code}, and Momento is not asked`, async () => {
        await refusedUnasked(() => askingBy(token(changes)), 403, code);
      });
    }

    test('a token by a key that the issuer has just begun to use is good at once', async () => {
      const old = token();
      const before = theIssuer().requests;
      theIssuer().rotate();
      vended(await askingBy(token()));
      assert.equal(theIssuer().requests, before + 2, 'its discovery document and its keys');
      refused(await askingBy(old), 401, 'Unauthorized');
    });

    test('tokens by keys that nobody has do not trouble the issuer', async () => {
      const before = theIssuer().requests;
      for (const algorithm of ALGORITHMS) {
        await refusedUnasked(() => askingBy(token({}, newKey(algorithm))), 401, 'Unauthorized');
      }
      assert.equal(theIssuer().requests, before, 'it was asked a moment ago');
    });

    test('while the issuer is down, tokens by known keys are good, and no others', async () => {
      await theIssuer().whileDown(async () => {
        for (const algorithm of ALGORITHMS) vended(await askingBy(token({}, algorithm)));
        refused(await askingBy(token({}, newKey('RS256'))), 401, 'Unauthorized');
      });
    });

    test('a function that starts while the issuer is down lets nobody in until it is back', async () => {
      const { endpoint } = await copyOf(STACK, 'TvmTestIssuerDown', { MomentoApiKey: apiKey() });
      await theIssuer().whileDown(async () => {
        refused(await ask(endpoint, { headers: bearer(token()) }), 503, 'AuthorizerUnavailable');
      });
      vended(await ask(endpoint, { headers: bearer(token()) }));
    });

    test('the preflight allows the header', async () => {
      allowsPreflight(await ask(endpointOf(STACK), { method: 'OPTIONS' }), ['authorization']);
    });
  });
}
