/**
 * Momento's topics as this package sees them: pages, numbers, replay from a number as far as it is kept, tokens that end
 * streams, and networks that lose, repeat and delay. Not real: the wire; `wire.test.ts` has that.
 */
import { MomentoError } from '../../src/errors.ts';
import type { Item, OpenStream, StreamListener, StreamRequest } from '../../src/stream.ts';
import type { FakeClock } from './clock.ts';

type Event = (listener: StreamListener) => void;

/** One stream, as the service and the network see it. */
export class Connection {
  readonly request: StreamRequest;
  state: 'open' | 'silent' | 'closed' = 'open';
  readonly sent: Item[] = [];
  readonly #clock: FakeClock;
  readonly #latency: () => number;
  readonly #listener: StreamListener;
  /** What is under way. A stream keeps its order: whatever arrives is the oldest of these. */
  readonly #underWay: Event[] = [];

  constructor(clock: FakeClock, latency: () => number, request: StreamRequest, listener: StreamListener) {
    this.#clock = clock;
    this.#latency = latency;
    this.request = request;
    this.#listener = listener;
  }

  send(event: Event): void {
    if (this.state !== 'open') return;
    this.#underWay.push(event);
    this.#clock.after(this.#latency(), () => {
      const next = this.#underWay.shift();
      if (this.state === 'open') next?.(this.#listener);
    });
  }

  sendItem(item: Item): void {
    this.sent.push(item);
    this.send((listener) => listener.onItem(item));
  }

  /** Ends it after what is under way. */
  end(error: MomentoError): void {
    this.send((listener) => {
      this.state = 'closed';
      listener.onEnd(error);
    });
  }

  /** The network takes what is under way, and says so. */
  cut(): void {
    if (this.state !== 'open') return;
    this.state = 'closed';
    this.#clock.after(0, () => this.#listener.onEnd(new MomentoError('unavailable', 'cut')));
  }

  /** The network takes what is under way, and everything after, and says nothing. */
  silence(): void {
    if (this.state === 'open') this.state = 'silent';
  }
}

export class TopicService {
  page = 7;
  readonly published: Item[] = [];
  /** Of these, listeners were only told. */
  readonly skipped = new Set<Item>();
  readonly connections: Connection[] = [];
  /** How many messages can be had again. */
  kept = Number.POSITIVE_INFINITY;
  /** How long an event takes, in milliseconds. */
  latency: () => number = () => 20;
  /** Whether a token is good. */
  admits: (authToken: string) => boolean = () => true;
  /** What a stream is refused by. */
  refusal: MomentoError | undefined;
  /** Whether new streams hear of anything: false is a network that swallows. */
  reachable = true;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  get open(): Connection[] {
    return this.connections.filter(({ state }) => state === 'open');
  }

  readonly stream: OpenStream = (request, listener) => {
    const connection = new Connection(this.#clock, () => this.latency(), request, listener);
    this.connections.push(connection);
    if (this.reachable) this.#clock.after(this.latency(), () => this.#begin(connection));
    else connection.silence();
    return {
      close: () => {
        connection.state = 'closed';
      },
    };
  };

  publish(value: string, tokenId?: string): void {
    const item: Item = { page: this.page, number: this.#last() + 1, value, tokenId };
    this.published.push(item);
    for (const connection of this.#listening) connection.sendItem(item);
  }

  /** Messages are published that listeners are only told of. */
  skip(count: number): void {
    for (let missed = 0; missed < count; missed += 1) {
      const value = `${this.published.length + 1}`;
      const item: Item = { page: this.page, number: this.#last() + 1, value, tokenId: undefined };
      this.published.push(item);
      this.skipped.add(item);
    }
    const discontinuity = { page: this.page, number: this.#last() };
    for (const connection of this.#listening) connection.send((listener) => listener.onDiscontinuity(discontinuity));
  }

  /** The topic begins anew: nobody says when pages grow. */
  reset(page: number): void {
    this.page = page;
    const discontinuity = { page, number: 0 };
    for (const connection of this.#listening) connection.send((listener) => listener.onDiscontinuity(discontinuity));
  }

  /** Ends the streams of tokens that are not good any more. */
  expire(): void {
    for (const connection of [...this.#listening]) this.#endIfExpired(connection);
  }

  readonly #listening = new Set<Connection>();

  #endIfExpired(connection: Connection): boolean {
    if (this.admits(connection.request.token.authToken)) return false;
    connection.end(new MomentoError('unauthenticated', 'The token has expired.'));
    this.#listening.delete(connection);
    return true;
  }

  #begin(connection: Connection): void {
    if (connection.state !== 'open') return;
    if (this.refusal) {
      connection.end(this.refusal);
      return;
    }
    if (this.#endIfExpired(connection)) return;
    connection.send((listener) => listener.onHeartbeat());
    this.#replay(connection);
    this.#listening.add(connection);
  }

  #replay(connection: Connection): void {
    const { page, number } = connection.request.resume;
    if (number === 0) return;
    const onPage = this.published.filter((item) => item.page === this.page);
    const wanted = onPage.filter((item) => page !== this.page || item.number >= number);
    const kept = wanted.slice(Math.max(0, wanted.length - this.kept));
    const first = kept[0]?.number ?? this.#last() + 1;
    if (page !== this.page || kept.length < wanted.length) {
      const discontinuity = { page: this.page, number: first - 1 };
      connection.send((listener) => listener.onDiscontinuity(discontinuity));
    }
    for (const item of kept) connection.sendItem(item);
  }

  #last(): number {
    return this.published.findLast((item) => item.page === this.page)?.number ?? 0;
  }
}
