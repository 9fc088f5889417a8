/**
 * How far a subscription has come in its topic: what is new, what was there before, and what is missing.
 *
 * Momento numbers the messages of a topic one by one, within a page: the topic's life. A pure record: no stream, no time.
 */

/** Where a message stands in its topic. */
export interface Place {
  readonly page: number;
  readonly number: number;
}

/** What the service says of messages that it skipped: those after `number` of `page` follow. */
export interface Discontinuity {
  readonly page: number;
  readonly number: number;
}

/** Messages that will not come. */
export interface Gap {
  /** About how many, where that is known: not when a topic began anew, or the connection was lost before any message. */
  readonly missed: number | undefined;
}

/** Says what to do with a message. */
export interface Verdict {
  readonly deliver: boolean;
  readonly gap?: Gap;
}

const UNKNOWN: Gap = { missed: undefined };

export class Position {
  #page: number | undefined;
  /** The highest number that was delivered of this page. */
  #delivered = 0;
  /** Up to here, what was not delivered is known to be missing. */
  #horizon = 0;
  /** Pages do not come back; what is still under way of them is late. */
  readonly #past = new Set<number>();

  /** Whether anything is known yet. */
  get known(): boolean {
    return this.#page !== undefined;
  }

  /** Where a stream has to begin so that nothing is lost; number 0 is "from now on". */
  resume(): Place {
    if (this.#page === undefined) return { page: 0, number: 0 };
    return { page: this.#page, number: Math.max(1, this.#delivered + 1, this.#horizon) };
  }

  /** Whether a stream that begins with `place` leaves nothing out. */
  follows(place: Place): boolean {
    const page = place.page || this.#page;
    if (page === undefined) return false;
    if (page !== this.#page) return this.#past.has(page);
    return place.number <= this.#heard() + 1;
  }

  /** A message has come. */
  take(place: Place): Verdict {
    const page = place.page || (this.#page ?? 0);
    if (this.#past.has(page)) return { deliver: false };
    if (this.#page === undefined) {
      this.#turnTo(page, place.number);
      return { deliver: true };
    }
    if (page !== this.#page) {
      this.#turnTo(page, place.number);
      return { deliver: true, gap: UNKNOWN };
    }
    if (place.number <= this.#delivered) return { deliver: false };
    const missed = place.number - this.#heard() - 1;
    this.#delivered = place.number;
    return missed > 0 ? { deliver: true, gap: { missed } } : { deliver: true };
  }

  /** The service has skipped something. Undefined if nothing of it is missing here. */
  skip({ page: given, number }: Discontinuity): Gap | undefined {
    const page = given || (this.#page ?? 0);
    if (this.#past.has(page)) return undefined;
    if (this.#page === undefined || page !== this.#page) {
      const fresh = this.#page === undefined;
      this.#turnTo(page, 0);
      this.#horizon = number;
      return fresh ? undefined : UNKNOWN;
    }
    const missed = number - this.#heard();
    if (missed <= 0) return undefined;
    this.#horizon = number;
    return { missed };
  }

  #heard(): number {
    return Math.max(this.#delivered, this.#horizon);
  }

  #turnTo(page: number, delivered: number): void {
    if (this.#page !== undefined) this.#past.add(this.#page);
    this.#page = page;
    this.#delivered = delivered;
    this.#horizon = 0;
  }
}
