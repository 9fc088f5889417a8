/** Momento's topics with a token source: subscriptions that outlive tokens, and publishing. */

import { browser, type Environment } from './environment.ts';
import { type MomentoOptions, withToken } from './momento.ts';
import { publish } from './publish.ts';
import { momentoStreams, type OpenStream } from './stream.ts';
import { LiveSubscription, type Subscription, type SubscriptionHandlers } from './subscription.ts';
import type { Token, TokenSource } from './token-source.ts';
import { watchWakes } from './wake.ts';

/** Options for {@link Topics}. */
export interface TopicsOptions extends MomentoOptions {
  /**
   * What opens streams: a test may give its own.
   * @internal
   */
  readonly open?: OpenStream;
}

/** Topics, for as long as the token source lasts. */
export class Topics {
  readonly #tokens: TokenSource;
  readonly #environment: Environment;
  readonly #open: OpenStream;
  readonly #options: TopicsOptions;
  readonly #subscriptions = new Set<LiveSubscription>();
  readonly #stopListening: () => void;
  #stopWatching: (() => void) | undefined;
  /** Streams are replaced one after the other: a browser has few connections to spare. */
  #queue: Promise<void> = Promise.resolve();
  #renewing = false;

  constructor(tokens: TokenSource, options: TopicsOptions = {}, environment: Environment = browser()) {
    this.#tokens = tokens;
    this.#environment = environment;
    this.#open = options.open ?? momentoStreams(options);
    this.#options = options;
    this.#stopListening = tokens.onChange((token) => this.#onToken(token));
  }

  /**
   * Subscribes. Resolves when messages flow; rejects with a `TokenError` or a `MomentoError` if that cannot be. What
   * happens later it fixes by itself, and tells `handlers`.
   */
  async subscribe(cache: string, topic: string, handlers: SubscriptionHandlers): Promise<Subscription> {
    const token = await this.#tokens.get();
    this.#stopWatching ??= watchWakes(this.#environment, (wake) => {
      if (wake !== 'visible') this.#renewAll();
    });
    const { clock } = this.#environment;
    const parts = { cache, topic, tokens: this.#tokens, open: this.#open, clock };
    const subscription = new LiveSubscription(parts, handlers, () => this.#subscriptions.delete(subscription));
    this.#subscriptions.add(subscription);
    await subscription.start(token);
    return subscription;
  }

  /** Publishes. Rejects with a `TokenError` or a `MomentoError` if Momento did not take it. */
  publish(cache: string, topic: string, value: string | Uint8Array): Promise<void> {
    const { clock } = this.#environment;
    return withToken(this.#tokens, (token) => publish({ cache, topic, value }, token, this.#options, clock));
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#stopListening();
    this.#stopWatching?.();
    for (const subscription of [...this.#subscriptions]) subscription.unsubscribe();
  }

  #onToken(token: Token | undefined): void {
    if (token) this.#each((subscription) => subscription.move(token));
    else for (const subscription of [...this.#subscriptions]) subscription.suspend();
  }

  /** After sleep a stream may be dead without anybody having said so. */
  #renewAll(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#each(async (subscription) => {
      // Without a token the subscription finds out by itself.
      const token = await this.#tokens.get().catch(() => undefined);
      if (token) await subscription.renew(token);
    });
    this.#queue = this.#queue.then(() => {
      this.#renewing = false;
    });
  }

  #each(work: (subscription: LiveSubscription) => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      for (const subscription of [...this.#subscriptions]) await work(subscription);
    });
  }
}
