/**
 * When Momento does not vend: what the client is told, and how soon.
 *
 * Real: the deployed stack, HTTP, gRPC, a key that the local Momento has revoked. Not real: the other troubles are faults
 * that the local Momento was told to have.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refused, vended } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { apiKey, endpointOf } from '../support/machines.ts';
import { type Fault, mints, withFault, withRevoked } from '../support/stage.ts';

/** Troubles that pass for the client as they come. */
const TROUBLES: readonly [fault: Fault, status: number, code: string][] = [
  [{ status: 'UNAUTHENTICATED' }, 502, 'KeyRefused'],
  [{ status: 'PERMISSION_DENIED' }, 502, 'KeyRefused'],
  [{ status: 'INVALID_ARGUMENT' }, 502, 'MomentoRefused'],
  [{ status: 'UNAVAILABLE' }, 503, 'MomentoUnavailable'],
  [{ status: 'INTERNAL' }, 503, 'MomentoUnavailable'],
  [{ status: 'RESOURCE_EXHAUSTED' }, 429, 'TooManyRequests'],
  [{ status: 'DEADLINE_EXCEEDED' }, 504, 'MomentoTimeout'],
];

/** The timeout of the function in the CDK app, after which AWS would end it in the middle of a request. */
const FUNCTION_TIMEOUT_MS = 10_000;

export function momentoTrouble(): void {
  const asking = () => ask(endpointOf('Open'));

  describe('When Momento does not vend', () => {
    for (const [fault, status, code] of TROUBLES) {
      test(`${fault.status} becomes ${status} ${code}`, async () => {
        const answer = await withFault(fault, asking);
        refused(answer, status, code);
        assert.equal(answer.headers['retry-after'] !== undefined, status === 429, 'Retry-After is for a limit alone');
      });
    }

    test('a limit says in whole seconds when to come back, to the page too', async () => {
      const { headers } = await withFault({ status: 'RESOURCE_EXHAUSTED' }, asking);
      assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
      assert.match(headers['access-control-expose-headers'] ?? '', /retry-after/i);
    });

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
  });
}
