/**
 * The rooms of examples/vite and examples/nextjs, in two people's browsers.
 *
 * Real: Chromium, both examples as they are built and served, React's strict mode, the deployed machine in Open mode, the local
 * Momento.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { somebody } from '../browser/shared-browser.ts';
import { directory, endpointOf, localMomentoUrl } from '../support/machines.ts';
import { type Machine, type Served, serveNext, serveVite } from '../support/web-examples.ts';

/** With a build. */
const TESTS_MS = 300_000;

const EXAMPLES: readonly [name: string, serve: (machine: Machine, dir: string) => Promise<Served>][] = [
  ['Vite', serveVite],
  ['Next.js', serveNext],
];

export function webExamples(
  machine: () => Machine = () => ({ endpoint: endpointOf('Open'), momento: localMomentoUrl() }),
  dir: () => string = () => join(directory(), 'examples'),
): void {
  for (const [name, serve] of EXAMPLES) {
    describe(`The example of ${name}`, { timeout: TESTS_MS }, () => {
      let served: Served;
      before(async () => {
        served = await serve(machine(), dir());
      });
      after(() => served?.end());

      const visitor = async (t: TestContext, as: string) => {
        const person = await somebody(t);
        const page = await person.tab(`${served.url}?name=${as}`);
        await page
          .getByRole('status')
          .filter({ hasText: `live, as ${as}` })
          .waitFor();
        return page;
      };

      test('two people talk, under the names that they asked for, each message once', async (t) => {
        const [ada, bob] = [await visitor(t, 'ada'), await visitor(t, 'bob')];
        // Whoever comes to a room hears what was said last in it: by the people of the other example.
        const texts = [`Grüße 🦀 ${randomUUID()}`, randomUUID()] as const;
        for (const [page, text] of [
          [ada, texts[0]],
          [bob, texts[1]],
        ] as const) {
          await page.getByRole('textbox', { name: 'Message' }).fill(text);
          await page.getByRole('button', { name: 'Send' }).click();
          for (const reader of [ada, bob]) await reader.getByRole('listitem').filter({ hasText: text }).waitFor();
        }
        for (const reader of [ada, bob]) {
          const lines = await reader.getByRole('listitem').allTextContents();
          const said = lines.filter((line) => texts.some((text) => line.includes(text)));
          assert.deepEqual(said, [`ada: ${texts[0]}`, `bob: ${texts[1]}`]);
        }
      });
    });
  }
}
