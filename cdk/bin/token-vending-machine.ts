/**
 * The CDK app: reads the configuration, and makes one stack of it.
 *
 * Context, all optional: `stackName` (or the environment variable `TVM_STACK`) for several machines in one account and
 * region, `momentoTokenEndpoint` and `momentoCacheEndpoint` for a Momento of one's own, `bundle=false` to see a template
 * without building anything, `emulator=true` for the local emulator of AWS (`lib/emulated.ts` says what it does without), which
 * answers at `emulatorUrl`.
 *
 * An account that was bootstrapped with a qualifier: the context `@aws-cdk/core:bootstrapQualifier`, as ever, or the environment
 * variable `CDK_QUALIFIER`, which `cdk bootstrap` takes for its `--qualifier` as well, and `tvm doctor`.
 */

import { App, BOOTSTRAP_QUALIFIER_CONTEXT } from 'aws-cdk-lib';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';

import { BadArtifact } from '../lib/artifacts.ts';
import { ChatNotBuilt } from '../lib/chat-site.ts';
import { loadConfig } from '../lib/config.ts';
import { ConfigError } from '../lib/config-error.ts';
import { emulated } from '../lib/emulated.ts';
import { MissingProgram } from '../lib/source-code.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';

try {
  const qualifier = process.env['CDK_QUALIFIER'];
  const app = new App(qualifier ? { postCliContext: { [BOOTSTRAP_QUALIFIER_CONTEXT]: qualifier } } : {});
  const context = (key: string): string | undefined => app.node.tryGetContext(key);
  if (String(context('bundle')) === 'false') {
    app.node.setContext(BUNDLING_STACKS, []);
  }
  const stackName = process.env['TVM_STACK'] || context('stackName') || 'TokenVendingMachine';
  const momentoTokenEndpoint = context('momentoTokenEndpoint');
  const momentoCacheEndpoint = context('momentoCacheEndpoint');
  const emulatorUrl = context('emulatorUrl');
  const isEmulator = String(context('emulator')) === 'true';
  // Said outright, it is where the CDK command line deploys. What a profile says, the doctor knows.
  const { config, path } = loadConfig(process.env, isEmulator ? undefined : process.env['AWS_REGION']);
  new TokenVendingMachineStack(app, stackName, {
    description: 'Momento token vending machine',
    config: isEmulator ? emulated(config) : config,
    configPath: path,
    ...(momentoTokenEndpoint ? { momentoTokenEndpoint } : {}),
    ...(momentoCacheEndpoint ? { momentoCacheEndpoint } : {}),
    ...(emulatorUrl ? { emulatorUrl } : {}),
  });
} catch (error) {
  if (
    !(
      error instanceof ConfigError ||
      error instanceof MissingProgram ||
      error instanceof BadArtifact ||
      error instanceof ChatNotBuilt
    )
  ) {
    throw error;
  }
  // These are for a person, who has no use for a stack trace.
  console.error(error.message);
  process.exitCode = 1;
}
