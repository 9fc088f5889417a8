/** Time and chance, as everything else here gets them. Nothing outside this file asks the device. */

/** A clock, timers and dice: those of the device, or a test's. */
export interface Clock {
  /** What the device's clock says, in milliseconds since 1970. It may be wrong, and it may be set. */
  wall(): number;
  /** Milliseconds since some moment. It never goes back, and it goes on while the device sleeps. */
  now(): number;
  /** Runs `task` in `ms`, and returns what calls it off. */
  after(ms: number, task: () => void): () => void;
  /** The same for what nobody waits for: a script that has nothing else to do ends (Node, Deno, Bun). */
  inBackground(ms: number, task: () => void): () => void;
  /** A number from 0 up to 1. */
  random(): number;
}

/** The device's. */
export function systemClock(): Clock {
  return {
    wall: () => Date.now(),
    now: steadyAcrossSleep(
      () => Date.now(),
      () => performance.now(),
    ),
    after(ms, task) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    inBackground(ms, task) {
      const timer = setTimeout(task, ms);
      unref(timer);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  };
}

/** A timer is an object with `unref` in Node and Bun, a number that Deno knows, and a number that keeps nothing alive elsewhere. */
function unref(timer: unknown): void {
  if (typeof timer === 'object') (timer as { unref?(): void }).unref?.();
  else (globalThis as { Deno?: { unrefTimer?(timer: unknown): void } }).Deno?.unrefTimer?.(timer);
}

/** Below it, two clocks that are read one after the other merely disagree. */
const SLEEP_MS = 1_000;

/**
 * `performance.now()` never goes back, but stands still while some systems sleep; `Date.now()` goes on, but may be set.
 * Whatever the second is ahead of the first at once was sleep, or passes for it: a token is then refreshed early.
 */
export function steadyAcrossSleep(wall: () => number, steady: () => number): () => number {
  let lastWall = wall();
  let lastSteady = steady();
  let slept = 0;
  return () => {
    const nowWall = wall();
    const nowSteady = steady();
    const ahead = nowWall - lastWall - (nowSteady - lastSteady);
    if (ahead > SLEEP_MS) slept += ahead;
    lastWall = nowWall;
    lastSteady = nowSteady;
    return nowSteady + slept;
  };
}
