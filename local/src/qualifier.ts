/**
 * The qualifier of `cdk bootstrap`, which is in the name of everything that it makes, and so of everything that a deployment looks for.
 *
 * As the CDK command line and `tvm doctor` find it (crates/tvm/src/doctor/qualifier.rs): the environment variable `CDK_QUALIFIER`,
 * else CDK's context.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './failure.ts';

/** CDK's own (`DefaultStackSynthesizer.DEFAULT_QUALIFIER`). */
const DEFAULT_QUALIFIER = 'hnb659fds';

type Context = Readonly<Record<string, string | undefined>>;

/** Which one counts here. */
export function qualifierFrom(env: NodeJS.ProcessEnv, root: string, home: string = homedir()): string {
  const contexts = [
    read<{ readonly context?: Context }>(join(root, 'cdk/cdk.json'))?.context,
    read<Context>(join(root, 'cdk/cdk.context.json')),
    read<{ readonly context?: Context }>(join(home, '.cdk.json'))?.context,
  ];
  const said = contexts.map((context) => context?.['@aws-cdk/core:bootstrapQualifier']);
  return [env['CDK_QUALIFIER'], ...said].find((qualifier) => qualifier) ?? DEFAULT_QUALIFIER;
}

/**
 * Refuses a `CDK_QUALIFIER` that `cdk bootstrap` would refuse: its template has this pattern for `Qualifier`.
 *
 * @throws {Failure}
 */
export function requireQualifier({ CDK_QUALIFIER: said }: NodeJS.ProcessEnv): void {
  if (!said || /^[A-Za-z0-9_-]{1,10}$/.test(said)) return;
  throw new Failure(
    `CDK_QUALIFIER=${said} cannot be the qualifier of a bootstrap; it has at most 10 letters, digits, hyphens and underscores.`,
  );
}

/** What such a file says; one that is not there, or no JSON, says nothing: CDK itself says what it makes of that. */
function read<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
