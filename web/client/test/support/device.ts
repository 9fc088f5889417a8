/** Devices, browsers and tabs around a fake clock. */

import { open } from '../../src/access.ts';
import type { Channel, Environment, Locks } from '../../src/environment.ts';
import { TokenSource as Source, type TokenSource, type TokenSourceOptions } from '../../src/token-source.ts';
import { FakeClock } from './clock.ts';
import { FakeEndpoint } from './endpoint.ts';

export class FakePage extends EventTarget {
  visibilityState = 'visible';
}

export class Device {
  readonly clock = new FakeClock();
  readonly endpoint = new FakeEndpoint(this.clock);
  readonly window = new EventTarget();
  readonly page = new FakePage();
  tabs: Environment['tabs'];

  environment(): Environment {
    const { clock, endpoint, tabs, page, window } = this;
    return { clock, fetch: endpoint.fetch, tabs, document: page, window };
  }

  source(options: Partial<TokenSourceOptions> = {}): TokenSource {
    return new Source({ endpoint: this.endpoint.address, access: open(), ...options }, this.environment());
  }
}

/** What connects the tabs of one origin: messages that take a turn to arrive, and locks in the order of their requests. */
export class Origin {
  readonly messages: unknown[] = [];
  readonly #channels = new Map<string, Set<FakeChannel>>();
  readonly #queues = new Map<string, Promise<unknown>>();

  readonly tabs: NonNullable<Environment['tabs']> = {
    locks: { request: (name, options, work) => this.#lock(name, options, work) } satisfies Locks,
    channel: (name) => this.#open(name),
  };

  /** The names of all channels. */
  get names(): string[] {
    return [...this.#channels.keys()];
  }

  #open(name: string): Channel {
    const channels = this.#channels.get(name) ?? new Set<FakeChannel>();
    this.#channels.set(name, channels);
    const channel = new FakeChannel((data) => {
      this.messages.push(data);
      for (const other of channels) {
        if (other !== channel) setImmediate(() => other.onmessage?.(new MessageEvent('message', { data })));
      }
    });
    channels.add(channel);
    return channel;
  }

  #lock<T>(name: string, { signal }: { signal: AbortSignal }, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const aborted = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    let granted = false;
    const turn = before.then(() => {
      granted = true;
      return signal.aborted ? Promise.reject(signal.reason) : work();
    });
    this.#queues.set(
      name,
      turn.catch(() => {}),
    );
    // Once granted, a lock is not taken away by the signal.
    return Promise.race([turn, aborted.catch((reason) => (granted ? turn : Promise.reject(reason)))]);
  }
}

class FakeChannel implements Channel {
  onmessage: Channel['onmessage'] = null;
  readonly #post: (data: unknown) => void;
  #closed = false;

  constructor(post: (data: unknown) => void) {
    this.#post = post;
  }

  postMessage(message: unknown): void {
    if (this.#closed) throw new DOMException('closed', 'InvalidStateError');
    this.#post(structuredClone(message));
  }

  close(): void {
    this.#closed = true;
    this.onmessage = null;
  }
}
