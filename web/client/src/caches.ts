/** Momento's caches with a token source. */
import { CacheClient, Configurations, CredentialProvider, type MomentoErrorCode } from '@gomomento/sdk-web';
import { MomentoError, type MomentoErrorKind } from './errors.ts';
import { type MomentoOptions, requireXhr, withToken } from './momento.ts';
import type { Token, TokenSource } from './token-source.ts';

/** Options for {@link Caches}. */
export interface CachesOptions extends MomentoOptions {
  /** How long items live that are written without a time of their own. */
  readonly defaultTtlSeconds: number;
}

/** What the SDK answers when it did not work. */
export interface SdkFailure {
  errorCode(): MomentoErrorCode;
  message(): string;
  innerException(): unknown;
}

/** The SDK's cache client, always with a good token. */
export class Caches {
  readonly #tokens: TokenSource;
  readonly #options: CachesOptions;
  #present: { readonly authToken: string; readonly client: CacheClient } | undefined;

  constructor(tokens: TokenSource, options: CachesOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  /**
   * Does something with a cache client: `caches.use((client) => client.get('cache', 'key'))`. Do not keep the client, which
   * lasts no longer than its token. Answers what the SDK does, but rejects with a `MomentoError` where the SDK answers an
   * error, and with a `TokenError` where there is no token. Where the token is refused, it is done once more.
   */
  use<A>(operation: (client: CacheClient) => Promise<A>): Promise<Exclude<A, SdkFailure>> {
    return withToken(this.#tokens, async (token) => {
      const answer: A = await operation(this.#client(token));
      if (!isFailure(answer)) return answer as Exclude<A, SdkFailure>;
      throw new MomentoError(kindOf(answer.errorCode()), answer.message(), answer.innerException());
    });
  }

  /** Operations under way keep the client that they began with. */
  #client(token: Token): CacheClient {
    requireXhr();
    const { authToken } = token;
    if (this.#present?.authToken !== authToken) {
      const { defaultTtlSeconds, momento } = this.#options;
      const credentialProvider = CredentialProvider.fromDisposableToken(
        momento === undefined
          ? { authToken }
          : {
              authToken,
              endpointOverrides: { cacheEndpoint: momento, controlEndpoint: momento, tokenEndpoint: momento },
            },
      );
      const configuration = Configurations.Browser.latest();
      this.#present = { authToken, client: new CacheClient({ credentialProvider, configuration, defaultTtlSeconds }) };
    }
    return this.#present.client;
  }
}

function isFailure(answer: unknown): answer is SdkFailure {
  return typeof answer === 'object' && answer !== null && 'errorCode' in answer && 'innerException' in answer;
}

function kindOf(code: `${MomentoErrorCode}`): MomentoErrorKind {
  switch (code) {
    case 'AUTHENTICATION_ERROR':
      return 'unauthenticated';
    case 'PERMISSION_ERROR':
      return 'forbidden';
    case 'NOT_FOUND_ERROR':
      return 'not-found';
    case 'INVALID_ARGUMENT_ERROR':
    case 'BAD_REQUEST_ERROR':
      return 'invalid';
    default:
      return 'unavailable';
  }
}
