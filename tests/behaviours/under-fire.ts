/**
 * The deployed stack under load while what it needs fails, with tokens that its functions share.
 *
 * Real: the stack with its functions as processes, the shared cache in the local Momento, Momento's limit, HTTP, keys that
 * Momento revokes. As Lambda does, the emulator has a process of the function for each request under way, and lets none wait
 * for another's: sixteen at a time are sixteen functions, which have nothing in common but the cache. Not real: AWS is an
 * emulator, in which a request takes a twentieth of a second at least.
 *
 * Not here, since the emulator is API Gateway, Lambda and Secrets Manager in one: Secrets Manager alone slow, down, without
 * permission or without its KMS key, also at a cold start; functions that are frozen, or killed in the middle of a request;
 * clocks that differ. All of it is in `lambdas/vending/tests/under_fire*.rs`, with the built function.
 *
 * Each test says its row: | what | requests | 200 | 429 | others | calls to mint | tokens minted | took | slowest |.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { putSecret } from 'local';
import { copyOf } from '../support/copies.ts';
import { refused, vended } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { claimsOf, type Load, QUOTA, type Row, under } from '../support/load.ts';
import { originsOf } from '../support/logs.ts';
import { apiKey, aws, endpointOf, stackNameOf } from '../support/machines.ts';
import {
  CACHE_ITEMS,
  cacheCalls,
  type Fault,
  newApiKey,
  revoke,
  withFault,
  withLimit,
} from '../support/momento-faults.ts';
import { needs } from '../support/needs.ts';

/** As many as the emulator lets run at once on the smallest of computers. */
const MANY = 16;
/** Of functions that are new for each trouble: to start them is what takes time here. */
const SOME = 8;
const FEW = 4;

/** What happens to the shared cache. */
const CACHE_TROUBLES: readonly [what: string, fault: Fault][] = [
  ['UNAVAILABLE', { status: 'UNAVAILABLE' }],
  ['hangs', { hang: true }],
  ['resets every connection', { reset: true }],
  ['slow, 100 ms a call', { delay_ms: 100 }],
];

/** What happens to the minting of tokens, and what is told to who needs a new one. */
const NOTHING_MINTED: readonly [what: string, fault: Fault, status: number, code: string][] = [
  ['INTERNAL', { status: 'INTERNAL' }, 503, 'MomentoUnavailable'],
  ['hangs', { hang: true }, 504, 'MomentoTimeout'],
];

/**
 * What a request may take where the cache costs it all of `reuse.cache_budget_ms`, half a second: that, a turn or two for the
 * token, and a busy computer. Well under the five seconds that it would take without a budget.
 */
const BUDGET_AND_MINT_MS = 2_500;

const ROTATIONS = 4;
const SECOND_MS = 1_000;

/** Everybody asks under one of a few names. */
const among =
  (name: string, names = FEW) =>
  (request: number): string =>
    `${name}-${request % names}`;

/** Names whose tokens are there before anything fails. */
const kept = among('kept');

export function underFire(): void {
  describe('Under fire', needs('Shared', 'the local Momento'), () => {
    /** What a token of the shipped configuration holds in Open mode: what that lets do is tried in the stack of that mode. */
    let permissions: string;
    before(async () => {
      permissions = claimsOf(vended(await ask(endpointOf('Open'))).authToken).p;
    });

    const shared = () => endpointOf('Shared');
    const loaded = (endpoint: string, load: Load): Promise<Row> => under(endpoint, load, permissions);

    /** A stack of the same configuration and with the same API key, whose functions are all new. @returns its endpoint */
    const anotherStack = async (name: string): Promise<string> =>
      (await copyOf('Shared', `TvmTest${name}`, { MomentoApiKey: apiKey() })).endpoint;

    test('a crowd costs Momento one token, whichever function answers', async (t) => {
      const load = { atATime: MANY, until: { requests: 400 }, name: () => 'crowd' };
      const row = await withLimit(QUOTA, () => loaded(shared(), load));
      row.allMustBe200(t, `one grant, ${MANY} at a time`);
      assert.equal(row.calls, 1, 'one is enough for all');
      const origins = await originsOf(stackNameOf('Shared'), row.ok);
      assert.ok((origins.get('shared') ?? 0) > 0, `one function alone would show nothing: ${[...origins]}`);
    });

    test('strangers beyond the quota are told when to come back, and Momento has nobody to refuse', async (t) => {
      const load = { atATime: MANY, until: { ms: 5 * SECOND_MS }, name: (request: number) => `stranger-${request}` };
      const row = await withLimit(QUOTA, () => loaded(shared(), load));
      row.mustHold(t, `each another grant, ${MANY} at a time`);
      assert.deepEqual([...row.others], [], 'nothing but 200 and 429');
      assert.ok(row.limited > 0, 'nobody was told to come back, so nothing is shown');
      assert.equal(row.exhausted, 0, 'Momento refused for its limit');
      row.mustKeepToTheQuota();
      assert.ok(row.ok >= (QUOTA * row.tookMs) / SECOND_MS / 2, `fewer than half of what Momento would give: ${row}`);
    });

    for (const [index, [what, fault]] of CACHE_TROUBLES.entries()) {
      test(`the shared cache, ${what}: no request fails, or waits for long`, async (t) => {
        // Functions of its own: those that have found the cache of no help leave it alone for five seconds.
        const endpoint = await anotherStack(`Cache${index}`);
        // Half of them know a cache that works; the others start into the trouble.
        const early = { path: `?name=early-${index}` };
        for (const answer of await Promise.all(Array.from({ length: FEW }, () => ask(endpoint, early)))) vended(answer);
        const asked = await cacheCalls();
        const load = { atATime: SOME, until: { requests: 120 }, name: among(`cache-${index}`) };
        const row = await withFault({ rpc: CACHE_ITEMS, ...fault }, () => loaded(endpoint, load));
        row.allMustBe200(t, `shared cache: ${what}; ${FEW} grants, ${SOME} at a time`);
        assert.ok((await cacheCalls()) > asked, 'nobody asked the cache, so nothing is shown');
        assert.ok(row.slowestMs < BUDGET_AND_MINT_MS, `the cache cost more than its budget: ${row}`);
      });
    }

    describe('while the token service fails', () => {
      before(async () => {
        for (let name = 0; name < FEW; name++) vended(await ask(shared(), { path: `?name=${kept(name)}` }));
      });

      /** For what is kept, but for four others. */
      const mixed = (others: string): Load => ({
        atATime: MANY,
        until: { requests: 120 },
        name: (request) => (request % 30 === 0 ? `${others}-${request}` : kept(request)),
      });

      test('slow: no request fails', async (t) => {
        const row = await withFault({ delay_ms: 300 }, () => loaded(shared(), mixed('slow')));
        row.allMustBe200(t, `token service: slow, 300 ms a call; kept grants and 4 others, ${MANY} at a time`);
        assert.equal(row.calls, 4, 'as many as there are new grants');
      });

      test('resets a connection: no request fails', async (t) => {
        const row = await withFault({ reset: true, count: 1 }, () => loaded(shared(), mixed('reset')));
        row.allMustBe200(t, `token service: resets a connection; kept grants and 4 others, ${MANY} at a time`);
        assert.ok(row.calls > row.minted, 'nothing was reset, so nothing is shown');
      });

      for (const [what, fault, status, code] of NOTHING_MINTED) {
        test(`${what}: who asks for a kept token gets it from any function, while another gets none`, async (t) => {
          const endpoint = await anotherStack(code);
          const load = { atATime: SOME, until: { requests: 120 }, name: kept };
          const other = { path: `?name=other-${code}` };
          const [row, answer] = await withFault(fault, () =>
            Promise.all([loaded(endpoint, load), ask(endpoint, other)]),
          );
          row.allMustBe200(t, `token service: ${what}; kept grants, ${SOME} at a time in new functions`);
          refused(answer, status, code);
        });
      }
    });

    test('an API key that is replaced every second costs no request', async (t) => {
      // Of its own, so that the other stacks keep theirs.
      let key = await newApiKey();
      const { endpoint, apiKeySecret } = await copyOf('Shared', 'TvmTestRotated', { MomentoApiKey: key });
      const rotating = async (): Promise<void> => {
        for (let rotation = 0; rotation < ROTATIONS; rotation++) {
          await sleep(SECOND_MS);
          const next = await newApiKey();
          await putSecret(aws(), apiKeySecret, next);
          await revoke(key);
          key = next;
        }
      };
      // Few need a new token, and of whom it takes two calls: a function has five turns a second, whatever Momento's limit.
      const old = among('old', 2);
      const name = (request: number): string => (request % 60 === 0 ? `new-${request}` : old(request));
      const load = { atATime: SOME, until: { ms: (ROTATIONS + 0.5) * SECOND_MS }, name };
      const [row] = await Promise.all([loaded(endpoint, load), rotating()]);
      await revoke(key);
      row.allMustBe200(t, `another API key every second, ${ROTATIONS} times; ${SOME} at a time`);
      assert.ok(row.calls > row.minted, 'nobody met a revoked key, so nothing is shown');
    });
  });
}
