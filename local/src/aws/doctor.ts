/**
 * `make doctor`: what is missing on this machine for a deployment to AWS, all at once, each with its mend.
 *
 * It changes nothing, and asks AWS one thing: who are we?
 */
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { buildTools } from '../build.ts';
import { effectiveConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { StackOptions } from '../options.ts';
import type { Progress } from '../progress.ts';

/** An account that answers at all does so in a second; a network that does not is found out by then. */
const PATIENCE_MS = 10_000;

/** @throws {Failure} with everything that is in the way */
export async function doctor(options: StackOptions, progress: Progress): Promise<void> {
  const dir = join(options.dir, 'aws');
  const checks: [string, () => Promise<string>][] = [
    ['Configuration', () => configuration({ ...options, dir })],
    ['AWS credentials', callerIdentity],
  ];
  const problems: string[] = [];
  for (const [title, check] of checks) {
    await progress
      .step(title, check, (found) => found)
      .catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        problems.push(error.message);
      });
  }
  if (problems.length > 0) throw new Failure(problems.join('\n\n'));
}

async function configuration(options: StackOptions): Promise<string> {
  const tools = await buildTools(options.dir, ['tvm']);
  const { values } = await effectiveConfig(options, tools.tvm);
  return `${options.config}, ${values.auth}`;
}

async function callerIdentity(): Promise<string> {
  try {
    const client = new STSClient({ maxAttempts: 2 });
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(PATIENCE_MS),
    });
    return `account ${Account} as ${Arn}`;
  } catch (error) {
    throw new Failure(
      `AWS does not know who you are (${(error as Error).message}). Sign in ("aws sso login", "aws configure" or the ` +
        'AWS_* variables) and name a region (AWS_REGION), then run it again.',
    );
  }
}
