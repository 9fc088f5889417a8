/**
 * What a browser provides, gathered in one place, so that tests can provide it instead. Other runtimes provide some of it, and a
 * browser may deny some of it: what is missing or denied is done without, and nothing here throws.
 */
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
  /**
   * How tabs find each other; missing where the browser cannot, such as on a page without TLS. `channel` returns nothing, and
   * `locks` reject, where the browser will not.
   */
  readonly tabs: { readonly locks: Locks; readonly channel: (name: string) => Channel | undefined } | undefined;
  /** Fires `visibilitychange` and `resume`. */
  readonly document: (EventTarget & { readonly visibilityState: string }) | undefined;
  /** Fires `online` and `pageshow`. */
  readonly window: EventTarget | undefined;
}

/** The browser's own, or what another runtime has of it. */
export function browser(): Environment {
  return {
    clock: systemClock(),
    fetch: (input, init) => globalThis.fetch(input, understood(init)),
    tabs: tabs(),
    document: firing(() => globalThis.document),
    window: firing(() => globalThis.window),
  };
}

function tabs(): Environment['tabs'] {
  const locks = permitted(() => globalThis.navigator?.locks);
  const Channels = permitted(() => globalThis.BroadcastChannel);
  // Deno has both, and no tabs; a channel would keep a script running which has nothing else to do.
  if (!locks || !Channels || 'Deno' in globalThis) return undefined;
  return { locks: locks as Locks, channel: (name) => permitted(() => unreferenced(new Channels(name))) };
}

/** What a browser does not deny: in a sandboxed iframe, or with cookies blocked, getters and constructors throw a `SecurityError`. */
function permitted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A channel that does not keep a script running which has nothing else to do (Node, Bun). */
function unreferenced(channel: BroadcastChannel): Channel {
  (channel as { unref?(): void }).unref?.();
  return channel;
}

/** What fires events. React Native has a `window` that does not, and no `document`. */
function firing<T extends EventTarget>(read: () => T | undefined): T | undefined {
  const target = permitted(read);
  return typeof target?.addEventListener === 'function' ? target : undefined;
}

/**
 * `init` without `cache` where requests do not know it. Cloudflare's Workers throw "The 'cache' field on 'RequestInitializerDict'
 * is not implemented" before the compatibility date 2024-11-11 (cloudflare/workerd#698), and React Native would add a parameter to
 * the query (whatwg-fetch). No cache may keep the answer anyway: the endpoint says `no-store`.
 */
function understood(init: RequestInit | undefined): RequestInit | undefined {
  if (!init || (typeof Request === 'function' && 'cache' in Request.prototype)) return init;
  const { cache: _, ...others } = init;
  return others;
}
