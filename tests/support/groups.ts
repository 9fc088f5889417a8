/** What the groups of the shipped file come to, where a user is in more than one. */
import assert from 'node:assert/strict';
import { permissionsOf, vended } from './expect.ts';
import type { Answer } from './http.ts';
import { CACHE, momentoUrl } from './machines.ts';
import { REFUSED, TokenOwner } from './rights.ts';

/** In both groups of the shipped file: what either may do, in one permission. `less` asked for the one that may only read. */
export async function mayDoWhatEitherGroupMay(answer: Answer, less: TokenOwner): Promise<void> {
  const whole = new TokenOwner(vended(answer).authToken, momentoUrl());
  assert.equal(await whole.publish(CACHE, 'room'), 'granted');
  assert.equal(await whole.subscribe(CACHE, 'room'), 'granted');
  assert.deepEqual(
    permissionsOf(answer),
    [{ cache: CACHE, topic: '*', role: 'PublishSubscribe' }],
    'Momento refuses the same selection twice, so the two groups have one permission',
  );
  assert.equal(await less.publish(CACHE, 'room'), REFUSED);
  assert.equal(await less.subscribe(CACHE, 'room'), 'granted');
}
