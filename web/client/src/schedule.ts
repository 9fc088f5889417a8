/** When to ask: pure functions of a life, a count of failures and a die. */

/** A token is refreshed at the latest this long before its end, or a quarter of its life if that is less. */
const MARGIN_MS = 30_000;
/** A token is handed out no more in its last seconds, or its last tenth: a call with it would come too late. */
const GUARD_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
/** So that all who were told to wait for the same time do not come back at once. */
const RETRY_AFTER_SPREAD_MS = 5_000;

/** How long after its receipt a token that lives for `lifeMs` is refreshed: at 75 to 95 hundredths of the latest time. */
export function refreshDelay(lifeMs: number, random: number): number {
  const latest = lifeMs - Math.min(MARGIN_MS, lifeMs / 4);
  return latest * (0.75 + 0.2 * random);
}

/** How long after its receipt a token that lives for `lifeMs` is handed out. */
export function usableFor(lifeMs: number): number {
  return lifeMs - Math.min(GUARD_MS, lifeMs / 10);
}

/** How long to wait after the `failures`th failure in a row. Never less than what the endpoint asked for. */
export function retryDelay(failures: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs + RETRY_AFTER_SPREAD_MS * random;
  const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  return longest * (0.5 + 0.5 * random);
}
