/**
 * A run: what it is told once, and by which its parts find what it made.
 *
 * Everything that a run makes has a name that ends with the run's, and each stack has its tag besides. What has not is never touched.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuthMode, type CloudOptions, ROOT } from 'local';
import type { GivenMomento, Where } from './options.ts';

export interface Plan {
  /** Eight hexadecimal digits. */
  readonly run: string;
  readonly where: Where;
  readonly region: string;
  readonly modes: readonly AuthMode[];
  readonly momento: GivenMomento;
  /** An emulator for AWS. @default - AWS */
  readonly emulatorUrl?: string;
  /** A `tvm` that is built already. @default - it is built */
  readonly tvm?: string;
}

/** The tag of each stack of a run. */
export const TAG = 'tvm-verify';

export function newRun(): string {
  return randomBytes(4).toString('hex');
}

/** Where a run keeps its files. */
export function directoryOf({ run }: Pick<Plan, 'run'>): string {
  return join(ROOT, '.local/verify-aws', run);
}

/** A name of the run. */
export function ownName({ run }: Pick<Plan, 'run'>, what: string): string {
  return `TvmVerify-${what}-${run}`;
}

/** Whether a run gave it that name. */
export function isOwnName({ run }: Pick<Plan, 'run'>, name: string | undefined): boolean {
  return /^TvmVerify-[A-Za-z0-9]+-[0-9a-f]{8}$/.test(name ?? '') && name?.endsWith(`-${run}`) === true;
}

/** The caches of a run: the one that its configuration grants, and one that it does not. */
export function cachesOf(plan: Pick<Plan, 'run'>): { readonly cache: string; readonly otherCache: string } {
  return { cache: ownName(plan, 'cache'), otherCache: ownName(plan, 'other') };
}

/** How `make deploy` would be told to deploy a stack of the run. */
export function cloudOptions(plan: Plan, what: string, config: string, auth: AuthMode, tvm?: string): CloudOptions {
  const { tokenEndpoint, cacheEndpoint } = plan.momento;
  return {
    dir: join(directoryOf(plan), what),
    stackName: ownName(plan, what),
    config,
    auth,
    approval: 'given',
    context: [
      ...(tokenEndpoint === undefined ? [] : [`momentoTokenEndpoint=${tokenEndpoint}`]),
      ...(cacheEndpoint === undefined ? [] : [`momentoCacheEndpoint=${cacheEndpoint}`]),
    ],
    tags: { [TAG]: plan.run },
    ...(tvm === undefined ? {} : { tvm }),
  };
}

export function writePlan(plan: Plan): string {
  const path = join(directoryOf(plan), 'plan.json');
  writeFileSync(path, JSON.stringify(plan), { mode: 0o600 });
  return path;
}

export function readPlan(path: string): Plan {
  return JSON.parse(readFileSync(path, 'utf8')) as Plan;
}
