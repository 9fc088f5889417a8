/**
 * The configuration that is deployed: the user's file, with another mode where one was asked for.
 *
 * `tvm` alone reads and judges the file; this only passes on what it says.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TvmConfig } from '@token-vending-machine/cdk/canonical-config';
import { Failure } from './failure.ts';
import { ROOT, type StackOptions } from './options.ts';
import { type Command, ProgramFailed, run, type Written } from './run.ts';

/** A configuration that `tvm` accepts. */
export interface EffectiveConfig {
  /** The file that the functions get. */
  readonly path: string;
  readonly values: TvmConfig;
  /** What `tvm` has to say about a file that it accepts. */
  readonly warnings: readonly string[];
}

/** Where a configuration is, and the folder for what is made of it. */
export type ConfigOptions = Pick<StackOptions, 'dir' | 'config' | 'auth'>;

/**
 * The configuration of `options`: the file as it is, or rewritten in `options.dir` for `options.auth`.
 *
 * @throws {Failure} with `tvm`'s own words when it is not valid
 */
export async function effectiveConfig(options: ConfigOptions, tvm: string): Promise<EffectiveConfig> {
  const path = options.auth === undefined ? options.config : await withMode(options, options.auth, tvm);
  const { stdout, stderr } = await render(options, tvm, [path, '--format', 'json']);
  return { path, values: JSON.parse(stdout) as TvmConfig, warnings: stderr.split('\n').filter((line) => line !== '') };
}

async function withMode(options: ConfigOptions, auth: string, tvm: string): Promise<string> {
  const { stdout } = await render(options, tvm, [options.config, '--auth', auth, '--format', 'toml']);
  const path = join(options.dir, 'tvm.toml');
  mkdirSync(options.dir, { recursive: true });
  writeFileSync(path, stdout);
  return path;
}

async function render(options: ConfigOptions, tvm: string, args: readonly string[]): Promise<Written> {
  const command: Command = {
    program: tvm,
    args: ['config', 'render', ...args],
    cwd: ROOT,
    env: process.env,
    log: join(options.dir, 'logs/config.log'),
    doing: 'Reading the configuration',
  };
  try {
    return await run(command);
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new Failure(`${options.config} was not accepted; nothing was deployed.\n\n${error.output.trimEnd()}`);
  }
}
