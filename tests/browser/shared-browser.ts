/** What the tests in a browser share: the Chromium, and a site for each program. */
import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Act, acting } from './acting.ts';
import { launch } from './chromium.ts';
import type { Client } from './page/client.ts';
import type { DropIn } from './page/drop-in.ts';
import { Person } from './person.ts';
import { type Program, Site } from './site.ts';

/** What each program lets a test do. */
interface Programs {
  readonly client: Client;
  readonly 'drop-in': DropIn;
}

let browser: Browser | undefined;
const sites = new Map<Program, Site>();

export async function openBrowser(path: string): Promise<void> {
  browser = await launch(path);
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
  for (const site of sites.values()) await site.stop();
  sites.clear();
}

/** Somebody with a browser of their own, until the end of the test: then nothing must have gone wrong in it. */
export async function somebody(t: TestContext, device?: BrowserContextOptions): Promise<Person> {
  const person = await newcomer(device);
  t.after(() => person.leave());
  return person;
}

/** The same, for who sees to the end as well. */
export function newcomer(device?: BrowserContextOptions): Promise<Person> {
  if (browser === undefined) throw new Error('the browser does not run');
  return Person.arrive(browser, device);
}

/** A tab of `person` with the program `name`. */
export async function open<N extends keyof Programs>(
  name: N,
  person: Person,
): Promise<{ readonly page: Page; readonly act: Act<Programs[N]> }> {
  const page = await person.tab(await siteOf(name));
  return { page, act: acting<Programs[N]>(page) };
}

/** Where the program `name` is. */
export async function siteOf(name: Program): Promise<string> {
  const site = sites.get(name) ?? (await Site.serve(name));
  sites.set(name, site);
  return site.url;
}
