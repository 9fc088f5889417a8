/**
 * What `make local` can be told, and where it keeps things.
 *
 * The environment is read here and nowhere else; the rest of the program takes what it needs as arguments, so that the
 * tests can run several stacks side by side.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArchitectureName } from '@token-vending-machine/cdk/canonical-config';
import type { WantedPort } from './claims.ts';
import { Failure } from './failure.ts';
import { requireQualifier } from './qualifier.ts';

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

/** The servers of `make local`. */
export type LocalServer = 'emulator' | 'momento' | 'chat';

/** Everything that `make local` needs to know. */
export interface LocalOptions extends StackOptions {
  /** Which ports its servers are to have. */
  readonly ports: Readonly<Record<LocalServer, WantedPort>>;
  /** What the user said, beside the ports, to be repeated in the lines that are printed. */
  readonly said: Readonly<Record<string, string>>;
}

/** What `make embedded` needs to know. */
export interface EmbeddedOptions extends Pick<BackEndOptions, 'dir'> {
  /** What the chat's users may do. */
  readonly config: string;
  readonly ports: Readonly<Record<'momento' | 'embedded', WantedPort>>;
  /** What the user said, beside the ports, to be repeated in the lines that are printed. */
  readonly said: Readonly<Record<string, string>>;
}

/** The servers, their usual ports and the variables that choose others. */
const SERVERS = {
  emulator: { name: 'emulator', title: 'the AWS emulator', variable: 'TVM_EMULATOR_PORT', port: 4566 },
  momento: { name: 'momento', title: 'the local Momento', variable: 'TVM_MOMENTO_PORT', port: 8980 },
  chat: { name: 'chat-page', title: 'the chat page', variable: 'TVM_CHAT_PORT', port: 8990 },
  embedded: { name: 'embedded', title: 'the server', variable: 'TVM_EMBEDDED_PORT', port: 3000 },
} as const;

/** Of a stack that is given no other name. */
export const DEFAULT_STACK_NAME = 'TokenVendingMachine';

/** The options of `make local`, from the environment. A value that cannot be used is a {@link Failure}. */
export function optionsFrom(env: NodeJS.ProcessEnv, root: string = ROOT): LocalOptions {
  requireQualifier(env);
  return {
    dir: join(root, '.local'),
    stackName: stackNameFrom(env['TVM_STACK']),
    config: resolve(root, env['TVM_CONFIG'] || 'config/tvm.toml'),
    auth: authFrom(env['AUTH']),
    ports: {
      emulator: portFrom(env, 'emulator'),
      momento: portFrom(env, 'momento'),
      chat: portFrom(env, 'chat'),
    },
    said: saidIn(env, ['AUTH', 'TVM_CONFIG', 'TVM_STACK']),
  };
}

/** The options of `make embedded`, likewise. Its file is its own: another machine's is seldom for sessions. */
export function embeddedOptionsFrom(env: NodeJS.ProcessEnv, root: string = ROOT): EmbeddedOptions {
  return {
    dir: join(root, '.local'),
    config: resolve(root, env['TVM_CONFIG'] || 'examples/embedded-chat/tvm.toml'),
    ports: { momento: portFrom(env, 'momento'), embedded: portFrom(env, 'embedded') },
    said: saidIn(env, ['TVM_CONFIG']),
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

function portFrom(env: NodeJS.ProcessEnv, server: keyof typeof SERVERS): WantedPort {
  const { variable, ...rest } = SERVERS[server];
  const value = env[variable];
  if (!value) return { ...rest, variable, by: 'default' };
  const port = Number(value);
  if (!/^\d+$/.test(value) || port < 1 || port > 65_535) {
    throw new Failure(`${variable}=${value} is not a port; use a number from 1 to 65535.`);
  }
  return { ...rest, variable, port, by: 'user' };
}

function saidIn(env: NodeJS.ProcessEnv, variables: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(variables.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/**
 * What CloudFormation allows in the name of a stack: `CreateStack` in its API reference, `StackName`.
 *
 * @throws {Failure} for another name
 */
function stackNameFrom(value: string | undefined): string {
  if (!value) return DEFAULT_STACK_NAME;
  if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(value)) return value;
  throw new Failure(
    `TVM_STACK=${value} cannot be the name of a stack; use letters, digits and hyphens, a letter first, 128 at most.`,
  );
}
