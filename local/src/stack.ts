/**
 * The whole local machine, from its parts: back ends to start and stop, stacks to deploy there.
 *
 * One emulator and one local Momento serve any number of stacks side by side; the tests deploy one for each mode.
 */
import { mkdirSync } from 'node:fs';
import { provideFunctions, type Tools } from './build.ts';
import { type EffectiveConfig, effectiveConfig } from './config.ts';
import { type Running, stopDaemon } from './daemon.ts';
import { bootstrap, deploy, LOCAL_ARCHITECTURE } from './deploy.ts';
import { type AwsConfig, clientConfig, EMULATOR, ensureEmulator, REGION } from './emulator.ts';
import { namedCaches } from './grants.ts';
import { apiKeyIn, ensureMomento, type LocalMomento, MOMENTO } from './local-momento.ts';
import { createCaches } from './momento.ts';
import type { BackEndOptions, StackOptions } from './options.ts';
import {
  type DemoUser,
  localEndpoint,
  type Outputs,
  readOutputs,
  required,
  type StackOutputs,
  writeOutputs,
} from './outputs.ts';
import type { Progress } from './progress.ts';
import { putSecret } from './secrets.ts';
import { demoUsers, provesByToken, provideAuthorizerUsers, provideCognitoUsers, requireUserPool } from './users.ts';

/** An emulator and a local Momento, running and ready for stacks. */
export interface BackEnds {
  readonly emulator: Running;
  readonly momento: LocalMomento;
  readonly tools: Tools;
}

/** A stack that is deployed. */
export interface DeployedStack {
  readonly config: EffectiveConfig;
  readonly outputs: Outputs;
}

/** Starts both, unless they run already as `options` says. */
export async function startBackEnds(options: BackEndOptions, tools: Tools, progress: Progress): Promise<BackEnds> {
  const { dir } = options;
  mkdirSync(dir, { recursive: true });
  const where = (it: Running) => `${it.url}${it.fresh ? '' : ', still running'}`;
  const momento = await progress.step(
    'Start the local Momento',
    () => ensureMomento(dir, options.momentoPort, tools.momentoEmulator),
    where,
  );
  const emulator = await progress.step(
    'Start the AWS emulator',
    () => ensureEmulator(dir, options.emulatorPort, options.iam ?? 'off'),
    where,
  );
  await progress.step('Prepare the emulator for CDK', () => bootstrap(dir, emulator));
  return { emulator, momento, tools };
}

/** Ends what {@link startBackEnds} started in `dir`. @returns the names of what was still running */
export async function stopBackEnds(dir: string): Promise<string[]> {
  const ended: string[] = [];
  for (const name of [EMULATOR, MOMENTO]) if (await stopDaemon(dir, name)) ended.push(name);
  return ended;
}

/** Deploys one stack, gives it its key and users, and writes `outputs.json`. */
export async function deployStack(
  backEnds: BackEnds,
  options: StackOptions,
  progress: Progress,
): Promise<DeployedStack> {
  const { emulator, momento, tools } = backEnds;
  const config = await effectiveConfig(options, tools.tvm);
  const { auth, cognito } = config.values;
  if (auth === 'AmazonCognito' && cognito.user_pool !== undefined)
    await requireUserPool(emulator.url, cognito.user_pool);
  const target = { emulatorUrl: emulator.url, momentoUrl: momento.url, tvm: tools.tvm };
  await provideFunctions(config.values, { dir: options.dir, architecture: LOCAL_ARCHITECTURE }, progress);
  const stack = await progress.step('Deploy the stack', (watch) => deploy(target, options, config, watch));
  const outputs = await progress.step('Put in the API key, the caches and the demo users', () =>
    equip(backEnds, options, config, stack),
  );
  writeOutputs(options.dir, outputs);
  return { config, outputs };
}

async function equip(
  { emulator, momento }: BackEnds,
  options: StackOptions,
  { path, values }: EffectiveConfig,
  stack: StackOutputs,
): Promise<Outputs> {
  const apiKey = apiKeyIn(momento.apiKeyFile);
  const secret = required(stack, 'ApiKeySecretArn');
  const aws = clientConfig(emulator.url);
  await putSecret(aws, values.momento.secret ?? secret, apiKey);
  await createCaches(apiKey, momento.url, namedCaches(values));
  const users = await provideUsers(aws, values, stack, readOutputs(options.dir)?.DemoUsers);
  return {
    ...stack,
    Endpoint: localEndpoint(required(stack, 'Endpoint'), emulator.url),
    AuthMode: values.auth,
    MomentoEndpoint: momento.url,
    MomentoApiKeyFile: momento.apiKeyFile,
    ApiKeySecretArn: secret,
    StackName: options.stackName,
    Region: REGION,
    AwsEndpoint: emulator.url,
    ConfigFile: path,
    ...(values.auth === 'AmazonCognito' && { CognitoEndpoint: emulator.url }),
    ...(users && { DemoUsers: users }),
  };
}

/**
 * Puts the demo users where a stack of this configuration looks for its users.
 *
 * @param known users whose passwords stay as they are
 * @returns the users; `undefined` where the mode has none of its own
 */
export async function provideUsers(
  aws: AwsConfig,
  config: EffectiveConfig['values'],
  stack: StackOutputs,
  known?: readonly DemoUser[],
): Promise<DemoUser[] | undefined> {
  // The users of an issuer are its own.
  if (config.auth === 'Open' || provesByToken(config)) return undefined;
  const users = demoUsers(Object.keys(config.groups), known);
  if (config.auth === 'AmazonCognito') {
    await provideCognitoUsers(aws, required(stack, 'UserPoolId'), users);
  } else {
    await provideAuthorizerUsers(aws, required(stack, 'CredentialsSecretArn'), users, known);
  }
  return users;
}
