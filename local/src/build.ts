/**
 * Builds the programs that `make local` itself runs, the local Momento and `tvm`, the server of `make embedded`, and the
 * functions ahead of the CDK app.
 *
 * The former as debug builds, because they share everything with `make test` and are there soonest; the functions with the
 * profile that is deployed.
 */
import { constants, copyFileSync, existsSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ArchitectureName, TvmConfig } from '@token-vending-machine/cdk/canonical-config';
import { FUNCTION_BUILD_FLAGS, FUNCTION_PROFILE, TVM_BUILD_FLAGS } from '@token-vending-machine/cdk/function-build';
import { clientEnvironment, NO_AWS } from './emulator.ts';
import { Failure } from './failure.ts';
import { requireSpace } from './host-requirements.ts';
import { ROOT } from './options.ts';
import type { Progress, Watch } from './progress.ts';
import { run, type Written } from './run.ts';

/** The built programs, by absolute path. */
export interface Tools {
  readonly tvm: string;
  readonly momentoEmulator: string;
  readonly embeddedChat: string;
}

/** What a build from nothing writes, measured, with room to spare. */
const FIRST_BUILD_MB = 2000;
/** Enough for what changes when everything is built already. */
const NEXT_BUILD_MB = 200;

/** What can be built. */
export type Tool = 'momento-emulator' | 'tvm' | 'embedded-chat';

/** What `make local` runs. */
const LOCAL: readonly Tool[] = ['momento-emulator', 'tvm'];

/** As cargo-lambda is told. */
const BUILT_FOR: Readonly<Record<ArchitectureName, string>> = { x86_64: '--x86-64', arm64: '--arm64' };

/**
 * The folder in which the programs are built already, all with all of their features: `TVM_TOOLS`, which `make test` sets to where it has
 * just built them. Alone, each is built with other features of its dependencies, and so are all of these, for minutes.
 */
const builtAlready = (): string | undefined => {
  const { TVM_TOOLS: folder } = process.env;
  return folder ? resolve(folder) : undefined;
};

const toolsIn = (folder: string): Tools => ({
  tvm: join(folder, 'tvm'),
  momentoEmulator: join(folder, 'momento-emulator'),
  embeddedChat: join(folder, 'embedded-chat'),
});

/** Builds `packages`, with the output in `dir/logs`, unless they are built already. @returns where each is, or would be */
export async function buildTools(dir: string, packages: readonly Tool[] = LOCAL, watch?: Watch): Promise<Tools> {
  const given = builtAlready();
  if (given !== undefined) return allThere(toolsIn(given), given);
  const { target_directory: target } = await workspace(dir);
  const tools = toolsIn(join(target, 'debug'));
  requireSpace(ROOT, existsSync(tools.momentoEmulator) ? NEXT_BUILD_MB : FIRST_BUILD_MB);
  // One at a time: together they would share the features of their dependencies, and each would be built anew when it is
  // wanted alone.
  for (const name of packages) {
    const flags = name === 'tvm' ? TVM_BUILD_FLAGS : ['--package', name];
    await cargo(dir, `build-${name}`, ['build', '--locked', ...flags], watch);
  }
  return tools;
}

function allThere(tools: Tools, folder: string): Tools {
  const missing = Object.values(tools).find((program: string) => !existsSync(program));
  if (missing === undefined) return tools;
  const fix = 'unset it, or run `make test`, which builds all of them';
  throw new Failure(`TVM_TOOLS names ${folder}, which has no ${basename(missing)}; ${fix}`);
}

/**
 * Builds `tvm` with all of its commands, unless it is built already.
 *
 * @returns where it is: a copy in `dir`, since the next `tvm` that is built without them takes its place
 */
export async function buildWholeTvm(dir: string, watch?: Watch): Promise<string> {
  const { tvm } = await buildTools(dir, []);
  if (builtAlready() !== undefined) return tvm;
  await cargo(dir, 'build-tvm-whole', ['build', '--locked', '--package', 'tvm'], watch);
  const copy = join(dir, 'tvm');
  // Not over one that runs.
  rmSync(copy, { force: true });
  copyFileSync(tvm, copy, constants.COPYFILE_FICLONE);
  return copy;
}

/** The functions of a deployment: built, unless the configuration names some that are. */
export async function provideFunctions(
  { build: { artifacts } }: Pick<TvmConfig, 'build'>,
  { dir, architecture }: { readonly dir: string; readonly architecture: ArchitectureName },
  progress: Progress,
): Promise<void> {
  if (artifacts !== undefined) return progress.say(`Functions that are built already: ${artifacts}`);
  await progress.step('Build the functions', (watch) => buildFunctions(dir, architecture, watch));
}

/**
 * Builds both functions at once, whichever the mode needs: the CDK app, which builds them one by one, then finds nothing
 * left to do, and the first change of mode neither.
 */
export async function buildFunctions(dir: string, architecture: ArchitectureName, watch?: Watch): Promise<void> {
  const to = join(dir, 'functions');
  const how = { name: 'functions', architecture, profile: FUNCTION_PROFILE, flags: FUNCTION_BUILD_FLAGS, to };
  await cargoLambda(dir, { ...how, doing: 'Building the functions' }, watch);
}

/** A build by cargo-lambda. */
export interface LambdaBuild {
  /** Of its log. */
  readonly name: string;
  /** For the message when it fails. */
  readonly doing: string;
  readonly architecture: ArchitectureName;
  /** The profile of cargo. */
  readonly profile: string;
  /** What is built, and how, as cargo-lambda is told. */
  readonly flags: readonly string[];
  /** Where it puts each program: not its own `target/lambda`, where cargo keeps what it compiles for the profile of that name. */
  readonly to: string;
  /** Beside what every build here has. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Builds so. */
export async function cargoLambda(dir: string, build: LambdaBuild, watch?: Watch): Promise<void> {
  const { architecture, doing, env, flags, name, profile, to } = build;
  await run({
    program: 'cargo',
    args: ['lambda', 'build', BUILT_FOR[architecture], '--profile', profile, ...flags, '--lambda-dir', to],
    cwd: ROOT,
    // Of the same environment as the CDK app's build, or cargo would compile everything again for the other.
    env: { ...clientEnvironment(NO_AWS, dir), ...env },
    log: join(dir, `logs/${name}.log`),
    doing,
    watch,
  });
}

/** What cargo says of the workspace, as far as it is read here. */
export interface Workspace {
  readonly target_directory: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

export async function workspace(dir: string): Promise<Workspace> {
  const { stdout } = await cargo(dir, 'metadata', ['metadata', '--locked', '--no-deps', '--format-version', '1']);
  return JSON.parse(stdout) as Workspace;
}

/** Runs cargo with this machine's own environment, with the output in `dir/logs`. */
export function cargo(dir: string, name: string, args: readonly string[], watch?: Watch): Promise<Written> {
  return run({
    program: 'cargo',
    args,
    cwd: ROOT,
    env: process.env,
    log: join(dir, 'logs', `${name}.log`),
    doing: 'Building the tools',
    watch,
    fixIfMissing: 'install Rust with rustup, then open a new shell',
  });
}
