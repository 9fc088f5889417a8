/**
 * What `make local` can be told, and where it keeps things.
 *
 * The environment is read here and nowhere else; the rest of the program takes what it needs as arguments, so that the
 * tests can run several stacks side by side.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArchitectureName } from '@token-vending-machine/cdk/canonical-config';
import { Failure } from './failure.ts';

/** The directory that holds the Makefile. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The three ways to say who may ask for a token. */
export const AUTH_MODES = ['Open', 'LambdaAuthorizer', 'AmazonCognito'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** Whether the emulator asks IAM for each request, as AWS does, or lets everybody do everything. */
export type Iam = 'enforced' | 'off';

/** Where the emulator and the local Momento live. */
export interface BackEndOptions {
  /** Holds their logs, process records and temporary files. Made when missing. */
  readonly dir: string;
  /** Loopback port of the AWS emulator; 0 = one that is free. */
  readonly emulatorPort: number;
  /** Loopback port of the local Momento; 0 = one that is free. */
  readonly momentoPort: number;
  /**
   * Whether the emulator asks IAM for each request.
   * @default 'off'
   */
  readonly iam?: Iam;
}

/** One stack to deploy there. */
export interface StackOptions {
  /** Holds its effective configuration, its build output and `outputs.json`. Made when missing. */
  readonly dir: string;
  readonly stackName: string;
  /** The configuration file. */
  readonly config: string;
  /**
   * The mode to deploy instead of the file's own.
   * @default the file's `auth`
   */
  readonly auth?: AuthMode | undefined;
}

/** Everything that `make local` needs to know. */
export interface LocalStackOptions extends BackEndOptions, StackOptions {
  /** Loopback port of the chat page; 0 = one that is free. */
  readonly chatPort: number;
}

/** What `make embedded` needs to know. */
export interface EmbeddedOptions extends Pick<BackEndOptions, 'dir' | 'momentoPort'> {
  /** What the chat's users may do. */
  readonly config: string;
  /** Loopback port of the server. */
  readonly port: number;
}

const DEFAULT_EMULATOR_PORT = 4566;
const DEFAULT_MOMENTO_PORT = 8980;
const DEFAULT_CHAT_PORT = 8990;
const DEFAULT_EMBEDDED_PORT = 3000;
/** Of a stack that is given no other name. */
export const DEFAULT_STACK_NAME = 'TokenVendingMachine';

/** The options of `make local`, from the environment. A value that cannot be used is a {@link Failure}. */
export function optionsFrom(env: NodeJS.ProcessEnv, root: string = ROOT): LocalStackOptions {
  return {
    dir: join(root, '.local'),
    stackName: env['TVM_STACK'] || DEFAULT_STACK_NAME,
    config: resolve(root, env['TVM_CONFIG'] || 'config/tvm.toml'),
    auth: authFrom(env['AUTH']),
    emulatorPort: portFrom(env, 'TVM_EMULATOR_PORT', DEFAULT_EMULATOR_PORT),
    momentoPort: portFrom(env, 'TVM_MOMENTO_PORT', DEFAULT_MOMENTO_PORT),
    chatPort: portFrom(env, 'TVM_CHAT_PORT', DEFAULT_CHAT_PORT),
  };
}

/** The options of `make embedded`, likewise. Its file is its own: another machine's is seldom for sessions. */
export function embeddedOptionsFrom(env: NodeJS.ProcessEnv, root: string = ROOT): EmbeddedOptions {
  return {
    dir: join(root, '.local'),
    config: resolve(root, env['TVM_CONFIG'] || 'examples/embedded-chat/tvm.toml'),
    momentoPort: portFrom(env, 'TVM_MOMENTO_PORT', DEFAULT_MOMENTO_PORT),
    port: portFrom(env, 'TVM_EMBEDDED_PORT', DEFAULT_EMBEDDED_PORT),
  };
}

/** The processor to build for. A value that cannot be used is a {@link Failure}. */
export function architectureFrom(value: string | undefined): ArchitectureName | undefined {
  if (!value) return undefined;
  if (value === 'x86_64' || value === 'arm64') return value;
  throw new Failure(`ARCHITECTURE=${value} is no processor of Lambda; use x86_64 or arm64.`);
}

function authFrom(value: string | undefined): AuthMode | undefined {
  if (!value) return undefined;
  const mode = AUTH_MODES.find((known) => known === value);
  if (mode === undefined) throw new Failure(`AUTH=${value} is not a mode; use one of ${AUTH_MODES.join(', ')}.`);
  return mode;
}

function portFrom(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const value = env[variable];
  if (!value) return fallback;
  const port = Number(value);
  if (!/^\d+$/.test(value) || port < 1 || port > 65_535) {
    throw new Failure(`${variable}=${value} is not a port; use a number from 1 to 65535.`);
  }
  return port;
}
