/**
 * Where the behaviours run, as one value: the tests' own emulator, or what `make verify-aws` deployed, in an account or at an
 * emulator.
 *
 * A program that sets another target than the tests' own does so before it imports `machines.ts`.
 */
import type { AwsConfig, Outputs } from 'local';

/** What there is beside the stacks, and not in every place. */
export type Facility =
  /** The local Momento, with its own interface: it counts calls, and fails when it is told to. */
  | 'the local Momento'
  /** The tests' own emulator: stacks copied within a second, settings that AWS does not allow, logs that are there at once. */
  | "the tests' own emulator";

/** What the behaviours know of a deployed stack. */
export type MachineOutputs = Pick<Outputs, 'Endpoint' | 'ApiKeySecretArn'> & Partial<Outputs>;

/** @see the head of this file */
export interface Target {
  /** What an AWS client is made with. */
  aws(): AwsConfig;
  /** Where Momento is; `undefined` where the token says so. */
  momentoUrl(): string | undefined;
  /** The API key that the stacks vend with. */
  apiKey(): string;
  /** The stack of that name; `undefined` where it is not deployed. */
  outputsOf(name: string): MachineOutputs | undefined;
  /** What CloudFormation calls it. */
  stackNameOf(name: string): string;
  /** A name for what a test makes outside of a stack, by which it is found again and deleted. */
  ownName(what: string): string;
  /** Where Cognito is; `undefined` where the id of a pool says so, by its region. */
  cognitoUrl(): string | undefined;
  readonly has: ReadonlySet<Facility>;
  /** The cache that the configuration grants. */
  readonly cache: string;
  /** One that is there, and that no configuration grants. */
  readonly otherCache: string;
}

let given: Target | undefined;

/** Has the behaviours run there. */
export function useTarget(target: Target): void {
  given = target;
}

/** What was given; `undefined` where the tests run on their own emulator. */
export function givenTarget(): Target | undefined {
  return given;
}
