/**
 * `make dist`: the functions as zips, `tvm`, the construct's npm package, their checksums and the bill of materials of what is
 * compiled, in `dist/`, for machines without Rust.
 *
 * Whoever builds the same commit with the same Rust has the same bytes, wherever it lies: no path and no time is in them.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ArchitectureName } from '@token-vending-machine/cdk/canonical-config';
import { artifactName, CHECKSUMS, FUNCTIONS, functionBuildFlags } from '@token-vending-machine/cdk/function-build';
import { cargo, cargoLambda, workspace } from '../build.ts';
import { requireSpace } from '../host-requirements.ts';
import { ROOT } from '../options.ts';
import type { Progress, Watch } from '../progress.ts';
import { makePackage, packNpm } from './npm-package.ts';
import { type Artifact, billOfMaterials, checksumsIn } from './sbom.ts';
import { parseTree, type Tree, treeArguments } from './tree.ts';
import { zipOf } from './zip.ts';

/** Where to. */
export interface DistOptions {
  /** Emptied, and filled. */
  readonly to: string;
  /** For what is built, and the logs. */
  readonly dir: string;
  readonly architecture: ArchitectureName;
}

/** As Cargo.toml has it: what is deployed from source, but for its folder. */
const PROFILE = 'dist';
/** All of them, as a deployment with rotation has them built. */
const FUNCTION_FLAGS = functionBuildFlags('tvm-rotation');
/** By cargo-lambda `tvm` too: its linker makes what runs on older systems as well. */
const TVM_FLAGS = ['--package', 'tvm', '--skip-target-check', '--locked'];
const SBOM = 'sbom.cdx.json';
/** What the builds write, measured, with room to spare. */
const BUILD_MB = 3000;

const TARGETS: Readonly<Record<ArchitectureName, string>> = {
  x86_64: 'x86_64-unknown-linux-gnu',
  arm64: 'aarch64-unknown-linux-gnu',
};

export async function dist(options: DistOptions, progress: Progress): Promise<void> {
  const { architecture, dir, to } = options;
  requireSpace(ROOT, BUILD_MB);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  // The functions together, as they are deployed from source; `tvm` apart, whose features they would share.
  await progress.step('Build the functions', (watch) => build(options, 'functions', FUNCTION_FLAGS, watch));
  await progress.step('Build tvm', (watch) => build(options, 'tvm', TVM_FLAGS, watch));
  const artifacts: Artifact[] = [];
  for (const name of FUNCTIONS) {
    artifacts.push(
      give(options, artifactName(name, architecture), zipOf(program(options, name)), await tree(options, name)),
    );
  }
  const tvm = give(options, 'tvm', program(options, 'tvm'), await tree(options, 'tvm'));
  chmodSync(join(to, tvm.file), 0o755);
  artifacts.push(tvm);
  const lock = readFileSync(join(ROOT, 'Cargo.lock'), 'utf8');
  const npm = await progress.step('Make the npm package', async () => packNpm(await makePackage(dir), to, dir));
  const bill = billOfMaterials(await version(options), artifacts, checksumsIn(lock));
  writeFileSync(join(to, SBOM), bill);
  const others = [npm, SBOM].map((file) => ({ file, sha256: sha256(readFileSync(join(to, file))) }));
  const sums = [...artifacts, ...others];
  writeFileSync(join(to, CHECKSUMS), sums.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(''));
  progress.say();
  for (const { file, sha256 } of sums) progress.say(`${sha256}  ${file}`);
}

function give({ to }: DistOptions, file: string, bytes: Uint8Array, madeOf: Tree): Artifact {
  writeFileSync(join(to, file), bytes);
  return { file, sha256: sha256(bytes), tree: madeOf };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function program({ dir }: DistOptions, name: string): Uint8Array {
  return readFileSync(join(dir, 'programs', name, 'bootstrap'));
}

async function build(
  { dir, architecture }: DistOptions,
  name: string,
  flags: readonly string[],
  watch: Watch,
): Promise<void> {
  const how = { architecture, profile: PROFILE, flags, to: join(dir, 'programs'), env: { RUSTFLAGS: withoutPaths() } };
  await cargoLambda(dir, { ...how, name: `build-${name}`, doing: `Building ${name}` }, watch);
}

/** What keeps this machine's folders out of the programs, in whose messages the names of source files are. */
function withoutPaths(): string {
  const cargoHome = process.env['CARGO_HOME'] || join(homedir(), '.cargo');
  return `--remap-path-prefix=${cargoHome}=/cargo --remap-path-prefix=${ROOT}=/source`;
}

async function tree({ architecture, dir }: DistOptions, name: string): Promise<Tree> {
  const { stdout } = await cargo(dir, 'tree', treeArguments(name, TARGETS[architecture]));
  return parseTree(stdout);
}

async function version({ dir }: DistOptions): Promise<string> {
  return (await workspace(dir)).packages.find(({ name }) => name === 'tvm')?.version ?? '';
}
