/**
 * `make soak`: many subscribers in Chromium over many tokens; is a message lost, or does one come twice?
 *
 * Real: the client package's `Topics` in the browser; the deployed stack with its functions; the local Momento, with
 * Momento's limit on tokens, which ends a stream when its token ends. Not real: AWS is an emulator.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Act, acting } from '../browser/acting.ts';
import { findChromium, launch } from '../browser/chromium.ts';
import type { Listening, Published, Soak } from '../browser/page/soak.ts';
import { Person } from '../browser/person.ts';
import { Site } from '../browser/site.ts';
import { QUOTA } from '../support/load.ts';
import { CACHE, endpointOf, localMomentoUrl, startMachines, stopMachines } from '../support/machines.ts';
import { minting, streams, withLimit } from '../support/momento-faults.ts';
import { type Options, optionsFrom, USAGE } from './options.ts';
import { type Counted, isGood, table } from './report.ts';

/** As many as Momento mints in a second: whoever asks under one of them gets that one's token. */
const NAMES = 5;
/** Of each name, at one origin: they share a token. */
const TABS = 2;
/** To a host: with the stream of a move and a publication they are the six connections of a browser. */
const STREAMS = 4;
const TOPIC = 'soak';
const PROGRESS_MS = 30_000;
/** How long the last messages may take. */
const TIMEOUT_MS = 15_000;
const POLL_MS = 200;

type Tab = Act<Soak>;

/** Where each of `count` subscribers of one name finds Momento: always the local one, by as many names as it takes. */
function hosts(count: number): string[] {
  const { port } = new URL(localMomentoUrl());
  return Array.from({ length: count }, (_, index) => `http://s${Math.floor(index / STREAMS)}.localhost:${port}`);
}

/** `all` in `parts` of about the same length, none of them empty. */
function dealt<T>(all: readonly T[], parts: number): T[][] {
  const length = Math.ceil(all.length / parts);
  const piles = Array.from({ length: parts }, (_, index) => all.slice(index * length, (index + 1) * length));
  return piles.filter((pile) => pile.length > 0);
}

const asking = (name: string) => ({ endpoint: endpointOf('ShortLived'), name, cache: CACHE, topic: TOPIC });

/** Opens the tabs of everybody who listens. @returns them once all their subscriptions are made */
async function listeners(subscribers: number, newTab: () => Promise<() => Promise<Tab>>): Promise<Tab[]> {
  const tabs: Tab[] = [];
  const everybody = Array.from({ length: subscribers }, (_, index) => index);
  for (const [index, some] of dealt(everybody, NAMES).entries()) {
    const another = await newTab();
    for (const momento of dealt(hosts(some.length), TABS)) {
      const tab = await another();
      const listening: Listening = { ...asking(`listener-${index}`), momento };
      await tab('listen', listening);
      tabs.push(tab);
    }
  }
  return tabs;
}

async function progress(publisher: Tab, listening: readonly Tab[], over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await sleep(PROGRESS_MS, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    const { last } = await publisher('published');
    const behind = await Promise.all(listening.map((tab) => tab('behind', last)));
    const late = behind.reduce((sum, count) => sum + count, 0);
    process.stderr.write(`soak: ${last} messages published, the last not heard yet by ${late} subscribers\n`);
  }
}

/** Waits until all have heard the last of what was published, or will not. */
async function settled(listening: readonly Tab[], { last }: Published): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const behind = await Promise.all(listening.map((tab) => tab('behind', last)));
    if (behind.every((count) => count === 0)) return;
    await sleep(POLL_MS);
  }
}

async function soak({ minutes, subscribers, rate }: Options, chromium: string): Promise<Counted> {
  const site = await Site.serve('soak');
  const browser = await launch(chromium);
  const people: Person[] = [];
  const newTab = async () => {
    const person = await Person.arrive(browser);
    people.push(person);
    return async () => acting<Soak>(await person.tab(site.url));
  };
  try {
    const before = await minting();
    const streamsBefore = await streams();
    const listening = await listeners(subscribers, newTab);
    const publisher = await (await newTab())();
    const over = new AbortController();
    const telling = progress(publisher, listening, over.signal);
    const ms = minutes * 60_000;
    const published = await publisher('publish', {
      ...asking('publisher'),
      momento: localMomentoUrl(),
      perSecond: rate,
      ms,
    }).finally(() => over.abort());
    await telling;
    await settled(listening, published);
    const tabs = await Promise.all(listening.map((tab) => tab('tally', published)));
    const minted = ((await minting()).ended['OK'] ?? 0) - (before.ended['OK'] ?? 0);
    const opened = (await streams()) - streamsBefore;
    for (const trouble of new Set(people.flatMap((person) => person.troubles())))
      process.stderr.write(`soak: in a page: ${trouble}\n`);
    return { subscribers, published, tabs, minted, streams: opened };
  } finally {
    await browser.close();
    await site.stop();
  }
}

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = optionsFrom(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    return 2;
  }
  const chromium = findChromium();
  if ('why' in chromium) {
    process.stderr.write(`${chromium.why}\n`);
    return 1;
  }
  try {
    await startMachines({ dir: 'soak', stacks: ['ShortLived'], tokenSeconds: options.tokenSeconds });
    const counted = await withLimit(QUOTA, () => soak(options, chromium.path));
    process.stdout.write(`${table(counted)}\n`);
    return isGood(counted) ? 0 : 1;
  } finally {
    await stopMachines();
  }
}

process.exitCode = await main(process.argv.slice(2));
