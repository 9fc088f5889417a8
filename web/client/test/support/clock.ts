/** A clock that tests turn: no test here waits for a real one. */
import type { Clock } from '../../src/clock.ts';

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeClock implements Clock {
  /** What `random()` answers. */
  dice: () => number = () => 0.5;
  /** How far the device's clock is ahead of the world's. */
  skew = 0;
  #steady = 1_000;
  #slept = 0;
  readonly #timers = new Set<Timer>();

  constructor(start = Date.parse('2026-11-22T12:00:00Z')) {
    this.#start = start - this.#steady;
  }
  readonly #start: number;

  /** What everybody else's clocks say. */
  world = (): number => this.#start + this.now();
  wall = (): number => this.world() + this.skew;
  now = (): number => this.#steady + this.#slept;
  random = (): number => this.dice();

  after = (ms: number, task: () => void): (() => void) => {
    const timer = { at: this.#steady + Math.max(0, ms), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };
  inBackground = this.after;

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, and every timer fire at its time. */
  async advance(ms: number): Promise<void> {
    const end = this.#steady + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#steady = Math.max(this.#steady, next.at);
      next.task();
      await settle();
    }
    this.#steady = end;
  }

  /** Lets as much time pass as `outcome` takes, which may need a thread as well: digests are made on one. */
  async until<T>(outcome: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    outcome.then(done, done);
    for (let step = 0; !settled && step < 100_000; step += 1) await this.advance(1);
    return outcome;
  }

  /** The device sleeps: time passes, and no timer sees it. */
  sleep(ms: number): void {
    this.#slept += ms;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.sort((one, other) => one.at - other.at)[0];
  }
}
