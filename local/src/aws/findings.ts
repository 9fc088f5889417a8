/** What the doctor found: by `tvm doctor --json`, and by this program; printed as one list, as `tvm doctor` prints its own. */
import type { Progress } from '../progress.ts';

/** One thing that was looked at, in the form of `tvm doctor --json` (crates/tvm/src/doctor/finding.rs). */
export type Check = { readonly title: string } & (
  | { readonly outcome: 'fine'; readonly note: string }
  | { readonly outcome: 'warning' | 'trouble'; readonly what: string; readonly fix: string }
  | { readonly outcome: 'skipped'; readonly why: string }
);

/** The checks of such a report; `undefined` where `text` is none. */
export function checksIn(text: string): readonly Check[] | undefined {
  try {
    const { checks } = JSON.parse(text) as { checks?: unknown };
    return Array.isArray(checks) ? (checks as Check[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Trouble in a message of two lines, of which the second begins with `fix: `. */
export function troubleOf(title: string, message: string): Check {
  const [what = '', fix = ''] = message.split('\nfix: ');
  return { title, outcome: 'trouble', what, fix };
}

/** Prints them. @returns how many are in the way of a deployment */
export function sayChecks(checks: readonly Check[], progress: Progress): number {
  for (const check of checks) {
    const said = check.outcome === 'fine' ? check.note : check.outcome === 'skipped' ? check.why : check.what;
    progress.say(`${check.outcome.padEnd(8)} ${check.title}: ${said}`);
    if ('fix' in check) progress.say(`${' '.repeat(9)}fix: ${check.fix}`);
  }
  const count = (outcome: Check['outcome']) => checks.filter((check) => check.outcome === outcome).length;
  const [troubles, warnings, skipped] = [count('trouble'), count('warning'), count('skipped')];
  progress.say();
  const also = [
    ...(warnings === 0 ? [] : [`; ${warnings} to look at once more`]),
    ...(skipped === 0 ? [] : [`; ${skipped} not looked at`]),
  ];
  progress.say(`${inTheWay(troubles, skipped)}${also.join('')}.`);
  return troubles;
}

function inTheWay(troubles: number, skipped: number): string {
  if (troubles === 1) return '1 thing is in the way of a deployment';
  if (troubles > 1) return `${troubles} things are in the way of a deployment`;
  return skipped === 0
    ? 'Nothing is in the way of a deployment'
    : 'Nothing that was looked at is in the way of a deployment';
}
