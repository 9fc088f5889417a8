/**
 * `make deploy`: the stack to AWS, with the credentials of the environment: doctor, build, what would change, the deployment, a
 * smoke call. The URL and a curl line come last. Run again, it says that nothing changed.
 */
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { EffectiveConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { type AuthMode, ROOT } from '../options.ts';
import { localEndpoint, required, type StackOutputs } from '../outputs.ts';
import type { Progress, Watch } from '../progress.ts';
import { shellWord } from '../shell.ts';
import { approve } from './approval.ts';
import { type Assembly, type Changes, changesOf, deployAssembly, templateOf } from './cdk.ts';
import { summaryOf } from './changes.ts';
import { doctor } from './doctor.ts';
import type { CloudOptions } from './options.ts';
import { prepare } from './prepared.ts';
import { smokeCall } from './smoke.ts';
import { Cloud, type DeployedStack } from './stack.ts';
import { fixFor, troubleIn } from './trouble.ts';

/** How a caller of each mode asks, for a person to fill in. */
const HEADERS: Readonly<Record<AuthMode, string>> = {
  Open: '',
  LambdaAuthorizer: "-H 'username: …' -H 'password: …' ",
  AmazonCognito: "-H 'Authorization: Bearer <ID token>' ",
};

export async function deployToAws(options: CloudOptions, progress: Progress): Promise<void> {
  const { outputs, tvm } = await bringUp(options, progress);
  banner({ ...options, tvm }, outputs, progress);
}

/** A stack that is deployed and answers. */
export interface BroughtUp {
  readonly config: EffectiveConfig;
  readonly outputs: StackOutputs;
  /** The `tvm` that looked at the configuration, with all of its commands. */
  readonly tvm: string;
}

/** All of `make deploy` but its last lines. */
export async function bringUp(options: CloudOptions, progress: Progress): Promise<BroughtUp> {
  const tvm = await doctor(options, progress);
  const { assembly, config } = await prepare({ ...options, tvm }, progress);
  const cloud = new Cloud(options.stackName);
  const before = await cloud.deployed();
  const changes = await progress.step('Compare with what is deployed', () => changesOf(assembly), inAWord);
  if (changes.shown !== '') {
    progress.say();
    for (const line of await whatChanges(options, cloud, before, assembly, changes)) progress.say(line);
    progress.say();
    const why = worthAsking(changes, before, config.values.auth);
    if (why !== '') await approve(options.approval, why);
    await progress.step(`Deploy ${options.stackName}`, (watch) => deployOrExplain(assembly, cloud, options, watch));
  }
  const { outputs } = await cloud.existing();
  await smoke(outputs, progress);
  return { config, outputs, tvm };
}

/** One request as a stranger makes it, to a stack that is deployed. */
export async function smoke(outputs: StackOutputs, progress: Progress): Promise<void> {
  await progress.step(
    'Call the endpoint as a stranger',
    // A domain of one's own may lead nowhere yet; API Gateway's own name always does, unless it is turned off.
    () =>
      smokeCall(
        answering(outputs['ExecuteApiUrl'] ?? required(outputs, 'Endpoint')),
        required(outputs, 'AuthMode') as AuthMode,
      ).catch((error: Error) => {
        throw perhapsNotLedThere(error, outputs);
      }),
    (said) => said,
  );
}

/** The same failure, with what to do where the endpoint has one name alone, which somebody else puts into the DNS. */
export function perhapsNotLedThere(error: Error, outputs: StackOutputs): Error {
  const { DomainTarget: target, ExecuteApiUrl: other } = outputs;
  if (target === undefined || other !== undefined) return error;
  return new Failure(
    `${error.message} The endpoint has no other name (api.disable_default_endpoint): if its own does not lead there yet, make a ` +
      `CNAME of it to ${target} in your DNS, then "make smoke".`,
  );
}

/** Where the endpoint answers: where it says, but for an emulator of AWS on this computer, which answers for it. */
export function answering(endpoint: string): string {
  const emulator = emulatorHere();
  return emulator === undefined ? endpoint : localEndpoint(endpoint, emulator);
}

/** The emulator of AWS on this computer that the environment names, if it names one. */
function emulatorHere(): string | undefined {
  const url = process.env['AWS_ENDPOINT_URL'] ?? '';
  return /^http:\/\/(127\.0\.0\.1|localhost):/.test(url) ? url : undefined;
}

/** What callers are to be given. Never the name that AWS would give an API of an emulator: there, it may be a stranger's. */
export function addressOf(outputs: StackOutputs): string {
  const named = required(outputs, 'Endpoint');
  return emulatorHere() === undefined ? named : answering(outputs['ExecuteApiUrl'] ?? named);
}

/** What is shown of the changes: a summary, or all of it as CDK prints it. */
async function whatChanges(
  { diff, stackName }: CloudOptions,
  cloud: Cloud,
  before: DeployedStack | undefined,
  assembly: Assembly,
  { shown }: Changes,
): Promise<readonly string[]> {
  if (diff === 'full') return [shown];
  const title = before === undefined ? `The first deployment of ${stackName}` : `What changes in ${stackName}`;
  const summary = summaryOf(before === undefined ? undefined : await cloud.template(), templateOf(assembly));
  return [`${title} (all of it: DIFF=full, or make diff)`, ...summary.map((line) => `  ${line}`)];
}

function inAWord({ shown }: Changes): string {
  return shown === '' ? 'nothing changed' : 'see below';
}

/** By a change of this, CloudFormation puts another value into a secret that is there, in place of what operators put there. */
const MADE_ANEW = /\[~\] GenerateSecretString\b/;

/** What about a deployment somebody should have thought of; empty where there is nothing of that kind. */
export function worthAsking(changes: Changes, before: DeployedStack | undefined, auth: AuthMode): string {
  const was = before?.outputs['AuthMode'];
  return [
    ...(auth === 'Open' && was !== undefined && was !== 'Open'
      ? [`It opens the endpoint: today ${was} asks who is there, then whoever knows the URL gets a token.`]
      : []),
    // There is nobody yet whose rights a first deployment could widen.
    ...(changes.broadening && before !== undefined ? ['It widens what somebody or something may do (see above).'] : []),
    ...(MADE_ANEW.test(stripVTControlCharacters(changes.shown))
      ? ['It puts a new user in place of those in the secret: docs/upgrades.md says how to keep them.']
      : []),
    ...(changes.destructive && before !== undefined ? ['It replaces or deletes resources (see above).'] : []),
  ].join(' ');
}

async function deployOrExplain(assembly: Assembly, cloud: Cloud, options: CloudOptions, watch: Watch): Promise<void> {
  // What cannot be asked adds nothing to what is known, here and below.
  const last = await cloud.latestEvent().catch(() => undefined);
  try {
    await deployAssembly(assembly, options.tags, watch);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const events = await cloud.eventsAfter(last).catch(() => []);
    const now = await cloud.deployed().catch(() => undefined);
    const told = troubleIn(events, now?.status, options);
    if (told !== '') throw new Failure(`The deployment did not go through.\n\n${told}`);
    const fix = fixFor(error.message, options.stackName);
    throw fix === undefined ? error : new Failure(`${error.message}\n\nfix: ${fix}`);
  }
}

/** The line that asks for the key of a stack, as it can be pasted in the folder of the Makefile. */
export function keyCommand({ config, stackName, tvm }: CloudOptions & { readonly tvm: string }): string {
  const from = (path: string) => shellWord(path.startsWith(`${ROOT}/`) ? relative(ROOT, path) : path);
  return `${from(tvm)} key set --stack ${stackName} --config ${from(config)}`;
}

function banner(options: CloudOptions & { readonly tvm: string }, outputs: StackOutputs, progress: Progress): void {
  const endpoint = addressOf(outputs);
  progress.say();
  progress.say('A key that is not in its secret yet goes there with (it asks for the key, and tries it first):');
  progress.say(`  ${keyCommand(options)}`);
  progress.say();
  if (outputs['ChatUrl'] !== undefined) progress.say(`${progress.strong('Chat')}     ${outputs['ChatUrl']}`);
  progress.say(`${progress.strong('Endpoint')} ${endpoint}`);
  progress.say(`curl -sS ${HEADERS[required(outputs, 'AuthMode') as AuthMode]}'${endpoint}'`);
}
