/** The local Momento's own interface: what it was asked, and what it is told to do wrong. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { refused } from './expect.ts';
import type { Answer } from './http.ts';
import { localMomentoUrl, target } from './machines.ts';
import { plantKey } from './planted.ts';

/** A fault of `PUT /_stage/faults`. */
export interface Fault {
  /**
   * What it happens to: a method, a service.
   * @default the minting of tokens
   */
  readonly rpc?: string;
  readonly delay_ms?: number;
  readonly status?: string;
  readonly hang?: true;
  readonly reset?: true;
  readonly count?: number;
}

/** Calls since the local Momento started. */
export interface Calls {
  readonly started: number;
  /** By the status that they ended with. */
  readonly ended: Readonly<Record<string, number>>;
}

const MINT = 'GenerateDisposableToken';

/** The items of every cache: the service that tokens are shared by. */
export const CACHE_ITEMS = 'cache_client.Scs';

/** Lets `fault` happen for as long as `act` takes. */
export async function withFault<T>(fault: Fault, act: () => Promise<T>): Promise<T> {
  await call('PUT', 'faults', { rpc: MINT, ...fault });
  try {
    return await act();
  } finally {
    await call('DELETE', 'faults');
  }
}

/** Takes `key` from the keys that Momento accepts, for as long as `act` takes. */
export async function withRevoked<T>(key: string, act: () => Promise<T>): Promise<T> {
  await call('PUT', 'keys', { revoke: [key] });
  try {
    return await act();
  } finally {
    await call('PUT', 'keys', { add: [key] });
  }
}

/** Lets Momento mint so many tokens a second and no more, for as long as `act` takes. */
export async function withLimit<T>(tokensPerSecond: number, act: () => Promise<T>): Promise<T> {
  const before = (await call('GET', 'limits')) as object;
  await call('PUT', 'limits', { tokens_per_second: tokensPerSecond });
  try {
    return await act();
  } finally {
    await call('PUT', 'limits', before);
  }
}

/** An API key like no other, which Momento accepts from now on. */
export async function newApiKey(): Promise<string> {
  const inside = { endpoint: 'localhost', api_key: `key-${randomUUID()}` };
  const key = plantKey('a new API key', Buffer.from(JSON.stringify(inside)).toString('base64'));
  await call('PUT', 'keys', { add: [key] });
  return key;
}

/** Takes `key` from the keys that Momento accepts, for good. */
export async function revoke(key: string): Promise<void> {
  await call('PUT', 'keys', { revoke: [key] });
}

/** How many tokens were asked for until now. */
export async function mints(): Promise<number> {
  return (await minting()).started;
}

/** What became of the calls that asked for a token. */
export async function minting(): Promise<Calls> {
  return (await calls())[`token.Token/${MINT}`] ?? { started: 0, ended: {} };
}

/** How many streams of topics were opened until now. */
export async function streams(): Promise<number> {
  return (await calls())['cache_client.pubsub.Pubsub/Subscribe']?.started ?? 0;
}

/** How often the items of a cache were asked for. */
export async function cacheCalls(): Promise<number> {
  const ofItems = Object.entries(await calls()).filter(([path]) => path.startsWith(`${CACHE_ITEMS}/`));
  return ofItems.reduce((sum, [, { started }]) => sum + started, 0);
}

async function calls(): Promise<Record<string, Calls>> {
  return ((await call('GET', 'stats')) as { calls: Record<string, Calls> }).calls;
}

/** What `asking` gets is this refusal, and Momento was not asked; a real Momento does not say whether it was. */
export async function refusedUnasked(asking: () => Promise<Answer>, status: number, code: string): Promise<void> {
  if (!target().has.has('the local Momento')) {
    refused(await asking(), status, code);
    return;
  }
  const before = await mints();
  refused(await asking(), status, code);
  assert.equal(await mints(), before);
}

async function call(method: string, what: string, body?: object): Promise<unknown> {
  const response = await fetch(`${localMomentoUrl()}/_stage/${what}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /_stage/${what}: ${response.status} ${text}`);
  return JSON.parse(text);
}
