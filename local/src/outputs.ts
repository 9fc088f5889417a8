/**
 * What a deployed stack says of itself, and the file that keeps it for other programs.
 *
 * The file holds passwords: it is never readable by anybody but its owner.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emulatedUrl } from '@token-vending-machine/cdk/emulated';
import { Failure } from './failure.ts';
import type { AuthMode } from './options.ts';

/** Somebody to try the machine as. Local only. */
export interface DemoUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

/** `.local/outputs.json`, which other programs read. What the stack puts out beyond this is in it too, as it is. */
export interface Outputs {
  /** Where tokens are asked for: a URL that works on this machine. */
  readonly Endpoint: string;
  readonly AuthMode: AuthMode;
  /** The local Momento. */
  readonly MomentoEndpoint: string;
  /** Holds the local Momento's API key. */
  readonly MomentoApiKeyFile: string;
  readonly ApiKeySecretArn: string;
  readonly StackName: string;
  readonly Region: string;
  /** The emulator: every AWS API answers there. */
  readonly AwsEndpoint: string;
  /** The configuration file that was deployed. */
  readonly ConfigFile: string;
  /** LambdaAuthorizer mode: the secret that holds the users. */
  readonly CredentialsSecretArn?: string;
  /** AmazonCognito mode, like those that follow. */
  readonly UserPoolId?: string;
  readonly UserPoolClientId?: string;
  /** Where to sign in. */
  readonly CognitoEndpoint?: string;
  /** The chat page, where `make local` serves it. */
  readonly ChatUrl?: string;
  /** In modes with users. */
  readonly DemoUsers?: readonly DemoUser[];
}

/** What `cdk deploy --outputs-file` wrote for one stack. */
export type StackOutputs = Readonly<Record<string, string>>;

/**
 * The outputs of `stackName` in the text of a CDK outputs file.
 *
 * @throws {Failure} when it is not in there
 */
export function parseCdkOutputs(text: string, stackName: string): StackOutputs {
  const stacks = JSON.parse(text) as Record<string, StackOutputs>;
  const outputs = stacks[stackName];
  if (outputs === undefined) {
    const found = Object.keys(stacks).join(', ') || 'none';
    throw new Failure(`The deployment put out nothing for the stack ${stackName} (stacks found: ${found}).`);
  }
  return outputs;
}

/** The output `name`. @throws {Failure} naming it when the stack has none */
export function required(outputs: StackOutputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Failure(`The stack has no output ${name}; cdk/ and local/ do not fit together.`);
  return value;
}

/**
 * The URL under which the emulator at `emulatorUrl` answers for `endpoint`: itself, where it is one of the emulator's, or
 * `https://<ApiId>.execute-api.<region>.<suffix>/<stage>/` of AWS.
 */
export function localEndpoint(endpoint: string, emulatorUrl: string): string {
  if (endpoint.startsWith(`${emulatorUrl}/_aws/execute-api/`)) return endpoint;
  const { hostname, pathname } = new URL(endpoint);
  const [apiId, service] = hostname.split('.');
  const stage = pathname.split('/')[1];
  if (service !== 'execute-api' || !stage) {
    throw new Failure(`The stack's endpoint is ${endpoint}, which is no URL of a REST API and its stage.`);
  }
  return emulatedUrl(emulatorUrl, apiId ?? '', stage);
}

/** Writes `outputs.json` of `dir`, whole or not at all. @returns its path */
export function writeOutputs(dir: string, outputs: Outputs): string {
  const path = outputsPath(dir);
  const fresh = `${path}.new`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(outputs, undefined, 2)}\n`, { mode: 0o600 });
  // The mode of a new file is cut by the umask, never widened; said once more for a file system that ignored it.
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
  return path;
}

/** What an earlier run wrote there, `undefined` if nothing usable. */
export function readOutputs(dir: string): Outputs | undefined {
  try {
    return JSON.parse(readFileSync(outputsPath(dir), 'utf8')) as Outputs;
  } catch {
    return undefined;
  }
}

/** Forgets what an earlier run wrote: it describes what is no longer there. */
export function forgetOutputs(dir: string): void {
  rmSync(outputsPath(dir), { force: true });
}

/** Where `outputs.json` of `dir` is. */
export function outputsPath(dir: string): string {
  return join(dir, 'outputs.json');
}
