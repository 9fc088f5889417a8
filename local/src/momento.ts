/** How the official SDK is pointed at the local Momento, or at the Momento that a token itself names. */
import {
  CacheClient,
  Configurations,
  CreateCacheResponse,
  CredentialProvider,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import { Failure } from './failure.ts';

const TTL_SECONDS = 60;

/**
 * Credentials of `token` (a vended one or an API key).
 *
 * @param url the local Momento; left out, the token says where its Momento is
 */
export function credentialsFor(token: string, url?: string): CredentialProvider {
  if (url === undefined) return CredentialProvider.fromDisposableToken({ authToken: token });
  const { host } = new URL(url);
  return CredentialProvider.fromDisposableToken({
    authToken: token,
    endpointOverrides: { controlEndpoint: host, cacheEndpoint: host, tokenEndpoint: host, secureConnection: false },
  });
}

/** A cache client of the official SDK. Close it. */
export function cacheClient(token: string, url?: string): CacheClient {
  return new CacheClient({
    configuration: Configurations.Laptop.v1(),
    credentialProvider: credentialsFor(token, url),
    defaultTtlSeconds: TTL_SECONDS,
  });
}

/** A topic client of the official SDK. */
export function topicClient(token: string, url?: string): TopicClient {
  return new TopicClient({
    configuration: TopicConfigurations.Default.latest(),
    credentialProvider: credentialsFor(token, url),
  });
}

/** Creates the caches of these names where they are missing: at Momento too, a cache has to be there before its use. */
export async function createCaches(apiKey: string, url: string | undefined, names: Iterable<string>): Promise<void> {
  const client = cacheClient(apiKey, url);
  try {
    for (const name of names) {
      const response = await client.createCache(name);
      if (response.type === CreateCacheResponse.Error) {
        throw new Failure(`Momento did not create the cache ${name}: ${response.message()}`);
      }
    }
  } finally {
    client.close();
  }
}
