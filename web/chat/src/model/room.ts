/** One room: what was said in it since one came, and saying something. Its name is a topic; its text is all that a message has. */
import {
  MomentoError,
  type Subscription,
  type TokenError,
  type TopicRights,
  topicRights,
} from '@token-vending-machine/client';
import type { Place } from './places.ts';
import { Store } from './store.ts';
import type { Visit } from './visit.ts';

/** Something in the room's log. */
export type Entry = ChatMessage | Gap;

/** A message. `by` is the id of the token that published it: Momento attached it, nobody wrote it into the message. */
export interface ChatMessage {
  readonly kind: 'message';
  readonly key: string;
  readonly by: string | undefined;
  readonly text: string;
  readonly at: Date;
}

/** Messages that Momento did not have any more; how many, where anybody can know. */
export interface Gap {
  readonly kind: 'gap';
  readonly key: string;
  readonly count: number | undefined;
}

/**
 * `unanswered`: the stream seems to live, but Momento did not answer the last message. `silent`: the token is for writing alone. `closed`:
 * the caller may not listen (any more).
 */
export type RoomState = 'opening' | 'live' | 'reconnecting' | 'unanswered' | 'silent' | 'closed';

/** More would make a page slow that is open for days. */
const MOST_ENTRIES = 500;

export class Room {
  readonly place: Place;
  readonly entries = new Store<readonly Entry[]>([]);
  readonly state = new Store<RoomState>('opening');
  /** Why it is closed. */
  readonly error = new Store<MomentoError | TokenError | undefined>(undefined);
  /** What may be done here: what the token says, until Momento says otherwise. */
  readonly rights: Store<TopicRights>;
  readonly #visit: Visit;
  readonly #stopListening: () => void;
  #subscription: Subscription | undefined;
  #entered = 0;
  #left = false;

  constructor(visit: Visit, place: Place) {
    this.place = place;
    this.#visit = visit;
    this.rights = new Store(this.#granted());
    this.#stopListening = visit.grant.listen(() => this.rights.set(this.#granted()));
  }

  /** Begins to listen. It never rejects: `state` and `error` say what became of it. */
  async open(): Promise<void> {
    const { cache, topic } = this.place;
    if (!this.rights.get().subscribe) {
      this.state.set('silent');
      return;
    }
    try {
      const subscription = await this.#visit.topics.subscribe(cache, topic, {
        onMessage: ({ value, tokenId, sequenceNumber }) => {
          this.#heard();
          if (typeof value !== 'string') return;
          this.#enter({ kind: 'message', key: `${sequenceNumber}`, by: tokenId, text: value, at: new Date() });
        },
        onGap: ({ missed }) => this.#enter({ kind: 'gap', key: `gap ${this.#entered}`, count: missed }),
        onState: (state) => {
          if (state !== 'ended') this.state.set(state);
        },
        onError: (error) => this.#close(error),
      });
      if (this.#left) subscription.unsubscribe();
      this.#subscription = subscription;
      if (this.state.get() === 'opening') this.state.set('live');
    } catch (error) {
      this.#close(error as MomentoError | TokenError);
    }
  }

  /** Says `text` to all who listen. Rejects if Momento did not take it; the text is the caller's to keep. */
  async say(text: string): Promise<void> {
    const { cache, topic } = this.place;
    try {
      await this.#visit.topics.publish(cache, topic, text);
      this.#heard();
    } catch (error) {
      // What does not get through one way may not come the other: until something does, nobody knows.
      if (error instanceof MomentoError && error.kind === 'unavailable' && this.state.get() === 'live')
        this.state.set('unanswered');
      if (error instanceof MomentoError && error.kind === 'forbidden') {
        this.rights.set({ ...this.rights.get(), publish: false });
      }
      throw error;
    }
  }

  /** The network is there again: what was not answered for want of it says nothing any more. */
  networkIsBack(): void {
    this.#heard();
  }

  leave(): void {
    this.#left = true;
    this.#stopListening();
    this.#subscription?.unsubscribe();
  }

  /** Where the endpoint does not say what a token may do, Momento will. */
  #granted(): TopicRights {
    const grant = this.#visit.grant.get();
    const { cache, topic } = this.place;
    return grant ? topicRights(grant, cache, topic) : { subscribe: true, publish: true };
  }

  /** Momento answers: the room is as live as its subscription. */
  #heard(): void {
    if (this.#subscription?.state === 'live' && this.state.get() === 'unanswered') this.state.set('live');
  }

  #enter(entry: Entry): void {
    this.#entered += 1;
    this.entries.set([...this.entries.get(), entry].slice(-MOST_ENTRIES));
  }

  #close(error: MomentoError | TokenError): void {
    this.error.set(error);
    this.state.set('closed');
  }
}
