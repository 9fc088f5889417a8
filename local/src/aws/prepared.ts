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
  const trouble = stageTrouble(options, config);
  if (trouble !== undefined) throw new Failure(trouble);
  return { tvm, config };
}

/** Why this configuration is none for the stage that is asked for; `undefined` where it is. The doctor says it, too. */
export function stageTrouble(
  { config: file, stage: wanted }: Pick<CloudOptions, 'config' | 'stage'>,
  { values }: Pick<EffectiveConfig, 'values'>,
): string | undefined {
  const { stage } = values.deployment;
  // Who says STAGE=prod relies on it that users and secrets outlive the stack.
  if (wanted !== 'prod' || stage === 'prod') return undefined;
  return (
    `STAGE=prod deploys for real users, but ${file} says stage = "${stage}" in [deployment], with which users and secrets are ` +
    'deleted with the stack\nfix: write stage = "prod" there, or into a file of its own, config/tvm.prod.toml'
  );
}
