/**
 * CDK, with the credentials of the environment: what the app makes of the configuration, how that differs from what is
 * deployed, and its deployment.
 *
 * It is synthesized once, so that what was shown is what is deployed.
 */
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { EffectiveConfig } from '../config.ts';
import { appEnvironment, CDK, CDK_APP } from '../deploy.ts';
import { VENV_BIN } from '../emulator.ts';
import type { Watch } from '../progress.ts';
import { type Command, ProgramFailed, run } from '../run.ts';
import type { ComparedTemplate } from './changes.ts';
import type { CloudOptions } from './options.ts';

/** A cloud assembly: what the app made, on disk. */
export interface Assembly {
  readonly stackName: string;
  /** Its folder. */
  readonly path: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How a deployment would differ from what there is. */
export interface Changes {
  /** As CDK prints it; empty where nothing differs. */
  readonly shown: string;
  /** Whether it lets somebody, or something, do more than before. */
  readonly broadening: boolean;
  /** Whether it replaces, deletes or lets go of a resource. */
  readonly destructive: boolean;
}

/** Runs the app. `context` is for it, as `-c` takes it. */
export async function synthesize(
  options: CloudOptions,
  config: EffectiveConfig,
  tvm: string,
  context: readonly string[] = [],
  watch?: Watch,
): Promise<Assembly> {
  const { dir, stackName } = options;
  const assembly = { stackName, dir, path: join(dir, 'cdk.out'), env: environment(stackName, config, tvm) };
  await run({
    ...command(assembly, 'synth', 'Synthesizing the stack'),
    args: [
      'synth',
      stackName,
      '--quiet',
      '--no-notices',
      '--output',
      assembly.path,
      ...context.flatMap((it) => ['-c', it]),
    ],
    watch,
  });
  return assembly;
}

/** Compares with what is deployed. Templates, not a change set: it takes seconds, and leaves nothing in the account. */
export async function changesOf(assembly: Assembly): Promise<Changes> {
  const any = await differs(assembly, 'any-change');
  if (any === undefined) return { shown: '', broadening: false, destructive: false };
  return {
    shown: any,
    broadening: (await differs(assembly, 'broadening')) !== undefined,
    destructive: (await differs(assembly, 'destructive')) !== undefined,
  };
}

/** What `cdk diff` says where there is a change of this kind. */
async function differs(
  assembly: Assembly,
  kind: 'any-change' | 'broadening' | 'destructive',
): Promise<string | undefined> {
  const colour = process.stdout.isTTY === true && !process.env['NO_COLOR'] ? '--color' : '--no-color';
  try {
    await run({
      ...command(assembly, `diff-${kind}`, 'Comparing with what is deployed'),
      args: [
        ...['diff', assembly.stackName, '--app', assembly.path, '--no-notices', '--quiet', colour],
        ...['--method', 'template', '--fail-on', kind],
      ],
    });
    return undefined;
  } catch (error) {
    // 1 is also how CDK fails; what it has compared it says in any case.
    if (error instanceof ProgramFailed && error.code === 1 && COMPARED.test(stripVTControlCharacters(error.output)))
      return error.output.trimEnd();
    throw error;
  }
}

/** How a comparison begins, or ends; an error of CDK's does neither. */
const COMPARED = /^(?:Resources|Parameters|Outputs|IAM .* Changes)$|Number of stacks with differences/m;

/** The template that the app made. */
export function templateOf({ path, stackName }: Assembly): ComparedTemplate {
  return JSON.parse(readFileSync(join(path, `${stackName}.template.json`), 'utf8')) as ComparedTemplate;
}

/** Deploys it; who wanted to approve has done so. */
export async function deployAssembly(
  assembly: Assembly,
  tags: NonNullable<CloudOptions['tags']> = {},
  watch?: Watch,
): Promise<void> {
  await run({
    ...command(assembly, 'deploy', `Deploying ${assembly.stackName}`),
    args: [
      ...['deploy', assembly.stackName, '--app', assembly.path, '--no-notices', '--no-color'],
      ...['--require-approval', 'never', '--progress', 'events'],
      ...Object.entries(tags).flatMap(([key, value]) => ['--tags', `${key}=${value}`]),
    ],
    watch,
  });
}

/** Deletes the stack. */
export async function destroyAssembly(assembly: Assembly, watch?: Watch): Promise<void> {
  await run({
    ...command(assembly, 'destroy', `Deleting ${assembly.stackName}`),
    args: ['destroy', assembly.stackName, '--app', assembly.path, '--no-notices', '--no-color', '--force'],
    watch,
  });
}

function command({ dir, env }: Assembly, name: string, doing: string): Omit<Command, 'args'> {
  return { program: CDK, cwd: CDK_APP, env, log: join(dir, 'logs', `${name}.log`), doing };
}

function environment(stackName: string, config: EffectiveConfig, tvm: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [VENV_BIN, process.env['PATH'] ?? ''].join(delimiter),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...appEnvironment(stackName, config, tvm),
  };
}
