/**
 * Functions that are built already: what `make dist` leaves in a folder, as `[build] artifacts` names it.
 *
 * What is deployed is what its checksum says, or nothing is.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { unzipSync } from 'fflate';

import type { ArchitectureName } from './config.ts';

/** The checksums of what is in such a folder, in the form of `sha256sum`. */
export const CHECKSUMS = 'SHA256SUMS';

/** What the zip of the function `binaryName` is called there. */
export function artifactName(binaryName: string, architecture: ArchitectureName): string {
  return `${binaryName}-${architecture}.zip`;
}

/** What the configuration names as artifacts cannot be deployed. The message says what to do. */
export class BadArtifact extends Error {
  override readonly name = 'BadArtifact';
}

/** @see prebuiltCode */
export interface PrebuiltCodeProps {
  /** Absolute path of the folder with the artifacts. */
  readonly artifacts: string;
  readonly binaryName: string;
  readonly architecture: ArchitectureName;
  /** Absolute path of the configuration file, which is put beside the binary as `tvm.toml`. */
  readonly configPath: string;
}

/**
 * The code of a function that is built already.
 *
 * @throws {@link BadArtifact}; not where nothing is bundled, as for `cdk synth -c bundle=false`
 */
export function prebuiltCode(scope: Construct, props: PrebuiltCodeProps): Code {
  // Before it is bundled: what is thrown then, CDK wraps in words of its own.
  const zip = Stack.of(scope).bundlingRequired ? checked(props) : undefined;
  // The folder of the configuration file: it is there, and small; what is deployed is what is bundled below.
  return Code.fromAsset(dirname(props.configPath), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never run: what is below always bundles.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(outputDir) {
          unpack(zip ?? checked(props), outputDir);
          writeFileSync(join(outputDir, 'tvm.toml'), readFileSync(props.configPath));
          return true;
        },
      },
    },
  });
}

/** The zip, which is what its checksum says. */
function checked({ artifacts, binaryName, architecture }: PrebuiltCodeProps): Uint8Array {
  const name = artifactName(binaryName, architecture);
  const zip = join(artifacts, name);
  if (!existsSync(zip)) {
    throw new BadArtifact(
      `there is no ${zip}, which [build] artifacts promises; \`make dist\` makes it, and without artifacts ` +
        'the functions are built from source',
    );
  }
  const bytes = readFileSync(zip);
  requireChecksum(artifacts, name, bytes);
  return bytes;
}

function unpack(zip: Uint8Array, to: string): void {
  for (const [path, content] of Object.entries(unzipSync(zip))) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode: 0o755 });
  }
}

function requireChecksum(folder: string, name: string, bytes: Uint8Array): void {
  const sums = join(folder, CHECKSUMS);
  const listed = existsSync(sums) ? readFileSync(sums, 'utf8').split('\n') : [];
  const wanted = listed.find((line) => line.endsWith(`  ${name}`))?.split(' ')[0];
  if (wanted === undefined) {
    throw new BadArtifact(`${sums} has no checksum of ${name}; take both from the same release, or run \`make dist\``);
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== wanted) {
    throw new BadArtifact(
      `${join(folder, name)} is not what ${CHECKSUMS} beside it says (SHA-256 ${found}, not ${wanted}); ` +
        'get it again from where you trust it',
    );
  }
}
