/**
 * No secret is in a log or in an answer that is not its owner's, after everything that the other tests did.
 *
 * Real: every password, token, key and header value that the tests sent or got, looked for in the lines that the deployed
 * functions logged and in every answer. Not real: CloudWatch Logs is the emulator's, but in an account. It runs last.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from '../support/http.ts';
import { everyLog, logOf } from '../support/logs.ts';
import { endpointOf, isDeployed, stackNameOf } from '../support/machines.ts';
import { plantedCount, sightings } from '../support/planted.ts';

/** Far fewer than there are: that the search looks for something at all. */
const FEWEST_PLANTED = 50;

const POLL_MS = 1_000;
const TIMEOUT_MS = 60_000;

/** What Lambda itself logs: as text by the emulator, as JSON on AWS ("Using Lambda advanced logging controls"). */
const OF_THE_PLATFORM = /^(START|END|REPORT) |"type":\s*"platform\./;

/** Said once, of all requests: that a host does not answer, and what the first caller in no group has. */
const OF_NO_REQUEST = /"target":"tvm_(?:issuer::service|common::ungrouped)"/;

export function nothingLeaks(): void {
  describe('Secrets', () => {
    test('are in no log, and the functions did log', async () => {
      assert.ok(plantedCount() > FEWEST_PLANTED, `${plantedCount()} planted`);
      const logs = await logsOfAllRequests();
      for (const [group, lines] of logs) assert.deepEqual(sightings(lines.join('\n')), [], group);
      assert.ok([...logs.values()].flat().length > answers.length, 'more lines than requests');
    });

    test('are in no answer but the token that was asked for', () => {
      for (const { to, status, headers, body } of answers) {
        const shown = sightings(JSON.stringify(headers) + (status === 200 ? withoutToken(body) : body));
        assert.deepEqual(shown, [], `${to} (${status})`);
      }
    });

    test('every line of a function is JSON with the id of its request', async () => {
      const roles = [
        ['Open', 'Vending'] as const,
        ['LambdaAuthorizer', 'Authorizer'] as const,
        ['Jwt', 'Authorizer'] as const,
      ];
      for (const [stack, role] of roles.filter(([name]) => isDeployed(name))) {
        const ours = (await logOf(stackNameOf(stack), role)).filter((line) => !OF_THE_PLATFORM.test(line));
        assert.ok(ours.length > 0, `${endpointOf(stack)} logs`);
        for (const line of ours.filter((one) => !OF_NO_REQUEST.test(one))) {
          assert.match(requestIdIn(line), /^[\w-]{8,}$/, line);
        }
      }
    });
  });
}

/** Once there are more lines than requests: in an account they arrive some seconds later. */
async function logsOfAllRequests(): Promise<Map<string, string[]>> {
  const deadline = performance.now() + TIMEOUT_MS;
  let logs = await everyLog();
  while ([...logs.values()].flat().length <= answers.length && performance.now() < deadline) {
    await sleep(POLL_MS);
    logs = await everyLog();
  }
  return logs;
}

function withoutToken(body: string): string {
  const { authToken, ...rest } = JSON.parse(body) as Record<string, unknown>;
  assert.equal(typeof authToken, 'string');
  return JSON.stringify(rest);
}

function requestIdIn(line: string): string {
  const { requestId } = JSON.parse(line) as { requestId?: string };
  return requestId ?? '';
}
