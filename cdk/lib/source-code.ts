/**
 * The code of a function that is built from source: `cargo-lambda-cdk` compiles it, and the configuration file is put beside the binary.
 *
 * `cargo-lambda-cdk` writes the folder of the output into a line for bash as it is (0.0.36). It therefore gets one whose name no shell can
 * misread, and the folders of the project and of the app may have any character in their names.
 */

import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AssetHashType, Stack } from 'aws-cdk-lib';
import { Architecture, Code } from 'aws-cdk-lib/aws-lambda';
import { cargoLambdaVersion } from 'cargo-lambda-cdk';
// What its `RustFunction` builds with. That construct has no place for the folder.
import { Bundling } from 'cargo-lambda-cdk/lib/bundling.js';
import type { Construct } from 'constructs';

import type { ArchitectureName } from './canonical-config.ts';
import { type FunctionName, functionBuildFlags } from './function-build.ts';

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

/** The processors, as CDK has them. */
export const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = {
  x86_64: Architecture.X86_64,
  arm64: Architecture.ARM_64,
};

/**
 * The code of a function, built from the workspace.
 *
 * @throws {@link MissingProgram} without cargo-lambda; not where nothing is bundled, as for `cdk synth -c bundle=false`
 */
export function sourceCode(scope: Construct, props: SourceCodeProps): Code {
  const { architecture, binaryName, configPath, profile, workspace } = props;
  if (Stack.of(scope).bundlingRequired) requireCargoLambda(binaryName);
  const { command, image, local } = new Bundling(workspace, {
    manifestPath: join(workspace, 'Cargo.toml'),
    binaryName,
    profile,
    architecture: ARCHITECTURES[architecture],
    cargoLambdaFlags: [...functionBuildFlags(binaryName)],
  });
  return Code.fromAsset(workspace, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image,
      // Never run: what is below always bundles. CDK bundles assets of one folder once, unless they differ here: it does not compare `local`.
      command: [...command, configPath],
      local: {
        tryBundle(outputDir, options) {
          inPlainFolder((folder) => {
            local?.tryBundle(folder, options);
            cpSync(folder, outputDir, { recursive: true });
          });
          copyFileSync(configPath, join(outputDir, 'tvm.toml'));
          return true;
        },
      },
    },
  });
}

/** A folder for a short while, with a name of letters, digits and signs that mean nothing to a shell. */
function inPlainFolder(use: (folder: string) => void): void {
  const parent = tmpdir();
  if (!/^[\w./-]+$/.test(parent)) {
    throw new Error(
      `functions are built in ${parent}, and its name has characters that a shell reads; set TMPDIR to another folder, as in TMPDIR=/tmp`,
    );
  }
  const folder = mkdtempSync(join(parent, 'tvm-function-'));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without cargo-lambda, `cargo-lambda-cdk` would go on to pull and run a container image; the machine is built without Docker. */
function requireCargoLambda(binaryName: string): void {
  if (cargoLambdaVersion() === true) return;
  throw new MissingProgram(
    `cargo-lambda, which builds ${binaryName}, is not on the PATH; install it (\`pip install cargo-lambda\` brings zig ` +
      'along), or synthesize without building: `cdk synth -c bundle=false`',
  );
}
