/**
 * The machines under test: one emulator and one local Momento in a directory below `.local/`, and stacks beside one another,
 * deployed by the very code of `make local`.
 *
 * Always from nothing, and always ended: no run can lean on what an earlier one left behind.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AUTH_MODES,
  type AuthMode,
  type AwsConfig,
  apiKeyIn,
  type BackEndOptions,
  type BackEnds,
  buildTools,
  cacheClient,
  clientConfig,
  type DemoUser,
  type DeployedStack,
  deployStack,
  Progress,
  ROOT,
  type StackOptions,
  startBackEnds,
  stopBackEnds,
} from 'local';
import { type ExistingPool, makeExistingPool } from './existing-pool.ts';
import { Issuer } from './issuer.ts';
import { plant, plantKey } from './planted.ts';
import { givenTarget, type MachineOutputs, type Target } from './target.ts';

// Else every client of the AWS SDK prints a notice about versions of Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const SHIPPED = join(ROOT, 'config/tvm.toml');

/**
 * The stacks: the shipped configuration in each mode, one with `Authorization: Basic`, one for the tokens of an
 * issuer, one for the access tokens of a user pool that was there before, and the shipped configuration with tokens that
 * the functions share.
 */
export const STACKS = [...AUTH_MODES, 'Basic', 'Jwt', 'ExistingPool', 'Shared'] as const;
/**
 * Beside those, for what takes a token's life: the shipped configuration in Open mode, with tokens that soon end. For what outlives a
 * stack or a mode: the shipped configuration in each mode, in production.
 */
export type StackName = (typeof STACKS)[number] | 'ShortLived' | `Prod${AuthMode}`;

/** What is started. */
export interface Machines {
  /** The name of the directory: of each program its own, since they may run at once. */
  readonly dir: string;
  readonly stacks: readonly StackName[];
  /**
   * How long the tokens of `ShortLived` live.
   * @default 10
   */
  readonly tokenSeconds?: number;
  /**
   * Whether the emulator asks IAM for each request.
   * @default 'off'
   */
  readonly iam?: BackEndOptions['iam'];
}

const TOKEN_SECONDS = 10;

/** For stacks under load: what is tried are the functions, and the emulator throttles as API Gateway does. */
const UNTHROTTLED = '[limits]\nrequests_per_second = "off"\nrequest_burst = "off"\n';

/** What makes the functions of a stack share their tokens. */
const SHARED = `[reuse]\nmode = "shared"\n${UNTHROTTLED}`;

/** What makes a stack one in production, whatever its mode. */
const IN_PRODUCTION = `[deployment]\nstage = "prod"\nopen_to_everybody = true\n${UNTHROTTLED}`;

/** For whom the issuer's tokens must be made out. */
export const AUDIENCE = 'tvm-tests';
/** The one group of who has such a token. Its members have the topics of their tenant to themselves. */
export const TENANTS = 'Tenants';

/** A cache that is there, and that no configuration grants. */
export const OTHER_CACHE = givenTarget()?.otherCache ?? 'somebody-elses-cache';
/** The one that the shipped configuration grants. */
export const CACHE = givenTarget()?.cache ?? 'default-cache';

let started: Machines | undefined;
let backEnds: BackEnds | undefined;
let issuer: Issuer | undefined;
let existingPool: ExistingPool | undefined;
const stacks = new Map<StackName, DeployedStack>();

/** What {@link startMachines} starts. */
const ofTheTests: Target = {
  aws: () => clientConfig(emulatorUrl()),
  momentoUrl: () => running().momento.url,
  apiKey: () => apiKeyIn(running().momento.apiKeyFile),
  outputsOf: (name) => stacks.get(name as StackName)?.outputs,
  stackNameOf: (name) => `TvmTest${name}`,
  ownName: (what) => what,
  cognitoUrl: emulatorUrl,
  has: new Set(['the local Momento', "the tests' own emulator"] as const),
  cache: CACHE,
  otherCache: OTHER_CACHE,
};

/** Where the behaviours run. */
export function target(): Target {
  return givenTarget() ?? ofTheTests;
}

/** What an AWS client is made with there. */
export function aws(): AwsConfig {
  return target().aws();
}

/** Deploys `machines`. */
export async function startMachines(machines: Machines): Promise<void> {
  started = machines;
  const dir = directory();
  await stopBackEnds(dir);
  rmSync(dir, { recursive: true, force: true });
  const progress = progressOf('tests');
  const tools = await progress.step('Build the local Momento and tvm', () => buildTools(dir));
  const options = { dir, emulatorPort: 0, momentoPort: 0, ...(machines.iam && { iam: machines.iam }) };
  backEnds = await startBackEnds(options, tools, progress);
  process.once('exit', endAtOnce);
  // By default a signal ends a process without its `exit`.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  // Before the functions that ask it for its keys as they start.
  if (machines.stacks.includes('Jwt')) issuer = await Issuer.start();
  if (machines.stacks.includes('ExistingPool'))
    existingPool = await makeExistingPool(emulatorUrl(), ['ReadOnlyUserGroup', 'ReadWriteUserGroup']);
  // One after the other: at once they wait for the same lock of cargo, and take longer than this on two cores.
  for (const name of machines.stacks) await deployOne(name);
  plantKey('the API key', apiKey());
  await makeOtherCache();
}

/** Ends everything, whatever happened before. */
export async function stopMachines(): Promise<void> {
  await stopBackEnds(directory());
  backEnds = undefined;
  await issuer?.stop();
  issuer = undefined;
}

/** For an end that waits for nothing, as at Ctrl-C: both were started as leaders of their process groups. */
function endAtOnce(): void {
  if (backEnds === undefined) return;
  for (const { identity } of [backEnds.emulator, backEnds.momento]) {
    try {
      process.kill(-identity.pid, 'SIGTERM');
    } catch {
      // It ended by itself.
    }
  }
}

async function deployOne(name: StackName): Promise<void> {
  stacks.set(name, await deployOther(name, configOf(name)));
}

/** A configuration file, and the mode to deploy instead of its own. */
export type Deployable = Pick<StackOptions, 'config' | 'auth'>;

/** Deploys a stack that a test sees to by itself, or what is there of that name once more. */
export async function deployOther(name: string, what: Deployable): Promise<DeployedStack> {
  const options = { dir: join(directory(), name), stackName: stackNameOf(name), ...what };
  const stack = await deployStack(running(), options, progressOf(name));
  for (const user of stack.outputs.DemoUsers ?? []) plant(`the password of ${user.username}`, user.password);
  return stack;
}

function configOf(name: StackName): Deployable {
  if (name === 'Basic') return { config: join(ROOT, 'config/examples/lambda-authorizer.toml') };
  if (name === 'Shared') return { config: written('shared-tokens', `${readFileSync(SHIPPED, 'utf8')}\n${SHARED}`) };
  if (name === 'ShortLived') return { config: written('short-lived', shortLived()), auth: 'Open' };
  if (name === 'ExistingPool') return { config: written('existing-pool', ofExistingPool()), auth: 'AmazonCognito' };
  if (name === 'Jwt') return { config: written('issuer-tokens', issuerTokens(theIssuer().url)) };
  if (name.startsWith('Prod')) return inProduction(name.slice('Prod'.length) as AuthMode);
  return { config: SHIPPED, auth: name as AuthMode };
}

/** A configuration of the tests' own. @returns where it is */
export function written(name: string, config: string): string {
  const path = join(directory(), `${name}.toml`);
  mkdirSync(directory(), { recursive: true });
  writeFileSync(path, config);
  return path;
}

/** The shipped configuration in production. */
export function inProduction(auth: AuthMode): Deployable {
  return { config: written('production', `${readFileSync(SHIPPED, 'utf8')}\n${IN_PRODUCTION}`), auth };
}

function shortLived(): string {
  const seconds = started?.tokenSeconds ?? TOKEN_SECONDS;
  return readFileSync(SHIPPED, 'utf8').replace(/^expires_in = .*$/m, `expires_in = ${seconds}`);
}

/** The shipped configuration, for the access tokens of the existing pool that its app's client gets. */
function ofExistingPool(): string {
  const { pool, client } = theExistingPool();
  const table = `[cognito]\ntoken_use = "access"\nuser_pool = "${pool}"\nclients = ["${client}"]\n`;
  return `${readFileSync(SHIPPED, 'utf8')}\n${table}`;
}

function issuerTokens(issuerUrl: string): string {
  return `
auth = "LambdaAuthorizer"

[token]
id = "{username}"

[authorizer]
kind = "jwt"
issuer = "${issuerUrl}"
audience = ["${AUDIENCE}"]
groups_claim = "/realm_access/roles"

[[groups.${TENANTS}.permissions]]
cache = "${CACHE}"
topic = { prefix = "{claims.tenant}/" }
role = "PublishSubscribe"
`;
}

async function makeOtherCache(): Promise<void> {
  const client = cacheClient(apiKey(), momentoUrl());
  await client.createCache(OTHER_CACHE);
  client.close();
}

/** Where everything of what was started is. */
export function directory(): string {
  if (started === undefined) throw new Error('nothing was started');
  return join(ROOT, '.local', started.dir);
}

/** The stack that the tests deployed on their own emulator. */
export function machine(name: StackName): DeployedStack {
  const stack = stacks.get(name);
  if (stack === undefined) throw new Error(`the stack ${name} was not deployed`);
  return stack;
}

/** Whether there is such a stack: asked while the tests are put together, before they deploy their own. */
export function isDeployed(name: StackName): boolean {
  const given = givenTarget();
  return given === undefined || given.outputsOf(name) !== undefined;
}

/** What the deployed stack put out. */
export function outputsOf(name: StackName): MachineOutputs {
  const outputs = target().outputsOf(name);
  if (outputs === undefined) throw new Error(`the stack ${name} was not deployed`);
  return outputs;
}

/** The URL of its endpoint. */
export function endpointOf(name: StackName): string {
  return outputsOf(name).Endpoint;
}

/** What CloudFormation calls it. */
export function stackNameOf(name: string): string {
  return target().stackNameOf(name);
}

/** Where its synthesized template is. */
export function templateOf(name: string): string {
  return join(directory(), name, 'cdk.out', `${stackNameOf(name)}.template.json`);
}

/** The demo user of `stack` who is in `group`. */
export function memberOf(stack: StackName, group: string): DemoUser {
  const user = outputsOf(stack).DemoUsers?.find(({ groups }) => groups.includes(group));
  if (user === undefined) throw new Error(`${stack} has no user in ${group}`);
  return user;
}

/** The API key that the stacks vend with. */
export function apiKey(): string {
  return target().apiKey();
}

/** Whose tokens the stack `Jwt` accepts. */
export function theIssuer(): Issuer {
  if (issuer === undefined) throw new Error('the issuer does not run');
  return issuer;
}

/** Whose access tokens the stack `ExistingPool` accepts. */
export function theExistingPool(): ExistingPool {
  if (existingPool === undefined) throw new Error('there is no existing pool');
  return existingPool;
}

/** Where cargo puts `tvm`: the one of `make local`, which leaves out `tvm user`, until it is built whole. */
export function tvmWithoutUsers(): string {
  return running().tools.tvm;
}

/** Where Momento is; `undefined` where the token says so. */
export function momentoUrl(): string | undefined {
  return target().momentoUrl();
}

/** Where the local Momento is, with its own interface. */
export function localMomentoUrl(): string {
  const url = target().has.has('the local Momento') ? momentoUrl() : undefined;
  if (url === undefined) throw new Error('there is no local Momento');
  return url;
}

export function emulatorUrl(): string {
  return running().emulator.url;
}

function running(): BackEnds {
  if (backEnds === undefined) throw new Error('the emulator and the local Momento do not run');
  return backEnds;
}

/** Plain lines that say whose they are: several stacks are deployed at once. */
function progressOf(name: string): Progress {
  return new Progress({ write: (text) => process.stderr.write(text.replace(/^(?=.)/gm, `${name}: `)) });
}
