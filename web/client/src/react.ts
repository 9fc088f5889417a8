'use client';
/**
 * React hooks over a token source and topics: the entry `@token-vending-machine/client/react`, which nothing else here imports.
 *
 * A hook stops nothing that the app made. It does nothing while a page is rendered on a server, and in React's strict mode, which
 * mounts each component twice, only the second mount is heard of.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type MomentoError, TokenError } from './errors.ts';
import type { Gap } from './position.ts';
import type { Message, SubscriptionState } from './subscription.ts';
import type { Token, TokenSource } from './token-source.ts';
import type { Topics } from './topics.ts';

/** What there is of a token. */
export interface TokenState {
  /** For display: calls to Momento should ask `TokenSource.get()`. Undefined until there is one, and once it is not to be used any more. */
  readonly token: Token | undefined;
  /** Why the last attempt to get the first token failed. The source tries again, unless its `kind` is `refused` or `stopped`. */
  readonly error: TokenError | undefined;
}

const NO_TOKEN: TokenState = { token: undefined, error: undefined };

/** The token of `tokens`, from when the component is shown. */
export function useToken(tokens: TokenSource): TokenState {
  const [known, setKnown] = useState({ of: tokens, ...NO_TOKEN });
  useEffect(() => {
    const caller = new AbortController();
    const tell = (state: TokenState) => {
      if (caller.signal.aborted) return;
      setKnown((last) => {
        const same = last.of === tokens && last.token === state.token && last.error === state.error;
        return same ? last : { of: tokens, ...state };
      });
    };
    const stopListening = tokens.onChange((token) => tell({ token, error: undefined }));
    void firstToken(tokens, caller.signal, tell);
    return () => {
      stopListening();
      caller.abort();
    };
  }, [tokens]);
  // Of another source, it could be another user's.
  return known.of === tokens ? known : NO_TOKEN;
}

/** Asks until there is a token: each time, the source answers when its own next attempt is over. */
async function firstToken(tokens: TokenSource, signal: AbortSignal, tell: (state: TokenState) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      return tell({ token: await tokens.get({ signal }), error: undefined });
    } catch (error) {
      if (!(error instanceof TokenError)) return;
      tell({ token: undefined, error });
      if (error.kind === 'refused' || error.kind === 'stopped') return;
    }
  }
}

/** What a component does with a topic. */
export interface TopicOptions {
  /**
   * How many messages to keep for the component: the last ones.
   * @default 100
   */
  readonly keep?: number;
  /**
   * Called with each message, once and in order.
   * @default nothing
   */
  readonly onMessage?: (message: Message) => void;
  /**
   * Called when messages are missing between the last and the next.
   * @default nothing
   */
  readonly onGap?: (gap: Gap) => void;
}

/** What was heard of a topic since the component was shown. */
export interface TopicState {
  /** The last messages, the oldest first. */
  readonly messages: readonly Message[];
  readonly state: 'connecting' | SubscriptionState;
  /** Why it ended. */
  readonly error: MomentoError | TokenError | undefined;
  /** Publishes to the topic, as `Topics.publish` does. */
  readonly publish: (value: string | Uint8Array) => Promise<void>;
}

type Heard = Omit<TopicState, 'publish'>;

const SILENCE: Heard = { messages: [], state: 'connecting', error: undefined };
const KEPT = 100;

/** Subscribes to a topic while the component is shown. */
export function useTopic(topics: Topics, cache: string, topic: string, options: TopicOptions = {}): TopicState {
  const [heard, setHeard] = useState({ topics, cache, topic, ...SILENCE });
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    let over = false;
    let unsubscribe = () => {};
    const change = (how: (heard: Heard) => Partial<Heard>) => {
      if (!over) setHeard((last) => ({ ...last, ...how(last) }));
    };
    setHeard({ topics, cache, topic, ...SILENCE });
    const subscribed = topics.subscribe(cache, topic, {
      onMessage: (message) => {
        if (over) return;
        const { keep = KEPT, onMessage } = latest.current;
        change(({ messages }) => ({ messages: keep > 0 ? [...messages, message].slice(-keep) : [] }));
        onMessage?.(message);
      },
      onGap: (gap) => {
        if (!over) latest.current.onGap?.(gap);
      },
      onState: (state) => change(() => ({ state })),
      onError: (error) => change(() => ({ error })),
    });
    subscribed.then(
      (subscription) => {
        unsubscribe = () => subscription.unsubscribe();
        if (over) unsubscribe();
      },
      (error) => change(() => ({ state: 'ended', error })),
    );
    return () => {
      over = true;
      unsubscribe();
    };
  }, [topics, cache, topic]);
  const publish = useCallback(
    (value: string | Uint8Array) => topics.publish(cache, topic, value),
    [topics, cache, topic],
  );
  const current = heard.topics === topics && heard.cache === cache && heard.topic === topic;
  const { messages, state, error } = current ? heard : SILENCE;
  return { messages, state, error, publish };
}
