/** Momento's caches with a token source. */
import { CacheClient, Configurations } from '@gomomento/sdk-web';
import { credentialProvider, type MomentoOptions } from './provider.ts';
import { clientFor, type SdkClient, type SdkFailure } from './sdk-client.ts';
import type { TokenSource } from './token-source.ts';

/** Options for {@link Caches}. */
export interface CachesOptions extends MomentoOptions {
  /** How long items live that are written without a time of their own. */
  readonly defaultTtlSeconds: number;
}

/** The SDK's cache client, always with a good token. */
export class Caches {
  readonly #client: SdkClient<CacheClient>;

  constructor(tokens: TokenSource, options: CachesOptions) {
    const { defaultTtlSeconds } = options;
    this.#client = clientFor(tokens, (token) => {
      const configuration = Configurations.Browser.latest();
      return new CacheClient({
        credentialProvider: credentialProvider(token, options),
        configuration,
        defaultTtlSeconds,
      });
    });
  }

  /**
   * Does something with a cache client: `caches.use((client) => client.get('cache', 'key'))`. Do not keep the client, which
   * lasts no longer than its token. Answers what the SDK does, but rejects with a `MomentoError` where the SDK answers an
   * error, and with a `TokenError` where there is no token. Where the token is refused, it is done once more.
   */
  use<A>(operation: (client: CacheClient) => Promise<A>): Promise<Exclude<A, SdkFailure>> {
    return this.#client(operation);
  }
}
