/** What a reload keeps: the room in the address, and sign-ins that need no password. Not real: the browser's storage. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetSignIn, hashOf, placeIn, rememberSignIn, signedInBefore } from '../src/model/memory.ts';
import type { Machine } from '../src/settings.ts';

function storage(): { readonly items: Map<string, string>; readonly tab: () => Storage } {
  const items = new Map<string, string>();
  const kept = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  return { items, tab: () => kept as Storage };
}

const OPEN: Machine = { mode: 'Open', endpoint: 'https://example.com/' };
const PASSWORDS: Machine = { mode: 'LambdaAuthorizer', endpoint: 'https://example.com/', credentials: 'headers' };
const SESSION: Machine = { mode: 'Session', endpoint: '/token', session: '/session' };

test('a room in the address is the same room after a reload, whatever its name', () => {
  for (const place of [
    { cache: 'chat', topic: 'lobby' },
    { cache: 'a/b', topic: 'c d/ü#%' },
  ])
    assert.deepEqual(placeIn(hashOf(place)), place);
  for (const none of ['', '#', '#chat', '#chat/', '#/lobby', '#a/b/c', '#%E0/lobby'])
    assert.equal(placeIn(none), undefined);
});

test('a name of Open mode and a session of the server outlive a reload, until one signs out', async () => {
  for (const machine of [OPEN, SESSION]) {
    const { tab } = storage();
    assert.equal(await signedInBefore(tab, machine), undefined, 'nobody was');
    rememberSignIn(tab, machine, 'Ada');
    assert.ok(await signedInBefore(tab, machine));
    assert.equal(await signedInBefore(tab, PASSWORDS), undefined, 'of another machine');
    forgetSignIn(tab);
    assert.equal(await signedInBefore(tab, machine), undefined);
  }
});

test('of a sign-in with a password nothing is kept', async () => {
  const { items, tab } = storage();
  rememberSignIn(tab, PASSWORDS, 'ada');
  assert.deepEqual([...items], []);
});

test('a browser that denies its storage has one sign in anew, and nothing breaks', async () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  rememberSignIn(denied, OPEN, 'Ada');
  assert.equal(await signedInBefore(denied, OPEN), undefined);
  forgetSignIn(denied);
});
