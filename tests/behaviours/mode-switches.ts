/**
 * The six changes of mode, one after the other on one stack in production, with callers who keep asking.
 *
 * Real and not real: `tests/upgrades.test.ts`. Each test says its rows: | what, who asked | requests | 200 | 401 | 403 | others |.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthMode } from 'local';
import { type Admitted, admit } from '../support/admission.ts';
import { Callers, mayAsk, onlyOnce } from '../support/callers.ts';
import { HeldUpdate, stackOf } from '../support/held-update.ts';
import { apiKey, endpointOf, machine, stackNameOf } from '../support/machines.ts';
import { secretValue } from '../support/secrets.ts';

/** Every change of mode once. */
const TOUR: readonly (readonly [from: AuthMode, to: AuthMode])[] = [
  ['Open', 'LambdaAuthorizer'],
  ['LambdaAuthorizer', 'Open'],
  ['Open', 'AmazonCognito'],
  ['AmazonCognito', 'LambdaAuthorizer'],
  ['LambdaAuthorizer', 'AmazonCognito'],
  ['AmazonCognito', 'Open'],
];

/** For how long callers ask before, in each place where the update stands still, and after. */
const PHASE_MS = 1_000;

export function modeSwitches(): void {
  describe('Another mode', () => {
    const stack = stackNameOf('ProdOpen');
    let here: Admitted;
    let endpoint: string;
    let outputs: readonly unknown[];
    before(async () => {
      endpoint = endpointOf('ProdOpen');
      here = await admit(stack, 'Open');
      outputs = await lasting();
    });

    /** What stays whatever the mode: where to ask, and the key. */
    async function lasting(): Promise<readonly unknown[]> {
      const { Outputs = [] } = await stackOf(stack);
      const named = (name: string): unknown => Outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
      return [
        named('Endpoint'),
        named('ApiKeySecretArn'),
        await secretValue(machine('ProdOpen').outputs.ApiKeySecretArn),
      ];
    }

    for (const [from, to] of TOUR) {
      test(`from ${from} to ${to}: each caller is let in by the one until the other does, and nothing is lost`, async (t) => {
        const callers = new Callers(endpoint);
        const recorded = await here.directory?.record();
        assert.equal(recorded === undefined, from === 'Open');
        callers.start('strangers', {});
        if (from !== 'Open') callers.start('of the old mode', here.credentials);
        await sleep(PHASE_MS);

        const update = await HeldUpdate.begin(stack, `Prod${to}`);
        await update.reached('before the API changes');
        const there = await admit(stack, to);
        if (to !== 'Open') callers.start('of the new mode', there.credentials);
        await sleep(PHASE_MS);
        const changing = performance.now();
        await update.signal('before the API changes', 'SUCCESS');
        await update.reached('before the tidying up');
        const changed = performance.now();
        await sleep(PHASE_MS);
        await update.signal('before the tidying up', 'SUCCESS');
        assert.equal((await update.ended()).StackStatus, 'UPDATE_COMPLETE');
        await sleep(PHASE_MS);

        for (const [kind, told] of await callers.stop()) {
          onlyOnce(t, `${from} → ${to}, ${kind}`, told, {
            before: mayAsk(kind, { from, to }, from),
            changing,
            changed,
            after: mayAsk(kind, { from, to }, to),
          });
        }
        assert.deepEqual(await lasting(), outputs);
        // Until its mode comes back: the emulator then makes a secret of the same name, where AWS adds to each name what is random.
        assert.equal(
          await here.directory?.record(),
          recorded,
          'in production, the users of the mode that it left stay',
        );
        here = there;
      });
    }

    test('the key is in its secret, which was never another', () => {
      assert.equal(outputs[2], apiKey());
    });
  });
}
