/** The last lines of a run: what was found out, what it cost at most, and what is left. */
import { atMost, type Item } from './cost.ts';
import type { Asked, Requests } from './results.ts';
import type { Leftover } from './teardown.ts';

/** @see reportLines */
export interface Found {
  readonly run: string;
  readonly where: string;
  readonly asked: readonly Asked[];
  /** @default - unknown: the tests were ended before they could say */
  readonly requests?: Requests | undefined;
  /** From the first deployment to the last deletion. */
  readonly seconds: number;
  readonly left: readonly Leftover[];
}

export function reportLines(found: Found): string[] {
  return ['', ...questionLines(found), '', ...costLines(found), '', ...leftLines(found)];
}

function questionLines({ asked }: Found): string[] {
  if (asked.length === 0) return ['No open question was reached.'];
  return [
    'Open questions (docs/verify-aws.md):',
    ...asked.map(({ name, state, said }) => `  ${name}\n    ${state}: ${said}`),
  ];
}

function costLines({ requests, seconds, where }: Found): string[] {
  if (requests === undefined) return ['How many requests there were is not known, so neither is what it cost.'];
  const { items, total } = atMost({ ...requests, seconds });
  const head = where === 'emulator' ? 'In an account it would have cost' : 'It cost';
  return [
    `${head} at most ${dollars(total)} (list prices of docs/cost.md, without tax and free tiers; Momento's own price comes on top):`,
    ...items.map(line),
  ];
}

function line({ input, quantity, dollars: cost }: Item): string {
  return `  ${input.padEnd(28)} ${String(Math.round(quantity)).padStart(10)}  ${dollars(cost)}`;
}

function dollars(amount: number): string {
  return `$${amount.toFixed(4)}`;
}

/** What of a run could not be deleted. */
export function leftLines({ left, run }: Pick<Found, 'left' | 'run'>): string[] {
  if (left.length === 0) return [`Nothing of the run ${run} is left, but what CDK uploaded to its own bucket.`];
  return [
    `Of the run ${run} is left:`,
    ...left.map(({ what, why, command }) => `  ${what} (${why})\n    ${command}`),
    `All of it at once: make verify-aws VERIFY='--remove ${run}'`,
  ];
}
