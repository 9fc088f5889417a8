/** How the functions and `tvm` are built: by the CDK app, and ahead of it by `make local`. Nothing of AWS is imported here. */

import type { ArchitectureName } from './canonical-config.ts';

/** The functions that every machine may have. */
const OF_EVERY_MACHINE = ['tvm-vending', 'tvm-authorizer'] as const;

/**
 * The packages of the workspace that are functions; each has one binary, of the same name. The last is deployed, and so built
 * from source, only where the API key is rotated.
 */
export const FUNCTIONS = [...OF_EVERY_MACHINE, 'tvm-rotation'] as const;

/** A function, by its package. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** The cargo profile that is deployed. */
export const FUNCTION_PROFILE = 'lambda';

/** How `tvm` is built to read a configuration: without `tvm user`, whose AWS SDK takes longer to compile than all the rest. */
export const TVM_BUILD_FLAGS: readonly string[] = ['--package', 'tvm', '--no-default-features'];

/**
 * What `cargo lambda build` is told for the functions of every machine, whichever of them it builds.
 *
 * By package: without one, cargo links what every other member of the workspace asks of a shared dependency. Both of them:
 * by one alone, their dependencies would be compiled for each anew. The target check asks rustup, which not every
 * installation of Rust has.
 */
export const FUNCTION_BUILD_FLAGS: readonly string[] = flags(OF_EVERY_MACHINE);

/** What it is told for `name`. One that not every machine has comes with the others, which are deployed as well. */
export function functionBuildFlags(name: FunctionName): readonly string[] {
  return OF_EVERY_MACHINE.some((every) => every === name) ? FUNCTION_BUILD_FLAGS : flags(FUNCTIONS);
}

function flags(names: readonly FunctionName[]): readonly string[] {
  return [...names.flatMap((name) => ['--package', name]), '--skip-target-check', '--locked'];
}

/** The checksums of what `make dist` leaves in a folder, in the form of `sha256sum`. */
export const CHECKSUMS = 'SHA256SUMS';

/** What the zip of the function `binaryName` is called there. */
export function artifactName(binaryName: string, architecture: ArchitectureName): string {
  return `${binaryName}-${architecture}.zip`;
}
