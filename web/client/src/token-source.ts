/** The token: fetched when it is first asked for, kept, refreshed before it ends; one request for all who ask at once. */
import { abortReason, throwIfAborted } from './abort.ts';
import type { Access } from './access.ts';
import { requestToken, type Vended } from './endpoint.ts';
import { browser, type Environment } from './environment.ts';
import { TokenError } from './errors.ts';
import type { Grant } from './grant.ts';
import { safely } from './safely.ts';
import { refreshDelay, retryDelay, usableFor } from './schedule.ts';
import { Tabs } from './tabs.ts';
import { type Wake, watchWakes } from './wake.ts';

/** A Momento token. */
export interface Token {
  /** For `CredentialProvider.fromDisposableToken`. */
  readonly authToken: string;
  /** When it ends by the endpoint's clock: seconds since 1970. The device's clock may differ: see `lifeLeft()`. */
  readonly expiresAt: number;
  /**
   * What it may do, as the endpoint says.
   * @default it did not say, or the page may not read it
   */
  readonly grant?: Grant;
}

/** Where tokens come from, and who asks. */
export interface TokenSourceOptions {
  /** The address of the token vending machine; relative to the page, if it is the page's own server. */
  readonly endpoint: string;
  /** Who asks: `open()`, `credentials()`, `basic()` or `bearer()`. */
  readonly access: Access;
  /**
   * Ask for less than the caller may have: one of their groups (the header `usergroup`).
   * @default all of them
   */
  readonly group?: string;
  /**
   * Which of the offered caches the token is for (the header `cachename`).
   * @default the endpoint's first
   */
  readonly cache?: string;
  /**
   * Called when the endpoint, or the sign-in, refuses the caller: nothing is asked any more until `resume()`. A token
   * that is still good is served on until its end.
   * @default nothing
   */
  readonly onStopped?: (error: TokenError) => void;
  /**
   * Called at every other failure. The source asks again by itself.
   * @default nothing
   */
  readonly onTrouble?: (error: TokenError) => void;
  /**
   * Called when the endpoint vends again after trouble; `onChange` hears of the token only if it is another.
   * @default nothing
   */
  readonly onRecovered?: () => void;
}

interface Held extends Vended {
  readonly token: Token;
  readonly receivedAt: number;
  readonly endsAt: number;
}

interface Waiter {
  readonly resolve: (token: Token) => void;
  readonly reject: (reason: unknown) => void;
}

/** A token that Momento refuses so soon was bad from the start: the next is not asked for at once. */
const BAD_FROM_THE_START_MS = 30_000;
/** More than a sign-in, the other tabs and a request may take together. */
const ATTEMPT_MS = 60_000;
/** A token of another tab is worth a change if it lives for so much longer. */
const WORTHWHILE_MS = 1_000;

/** Keeps a token at hand. It asks for none before somebody wants one. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #environment: Environment;
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<(token: Token | undefined) => void>();
  #access: Access;
  #held: Held | undefined;
  #discarded: string | undefined;
  /** Why nothing is asked any more. */
  #ended: TokenError | undefined;
  #attempt: AbortController | undefined;
  /** The earliest time for the next request. */
  #nextAt = 0;
  /** Who set that time: this side, or the endpoint by `Retry-After`. */
  #nextBy: 'caution' | 'endpoint' = 'caution';
  /** Requests that failed, since the last that did not. */
  #failures = 0;
  /** Tokens in a row that Momento refused from the start. */
  #bad = 0;
  #cancelTimer = () => {};
  #stopWatching: (() => void) | undefined;
  #tabs: Tabs | undefined;

  constructor(options: TokenSourceOptions, environment: Environment = browser()) {
    this.#options = options;
    this.#environment = environment;
    this.#access = options.access;
  }

  /**
   * A token that is good for some seconds at least. Ask each time one is needed, and do not keep it.
   *
   * It rejects with a {@link TokenError} when there is none and the attempt to get one fails. Ask again if you like: this
   * waits for the source's next attempt, and never makes one of its own sooner.
   */
  get(options: { readonly signal?: AbortSignal } = {}): Promise<Token> {
    const { signal } = options;
    const held = this.#usable();
    if (signal?.aborted) return Promise.reject(abortReason(signal));
    if (held) return Promise.resolve(held.token);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const abort = () => settle(() => reject(signal && abortReason(signal)));
      const settle = (how: () => void) => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', abort);
        how();
        if (this.#waiters.size === 0) this.#waitForNextAttempt();
      };
      const waiter: Waiter = {
        resolve: (token) => settle(() => resolve(token)),
        reject: (reason) => settle(() => reject(reason)),
      };
      signal?.addEventListener('abort', abort);
      this.#waiters.add(waiter);
      this.#attemptIfDue();
    });
  }

  /**
   * Calls `listener` with each new token, until what it returns is called; with `undefined` when the token is not to be
   * used any more: after `stop()`, and when `resume()` brings another sign-in.
   */
  onChange(listener: (token: Token | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** How long the present token still lives, in milliseconds; 0 without one. */
  lifeLeft(): number {
    return Math.max(0, (this.#held?.endsAt ?? 0) - this.#environment.clock.now());
  }

  /** Says that Momento refused `token`: it is not handed out again, and another is fetched. */
  discard(token: Token): void {
    if (this.#held?.authToken !== token.authToken) return;
    const now = this.#environment.clock.now();
    this.#bad = now - this.#held.receivedAt < BAD_FROM_THE_START_MS ? this.#bad + 1 : 0;
    this.#held = undefined;
    this.#discarded = token.authToken;
    this.#askAgain(this.#bad ? retryDelay(this.#bad, undefined, this.#environment.clock.random()) : 0);
  }

  /**
   * Begins again after a refusal, with another sign-in if one is given: the token of the one before is forgotten. After
   * `stop()` it does nothing.
   */
  resume(access: Access = this.#access): void {
    if (this.#ended?.kind === 'stopped') return;
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#ended = undefined;
    this.#failures = 0;
    if (access !== this.#access) {
      this.#access = access;
      this.#joinTabs(undefined);
      this.#forget();
    }
    this.#askAgain(0);
  }

  /** Ends it for good: forgets the token, calls off the request under way, and rejects who waits. */
  stop(): void {
    if (this.#ended?.kind === 'stopped') return;
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#stopWatching?.();
    this.#tabs?.close();
    this.#end(new TokenError('stopped', 'The token source was stopped.'));
    this.#forget();
    this.#listeners.clear();
  }

  #usable(): Held | undefined {
    const held = this.#held;
    return held && this.#environment.clock.now() < held.receivedAt + usableFor(held.lifeMs) ? held : undefined;
  }

  #onWake(wake: Wake): void {
    // Caution has no reason any more when the network is back; what the endpoint asked for still has.
    if (wake !== 'visible' && this.#failures > 0 && this.#nextBy === 'caution') this.#nextAt = 0;
    this.#attemptIfDue();
  }

  /** Asks in `delayMs`, but not before the time that the endpoint set. */
  #askAgain(delayMs: number): void {
    const told = this.#nextBy === 'endpoint' ? this.#nextAt - this.#environment.clock.now() : 0;
    if (told > delayMs) this.#planAttempt(told, 'endpoint');
    else this.#planAttempt(delayMs, 'caution');
  }

  #planAttempt(delayMs: number, by: 'caution' | 'endpoint'): void {
    const { clock } = this.#environment;
    this.#nextAt = clock.now() + delayMs;
    this.#nextBy = by;
    this.#cancelTimer();
    if (this.#ended) return;
    if (delayMs <= 0) this.#attemptIfDue();
    else this.#waitForNextAttempt();
  }

  /** Sets the timer for the next attempt. It keeps a script running while somebody waits for a token, and only then. */
  #waitForNextAttempt(): void {
    const { clock } = this.#environment;
    const ms = this.#nextAt - clock.now();
    if (this.#attempt || this.#ended || ms <= 0) return;
    this.#cancelTimer();
    const task = () => this.#attemptIfDue();
    this.#cancelTimer = this.#waiters.size > 0 ? clock.after(ms, task) : clock.inBackground(ms, task);
  }

  #attemptIfDue(): void {
    if (this.#attempt || this.#ended) return;
    const { clock } = this.#environment;
    // Timers of some browsers fire a little early.
    if (this.#nextAt > clock.now()) {
      this.#waitForNextAttempt();
      return;
    }
    this.#cancelTimer();
    this.#stopWatching ??= watchWakes(this.#environment, (wake) => this.#onWake(wake));
    const attempt = new AbortController();
    this.#attempt = attempt;
    const finish = (how: () => void) => {
      cancelLimit();
      if (this.#attempt === attempt) how();
    };
    const cancelLimit = clock.after(ATTEMPT_MS, () => {
      attempt.abort();
      finish(() =>
        this.#fail(new TokenError('unreachable', `The sign-in did not answer within ${ATTEMPT_MS / 1_000} s.`)),
      );
    });
    attempt.signal.addEventListener('abort', cancelLimit);
    this.#obtain(attempt.signal).then(
      (vended) => finish(() => this.#accept(vended)),
      (error) => finish(() => this.#fail(error)),
    );
  }

  async #obtain(signal: AbortSignal): Promise<Vended> {
    const { group, cache, endpoint } = this.#options;
    const { fetch, clock } = this.#environment;
    const { headers, query, share } = await this.#access(signal);
    const narrowing = { ...(group && { usergroup: group }), ...(cache && { cachename: cache }) };
    const request = { headers: { ...headers, ...narrowing }, ...(query && { query }) };
    const ask = () => requestToken(request, { endpoint, fetch, clock, signal });
    throwIfAborted(signal);
    this.#joinTabs(share ? JSON.stringify(['momento-token', endpoint, narrowing, share]) : undefined);
    return this.#tabs ? this.#tabs.obtain(ask, signal) : ask();
  }

  #joinTabs(name: string | undefined): void {
    if (this.#tabs?.name === name) return;
    this.#tabs?.close();
    const { tabs } = this.#environment;
    this.#tabs = undefined;
    const channel = name === undefined ? undefined : tabs?.channel(name);
    if (name === undefined || !tabs || !channel) return;
    const line = { name, channel, locks: tabs.locks };
    this.#tabs = new Tabs(line, this.#environment, {
      offer: () => this.#offer(),
      wants: (vended) => this.#wants(vended),
      adopt: (vended) => {
        if (!this.#ended) this.#accept(vended);
      },
    });
  }

  #offer(): Vended | undefined {
    const held = this.#usable();
    return held && { ...held, lifeMs: this.lifeLeft() };
  }

  #wants({ authToken, lifeMs }: Vended): boolean {
    if (authToken === this.#discarded || authToken === this.#held?.authToken) return false;
    return lifeMs > this.lifeLeft() + WORTHWHILE_MS;
  }

  #accept(vended: Vended): void {
    const { clock } = this.#environment;
    const receivedAt = clock.now();
    const { authToken, expiresAt, lifeMs, grant } = vended;
    const fresh = authToken !== this.#held?.authToken;
    const token = { authToken, expiresAt, ...(grant && { grant }) };
    const held = { ...vended, token, receivedAt, endsAt: receivedAt + lifeMs };
    this.#held = held;
    this.#attempt = undefined;
    const recovered = this.#failures > 0;
    this.#failures = 0;
    this.#planAttempt(refreshDelay(lifeMs, clock.random()), 'caution');
    for (const waiter of [...this.#waiters]) waiter.resolve(held.token);
    if (fresh) this.#tell(held.token);
    if (recovered) safely(() => this.#options.onRecovered?.());
  }

  #fail(cause: unknown): void {
    this.#attempt = undefined;
    const error =
      cause instanceof TokenError
        ? cause
        : new TokenError('unavailable', 'The sign-in failed; see `cause`.', { cause });
    if (error.kind === 'refused') {
      this.#end(error);
      safely(() => this.#options.onStopped?.(error));
      return;
    }
    this.#failures += 1;
    const { retryAfterMs } = error;
    const delay = retryDelay(this.#failures, retryAfterMs, this.#environment.clock.random());
    this.#planAttempt(delay, retryAfterMs === undefined ? 'caution' : 'endpoint');
    this.#rejectWaiters(error);
    safely(() => this.#options.onTrouble?.(error));
  }

  #forget(): void {
    this.#held = undefined;
    this.#tell(undefined);
  }

  #tell(token: Token | undefined): void {
    for (const listener of [...this.#listeners]) safely(() => listener(token));
  }

  #end(error: TokenError): void {
    this.#ended = error;
    this.#cancelTimer();
    this.#rejectWaiters(error);
  }

  #rejectWaiters(error: TokenError): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }
}
