/**
 * What holds of every answer that the other tests got, whatever they asked and whoever gave it: function or gateway.
 *
 * Real: the answers, as they came over HTTP from the emulator's API Gateway. It runs after all that ask.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readableAndNotKept } from '../support/expect.ts';
import { answers } from '../support/http.ts';

export function everyAnswer(): void {
  describe('Every answer', () => {
    test('may be read by a page of any origin, and kept by nobody', () => {
      assert.ok(answers.length > 0);
      for (const answer of answers) readableAndNotKept(answer);
    });

    test('is JSON where it has a body', () => {
      for (const { to, status, body } of answers) {
        if (body !== '') assert.doesNotThrow(() => JSON.parse(body), `${to} (${status}): ${body}`);
      }
    });
  });
}
