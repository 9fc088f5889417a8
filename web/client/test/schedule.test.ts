/** When to ask, over all lives and dice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshDelay, retryDelay, usableFor } from '../src/schedule.ts';

const LIVES = [1_000, 5_000, 20_000, 60_000, 120_000, 3_600_000, 90_000_000];
const DICE = [0, 0.25, 0.5, 0.999_999];

test('a refresh comes while the token is handed out, 30 s or a quarter of its life before the end', () => {
  for (const life of LIVES) {
    for (const dice of DICE) {
      const delay = refreshDelay(life, dice);
      assert.ok(delay > life / 2, `${life} ${dice}`);
      assert.ok(delay < usableFor(life), `${life} ${dice}`);
      assert.ok(life - delay >= Math.min(30_000, life / 4), `${life} ${dice}`);
    }
  }
});

test('devices that got their tokens at once do not refresh at once', () => {
  for (const life of LIVES) assert.ok(refreshDelay(life, 0.999) - refreshDelay(life, 0) > life / 8);
});

test('retries double up to a minute, each somewhere in the upper half of its time', () => {
  for (let failures = 1; failures < 2_000; failures += 1) {
    const longest = Math.min(60_000, 1_000 * 2 ** (failures - 1));
    assert.equal(retryDelay(failures, undefined, 0), longest / 2);
    assert.ok(retryDelay(failures, undefined, 0.999) <= longest);
  }
});

test('Retry-After is never undercut, and not hit by all at once', () => {
  for (const dice of DICE) assert.ok(retryDelay(1, 7_000, dice) >= 7_000);
  assert.ok(retryDelay(1, 7_000, 0.9) - retryDelay(1, 7_000, 0.1) > 1_000);
});
