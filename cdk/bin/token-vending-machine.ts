/**
 * The CDK app: reads the configuration, and makes one stack of it.
 *
 * Context, all optional: `stackName` (or the environment variable `TVM_STACK`) for several machines in one account and
 * region, `momentoTokenEndpoint` and `momentoCacheEndpoint` for a Momento of one's own, `bundle=false` to see a template
 * without building anything, `web=false` to leave the chat page out whatever the configuration says (the local emulator
 * cannot fill its bucket, and `make local` serves the page itself), `before=false` to leave out the firewall, the domain and the
 * usage plan before the endpoint (the emulator has no firewall, and its name is that of the computer), `architecture=x86_64` for functions of that processor
 * whatever the configuration says (the emulator runs them on the computer that it is on).
 */

import { App } from 'aws-cdk-lib';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';

import { BadArtifact } from '../lib/artifacts.ts';
import { ChatNotBuilt } from '../lib/chat-site.ts';
import { type ArchitectureName, ConfigError, loadConfig, type TvmConfig } from '../lib/config.ts';
import { MissingProgram } from '../lib/machine-function.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';

try {
  const app = new App();
  const context = (key: string): string | undefined => app.node.tryGetContext(key);
  if (String(context('bundle')) === 'false') {
    app.node.setContext(BUNDLING_STACKS, []);
  }
  const stackName = process.env['TVM_STACK'] || context('stackName') || 'TokenVendingMachine';
  const momentoTokenEndpoint = context('momentoTokenEndpoint');
  const momentoCacheEndpoint = context('momentoCacheEndpoint');
  const { config, path } = loadConfig();
  const web = String(context('web')) === 'false' ? { enabled: false } : config.web;
  const { waf, domain, usage_plan, ...bare } = config.api;
  const api = String(context('before')) === 'false' ? bare : config.api;
  const functions = { ...config.functions, architecture: architecture(context('architecture'), config) };
  new TokenVendingMachineStack(app, stackName, {
    description: 'Momento token vending machine',
    config: { ...config, api, functions, web },
    configPath: path,
    ...(momentoTokenEndpoint ? { momentoTokenEndpoint } : {}),
    ...(momentoCacheEndpoint ? { momentoCacheEndpoint } : {}),
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

function architecture(said: string | undefined, { functions }: TvmConfig): ArchitectureName {
  if (said === undefined || said === 'x86_64' || said === 'arm64') {
    return said ?? functions.architecture;
  }
  throw new ConfigError(`-c architecture=${said} is no processor of Lambda; write x86_64 or arm64, or leave it out`);
}
