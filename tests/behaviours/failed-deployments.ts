/**
 * A deployment that fails half-way: CloudFormation takes back what it did, and the machine is what it was.
 *
 * Real and not real: `tests/upgrades.test.ts`. What fails is a wait condition that is told so, as a resource would that AWS refuses:
 * once before anything of the API is touched, which is where a function, a secret or a pool fails, and once when the stage has
 * moved already, which is as late as anything can. Each test says its rows: | what, who asked | requests | 200 | 401 | 403 | others |.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admitted, admit } from '../support/admission.ts';
import { Callers, onlyOnce } from '../support/callers.ts';
import { HeldUpdate, resourcesOf } from '../support/held-update.ts';
import { deployOther, endpointOf, inProduction, stackNameOf } from '../support/machines.ts';

const NAME = 'ProdLambdaAuthorizer';
const OTHER = 'ProdAmazonCognito';

/** For how long callers ask before, while the update stands still, and after. */
const PHASE_MS = 1_000;

export function failedDeployments(): void {
  describe('A deployment that fails', () => {
    const stack = stackNameOf(NAME);
    let user: Admitted;
    let userRecord: string | undefined;
    let resources: readonly string[];
    before(async () => {
      user = await admit(stack, 'LambdaAuthorizer');
      userRecord = await user.directory?.record();
      resources = await ids();
    });

    async function ids(): Promise<readonly string[]> {
      const all = await resourcesOf(stack);
      return all
        .map(({ LogicalResourceId, PhysicalResourceId }) => `${LogicalResourceId} ${PhysicalResourceId}`)
        .sort();
    }

    /** The stack consists of what it did, and its users are on record as they were. */
    async function isAsBefore(): Promise<void> {
      assert.deepEqual(await ids(), resources);
      assert.equal(await user.directory?.record(), userRecord);
    }

    function callersNow(): Callers {
      const callers = new Callers(endpointOf(NAME));
      callers.start('strangers', {});
      callers.start('of the old mode', user.credentials);
      return callers;
    }

    test('before the API changes: nobody notices', async (t) => {
      const callers = callersNow();
      await sleep(PHASE_MS);
      const update = await HeldUpdate.begin(stack, OTHER);
      await update.reached('before the API changes');
      const admitted = await admit(stack, 'AmazonCognito');
      callers.start('of the new mode', admitted.credentials);
      await sleep(PHASE_MS);
      const failing = performance.now();
      await update.signal('before the API changes', 'FAILURE');
      assert.equal((await update.ended()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
      const failed = performance.now();
      await sleep(PHASE_MS);
      for (const [kind, told] of await callers.stop()) {
        const always = kind === 'of the old mode' ? 'token' : 'refusal';
        const change = { before: always, changing: failing, changed: failed, after: always } as const;
        onlyOnce(t, `fails before the API changes, ${kind}`, told, change);
      }
      await isAsBefore();
      assert.equal(await admitted.directory?.record(), undefined, 'the pool that it made is still there');
    });

    test('when the stage has moved: it moves back, and no stranger is let in by either', async (t) => {
      const callers = callersNow();
      const update = await HeldUpdate.begin(stack, OTHER);
      await update.reached('before the API changes');
      callers.start('of the new mode', (await admit(stack, 'AmazonCognito')).credentials);
      await sleep(PHASE_MS);
      const changing = performance.now();
      await update.signal('before the API changes', 'SUCCESS');
      await update.reached('before the tidying up');
      const changed = performance.now();
      await sleep(PHASE_MS);
      const failing = performance.now();
      await update.signal('before the tidying up', 'FAILURE');
      assert.equal((await update.ended()).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
      const failed = performance.now();
      await sleep(PHASE_MS);
      for (const [kind, told] of await callers.stop()) {
        const what = `fails when the stage has moved, ${kind}`;
        const [old, next] = (
          {
            strangers: ['refusal', 'refusal'],
            'of the old mode': ['token', 'refusal'],
            'of the new mode': ['refusal', 'token'],
          } as const
        )[kind];
        const there = told.filter((it) => it.told <= failing);
        const back = told.filter((it) => it.asked >= changed);
        onlyOnce(t, `${what}, there`, there, { before: old, changing, changed, after: next });
        onlyOnce(t, `${what}, and back`, back, { before: next, changing: failing, changed: failed, after: old });
      }
      await isAsBefore();
    });

    test('the next one goes through, by cdk deploy', async (t) => {
      const callers = callersNow();
      const changing = performance.now();
      const { outputs } = await deployOther(NAME, inProduction('AmazonCognito'));
      const changed = performance.now();
      assert.equal(outputs.Endpoint, endpointOf(NAME));
      const { credentials } = await admit(stack, 'AmazonCognito');
      callers.start('of the new mode', credentials);
      await sleep(PHASE_MS);
      for (const [kind, told] of await callers.stop()) {
        const what = `by cdk deploy, ${kind}`;
        if (kind === 'of the new mode') {
          const after = performance.now();
          onlyOnce(t, what, told, { before: 'token', changing: after, changed, after: 'token' });
          continue;
        }
        const before = kind === 'strangers' ? 'refusal' : 'token';
        onlyOnce(t, what, told, { before, changing: changing + PHASE_MS, changed, after: 'refusal' });
      }
      assert.equal(await user.directory?.record(), userRecord, 'the users of the mode that it left are on record');
    });
  });
}
