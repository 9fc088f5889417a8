/**
 * What `make deploy`, `diff`, `destroy` and `smoke` can be told: which stage, and that somebody has approved already.
 *
 * A stage is a deployment beside others of the same account: a stack of its own name, and a file of its own where there is one.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { DEFAULT_STACK_NAME, optionsFrom, ROOT, type StackOptions } from '../options.ts';

/** Whether a person is asked before something is widened or destroyed, or has said yes to it beforehand. */
export type Approval = 'asked' | 'given';

/** A stack in AWS. */
export interface CloudOptions extends StackOptions {
  readonly approval: Approval;
  /**
   * How much is shown of what changes.
   * @default 'summary'
   */
  readonly diff?: 'summary' | 'full';
  /**
   * As it was named.
   * @default - no stage: the stack without a suffix
   */
  readonly stage?: string;
  /**
   * A `tvm` that is built already.
   * @default - it is built, with cargo
   */
  readonly tvm?: string;
  /**
   * Context for the CDK app, as its `-c` takes it.
   * @default - none
   */
  readonly context?: readonly string[];
  /**
   * Tags of the stack, and so of all that is in it.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The rest of what CloudFormation allows in the name of a stack (128 characters) is long enough for nobody to meet it. */
const STAGE = /^[a-z][a-z0-9-]{0,39}$/;

/** The options of those commands, from the environment. A value that cannot be used is a {@link Failure}. */
export function cloudOptionsFrom(env: NodeJS.ProcessEnv, root: string = ROOT): CloudOptions {
  const stage = stageFrom(env['STAGE']);
  const suffixed = stage === undefined ? {} : { stage, ...ofStage(stage, env, root) };
  const { auth, config, stackName } = { ...optionsFrom(env, root), ...suffixed };
  return {
    auth,
    config,
    stackName,
    // A folder for each stack: one that was synthesized for another is never deployed.
    dir: join(root, '.local/aws', stackName),
    approval: approvalFrom(env['YES']),
    diff: diffFrom(env['DIFF']),
    ...(stage === undefined ? {} : { stage }),
    ...(env['TVM_BIN'] ? { tvm: resolve(root, env['TVM_BIN']) } : {}),
  };
}

/** What is said outright (TVM_STACK, TVM_CONFIG) counts more than what follows from the stage. */
function ofStage(stage: string, env: NodeJS.ProcessEnv, root: string): Partial<StackOptions> {
  const own = join(root, `config/tvm.${stage}.toml`);
  return {
    ...(env['TVM_STACK'] ? {} : { stackName: `${DEFAULT_STACK_NAME}-${stage}` }),
    ...(env['TVM_CONFIG'] || !existsSync(own) ? {} : { config: own }),
  };
}

function stageFrom(value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (!STAGE.test(value)) {
    throw new Failure(
      `STAGE=${value} is no name of a stage; use lower-case letters, digits and hyphens, a letter first, 40 at most.`,
    );
  }
  return value;
}

function diffFrom(value: string | undefined): 'summary' | 'full' {
  if (!value) return 'summary';
  if (value === 'full' || value === 'summary') return value;
  throw new Failure(`DIFF=${value} is not a form of what changes; use DIFF=full, or leave it out for a summary.`);
}

function approvalFrom(value: string | undefined): Approval {
  if (!value) return 'asked';
  if (value === '1' || value === 'yes' || value === 'true') return 'given';
  throw new Failure(`YES=${value} says neither yes nor nothing; use YES=1, or leave it out to be asked.`);
}
