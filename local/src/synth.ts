/** `make synth`: the CloudFormation template of the configured mode, without AWS, Docker or a build of the functions. */
import { join } from 'node:path';
import { buildTools } from './build.ts';
import { effectiveConfig } from './config.ts';
import { appEnvironment, CDK, CDK_APP } from './deploy.ts';
import { clientEnvironment, NO_AWS } from './emulator.ts';
import type { StackOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { run } from './run.ts';

/** Writes the template to the standard output and says everything else to `progress`. */
export async function synth(options: StackOptions, progress: Progress): Promise<void> {
  const dir = join(options.dir, 'synth');
  const tools = await progress.step('Build tvm', () => buildTools(dir, ['tvm']));
  const config = await effectiveConfig({ ...options, dir }, tools.tvm);
  for (const warning of config.warnings) progress.say(warning);
  const { stdout } = await progress.step('Synthesize', () =>
    run({
      program: CDK,
      args: ['synth', options.stackName, '--no-notices', '--context', 'bundle=false', '--output', join(dir, 'cdk.out')],
      cwd: CDK_APP,
      env: { ...clientEnvironment(NO_AWS, dir), ...appEnvironment(options.stackName, config, tools.tvm) },
      log: join(dir, 'logs/synth.log'),
      doing: 'Synthesizing the template',
    }),
  );
  process.stdout.write(stdout);
}
