/**
 * One token for all tabs that may share it. A Web Lock lets one tab ask the endpoint at a time; a BroadcastChannel hands
 * the token to the others. It goes from memory to memory and is never stored.
 */
import { throwIfAborted } from './abort.ts';
import type { Vended } from './endpoint.ts';
import type { Channel, Environment, Locks } from './environment.ts';
import { type Grant, readGrant } from './grant.ts';

/** What the tab's own source knows and wants. */
export interface TokenOwner {
  /** The token to give to a tab that asks. */
  offer(): Vended | undefined;
  /** Whether this tab is better off with `vended` than with what it has. */
  wants(vended: Vended): boolean;
  /** Takes a token that another tab got. */
  adopt(vended: Vended): void;
}

/** How long the other tabs have to offer theirs. One that is frozen does not answer, and need not. */
const OFFER_MS = 100;
/** A tab that holds the lock for longer than a request takes is not waited for. */
const LOCK_MS = 20_000;

/** What the tabs of one name have in common. */
export interface Line {
  readonly name: string;
  readonly locks: Locks;
  readonly channel: Channel;
}

type Message = { readonly kind: 'ask' } | Offer;

interface Offer {
  readonly kind: 'token';
  readonly authToken: string;
  readonly expiresAt: number;
  /** By the device's clock, which all its tabs share: a message may be read long after it was sent. */
  readonly endsAt: number;
  readonly grant?: Grant;
}

/** The tabs that share by one name. */
export class Tabs {
  readonly name: string;
  readonly #environment: Environment;
  readonly #locks: Locks;
  readonly #owner: TokenOwner;
  readonly #channel: Channel;
  /** Takes what is heard while this tab waits for a token; otherwise it is the owner’s. */
  #awaiting: ((vended: Vended) => void) | undefined;

  constructor({ name, locks, channel }: Line, environment: Environment, owner: TokenOwner) {
    this.name = name;
    this.#environment = environment;
    this.#locks = locks;
    this.#owner = owner;
    this.#channel = channel;
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  /** A token from another tab, or what `request` answers, which then is everybody's. */
  async obtain(request: () => Promise<Vended>, signal: AbortSignal): Promise<Vended> {
    const queue = new AbortController();
    const leave = () => queue.abort();
    const cancelWait = this.#environment.clock.after(LOCK_MS, leave);
    signal.addEventListener('abort', leave);
    let offered: Vended | undefined;
    let entered = false;
    let stopListening = () => {};
    this.#awaiting = (vended) => {
      offered = vended;
      stopListening();
    };
    const turn = async () => {
      entered = true;
      cancelWait();
      if (!offered) {
        // Who was before this tab in the queue has told already; a tab that just opened has to ask.
        const listened = new Promise<void>((resolve) => {
          stopListening = resolve;
        });
        const cancel = this.#environment.clock.after(OFFER_MS, stopListening);
        this.#post({ kind: 'ask' });
        await listened;
        cancel();
      }
      if (offered) return offered;
      this.#awaiting = undefined;
      throwIfAborted(signal);
      const vended = await request();
      this.#announce(vended);
      return vended;
    };
    try {
      return await this.#locks.request(this.name, { signal: queue.signal }, turn);
    } catch (error) {
      throwIfAborted(signal);
      // No lock: another tab holds it for too long, or the browser denies them (`SecurityError`, in a sandboxed iframe).
      if (!entered || queue.signal.aborted) return await request();
      throw error;
    } finally {
      cancelWait();
      signal.removeEventListener('abort', leave);
      this.#awaiting = undefined;
    }
  }

  /** Hears and says nothing any more. */
  close(): void {
    this.#channel.onmessage = null;
    this.#channel.close();
  }

  #announce({ authToken, expiresAt, lifeMs, grant }: Vended): void {
    const endsAt = this.#environment.clock.wall() + lifeMs;
    this.#post({ kind: 'token', authToken, expiresAt, endsAt, ...(grant && { grant }) });
  }

  #post(message: Message): void {
    try {
      this.#channel.postMessage(message);
    } catch {
      // The channel is closed: `stop()` came first, and nobody needs to be told.
    }
  }

  #hear(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    const message = data as Partial<Record<keyof Offer, unknown>>;
    if (message.kind === 'ask') {
      const offer = this.#owner.offer();
      if (offer) this.#announce(offer);
      return;
    }
    const { authToken, expiresAt, endsAt } = message;
    if (message.kind !== 'token' || typeof authToken !== 'string') return;
    if (typeof expiresAt !== 'number' || typeof endsAt !== 'number') return;
    const grant = readGrant(message.grant);
    const lifeMs = endsAt - this.#environment.clock.wall();
    const vended = { authToken, expiresAt, lifeMs, ...(grant && { grant }) };
    if (!this.#owner.wants(vended)) return;
    if (this.#awaiting) this.#awaiting(vended);
    else this.#owner.adopt(vended);
  }
}
