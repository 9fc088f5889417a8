/**
 * Several machines in one account and region: nothing has a name that a second one could not have.
 *
 * Real: stacks of every mode and copies of one of them, deployed at the same time and made by the same template. Not real:
 * the account is an emulator's.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { credentialHeaders } from 'local';
import { refused } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { endpointOf, machine, memberOf, STACKS } from '../support/machines.ts';
import { needs } from '../support/needs.ts';

export function sideBySide(): void {
  describe('Machines side by side', needs("the tests' own emulator"), () => {
    for (const output of ['Endpoint', 'ApiKeySecretArn'] as const) {
      test(`each has its own ${output}`, () => {
        const values = STACKS.map((name) => machine(name).outputs[output]);
        assert.equal(new Set(values).size, STACKS.length, values.join('\n'));
      });
    }

    test('a user of one is nobody to another', async () => {
      const headers = credentialHeaders('basic', memberOf('LambdaAuthorizer', 'ReadWriteUserGroup'));
      refused(await ask(endpointOf('Basic'), { headers }), 403, 'Forbidden');
    });
  });
}
