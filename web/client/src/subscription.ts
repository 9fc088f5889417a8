/**
 * One subscription, over as many streams as it takes: each message once, in order, or a gap that is told.
 *
 * A new token gets a stream of its own, which begins after the last message; the old one is closed when the new one has
 * caught up. So no moment is without a stream, and what both bring is dropped by its number.
 */
import type { Clock } from './clock.ts';
import { MomentoError, TokenError } from './errors.ts';
import { type Discontinuity, type Gap, type Place, Position } from './position.ts';
import { safely } from './safely.ts';
import { retryDelay } from './schedule.ts';
import type { Item, OpenStream, Stream } from './stream.ts';
import type { Token, TokenSource } from './token-source.ts';

/** A message of a topic. */
export interface Message {
  readonly value: string | Uint8Array;
  /** The id of the token that published it: Momento vouches for it, and whoever vended the token for its meaning. */
  readonly tokenId: string | undefined;
  /** Its number in the topic. */
  readonly sequenceNumber: number;
}

/** `reconnecting`: messages are late, but not lost. `ended`: there will be none any more. */
export type SubscriptionState = 'live' | 'reconnecting' | 'ended';

/** What hears of a subscription. */
export interface SubscriptionHandlers {
  /** Each message, once and in order. */
  onMessage(message: Message): void;
  /**
   * Messages are missing between the last and the next: Momento did not have them any more.
   * @default nothing
   */
  onGap?(gap: Gap): void;
  /**
   * The subscription's state changed.
   * @default nothing
   */
  onState?(state: SubscriptionState): void;
  /**
   * The subscription ended, and not because the app ended it: the caller may not listen (any more), or the token source
   * was stopped.
   * @default nothing
   */
  onError?(error: MomentoError | TokenError): void;
}

/** A subscription that was made. */
export interface Subscription {
  readonly state: SubscriptionState;
  /** Ends it. Nothing is heard of it afterwards. */
  unsubscribe(): void;
}

/** What a subscription is made of. */
export interface Parts {
  readonly cache: string;
  readonly topic: string;
  readonly tokens: Pick<TokenSource, 'get' | 'discard'>;
  readonly open: OpenStream;
  readonly clock: Clock;
}

/** How long two streams may overlap, for the old one to bring what the new one leaves out. */
const OVERLAP_MS = 2_000;
/** How long a stream may take to say anything. */
const CONNECT_MS = 10_000;
/** A stream that lasted so long was no failure. */
const LASTED_MS = 10_000;

type Heard = { readonly item: Item } | { readonly skipped: Discontinuity };

/** A stream, and what it brought before its turn came. */
interface Line {
  readonly token: Token;
  readonly held: Heard[];
  stream: Stream | undefined;
  liveAt: number | undefined;
  cancelTimer: () => void;
}

/** Where a stream begins that brings `first` first. */
function startOf(first: Heard): Place {
  return 'item' in first ? first.item : { page: first.skipped.page, number: first.skipped.number + 1 };
}

/** The subscription behind the interface. */
export class LiveSubscription implements Subscription {
  readonly #parts: Parts;
  readonly #handlers: SubscriptionHandlers;
  readonly #position = new Position();
  readonly #ended: () => void;
  #state: SubscriptionState | 'connecting' = 'connecting';
  #current: Line | undefined;
  /** The stream under a newer token, until it takes over. */
  #next: Line | undefined;
  #failures = 0;
  #everLive = false;
  #cancelPause: (() => void) | undefined;
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;
  /** Called when a move is over, however it went. */
  #moved = () => {};
  /** Called when there may be a token again. */
  #tokenAgain: (() => void) | undefined;

  constructor(parts: Parts, handlers: SubscriptionHandlers, ended: () => void) {
    this.#parts = parts;
    this.#handlers = handlers;
    this.#ended = ended;
  }

  get state(): SubscriptionState {
    return this.#state === 'connecting' ? 'reconnecting' : this.#state;
  }

  /** Opens the first stream. Rejects if it cannot be made; from then on the subscription fixes itself. */
  start(token: Token): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#current = this.#open(token);
    });
  }

  unsubscribe(): void {
    this.#finish();
  }

  /** Goes over to `token`; resolves when that is done, or has failed. */
  move(token: Token): Promise<void> {
    this.#tokenAgain?.();
    if (this.#current?.token.authToken === token.authToken) return Promise.resolve();
    return this.renew(token);
  }

  /** Replaces the stream by a new one: under another token, or because the old one may be dead without knowing. */
  renew(token: Token): Promise<void> {
    if (!this.#current) {
      // It waits for its next attempt, which need not wait any longer.
      this.#reconnectNow();
      return Promise.resolve();
    }
    if (this.#next) this.#close(this.#next);
    return new Promise((resolve) => {
      this.#moved();
      this.#moved = resolve;
      this.#next = this.#open(token);
    });
  }

  /** Drops the stream, whose token is not to be used any more, and waits for another. */
  suspend(): void {
    for (const line of [this.#current, this.#next]) if (line) this.#close(line);
    this.#current = undefined;
    this.#next = undefined;
    this.#moved();
    if (this.#state !== 'ended') this.#reconnect(0);
  }

  #open(token: Token): Line {
    const { cache, topic, open, clock } = this.#parts;
    const line: Line = { token, held: [], stream: undefined, liveAt: undefined, cancelTimer: () => {} };
    line.cancelTimer = clock.after(CONNECT_MS, () => this.#tooSlow(line));
    const request = { token, cache, topic, resume: this.#position.resume() };
    try {
      line.stream = open(request, {
        onHeartbeat: () => this.#alive(line),
        onItem: (item) => {
          this.#alive(line);
          this.#hear(line, { item });
        },
        onDiscontinuity: (skipped) => {
          this.#alive(line);
          this.#hear(line, { skipped });
        },
        onEnd: (error) => this.#lost(line, error),
      });
    } catch (error) {
      // A token that cannot be read. It is told like the end of a stream: when the caller knows of the line.
      queueMicrotask(() => this.#lost(line, error as MomentoError));
    }
    return line;
  }

  #close(line: Line): void {
    line.cancelTimer();
    line.stream?.close();
  }

  #alive(line: Line): void {
    if (line.liveAt !== undefined) return;
    line.liveAt = this.#parts.clock.now();
    line.cancelTimer();
    if (line === this.#next) {
      line.cancelTimer = this.#parts.clock.after(OVERLAP_MS, () => this.#takeOver());
      return;
    }
    this.#becomeLive();
  }

  #becomeLive(): void {
    // Where nothing was known of the topic, it cannot be known either what it brought meanwhile.
    if (this.#everLive && this.#state !== 'live' && !this.#position.known) this.#tell({ missed: undefined });
    this.#everLive = true;
    this.#become('live');
    this.#settle?.resolve();
    this.#settle = undefined;
  }

  #hear(line: Line, heard: Heard): void {
    if (line === this.#next) line.held.push(heard);
    else if (line === this.#current) this.#take(heard);
    const first = this.#next?.held[0];
    if (first && this.#position.follows(startOf(first))) this.#takeOver();
  }

  #take(heard: Heard): void {
    if ('skipped' in heard) {
      this.#tell(this.#position.skip(heard.skipped));
      return;
    }
    const { value, tokenId, number } = heard.item;
    const { deliver, gap } = this.#position.take(heard.item);
    this.#tell(gap);
    if (deliver) safely(() => this.#handlers.onMessage({ value, tokenId, sequenceNumber: number }));
  }

  #tell(gap: Gap | undefined): void {
    if (gap) safely(() => this.#handlers.onGap?.(gap));
  }

  /** The newer stream becomes the only one. */
  #takeOver(): void {
    const next = this.#next;
    if (!next) return;
    if (this.#current) this.#close(this.#current);
    this.#current = next;
    this.#next = undefined;
    if (next.liveAt === undefined) this.#become('reconnecting');
    else {
      next.cancelTimer();
      this.#becomeLive();
    }
    for (const heard of next.held.splice(0)) if (this.#current === next) this.#take(heard);
    this.#moved();
  }

  #tooSlow(line: Line): void {
    if (line === this.#next && this.#current) {
      // Over HTTP/1.1 a browser has six connections to a host: the old stream may hold the one that is needed.
      line.cancelTimer = this.#parts.clock.after(CONNECT_MS, () => this.#tooSlow(line));
      this.#takeOver();
      return;
    }
    this.#lost(line, new MomentoError('unavailable', `Momento did not answer within ${CONNECT_MS / 1_000} s.`));
  }

  #lost(line: Line, error: MomentoError): void {
    if (line !== this.#current && line !== this.#next) return;
    const { clock, tokens } = this.#parts;
    this.#close(line);
    if (line === this.#current) this.#current = undefined;
    else this.#next = undefined;
    const { kind } = error;
    const passes = kind === 'unauthenticated' || (kind === 'unavailable' && !this.#settle);
    if (!passes) {
      this.#finish(error);
      return;
    }
    if (line.liveAt !== undefined && clock.now() - line.liveAt >= LASTED_MS) this.#failures = 0;
    if (kind === 'unauthenticated') tokens.discard(line.token);
    this.#failures += 1;
    if (this.#next) this.#takeOver();
    else if (!this.#current) this.#reconnect(this.#pause(error));
    else this.#moved();
  }

  /** A token that has ended is no reason to wait: the token source sees to it that there is no haste. */
  #pause(error: MomentoError): number {
    const { clock } = this.#parts;
    return error.kind === 'unauthenticated' ? 0 : retryDelay(this.#failures, undefined, clock.random());
  }

  #reconnect(delayMs: number): void {
    if (this.#state === 'live') this.#become('reconnecting');
    this.#cancelPause?.();
    this.#cancelPause = this.#parts.clock.after(delayMs, () => {
      this.#cancelPause = undefined;
      void this.#openAgain();
    });
  }

  #reconnectNow(): void {
    if (!this.#cancelPause) return;
    this.#failures = 0;
    this.#reconnect(0);
  }

  async #openAgain(): Promise<void> {
    try {
      const token = await this.#parts.tokens.get();
      if (this.#state !== 'ended' && !this.#current) this.#current = this.#open(token);
    } catch (error) {
      if (this.#state === 'ended') return;
      this.#withoutToken(error);
    }
  }

  #withoutToken(error: unknown): void {
    const kind = error instanceof TokenError ? error.kind : 'unavailable';
    if (this.#settle || kind === 'stopped') this.#finish(error as TokenError);
    // After `resume()` there is a token again, and the subscription goes on where it was.
    else if (kind === 'refused') {
      this.#tokenAgain = () => {
        this.#tokenAgain = undefined;
        this.#reconnect(0);
      };
    }
    // The source makes its next attempt when it is time, and this waits for it.
    else this.#reconnect(0);
  }

  #become(state: SubscriptionState): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    safely(() => this.#handlers.onState?.(state));
  }

  #finish(error?: MomentoError | TokenError): void {
    if (this.#state === 'ended') return;
    for (const line of [this.#current, this.#next]) if (line) this.#close(line);
    this.#current = undefined;
    this.#next = undefined;
    this.#cancelPause?.();
    const settle = this.#settle;
    this.#settle = undefined;
    this.#become('ended');
    this.#ended();
    this.#moved();
    if (settle) settle.reject(error ?? new MomentoError('unavailable', 'It was unsubscribed before it was made.'));
    else if (error) safely(() => this.#handlers.onError?.(error));
  }
}
