/**
 * What tests/runtimes.test.ts does with the client package in each runtime: a token, a refusal, a redirect, and a wait that is given
 * up. It stops no source that has a token, so that a runtime that keeps running does so because of the package.
 */
import { bearer, open, TokenError, TokenSource } from '@token-vending-machine/client';

/** What came of it. */
export interface Outcome {
  readonly authToken: string;
  /** The `id` of the token's grant, which came in a header. */
  readonly id: string | undefined;
  readonly refusal: string;
  readonly redirect: string;
  readonly givenUp: string;
}

const reasonOf = async (waiting: Promise<unknown>): Promise<string> => {
  const error = await waiting.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof TokenError) return [error.kind, error.code].filter(Boolean).join(' ');
  return error instanceof Error ? error.name : `no error, but ${error}`;
};

/** All of it, at `endpoint`, which ends in a slash. */
export async function outcomeAt(endpoint: string): Promise<Outcome> {
  const tokens = new TokenSource({ endpoint, access: open({ name: 'Zoë & co' }) });
  const { authToken, grant } = await tokens.get();
  const source = (path: string) =>
    new TokenSource({ endpoint: `${endpoint}${path}`, access: bearer(async () => 'an-id-token'), group: 'readers' });
  const refusal = await reasonOf(source('refused').get());
  const redirect = await reasonOf(source('redirect').get());
  const caller = new AbortController();
  const slow = source('slow');
  const waiting = slow.get({ signal: caller.signal });
  caller.abort();
  const givenUp = await reasonOf(waiting);
  // Its request is under way for as long as a request may be.
  slow.stop();
  return { authToken, id: grant?.id, refusal, redirect, givenUp };
}
