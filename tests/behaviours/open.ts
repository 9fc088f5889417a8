/**
 * `auth = "Open"`: whoever asks gets a token, and the token lets do what the shipped configuration says and nothing else.
 *
 * Real: the deployed stack with its functions as processes, HTTP, the official SDK that holds the tokens. Not real: AWS is
 * an emulator, and Momento is our local one, which enforces permissions as Momento documents them.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { allowsPreflight, vended } from '../support/expect.ts';
import { type Ask, ask } from '../support/http.ts';
import { apiKey, CACHE, endpointOf, momentoUrl, OTHER_CACHE } from '../support/machines.ts';
import { refusedUnasked } from '../support/momento-faults.ts';
import { needs } from '../support/needs.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';

/** The longest token id that Momento takes, in UTF-16 units. */
const LONGEST_ID = 64;

/** Requests that no token is vended for. */
const REFUSALS: readonly [about: string, request: Ask, status: number, code: string][] = [
  ['a name of 65 characters', { path: `?name=${'x'.repeat(LONGEST_ID + 1)}` }, 400, 'TokenIdTooLong'],
  // 33 emoji are 66 UTF-16 units: the unit that the JavaScript SDK counts in.
  ['a name of 33 emoji', { path: `?name=${encodeURIComponent('🦀'.repeat(33))}` }, 400, 'TokenIdTooLong'],
  ['a name with a line break', { path: '?name=Tay%0Alor' }, 400, 'TokenIdInvalid'],
  ['a name with a NUL', { path: '?name=%00' }, 400, 'TokenIdInvalid'],
  ['two names', { path: '?name=Taylor&name=Avery' }, 400, 'MalformedRequest'],
  ['the name of another cache', { headers: { cachename: OTHER_CACHE } }, 403, 'CacheNotAllowed'],
  ['the name of a group', { headers: { usergroup: 'ReadWriteUserGroup' } }, 403, 'GroupNotAllowed'],
  ['a path that is not there', { path: 'tokens' }, 403, 'UnknownRoute'],
  ['a method that is not there', { method: 'POST' }, 403, 'UnknownRoute'],
];

export function openMode(): void {
  const askForToken = async (request?: Ask) => vended(await ask(endpointOf('Open'), request));
  const ownerOf = (token: string) => new TokenOwner(token, momentoUrl());

  describe('Open mode', needs('Open'), () => {
    test('the answer is a token as the official SDKs read it, and when it expires', async () => {
      const now = Math.floor(Date.now() / 1000);
      const answer = await ask(endpointOf('Open'));
      const { authToken, expiresAt } = vended(answer);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
      assert.ok(Number.isInteger(expiresAt) && Math.abs(expiresAt - now - 3600) <= 30, `${expiresAt} is in an hour`);
      const inside = Buffer.from(authToken, 'base64');
      assert.equal(inside.toString('base64'), authToken, 'standard base64');
      assert.deepEqual(Object.keys(JSON.parse(inside.toString())).sort(), ['api_key', 'endpoint']);
    });

    test('a token lets its holder do what is granted', async () => {
      const owner = ownerOf((await askForToken()).authToken);
      assert.equal(await owner.keepItem(CACHE), 'granted');
      assert.equal(await owner.publish(CACHE, 'any topic'), 'granted');
      assert.equal(await owner.subscribe(CACHE, 'any topic'), 'granted');
    });

    test('a token lets its holder do nothing else', async () => {
      const owner = ownerOf((await askForToken()).authToken);
      assert.equal(await owner.keepItem(OTHER_CACHE), REFUSED);
      assert.equal(await owner.publish(OTHER_CACHE, 'any topic'), REFUSED);
      assert.equal(await owner.subscribe(OTHER_CACHE, 'any topic'), REFUSED);
      assert.equal(await owner.createCache(`made-by-a-token-${randomUUID()}`), REFUSED);
      assert.equal(await owner.mint(CACHE), REFUSED);
    });

    const NAMES: readonly [query: string, seen: string | undefined][] = [
      ['', undefined],
      ['?name=', undefined],
      ['?name=Taylor', 'Taylor'],
      ['?name=Zo%C3%AB%20%26%20Co', 'Zoë & Co'],
      [`?name=${'n'.repeat(LONGEST_ID)}`, 'n'.repeat(LONGEST_ID)],
    ];
    for (const [query, seen] of NAMES) {
      test(`a subscriber sees the publisher of "${query}" as ${seen ?? 'nobody in particular'}`, async () => {
        const publisher = ownerOf((await askForToken({ path: query })).authToken);
        const subscriber = ownerOf(apiKey());
        const topic = randomUUID();
        const tokenId = await subscriber.publisherSeen(CACHE, topic, (value) => publisher.publish(CACHE, topic, value));
        assert.equal(tokenId, seen);
      });
    }

    for (const [about, request, status, code] of REFUSALS) {
      test(`${about}: ${status} ${code}, and Momento is not asked`, async () => {
        await refusedUnasked(() => ask(endpointOf('Open'), request), status, code);
      });
    }

    test('credentials that somebody sends all the same do no harm', async () => {
      await askForToken({ headers: { Authorization: 'Bearer made-up', username: 'u', password: 'p' } });
    });

    test('a browser may send the headers that choose among what is granted', async () => {
      allowsPreflight(await ask(endpointOf('Open'), { method: 'OPTIONS' }), ['usergroup', 'cachename']);
      await askForToken({ headers: { cachename: CACHE } });
    });
  });
}
