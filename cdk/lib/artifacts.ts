/**
 * Functions that are built already: what `make dist` leaves in a folder, as `[build] artifacts` names it.
 *
 * What is deployed is what its checksum says, or nothing is. Of a zip, one file is taken, under a name that is known before: no entry
 * says where anything is written.
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type UnzipFileFilter, type UnzipFileInfo, type Unzipped, unzipSync } from 'fflate';

import type { ArchitectureName } from './canonical-config.ts';
import { artifactName, CHECKSUMS } from './function-build.ts';

/** The one file in such a zip: what Lambda runs ("Building Lambda functions with Rust" in its developer guide). */
const PROGRAM = 'bootstrap';

/** What Lambda takes of a zip, and of what is in it, in bytes ("Lambda quotas" in its developer guide: 50 MB and 250 MB). */
const LARGEST_ZIP = 50 * 1024 * 1024;
const LARGEST_PROGRAM = 250 * 1024 * 1024;

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
  const program = Stack.of(scope).bundlingRequired ? checked(props) : undefined;
  // The folder of the configuration file: it is there, and small; what is deployed is what is bundled below.
  return Code.fromAsset(dirname(props.configPath), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never run: what is below always bundles.
      image: DockerImage.fromRegistry('none'),
      // Nor is this. CDK bundles assets of one folder once, unless they differ here: it does not compare `local`.
      command: [props.artifacts, artifactName(props.binaryName, props.architecture), props.configPath],
      local: {
        tryBundle(outputDir) {
          writeFileSync(join(outputDir, PROGRAM), program ?? checked(props), { mode: 0o755 });
          writeFileSync(join(outputDir, 'tvm.toml'), readFileSync(props.configPath));
          return true;
        },
      },
    },
  });
}

/** The program in the zip, which is what its checksum says. */
function checked({ artifacts, binaryName, architecture }: PrebuiltCodeProps): Uint8Array {
  const name = artifactName(binaryName, architecture);
  const zip = join(artifacts, name);
  if (!existsSync(zip)) {
    throw new BadArtifact(
      `there is no ${zip}, which [build] artifacts promises; \`make dist\` makes it, and without artifacts ` +
        'the functions are built from source',
    );
  }
  if (statSync(zip).size > LARGEST_ZIP)
    throw notOfDist(zip, `it is larger than the ${LARGEST_ZIP} bytes that Lambda takes`);
  const bytes = readFileSync(zip);
  requireChecksum(artifacts, name, bytes);
  return programIn(zip, bytes);
}

/** The one file of a zip. Nothing else in it is expanded. */
function programIn(zip: string, bytes: Uint8Array): Uint8Array {
  const entries: UnzipFileInfo[] = [];
  const files = expanded(zip, bytes, (entry) => {
    entries.push(entry);
    return entries.length === 1 && entry.name === PROGRAM && entry.originalSize <= LARGEST_PROGRAM;
  });
  const other = entries.find(({ name }) => name !== PROGRAM);
  if (other !== undefined) throw notOfDist(zip, `it holds ${JSON.stringify(other.name)}`);
  const [entry, ...more] = entries;
  if (entry === undefined) throw notOfDist(zip, 'it is empty');
  if (more.length > 0) throw notOfDist(zip, 'it holds that twice');
  const program = files[PROGRAM];
  if (program === undefined)
    throw notOfDist(zip, `it expands to more than the ${LARGEST_PROGRAM} bytes that Lambda takes`);
  if (program.length !== entry.originalSize) throw notOfDist(zip, 'it does not expand to the size that it states');
  return program;
}

function expanded(zip: string, bytes: Uint8Array, filter: UnzipFileFilter): Unzipped {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    throw notOfDist(zip, `it cannot be expanded (${error instanceof Error ? error.message : String(error)})`);
  }
}

function notOfDist(zip: string, why: string): BadArtifact {
  return new BadArtifact(
    `${zip} is no function of \`make dist\`, which is a zip of ${PROGRAM} and nothing else: ${why}; get it again from where ` +
      'you trust it, or run `make dist`',
  );
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
