/**
 * When Momento does not vend: what the client is told, and how soon.
 *
 * Real: the deployed stack, HTTP, gRPC, a key that the local Momento has revoked. Not real: the other troubles are faults
 * that the local Momento was told to have.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { refused, vended } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { apiKey, endpointOf } from '../support/machines.ts';
import { type Fault, mints, withFault, withRevoked } from '../support/momento-faults.ts';
import { needs } from '../support/needs.ts';

/** Troubles that pass for the client as they come. */
const TROUBLES: readonly [fault: Fault, status: number, code: string][] = [
  [{ status: 'UNAUTHENTICATED' }, 502, 'KeyRefused'],
  [{ status: 'PERMISSION_DENIED' }, 502, 'KeyRefused'],
  [{ status: 'INVALID_ARGUMENT' }, 502, 'MomentoRefused'],
  [{ status: 'UNAVAILABLE' }, 503, 'MomentoUnavailable'],
  [{ status: 'INTERNAL' }, 503, 'MomentoUnavailable'],
  [{ status: 'DEADLINE_EXCEEDED' }, 504, 'MomentoTimeout'],
];

/** The timeout of the function in the CDK app, after which AWS would end it in the middle of a request. */
const FUNCTION_TIMEOUT_MS = 10_000;

export function momentoTrouble(): void {
  /** A caller for whom no token is kept yet. */
  const newcomer = () => ({ path: `?name=${randomUUID()}` });
  const asking = () => ask(endpointOf('Open'), newcomer());

  describe('When Momento does not vend', needs('Open', 'the local Momento'), () => {
    for (const [fault, status, code] of TROUBLES) {
      test(`${fault.status} becomes ${status} ${code}`, async () => {
        const answer = await withFault(fault, asking);
        refused(answer, status, code);
        assert.equal(answer.headers['retry-after'], undefined, 'Retry-After is for a limit alone');
      });
    }

    test('no answer becomes 504 while the function still runs', async () => {
      const began = performance.now();
      const answer = await withFault({ hang: true }, asking);
      refused(answer, 504, 'MomentoTimeout');
      assert.ok(performance.now() - began < FUNCTION_TIMEOUT_MS, 'the function was not ended by AWS');
    });

    test('a connection that was lost is tried once more, and the client notices nothing', async () => {
      const before = await mints();
      vended(await withFault({ status: 'UNAVAILABLE', count: 1 }, asking));
      assert.equal(await mints(), before + 2);
    });

    test('a revoked key is 502 for as long as it is revoked', async () => {
      refused(await withRevoked(apiKey(), asking), 502, 'KeyRefused');
      vended(await asking());
    });

    test('who asked before gets the same token again, and Momento is not asked: not even when it is down', async () => {
      const again = newcomer();
      const first = vended(await ask(endpointOf('Open'), again));
      const before = await mints();
      const second = vended(await withFault({ status: 'UNAVAILABLE' }, () => ask(endpointOf('Open'), again)));
      assert.deepEqual(second, first);
      assert.equal(await mints(), before);
    });

    // Last, since the function asks Momento less often for a moment.
    test("Momento's limit becomes 429 TooManyRequests, with a Retry-After that is true", async () => {
      const answer = await withFault({ status: 'RESOURCE_EXHAUSTED' }, asking);
      refused(answer, 429, 'TooManyRequests');
      const wait = answer.headers['retry-after'] ?? '';
      assert.match(wait, /^[1-9]$/, 'in whole seconds');
      assert.match(answer.headers['access-control-expose-headers'] ?? '', /retry-after/i, 'for the page to see');
      await setTimeout(Number(wait) * 1_000);
      vended(await asking());
    });
  });
}
