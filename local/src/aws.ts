/**
 * `make deploy`: the stack to AWS, with the credentials of the environment: doctor, build, diff, deploy, smoke call. The URL
 * and a curl line come last.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildFunctions, buildTools } from './build.ts';
import { effectiveConfig } from './config.ts';
import { appEnvironment, CDK, CDK_APP } from './deploy.ts';
import { doctor } from './doctor.ts';
import { VENV_BIN } from './emulator.ts';
import { Failure } from './failure.ts';
import type { AuthMode, StackOptions } from './options.ts';
import { parseCdkOutputs, required } from './outputs.ts';
import type { Progress } from './progress.ts';
import { smokeCall } from './smoke.ts';

/** How a caller of each mode asks, for a person to fill in. */
const HEADERS: Readonly<Record<AuthMode, string>> = {
  Open: '',
  LambdaAuthorizer: "-H 'username: …' -H 'password: …' ",
  AmazonCognito: "-H 'Authorization: Bearer <ID token>' ",
};

export async function deployToAws(options: StackOptions, progress: Progress): Promise<void> {
  await doctor(options, progress);
  const dir = join(options.dir, 'aws');
  const tools = await buildTools(dir, ['tvm']);
  const config = await effectiveConfig({ ...options, dir }, tools.tvm);
  await progress.step('Build the functions', (watch) =>
    buildFunctions(dir, config.values.functions.architecture, watch),
  );
  const outputsFile = join(dir, 'cdk-outputs.json');
  mkdirSync(dir, { recursive: true });
  const environment = {
    ...process.env,
    PATH: [VENV_BIN, process.env['PATH'] ?? ''].join(delimiter),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...appEnvironment(options.stackName, config, tools.tvm),
  };
  cdk(['diff', options.stackName], environment, 'What would change cannot be told');
  cdk(['deploy', options.stackName, '--outputs-file', outputsFile], environment, 'The deployment did not go through');
  const outputs = parseCdkOutputs(readFileSync(outputsFile, 'utf8'), options.stackName);
  const endpoint = required(outputs, 'Endpoint');
  await progress.step(
    'Call the endpoint as a stranger',
    () => smokeCall(endpoint, config.values.auth),
    (said) => said,
  );
  progress.say();
  progress.say('A key that is not in its secret yet goes there with:');
  progress.say(
    `  aws secretsmanager put-secret-value --secret-id ${required(outputs, 'ApiKeySecretArn')} --secret-string …`,
  );
  progress.say();
  if (outputs['ChatUrl'] !== undefined) progress.say(`${progress.strong('Chat')}     ${outputs['ChatUrl']}`);
  progress.say(`${progress.strong('Endpoint')} ${endpoint}`);
  progress.say(`curl -sS ${HEADERS[config.values.auth]}'${endpoint}'`);
}

/** On the terminal, so that CDK can show what changes, and ask where it changes security. */
function cdk(args: readonly string[], env: NodeJS.ProcessEnv, otherwise: string): void {
  const { status } = spawnSync(CDK, [...args, '--no-notices'], { cwd: CDK_APP, stdio: 'inherit', env });
  if (status !== 0) throw new Failure(`${otherwise}; CDK says why above.`);
}
