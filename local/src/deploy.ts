/**
 * Deploys the CDK app to the emulator: the very stack that `make deploy` sends to AWS, but for the chat page's site, what stands
 * before the endpoint, and the functions' processor.
 *
 * Only the credentials and the endpoints differ. The environment is made so that nothing here can reach a real account.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchitectureName } from '@token-vending-machine/cdk/canonical-config';
import { EMULATED_ARCHITECTURE } from '@token-vending-machine/cdk/emulated';
import type { EffectiveConfig } from './config.ts';
import type { Running } from './daemon.ts';
import { ACCOUNT, clientConfig, clientEnvironment, REGION } from './emulator.ts';
import { Failure } from './failure.ts';
import { ROOT, type StackOptions } from './options.ts';
import { parseCdkOutputs, type StackOutputs } from './outputs.ts';
import type { Watch } from './progress.ts';
import { qualifierFrom } from './qualifier.ts';
import { run } from './run.ts';

export const CDK = join(ROOT, 'node_modules/.bin/cdk');
export const CDK_APP = join(ROOT, 'cdk');

/** The emulator runs the functions on this computer, whatever processor the configuration has for AWS. */
export const LOCAL_ARCHITECTURE: ArchitectureName = EMULATED_ARCHITECTURE;

/** Makes the emulator ready for CDK, once in its life: it forgets everything when it ends. */
export async function bootstrap(dir: string, emulator: Running): Promise<void> {
  const stamp = join(dir, 'emulator/bootstrapped');
  const qualifier = qualifierFrom(process.env, ROOT);
  const life = JSON.stringify({ ...emulator.identity, qualifier });
  if (contentOf(stamp) === life) return;
  await run({
    program: CDK,
    args: ['bootstrap', `aws://${ACCOUNT}/${REGION}`, '--no-notices', '--qualifier', qualifier],
    // Not in cdk/: there, the CLI would synthesize the app first, to no end. So it does not find the qualifier of its context.
    cwd: dir,
    env: clientEnvironment(emulator.url, dir),
    log: join(dir, 'logs/bootstrap.log'),
    doing: 'Preparing the emulator for CDK',
  });
  await takeRequestsWithoutTls(emulator.url, qualifier);
  writeFileSync(stamp, life);
}

/** CDK's bucket has a policy that refuses those, and loopback has no TLS: an emulator that asks IAM would refuse every asset. */
async function takeRequestsWithoutTls(emulatorUrl: string, qualifier: string): Promise<void> {
  const bucket = `cdk-${qualifier}-assets-${ACCOUNT}-${REGION}`;
  const { accessKeyId } = clientConfig(emulatorUrl).credentials;
  const credential = `${accessKeyId}/20260101/${REGION}/s3/aws4_request`;
  // The account's own key is believed without a signature.
  const Authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`${emulatorUrl}/${bucket}?policy`, { method: 'DELETE', headers: { Authorization } });
  if (!answer.ok) throw new Failure(`The policy of CDK's bucket ${bucket} stays: ${await answer.text()}`);
}

/** What a deployment needs beside the options. */
export interface DeployTarget {
  readonly emulatorUrl: string;
  /** The local Momento. */
  readonly momentoUrl: string;
  /** The built `tvm`. */
  readonly tvm: string;
}

/** Deploys the stack. @returns its outputs */
export async function deploy(
  target: DeployTarget,
  options: StackOptions,
  config: EffectiveConfig,
  watch?: Watch,
): Promise<StackOutputs> {
  const outputsFile = join(options.dir, 'cdk-outputs.json');
  mkdirSync(options.dir, { recursive: true });
  try {
    await run({
      program: CDK,
      args: deployArguments(target, options, outputsFile),
      cwd: CDK_APP,
      env: {
        ...clientEnvironment(target.emulatorUrl, options.dir),
        ...appEnvironment(options.stackName, config, target.tvm),
      },
      log: join(options.dir, 'logs/deploy.log'),
      doing: `Deploying ${options.stackName}`,
      watch,
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `${error.message}\nIf the stack itself is stuck, "make local-stop" and "make local" begin with an empty emulator.`,
    );
  }
  return parseCdkOutputs(readFileSync(outputsFile, 'utf8'), options.stackName);
}

/** What the CDK app reads from its environment. */
export function appEnvironment(stackName: string, config: EffectiveConfig, tvm: string): NodeJS.ProcessEnv {
  return { TVM_STACK: stackName, TVM_CONFIG: config.path, TVM_BIN: tvm };
}

/** What `cdk` is told; a folder of its own for what it synthesizes lets several stacks be deployed side by side. */
export function deployArguments(target: DeployTarget, options: StackOptions, outputsFile: string): string[] {
  return [
    'deploy',
    options.stackName,
    ...['--require-approval', 'never'],
    ...['--outputs-file', outputsFile],
    ...['--output', join(options.dir, 'cdk.out')],
    '--no-notices',
    ...['--context', `momentoTokenEndpoint=${target.momentoUrl}`],
    ...['--context', `momentoCacheEndpoint=${target.momentoUrl}`],
    ...['--context', 'emulator=true'],
    ...['--context', `emulatorUrl=${target.emulatorUrl}`],
  ];
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
