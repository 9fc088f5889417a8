/**
 * `make screenshots`: the pictures of the README, taken of people who really talk: `docs/screenshots/`, light and dark.
 *
 * The machine in mode AmazonCognito on the emulator, the local Momento, and three users in the system's Chromium.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoUser } from 'local';
import { ROOT } from 'local';
import type { BrowserContextOptions } from 'playwright-core';
import { chatOf, stopChats } from '../browser/chats.ts';
import { Chatter } from '../browser/chatter.ts';
import { findChromium } from '../browser/chromium.ts';
import type { Person } from '../browser/person.ts';
import { closeBrowser, newcomer, openBrowser } from '../browser/shared-browser.ts';
import { startMachines, stopMachines } from '../support/machines.ts';
import { addUser, deployedDirectory } from '../support/user-pool.ts';

const FOLDER = join(ROOT, 'docs/screenshots');
const SCHEMES = ['light', 'dark'] as const;
const DESK = { viewport: { width: 1080, height: 640 } };
const PHONE = { viewport: { width: 390, height: 720 }, deviceScaleFactor: 1.5, isMobile: true, hasTouch: true };

/** Who says what. */
const TALK: readonly ['Ada' | 'Grace', string][] = [
  ['Grace', 'Morning! Is anybody here yet?'],
  ['Ada', 'I am. This tab talks straight to Momento.'],
  ['Grace', 'With the API key?'],
  ['Ada', 'With a token that ends in an hour, and that is good for rooms alone.'],
  ['Ada', 'The key never left Secrets Manager.'],
  ['Grace', 'And Charles?'],
  ['Ada', 'He reads along. His group may not write, so his page does not offer it.'],
];

async function main(): Promise<void> {
  const found = findChromium();
  if ('why' in found) throw new Error(found.why);
  mkdirSync(FOLDER, { recursive: true });
  try {
    await startMachines({ dir: 'screenshots', stacks: ['AmazonCognito'] });
    await openBrowser(found.path);
    const { pool } = deployedDirectory();
    const users = {
      Ada: await addUser(pool, 'Ada', ['ReadWriteUserGroup']),
      Grace: await addUser(pool, 'Grace', ['ReadWriteUserGroup']),
      Charles: await addUser(pool, 'Charles', ['ReadOnlyUserGroup']),
    };
    for (const scheme of SCHEMES) await take(scheme, users);
  } finally {
    await closeBrowser();
    await stopChats();
    await stopMachines();
  }
}

/** The pictures in the colours of `scheme`. */
async function take(scheme: (typeof SCHEMES)[number], users: Readonly<Record<'Ada' | 'Grace' | 'Charles', DemoUser>>) {
  // A room of each: what was said last in one would be heard by who comes next.
  const room = scheme === 'light' ? 'engine room' : 'machine room';
  const picture = (name: string) => join(FOLDER, `${name}-${scheme}.png`);
  const people: Person[] = [];
  const before = async (device: BrowserContextOptions) => {
    const person = await newcomer({ ...device, colorScheme: scheme });
    people.push(person);
    return new Chatter(await person.tab(await chatOf('AmazonCognito')));
  };
  const inside = async ({ username, password }: DemoUser, device: BrowserContextOptions) => {
    const chatter = await before(device);
    await chatter.signIn(username, password);
    await chatter.join(room);
    return chatter;
  };

  const visitor = await before(DESK);
  await visitor.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await visitor.page.screenshot({ path: picture('sign-in'), animations: 'disabled' });

  const talking = { Ada: await inside(users.Ada, DESK), Grace: await inside(users.Grace, DESK) };
  const reader = await inside(users.Charles, PHONE);
  for (const [who, text] of TALK) {
    await talking[who].say(text);
    for (const chatter of [talking.Ada, reader]) await chatter.sees(text);
  }
  await talking.Ada.page.screenshot({ path: picture('chat'), animations: 'disabled' });
  await reader.page.screenshot({ path: picture('phone'), animations: 'disabled' });
  for (const person of people) await person.leave();
}

await main();
