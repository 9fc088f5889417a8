/**
 * `make doctor`: what is in the way of a deployment to AWS, all at once, each with its fix. `tvm doctor` looks for most of it. This
 * provides that `tvm`, and looks for what it cannot know: the stage that was asked for, and the role for access logs, which takes an AWS
 * SDK that `tvm` would compile for minutes.
 */
import { join, relative } from 'node:path';
import { buildWholeTvm } from '../build.ts';
import { type EffectiveConfig, effectiveConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { ROOT } from '../options.ts';
import type { Progress } from '../progress.ts';
import { ProgramFailed, run } from '../run.ts';
import { accessLogsRole } from './access-logs.ts';
import { type Check, checksIn, sayChecks, troubleOf } from './findings.ts';
import type { CloudOptions } from './options.ts';
import { stageTrouble } from './prepared.ts';

/**
 * @returns the `tvm` that looked, with all of its commands
 * @throws {Failure} where something is in the way; what it is has been printed
 */
export async function doctor(options: CloudOptions, progress: Progress): Promise<string> {
  const tvm = options.tvm ?? (await progress.step('Build tvm', (watch) => buildWholeTvm(options.dir, watch)));
  const checks = [...(await lookedAt(options, tvm)), ...(await lookedAtHere(options, tvm))];
  if (sayChecks(checks, progress) === 0) return tvm;
  throw new Failure('Nothing was changed. Fix what is in the way, then run it again.');
}

/** What `tvm doctor` found. */
async function lookedAt(options: CloudOptions, tvm: string): Promise<readonly Check[]> {
  const command = {
    program: tvm,
    args: doctorArguments(options),
    cwd: ROOT,
    env: process.env,
    log: join(options.dir, 'logs/doctor.log'),
    doing: 'Looking for what is in the way',
    fixIfMissing: 'is TVM_BIN a tvm?',
  };
  // It ends with 1 where something is in the way, and says what in the same form.
  const { stdout } = await run(command).catch((error: unknown) => {
    if (error instanceof ProgramFailed) return error;
    throw error;
  });
  const checks = checksIn(stdout);
  if (checks !== undefined) return checks;
  throw new Failure(
    `${stdout.trimEnd()}\n\n${tvm} printed no report; is TVM_BIN a tvm? Its output is in ${command.log}.`,
  );
}

/** What `tvm doctor` cannot know. Of a configuration that is not accepted, it has told already. */
async function lookedAtHere(options: CloudOptions, tvm: string): Promise<readonly Check[]> {
  const config = await effectiveConfig(options, tvm).catch(() => undefined);
  if (config === undefined) return [];
  const stage = stageTrouble(options, config);
  return [...(stage === undefined ? [] : [troubleOf('stage', stage)]), ...(await accessLogs(config))];
}

/** Whether API Gateway can write the access logs that the configuration asks for, if it asks for any. */
async function accessLogs({ values }: EffectiveConfig): Promise<readonly Check[]> {
  const title = 'role for access logs';
  if (!values.api.access_logs) return [];
  try {
    return [{ title, outcome: 'fine', note: await accessLogsRole(values) }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [troubleOf(title, error.message)];
  }
}

/** What `tvm` is told. */
export function doctorArguments({ config, stackName, auth }: CloudOptions): string[] {
  const mode = auth === undefined ? [] : ['--auth', auth];
  return ['doctor', relative(ROOT, config), '--stack', stackName, '--json', ...mode];
}
