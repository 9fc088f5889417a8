/**
 * What a token lets its holder do, found out with the official SDK against Momento: the local one, or the one that the token names.
 *
 * Nothing is read out of a token: a right is what the server lets happen.
 */
import { randomUUID } from 'node:crypto';
import {
  AuthClient,
  AuthClientConfigurations,
  CacheGetResponse,
  CacheSetResponse,
  CreateCacheResponse,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  type MomentoErrorCode,
  TokenScopes,
  type TopicClient,
  type TopicItem,
  TopicPublishResponse,
  type TopicSubscribe,
  TopicSubscribeResponse,
} from '@gomomento/sdk';
import { cacheClient, credentialsFor, topicClient } from 'local';

/** What the SDK made of an attempt: done, or its error code. */
export type Outcome = 'granted' | `${MomentoErrorCode}`;

/** What the SDK calls a refusal by a server that knows who is asking. */
export const REFUSED = 'PERMISSION_ERROR';

/** How often a published item may take to arrive. */
const ARRIVAL_MS = 5000;

/** The holder of `token`, at the Momento at `url`, or else at the one that the token names. */
export class TokenOwner {
  readonly #token: string;
  readonly #url: string | undefined;
  #topics: TopicClient | undefined;

  constructor(token: string, url?: string) {
    this.#token = token;
    this.#url = url;
  }

  /** Sets an item and gets it back. */
  async keepItem(cache: string): Promise<Outcome> {
    const client = cacheClient(this.#token, this.#url);
    const [key, value] = [randomUUID(), randomUUID()];
    try {
      const set = await client.set(cache, key, value);
      if (set.type === CacheSetResponse.Error) return set.errorCode();
      const got = await client.get(cache, key);
      if (got.type === CacheGetResponse.Error) return got.errorCode();
      if (got.type !== CacheGetResponse.Hit || got.valueString() !== value) throw new Error(`${cache}: ${got.type}`);
      return 'granted';
    } finally {
      client.close();
    }
  }

  async createCache(name: string): Promise<Outcome> {
    const client = cacheClient(this.#token, this.#url);
    try {
      const made = await client.createCache(name);
      return made.type === CreateCacheResponse.Error ? made.errorCode() : 'granted';
    } finally {
      client.close();
    }
  }

  async publish(cache: string, topic: string, value = 'hello'): Promise<Outcome> {
    const response = await this.#client().publish(cache, topic, value);
    return response.type === TopicPublishResponse.Error ? response.errorCode() : 'granted';
  }

  async subscribe(cache: string, topic: string): Promise<Outcome> {
    const response = await this.#client().subscribe(cache, topic, { onItem: () => {}, onError: () => {} });
    if (response.type === TopicSubscribeResponse.Error) return (response as TopicSubscribe.Error).errorCode();
    (response as TopicSubscribe.Subscription).unsubscribe();
    return 'granted';
  }

  /** Mints another token with this one: what whoever holds a token must never be able to do. */
  async mint(cache: string): Promise<Outcome> {
    const client = new AuthClient({
      configuration: AuthClientConfigurations.Default.latest(),
      credentialProvider: credentialsFor(this.#token, this.#url),
    });
    const scope = TokenScopes.topicSubscribeOnly(cache, 'any');
    const response = await client.generateDisposableToken(scope, ExpiresIn.minutes(1));
    return response.type === GenerateDisposableTokenResponse.Error ? response.errorCode() : 'granted';
  }

  /**
   * Subscribes, lets `act` publish a value, and gives the token id that it arrives with. (A subscription may begin with
   * what was published before.)
   */
  async publisherSeen(
    cache: string,
    topic: string,
    act: (value: string) => Promise<unknown>,
  ): Promise<string | undefined> {
    const value = randomUUID();
    let unsubscribe = () => {};
    let late: NodeJS.Timeout | undefined;
    const arrived = new Promise<string | undefined>((resolve, reject) => {
      late = setTimeout(() => reject(new Error(`nothing arrived within ${ARRIVAL_MS} ms`)), ARRIVAL_MS);
      const callbacks = {
        // The SDK gives the empty text where an item has none.
        onItem: (item: TopicItem) => {
          if (item.value() === value) resolve(item.tokenId() || undefined);
        },
        onError: (error: TopicSubscribe.Error) => reject(new Error(error.message())),
      };
      void this.#client()
        .subscribe(cache, topic, callbacks)
        .then((response) => {
          if (response.type === TopicSubscribeResponse.Error) return reject(new Error('the subscription was refused'));
          unsubscribe = () => (response as TopicSubscribe.Subscription).unsubscribe();
          return act(value);
        })
        .catch(reject);
    });
    try {
      return await arrived;
    } finally {
      clearTimeout(late);
      unsubscribe();
    }
  }

  #client(): TopicClient {
    this.#topics ??= topicClient(this.#token, this.#url);
    return this.#topics;
  }
}
