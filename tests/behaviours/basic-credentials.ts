/**
 * `[authorizer] credentials = "basic"`: the username and the password in `Authorization: Basic`, and nowhere else.
 *
 * Real: a stack of its own, from `config/examples/lambda-authorizer.toml`; both functions, HTTP, the official SDK. Not
 * real: API Gateway is an emulator.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { credentialHeaders, type DemoUser } from 'local';
import { addUsers, newPassword } from '../support/authorizer-users.ts';
import { allowsPreflight, refused, vended } from '../support/expect.ts';
import { type Ask, ask } from '../support/http.ts';
import { CACHE, endpointOf, momentoUrl, OTHER_CACHE } from '../support/machines.ts';
import { needs } from '../support/needs.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';

const STACK = 'Basic';
/** A colon belongs to the password, and RFC 7617 lets both be UTF-8. */
const zoe: DemoUser = { username: 'zoë', password: `${newPassword('zoë')}:ß`, groups: [] };

function basic({ username, password }: { username: string; password: string }): string {
  return credentialHeaders('basic', { username, password, groups: [] })['Authorization'] ?? '';
}

const ACCEPTED: readonly [about: string, header: () => string][] = [
  ['as browsers send them', () => basic(zoe)],
  ['with the scheme in lower case', () => basic(zoe).replace('Basic', 'basic')],
];

const REFUSALS: readonly [about: string, headers: () => NonNullable<Ask['headers']>, status: number, code: string][] = [
  ['nothing', () => ({}), 401, 'Unauthorized'],
  ['another scheme', () => ({ Authorization: basic(zoe).replace('Basic', 'Bearer') }), 401, 'Unauthorized'],
  ['no base64', () => ({ Authorization: 'Basic ???' }), 401, 'Unauthorized'],
  ['no colon', () => ({ Authorization: `Basic ${btoa('nobody')}` }), 401, 'Unauthorized'],
  ['the other place of credentials', () => ({ username: 'zoe', password: 'anything' }), 401, 'Unauthorized'],
  ['a wrong password', () => ({ Authorization: basic({ ...zoe, password: 'wrong' }) }), 403, 'Forbidden'],
  ['an unknown user', () => ({ Authorization: basic({ ...zoe, username: 'nobody' }) }), 403, 'Forbidden'],
];

export function basicCredentials(): void {
  describe('LambdaAuthorizer mode with basic credentials', needs('Basic'), () => {
    before(() => addUsers(STACK, [zoe]));

    for (const [about, header] of ACCEPTED) {
      test(`the right credentials ${about} give the base, where no groups are configured`, async () => {
        const { authToken } = vended(await ask(endpointOf(STACK), { headers: { Authorization: header() } }));
        const owner = new TokenOwner(authToken, momentoUrl());
        assert.equal(await owner.keepItem(CACHE), 'granted');
        assert.equal(await owner.publish(OTHER_CACHE, 'room'), REFUSED);
      });
    }

    for (const [about, headers, status, code] of REFUSALS) {
      test(`${about}: ${status}`, async () => {
        refused(await ask(endpointOf(STACK), { headers: headers() }), status, code);
      });
    }

    test('the preflight allows the header', async () => {
      allowsPreflight(await ask(endpointOf(STACK), { method: 'OPTIONS' }), ['authorization']);
    });
  });
}
