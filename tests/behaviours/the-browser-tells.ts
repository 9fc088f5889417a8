/**
 * What the tests in a browser rely on: that a page cannot go wrong unnoticed, and that without a browser nobody takes the tests
 * for passed.
 *
 * Real: Chromium, and pages that go wrong in each way.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium } from '../browser/chromium.ts';
import { newcomer, siteOf } from '../browser/shared-browser.ts';

/** What goes wrong, done by a page, and what it is known by. */
const WRONG: readonly [what: string, script: string, trouble: RegExp][] = [
  ['an error on the console', 'console.error("it is broken")', /^console: it is broken/],
  ['an exception that nobody catches', 'setTimeout(() => { throw new Error("lost") })', /^exception: Error: lost/],
  ['a promise that nobody waits for', 'void Promise.reject(new Error("forgotten"))', /^exception: Error: forgotten/],
  ['a violation of the policy', 'void fetch("http://192.0.2.1/").catch(() => {})', /^policy: connect-src forbids/],
  ['a resource that is not there', 'void fetch("/nothing")', /^console: .*status of 404/],
];

const POLL_MS = 20;
const TIMEOUT_MS = 5_000;

export function theBrowserTells(): void {
  describe('The browser tells', () => {
    for (const [what, script, trouble] of WRONG) {
      test(what, async () => {
        const person = await newcomer();
        const page = await person.tab(await siteOf('client'));
        await page.evaluate(script);
        const told = () => person.troubles().some((one) => trouble.test(one));
        const deadline = performance.now() + TIMEOUT_MS;
        while (!told() && performance.now() < deadline) await sleep(POLL_MS);
        assert.ok(told(), `${person.troubles()}`);
        await assert.rejects(person.leave(), /nothing goes wrong in the browser/);
      });
    }

    test('nothing of what was expected', async () => {
      const person = await newcomer();
      person.expects(/status of 404/);
      const page = await person.tab(await siteOf('client'));
      await page.evaluate('fetch("/nothing")');
      await person.leave();
    });

    test('that what was expected to go wrong did not', async () => {
      const person = await newcomer();
      person.expects(/it is broken/);
      await assert.rejects(person.leave(), /what was expected to go wrong did/);
    });

    test('that it is not there: the reason, and in CI an error', () => {
      const env = { ...process.env, CHROMIUM: '/nowhere/chromium' };
      const athome = { ...env, CI: undefined };
      const found = findChromium(athome);
      assert.ok('why' in found);
      assert.match(found.why, /^missing: Chromium .*; fix: /);
      assert.throws(() => findChromium({ ...env, CI: 'true' }), /no browser to test in, and CI is set/);
    });
  });
}
