/** An app of the client package: one token source, with topics and caches over it. */
import {
  type Access,
  Caches,
  credentials,
  type Gap,
  type Message,
  open,
  type SubscriptionState,
  type Token,
  TokenSource,
  Topics,
} from '@token-vending-machine/client';
import { offer } from './actions.ts';

/** Where the app is pointed at, and as whom it asks. */
export interface Setup {
  readonly endpoint: string;
  readonly momento: string;
  readonly who: { readonly name?: string } | { readonly username: string; readonly password: string };
}

/** What was heard of one topic. */
interface Heard {
  readonly messages: Message[];
  readonly gaps: Gap[];
  readonly states: SubscriptionState[];
}

const CACHE = 'default-cache';
const TTL_SECONDS = 60;

let tokens: TokenSource;
let topics: Topics;
let caches: Caches;
let vended: Token[] = [];
let troubles: string[] = [];
const rooms = new Map<string, Heard>();
/** Who waits for something to be heard. */
let waiting: (() => void)[] = [];

function heard(topic: string): Heard {
  const room = rooms.get(topic) ?? { messages: [], gaps: [], states: [] };
  rooms.set(topic, room);
  return room;
}

/** Resolves when `done` is true; it is asked again after whatever is heard. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise<void>((resolve) => waiting.push(resolve));
}

function news(): void {
  const woken = waiting;
  waiting = [];
  for (const wake of woken) wake();
}

const accessOf = (who: Setup['who']): Access =>
  'username' in who ? credentials(who.username, who.password) : open(who);

const actions = {
  begin({ endpoint, momento, who }: Setup): void {
    vended = [];
    troubles = [];
    const trouble = ({ kind, code }: { kind: string; code: string | undefined }) => {
      troubles.push(code === undefined ? kind : `${kind} ${code}`);
      news();
    };
    tokens = new TokenSource({ endpoint, access: accessOf(who), onStopped: trouble, onTrouble: trouble });
    tokens.onChange((token) => {
      if (token) vended.push(token);
      news();
    });
    topics = new Topics(tokens, { momento });
    caches = new Caches(tokens, { momento, defaultTtlSeconds: TTL_SECONDS });
  },

  token: (): Promise<Token> => tokens.get(),

  /** All tokens that the source has had, once it has had `count`. */
  async tokens(count: number): Promise<Token[]> {
    await until(() => vended.length >= count);
    return vended;
  },

  /** What was told of failed requests, once there were `count`. */
  async troubles(count: number): Promise<string[]> {
    await until(() => troubles.length >= count);
    return troubles;
  },

  async subscribe(topic: string): Promise<void> {
    const room = heard(topic);
    const keep =
      <T>(list: T[]) =>
      (it: T) => {
        list.push(it);
        news();
      };
    await topics.subscribe(CACHE, topic, {
      onMessage: keep(room.messages),
      onGap: keep(room.gaps),
      onState: keep(room.states),
    });
  },

  publish: (topic: string, value: string): Promise<void> => topics.publish(CACHE, topic, value),

  /** What was heard of `topic`, once `count` messages have come. */
  async heard(topic: string, count: number): Promise<Heard> {
    const room = heard(topic);
    await until(() => room.messages.length >= count);
    return room;
  },

  /** Resolves when the subscription to `topic` is in `state`. */
  state: (topic: string, state: SubscriptionState): Promise<void> => until(() => heard(topic).states.at(-1) === state),

  async setItem(key: string, value: string): Promise<void> {
    await caches.use((client) => client.set(CACHE, key, value));
  },

  /** The value, or nothing where there is none. */
  async getItem(key: string): Promise<string | undefined> {
    return (await caches.use((client) => client.get(CACHE, key))).value();
  },
};

export type Client = typeof actions;
offer(actions);
