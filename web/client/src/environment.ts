/** What a browser provides, gathered in one place, so that tests can provide it instead. */
import { type Clock, systemClock } from './clock.ts';

/** A line between the tabs of an origin: what is used of `BroadcastChannel`. */
export interface Channel {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** What is used of the Web Locks: `work` runs while no other tab's does. */
export interface Locks {
  request<T>(name: string, options: { signal: AbortSignal }, work: () => Promise<T>): Promise<T>;
}

/** Everything that this package takes from where it runs. */
export interface Environment {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** How tabs find each other; missing where the browser cannot, such as on a page without TLS. */
  readonly tabs: { readonly locks: Locks; readonly channel: (name: string) => Channel } | undefined;
  /** Fires `visibilitychange` and `resume`. */
  readonly document: (EventTarget & { readonly visibilityState: string }) | undefined;
  /** Fires `online` and `pageshow`. */
  readonly window: EventTarget | undefined;
}

/** The browser's own. */
export function browser(): Environment {
  const locks = globalThis.navigator?.locks;
  const channels = typeof BroadcastChannel === 'function';
  return {
    clock: systemClock(),
    fetch: (input, init) => globalThis.fetch(input, init),
    tabs: locks && channels ? { locks: locks as Locks, channel: (name) => new BroadcastChannel(name) } : undefined,
    document: globalThis.document,
    window: globalThis.window,
  };
}
