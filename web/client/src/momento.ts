/** Where Momento is for a token, what its stubs are called with, and what its status codes mean. */
import { PubsubClient } from '@gomomento/generated-types-webtext/dist/CachepubsubServiceClientPb.js';
import { MomentoError, type MomentoErrorKind } from './errors.ts';
import type { Token, TokenSource } from './token-source.ts';

/** Where Momento is. */
export interface MomentoOptions {
  /**
   * The URL of a local Momento.
   * @default the Momento that the token names
   */
  readonly momento?: string | undefined;
}

/** The SDK's stub for topics, and how a token signs in with it. */
export interface Pubsub {
  readonly stub: PubsubClient;
  readonly authorization: string;
}

/** The SDK for browsers, and its stubs, speak gRPC-web over `XMLHttpRequest`, which servers' runtimes do not have. */
export function requireXhr(): void {
  if (typeof XMLHttpRequest !== 'undefined') return;
  throw new MomentoError(
    'invalid',
    'There is no XMLHttpRequest here, which topics and caches of this package need. Give the token to @gomomento/sdk instead: CredentialProvider.fromDisposableToken.',
  );
}

/** As the SDK for browsers does it. Its `TopicClient` would bring all of the SDK into the page: 130 kB more, compressed. */
export function pubsub(token: Token, { momento }: MomentoOptions): Pubsub {
  requireXhr();
  const { endpoint, key } = read(token);
  return { stub: new PubsubClient(momento ?? `https://web.cache.${endpoint}`, null, {}), authorization: key };
}

/** A token is the base64 of `{"endpoint": …, "api_key": …}`. */
function read({ authToken }: Token): { endpoint: string; key: string } {
  try {
    const { endpoint, api_key: key } = JSON.parse(atob(authToken)) as Record<string, unknown>;
    if (typeof endpoint === 'string' && typeof key === 'string') return { endpoint, key };
  } catch {
    // Told below, without the token.
  }
  throw new MomentoError('invalid', 'The token is none that Momento could have made: is the endpoint the right one?');
}

/** What the status codes of gRPC mean here. */
export function kindOf(code: number): MomentoErrorKind {
  switch (code) {
    case 16:
      return 'unauthenticated';
    case 7:
      return 'forbidden';
    case 5:
      return 'not-found';
    case 3: // INVALID_ARGUMENT
    case 11: // OUT_OF_RANGE
    case 12: // UNIMPLEMENTED
      return 'invalid';
    default:
      return 'unavailable';
  }
}

/**
 * Does something with a good token, and once more with another if that one is refused: who was not let in has changed
 * nothing.
 */
export async function withToken<A>(
  tokens: Pick<TokenSource, 'get' | 'discard'>,
  operation: (token: Token) => Promise<A>,
): Promise<A> {
  for (let attempt = 1; ; attempt += 1) {
    const token = await tokens.get();
    try {
      return await operation(token);
    } catch (error) {
      if (!(error instanceof MomentoError) || error.kind !== 'unauthenticated') throw error;
      tokens.discard(token);
      if (attempt === 2) throw error;
    }
  }
}
