/** How the functions and `tvm` are built: by the CDK app, and ahead of it by `make local`. Nothing of AWS is imported here. */

/** The packages of the workspace that are functions of every machine; each has one binary, of the same name. */
export const FUNCTIONS = ['tvm-vending', 'tvm-authorizer'] as const;

/** The function that is deployed, and so built, only where the API key is rotated. */
export const ROTATION_FUNCTION = 'tvm-rotation';

/** A function, by its package. */
export type FunctionName = (typeof FUNCTIONS)[number] | typeof ROTATION_FUNCTION;

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
export const FUNCTION_BUILD_FLAGS: readonly string[] = flags(FUNCTIONS);

/** What it is told for `name`. The rotation function comes with the others, since these are deployed as well. */
export function functionBuildFlags(name: FunctionName): readonly string[] {
  return name === ROTATION_FUNCTION ? flags([...FUNCTIONS, name]) : FUNCTION_BUILD_FLAGS;
}

function flags(names: readonly FunctionName[]): readonly string[] {
  return [...names.flatMap((name) => ['--package', name]), '--skip-target-check', '--locked'];
}
