/** The local Momento's own interface: what it was asked, and what it is told to do wrong. */
import assert from 'node:assert/strict';
import { refused } from './expect.ts';
import type { Answer } from './http.ts';
import { momentoUrl } from './machines.ts';

/** A fault of `PUT /_stage/faults`. */
export interface Fault {
  readonly status?: string;
  readonly hang?: true;
  readonly count?: number;
}

const MINT = 'GenerateDisposableToken';

/** Lets `fault` happen to the minting of tokens for as long as `act` takes. */
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

/** How many tokens were asked for until now. */
export async function mints(): Promise<number> {
  const { calls } = (await call('GET', 'stats')) as { calls: Record<string, { started: number }> };
  return calls[`token.Token/${MINT}`]?.started ?? 0;
}

/** What `asking` gets is this refusal, and Momento was not asked. */
export async function refusedUnasked(asking: () => Promise<Answer>, status: number, code: string): Promise<void> {
  const before = await mints();
  refused(await asking(), status, code);
  assert.equal(await mints(), before);
}

async function call(method: string, what: string, body?: object): Promise<unknown> {
  const response = await fetch(`${momentoUrl()}/_stage/${what}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /_stage/${what}: ${response.status} ${text}`);
  return JSON.parse(text);
}
