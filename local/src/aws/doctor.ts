/**
 * `make doctor`: what is in the way of a deployment to AWS, all at once, each with its fix. `tvm doctor` looks and says it; this
 * provides that `tvm`, and looks for the one thing more that takes an AWS SDK which `tvm` would compile for minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { buildWholeTvm } from '../build.ts';
import { effectiveConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { ROOT } from '../options.ts';
import type { Progress } from '../progress.ts';
import { accessLogsRole } from './access-logs.ts';
import type { CloudOptions } from './options.ts';

/**
 * @returns the `tvm` that looked, with all of its commands
 * @throws {Failure} where something is in the way; what it is has been printed
 */
export async function doctor(options: CloudOptions, progress: Progress): Promise<string> {
  const tvm = options.tvm ?? (await progress.step('Build tvm', (watch) => buildWholeTvm(options.dir, watch)));
  const code = await shown(tvm, doctorArguments(options));
  const missing = await accessLogsTrouble(options, tvm, progress);
  if (code === 0 && missing === undefined) return tvm;
  throw new Failure(
    ['Nothing was changed. Fix what is in the way, then run it again.', missing].join('\n\n').trimEnd(),
  );
}

/** What keeps API Gateway from writing the access logs that the configuration asks for, if it asks for any. */
async function accessLogsTrouble(options: CloudOptions, tvm: string, progress: Progress): Promise<string | undefined> {
  try {
    // One that is not accepted was told already.
    const config = await effectiveConfig(options, tvm).catch(() => undefined);
    if (!config?.values.api.access_logs) return undefined;
    await progress.step(
      'Role for access logs',
      () => accessLogsRole(config.values),
      (found) => found,
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.message;
  }
}

/** What `tvm` is told. */
export function doctorArguments({ config, stackName, auth }: CloudOptions): string[] {
  const mode = auth === undefined ? [] : ['--auth', auth];
  return ['doctor', relative(ROOT, config), '--stack', stackName, ...mode];
}

/** Runs it on this terminal. @returns its exit code */
async function shown(program: string, args: readonly string[]): Promise<number | NodeJS.Signals> {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? signal ?? 'SIGKILL';
  } catch (error) {
    throw new Failure(`${program} cannot be run (${(error as Error).message}); is TVM_BIN a tvm?`);
  }
}
