/**
 * `make doctor`: what is in the way of a deployment to AWS, all at once, each with its mend. `tvm doctor` looks and says it; this
 * provides that `tvm`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { buildWholeTvm } from '../build.ts';
import { Failure } from '../failure.ts';
import { ROOT } from '../options.ts';
import type { Progress } from '../progress.ts';
import type { CloudOptions } from './options.ts';

/**
 * @returns the `tvm` that looked, with all of its commands
 * @throws {Failure} where something is in the way; what it is has been printed
 */
export async function doctor(options: CloudOptions, progress: Progress): Promise<string> {
  const tvm = options.tvm ?? (await progress.step('Build tvm', (watch) => buildWholeTvm(options.dir, watch)));
  const code = await shown(tvm, doctorArguments(options));
  if (code !== 0) throw new Failure('Nothing was changed. Mend what is in the way, then run it again.');
  return tvm;
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
