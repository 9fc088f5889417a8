/**
 * Two machines of different modes in one account and region: neither knows the other's callers, and one goes without the other.
 *
 * Real and not real: `tests/upgrades.test.ts`. The one that goes is no stack of production, and is destroyed by `cdk destroy`.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { StackResource } from '@aws-sdk/client-cloudformation';
import type { DeployedStack } from 'local';
import { type Admitted, admit } from '../support/admission.ts';
import { copyOf } from '../support/copies.ts';
import { destroy } from '../support/destroy.ts';
import { vended } from '../support/expect.ts';
import { HeldUpdate, resourcesOf, stackOf } from '../support/held-update.ts';
import { ask } from '../support/http.ts';
import { everyLog } from '../support/logs.ts';
import { deployOther, emulatorUrl, endpointOf, SHIPPED, stackNameOf } from '../support/machines.ts';
import { secretValue } from '../support/secrets.ts';

const ONE = 'DevLambdaAuthorizer';
const OTHER = 'ProdAmazonCognito';

/** Whether there is something of that type and id still. Types that are not here have no life of their own. */
const THERE: Readonly<Record<string, (id: string) => Promise<boolean>>> = {
  'AWS::SecretsManager::Secret': async (id) => (await secretValue(id)) !== undefined,
  'AWS::Lambda::Function': async (id) => (await fetch(`${emulatorUrl()}/2015-03-31/functions/${id}`)).ok,
  'AWS::ApiGateway::RestApi': async (id) => (await fetch(`${emulatorUrl()}/restapis/${id}`)).ok,
  'AWS::Logs::LogGroup': async (id) => (await everyLog()).has(id),
};

async function thereOf(resources: readonly StackResource[]): Promise<string[]> {
  const found: string[] = [];
  for (const { ResourceType = '', PhysicalResourceId = '' } of resources) {
    if (await THERE[ResourceType]?.(PhysicalResourceId)) found.push(`${ResourceType} ${PhysicalResourceId}`);
  }
  return found.sort();
}

export function twoStacks(): void {
  describe('Two machines', () => {
    let one: DeployedStack;
    let user: Admitted;
    let otherUser: Admitted;
    before(async () => {
      one = await deployOther(ONE, { config: SHIPPED, auth: 'LambdaAuthorizer' });
      user = await admit(stackNameOf(ONE), 'LambdaAuthorizer');
      otherUser = await admit(stackNameOf(OTHER), 'AmazonCognito');
    });

    const statusOf = async (endpoint: string, { credentials: headers }: Admitted): Promise<number> =>
      (await ask(endpoint, { headers })).status;

    test('answer their own callers, and refuse each other’s', async () => {
      const both = [
        [one.outputs.Endpoint, user, otherUser],
        [endpointOf(OTHER), otherUser, user],
      ] as const;
      for (const [endpoint, own, foreign] of both) {
        vended(await ask(endpoint, { headers: own.credentials }));
        assert.equal(await statusOf(endpoint, foreign), 401);
        // What is right at the one is beside what is right at the other.
        assert.equal(await statusOf(endpoint, { credentials: { ...foreign.credentials, ...own.credentials } }), 200);
      }
    });

    test('outside production, the users of a mode go with it', async () => {
      const copy = await copyOf(ONE, 'TvmTestDevCopy');
      assert.notEqual(await secretValue(copy.credentialsSecret), undefined);
      const update = await HeldUpdate.begin(copy.name, 'ProdOpen');
      await update.signal('before the API changes', 'SUCCESS');
      await update.signal('before the tidying up', 'SUCCESS');
      assert.equal((await update.ended()).StackStatus, 'UPDATE_COMPLETE');
      assert.equal(await secretValue(copy.credentialsSecret), undefined);
    });

    test('one is destroyed: nothing of it is left, and nothing of the other is touched', async () => {
      const [gone, kept] = [await resourcesOf(stackNameOf(ONE)), await resourcesOf(stackNameOf(OTHER))];
      const before = await thereOf(kept);
      // Two secrets, two functions with their logs, one API.
      assert.equal((await thereOf(gone)).length, 7);
      await destroy(ONE);
      assert.deepEqual(await thereOf(gone), []);
      await assert.rejects(stackOf(stackNameOf(ONE)), /does not exist/);
      assert.deepEqual(await thereOf(kept), before);
      vended(await ask(endpointOf(OTHER), { headers: otherUser.credentials }));
    });
  });
}
