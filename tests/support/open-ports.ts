/**
 * Every port that a `make` command opens on this computer.
 *
 * The programs are started as the commands start them, without a stack: a port answers strangers whatever is deployed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeyIn, buildTools, ensureEmulator, ensureMomento, ROOT, serveChat, stopBackEnds, stopChat } from 'local';
import { Site } from '../browser/site.ts';
import { type EmbeddedServer, startEmbeddedServerIn } from './embedded-server.ts';
import { runningFunction } from './foreign-code.ts';
import { send } from './raw-http.ts';

/** Of this program alone. */
const DIR = join(ROOT, '.local/test-ports');
/** The page never asks its machine for anything here. */
const OPEN = { machine: { mode: 'Open', endpoint: 'http://127.0.0.1:1/' } } as const;

/** The ports, by what listens there. */
export interface OpenPorts {
  /** `make local`, `make soak`, `make screenshots`, `make test`. */
  readonly emulator: string;
  /** The same: where a function that the emulator runs takes its events from. */
  readonly events: string;
  /** As the emulator, and `make embedded`. */
  readonly momento: string;
  /** `make local`, `make screenshots`. */
  readonly chat: string;
  /** `make embedded`. */
  readonly embedded: string;
  /** `make soak`, `make test`. */
  readonly site: string;
}

let embedded: EmbeddedServer | undefined;
let site: Site | undefined;

/** Starts everything that listens. */
export async function openPorts(): Promise<OpenPorts> {
  rmSync(DIR, { recursive: true, force: true });
  mkdirSync(DIR, { recursive: true });
  const { momentoEmulator } = await buildTools(DIR, ['momento-emulator']);
  const momento = await ensureMomento(DIR, 0, momentoEmulator);
  const emulator = await ensureEmulator(DIR, 0, 'off');
  const chat = await serveChat(DIR, 0, OPEN);
  const apiKey = apiKeyIn(momento.apiKeyFile);
  embedded = await startEmbeddedServerIn({
    dir: DIR,
    dist: join(DIR, 'chat'),
    momento: { url: momento.url, apiKey },
  });
  site = await Site.serve('client');
  const bare = (url: string) => url.replace(/\/$/, '');
  return {
    emulator: emulator.url,
    events: await eventsOfAFunction(emulator.url),
    momento: momento.url,
    chat: chat.url,
    embedded: bare(embedded.url),
    site: bare(site.url),
  };
}

/** Has the emulator run a function. @returns where it takes its events from, as it says itself */
async function eventsOfAFunction(emulator: string): Promise<string> {
  for (const sent of runningFunction()) {
    const { status, body } = await send(emulator, sent);
    if (status >= 300) throw new Error(`the emulator runs no function: ${body}`);
    const { at } = JSON.parse(body) as { readonly at?: string };
    if (at !== undefined) return `http://${at}`;
  }
  throw new Error('the function does not say where it takes its events from');
}

/** Ends what {@link openPorts} started. */
export async function closePorts(): Promise<void> {
  await site?.stop();
  await embedded?.end();
  await stopChat(DIR);
  await stopBackEnds(DIR);
}
