/** What a behaviour cannot do without: where it is missing, the behaviour is skipped, with the reason. */
import { isDeployed, type StackName, target } from './machines.ts';
import type { Facility } from './target.ts';

/** A stack, by its name, or something beside the stacks. */
export type Need = StackName | Facility;

const FACILITIES: readonly string[] = ['the local Momento', "the tests' own emulator"] satisfies readonly Facility[];

/** Options of a test or of a group of tests that needs all of these. */
export function needs(...all: readonly Need[]): { skip: string | false } {
  const missing = all.filter((need) => !isThere(need));
  return { skip: missing.length > 0 && `it needs ${missing.map(named).join(' and ')}, which is not here` };
}

function isThere(need: Need): boolean {
  return FACILITIES.includes(need) ? target().has.has(need as Facility) : isDeployed(need as StackName);
}

function named(need: Need): string {
  return FACILITIES.includes(need) ? need : `the stack ${need}`;
}
