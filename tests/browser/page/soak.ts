/** Many subscribers of one topic in one tab, over one token source, or the publisher: numbers from 1 up, as texts. */
import { open, TokenSource, Topics } from '@token-vending-machine/client';
import { offer } from './actions.ts';

/** Where the machine is, and as whom a tab asks it. */
export interface Asking {
  readonly endpoint: string;
  readonly name: string;
  readonly cache: string;
  readonly topic: string;
}

/** A tab's subscribers. */
export interface Listening extends Asking {
  /** The URL of the Momento of each subscriber: a browser opens six connections to a host, and a stream is one. */
  readonly momento: readonly string[];
}

export interface Publishing extends Asking {
  readonly momento: string;
  readonly perSecond: number;
  readonly ms: number;
}

/** What was published. */
export interface Published {
  readonly last: number;
  /** Nobody knows whether these were. */
  readonly failed: readonly number[];
}

/** What a tab's subscribers heard. */
export interface Tally {
  readonly got: number;
  readonly lost: number;
  readonly twice: number;
  readonly disordered: number;
  readonly gaps: number;
  /** How often a subscription was without a stream, and how many ended. */
  readonly reconnected: number;
  readonly ended: number;
  readonly tokens: readonly string[];
  /** What the token source told of failed requests. */
  readonly troubles: readonly string[];
}

interface Subscriber {
  /** How often each number came. */
  readonly times: number[];
  last: number;
  disordered: number;
  gaps: number;
  reconnected: number;
  ended: number;
}

const subscribers: Subscriber[] = [];
const tokens = new Set<string>();
const troubles: string[] = [];
let published: Published = { last: 0, failed: [] };

function sourceOf({ endpoint, name }: Asking): TokenSource {
  const trouble = ({ kind, code }: { kind: string; code: string | undefined }) =>
    troubles.push(`${kind} ${code ?? ''}`);
  const source = new TokenSource({ endpoint, access: open({ name }), onStopped: trouble, onTrouble: trouble });
  source.onChange((token) => token && tokens.add(token.authToken));
  return source;
}

const actions = {
  async listen(listening: Listening): Promise<void> {
    const source = sourceOf(listening);
    const byHost = new Map<string, Topics>();
    for (const momento of listening.momento) {
      const topics = byHost.get(momento) ?? new Topics(source, { momento });
      byHost.set(momento, topics);
      const one: Subscriber = { times: [], last: 0, disordered: 0, gaps: 0, reconnected: 0, ended: 0 };
      subscribers.push(one);
      await topics.subscribe(listening.cache, listening.topic, {
        onMessage({ value }) {
          const number = Number(value);
          one.times[number] = (one.times[number] ?? 0) + 1;
          if (number < one.last) one.disordered += 1;
          one.last = Math.max(one.last, number);
        },
        onGap() {
          one.gaps += 1;
        },
        onState(state) {
          if (state === 'reconnecting') one.reconnected += 1;
        },
        onError() {
          one.ended += 1;
        },
      });
    }
  },

  /** One after the other, so that their order is known; as many a second as was asked for, or as fast as it goes. */
  async publish(publishing: Publishing): Promise<Published> {
    const { cache, topic, momento, perSecond, ms } = publishing;
    const topics = new Topics(sourceOf(publishing), { momento });
    const began = performance.now();
    for (let number = 1; ; number += 1) {
      const early = began + ((number - 1) * 1_000) / perSecond - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      if (performance.now() - began >= ms) return published;
      const { failed } = published;
      const taken = await topics.publish(cache, topic, String(number)).then(
        () => true,
        () => false,
      );
      published = { last: number, failed: taken ? failed : [...failed, number] };
    }
  },

  published: (): Published => published,

  /** How many subscribers have not heard of `last` yet. */
  behind: (last: number): number => subscribers.filter((one) => one.last < last).length,

  tally({ last, failed }: Published): Tally {
    const sure = Array.from({ length: last }, (_, index) => index + 1).filter((number) => !failed.includes(number));
    const sum = (of: (one: Subscriber) => number) => subscribers.reduce((all, one) => all + of(one), 0);
    return {
      got: sum(({ times }) => sure.filter((number) => times[number]).length),
      lost: sum(({ times }) => sure.filter((number) => !times[number]).length),
      twice: sum(({ times }) => times.reduce((all, count) => all + count - 1, 0)),
      disordered: sum(({ disordered }) => disordered),
      gaps: sum(({ gaps }) => gaps),
      reconnected: sum(({ reconnected }) => reconnected),
      ended: sum(({ ended }) => ended),
      tokens: [...tokens],
      troubles,
    };
  },
};

export type Soak = typeof actions;
offer(actions);
