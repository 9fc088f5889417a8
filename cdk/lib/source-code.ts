/**
 * The code of a function that is built from source: cargo-lambda compiles it, and the configuration file is put beside the binary.
 *
 * No shell runs: the folders of the project and of the output may have any character in their names.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import type { ArchitectureName } from './canonical-config.ts';
import { BUILT_FOR, type FunctionName, functionBuildFlags } from './function-build.ts';

/** A program that the build needs is not on this machine. The message says what to do. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}

/** @see sourceCode */
export interface SourceCodeProps {
  /** The folder of the Rust workspace. */
  readonly workspace: string;
  readonly binaryName: FunctionName;
  /** The cargo profile of the workspace that the binary is built with. */
  readonly profile: string;
  readonly architecture: ArchitectureName;
  /** Absolute path of the configuration file, which is put beside the binary as `tvm.toml`. */
  readonly configPath: string;
}

/**
 * The code of a function, built from the workspace.
 *
 * @throws {@link MissingProgram} without cargo-lambda; not where nothing is bundled, as for `cdk synth -c bundle=false`
 */
export function sourceCode(scope: Construct, props: SourceCodeProps): Code {
  const { binaryName, configPath, workspace } = props;
  if (Stack.of(scope).bundlingRequired) requireCargoLambda(binaryName);
  return Code.fromAsset(workspace, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never run: what is below always bundles.
      image: DockerImage.fromRegistry('none'),
      // Nor is this. CDK bundles assets of one folder once, unless they differ here: it does not compare `local`.
      command: [...buildArguments(props, ''), configPath],
      local: {
        tryBundle(outputDir) {
          build(workspace, buildArguments(props, outputDir));
          copyFileSync(configPath, join(outputDir, 'tvm.toml'));
          return true;
        },
      },
    },
  });
}

/** What cargo is told; `--flatten` puts the binary into the folder itself. */
function buildArguments({ architecture, binaryName, profile }: SourceCodeProps, outputDir: string): string[] {
  return [
    ...['lambda', 'build', '--lambda-dir', outputDir, '--profile', profile, BUILT_FOR[architecture]],
    ...['--bin', binaryName, '--flatten', binaryName],
    ...functionBuildFlags(binaryName),
  ];
}

function build(workspace: string, args: readonly string[]): void {
  // Its output is for the person at the terminal; the template is the only thing on the standard output.
  const { error, signal, status } = spawnSync('cargo', args, {
    cwd: workspace,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`cargo lambda build ended with ${status ?? signal}; what it said is above`);
}

function requireCargoLambda(binaryName: string): void {
  if (spawnSync('cargo', ['lambda', '--version']).status === 0) return;
  throw new MissingProgram(
    `cargo-lambda, which builds ${binaryName}, is not on the PATH; install it (\`pip install cargo-lambda\` brings zig ` +
      'along), or synthesize without building: `cdk synth -c bundle=false`',
  );
}
