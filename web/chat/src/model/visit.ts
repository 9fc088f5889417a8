/**
 * Somebody who is signed in: their tokens, what those permit, and Momento's topics with them. It lasts until `leave()`; what
 * goes wrong meanwhile is told by `trouble`, and fixes by itself or does not.
 */
import { type Grant, type TokenError, TokenSource, Topics, topicRights } from '@token-vending-machine/client';
import type { Machine, Settings } from '../settings.ts';
import type { Place } from './places.ts';
import type { SignedIn } from './signed-in.ts';
import { Store } from './store.ts';

/** Why no new token comes: one that passes, or a refusal, which ends it. */
export interface Trouble {
  readonly error: TokenError;
  readonly passes: boolean;
}

export class Visit {
  readonly machine: Machine;
  readonly topics: Topics;
  /** What the present token permits; `undefined` where the endpoint does not say. */
  readonly grant = new Store<Grant | undefined>(undefined);
  readonly trouble = new Store<Trouble | undefined>(undefined);
  readonly #tokens: TokenSource;
  readonly #signOut: () => Promise<void>;
  /** How long the present token lived when it came, in milliseconds. */
  #life = 0;

  private constructor(machine: Machine, settings: Settings, { access, signOut }: SignedIn) {
    this.machine = machine;
    this.#signOut = signOut;
    this.#tokens = new TokenSource({
      endpoint: machine.endpoint,
      access,
      onTrouble: (error) => this.trouble.set({ error, passes: true }),
      onStopped: (error) => this.trouble.set({ error, passes: false }),
      onRecovered: () => this.trouble.set(undefined),
    });
    this.#tokens.onChange((token) => {
      this.#life = this.#tokens.lifeLeft();
      if (token) this.grant.set(token.grant);
    });
    this.topics = new Topics(this.#tokens, settings.momento === undefined ? {} : { momento: settings.momento });
  }

  /** Begins when there is a token; rejects with the `TokenError` that says why there is none. */
  static async begin(machine: Machine, settings: Settings, signedIn: SignedIn): Promise<Visit> {
    const visit = new Visit(machine, settings, signedIn);
    try {
      await visit.#tokens.get();
      return visit;
    } catch (error) {
      await visit.leave();
      throw error;
    }
  }

  /** Whether the token lets one read or write at `place`, as far as the endpoint says what it may do. */
  mayEnter({ cache, topic }: Place): boolean {
    const grant = this.grant.get();
    if (!grant) return true;
    const { subscribe, publish } = topicRights(grant, cache, topic);
    return subscribe || publish;
  }

  /** How long the present token still lives, in milliseconds, and how long it lived when it came. */
  life(): { readonly left: number; readonly whole: number } {
    return { left: this.#tokens.lifeLeft(), whole: this.#life };
  }

  async leave(): Promise<void> {
    this.topics.close();
    this.#tokens.stop();
    await this.#signOut();
  }
}
