/** What is to be deployed, made from the configuration: its functions built, its stack synthesized. */
import { buildTools, buildWholeTvm, provideFunctions } from '../build.ts';
import { type EffectiveConfig, effectiveConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Progress } from '../progress.ts';
import { type Assembly, synthesize } from './cdk.ts';
import type { CloudOptions } from './options.ts';

/** A deployment that is ready to go. */
export interface Prepared {
  readonly config: EffectiveConfig;
  readonly assembly: Assembly;
}

export async function prepare(options: CloudOptions, progress: Progress): Promise<Prepared> {
  const { tvm, config } = await configured(options);
  const { architecture } = config.values.functions;
  await provideFunctions(config.values, { dir: options.dir, architecture }, progress);
  const assembly = await progress.step('Synthesize the stack', (watch) =>
    synthesize(options, config, tvm, options.context, watch),
  );
  return { config, assembly };
}

/**
 * `make build`: everything that `make diff` and `make deploy` compile, so that they run no code of a package's build once there are
 * credentials. What it synthesizes shows that they can; they do so again.
 */
export async function prepareAhead(options: CloudOptions, progress: Progress): Promise<void> {
  if (options.tvm === undefined) await progress.step('Build tvm', (watch) => buildWholeTvm(options.dir, watch));
  await prepare(options, progress);
}

/** The configuration, and the `tvm` that read it. @throws {Failure} where it is none for this stage */
export async function configured(options: CloudOptions): Promise<{ tvm: string; config: EffectiveConfig }> {
  const tvm = options.tvm ?? (await buildTools(options.dir, ['tvm'])).tvm;
  const config = await effectiveConfig(options, tvm);
  const { stage } = config.values.deployment;
  // Who says STAGE=prod relies on it that users and secrets outlive the stack.
  if (options.stage === 'prod' && stage !== 'prod') {
    throw new Failure(
      `STAGE=prod deploys for real users, but ${options.config} says stage = "${stage}" in [deployment], with which users ` +
        'and secrets go with the stack. Write stage = "prod" there, or into a config/tvm.prod.toml of its own.',
    );
  }
  return { tvm, config };
}
