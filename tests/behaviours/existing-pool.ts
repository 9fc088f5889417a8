/**
 * `auth = "AmazonCognito"` with a user pool that was there before, and access tokens: `[cognito] user_pool`, `clients`,
 * `token_use`.
 *
 * Real: as in `cognito.ts`. Not real: Cognito and API Gateway are an emulator.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientConfig } from 'local';
import { vended } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { CACHE, emulatorUrl, endpointOf, machine, memberOf, momentoUrl, theExistingPool } from '../support/machines.ts';
import { refusedUnasked } from '../support/momento-faults.ts';
import { needs } from '../support/needs.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';
import { addUser, foreignDirectory, signIn, signInForAccess } from '../support/user-pool.ts';

const STACK = 'ExistingPool';

/** Tokens that do not count, by what they are. */
const tokens = new Map<string, string>();

async function signEverybodyIn(): Promise<void> {
  const here = theExistingPool();
  const user = memberOf(STACK, 'ReadWriteUserGroup');
  const away = await foreignDirectory();
  tokens.set('the ID token of the same sign-in', await signIn(here, user));
  tokens.set(
    "an access token for another app's client",
    await signInForAccess({ ...here, client: here.otherClient }, user),
  );
  tokens.set('an access token of another pool', await signInForAccess(away, await addUser(away.pool, user.username)));
}

export function existingPool(): void {
  const asking = (token: string) => ask(endpointOf(STACK), { headers: { Authorization: `Bearer ${token}` } });

  describe('AmazonCognito mode with an existing pool and access tokens', needs('ExistingPool'), () => {
    before(signEverybodyIn);

    test("the access token of a user in a group gives the group's permissions", async () => {
      const user = memberOf(STACK, 'ReadOnlyUserGroup');
      const { authToken } = vended(await asking(await signInForAccess(theExistingPool(), user)));
      const owner = new TokenOwner(authToken, momentoUrl());
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
    });

    test('its subscribers see who published by their username', async () => {
      const user = memberOf(STACK, 'ReadWriteUserGroup');
      const { authToken } = vended(await asking(await signInForAccess(theExistingPool(), user)));
      const publisher = new TokenOwner(authToken, momentoUrl());
      const seen = await publisher.publisherSeen(CACHE, 'existing', (value) =>
        publisher.publish(CACHE, 'existing', value),
      );
      assert.equal(seen, user.username);
    });

    for (const about of [
      'the ID token of the same sign-in',
      "an access token for another app's client",
      'an access token of another pool',
    ]) {
      test(`${about}: 401, and Momento is not asked`, async () => {
        await refusedUnasked(() => asking(tokens.get(about) ?? ''), 401, 'Unauthorized');
      });
    }

    test('the pool is as it was: the stack has made no client in it and changed no setting', async () => {
      const { pool, client, otherClient } = theExistingPool();
      const { outputs } = machine(STACK);
      assert.deepEqual([outputs.UserPoolId, outputs.UserPoolClientId], [pool, client]);
      const administrator = new CognitoIdentityProviderClient(clientConfig(emulatorUrl()));
      const listed = await administrator.send(new ListUserPoolClientsCommand({ UserPoolId: pool }));
      const ids = (listed.UserPoolClients ?? []).map(({ ClientId }) => ClientId);
      assert.deepEqual(ids.sort(), [client, otherClient].sort());
      const { UserPool } = await administrator.send(new DescribeUserPoolCommand({ UserPoolId: pool }));
      assert.equal(UserPool?.Name, 'existing');
    });
  });
}
