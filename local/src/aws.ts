/** `make deploy`: the stack to AWS, with the credentials of the environment. The URL and a curl line come last. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildTools } from './build.ts';
import { effectiveConfig } from './config.ts';
import { appEnvironment, CDK, CDK_APP } from './deploy.ts';
import { doctor } from './doctor.ts';
import { VENV_BIN } from './emulator.ts';
import { Failure } from './failure.ts';
import type { AuthMode, StackOptions } from './options.ts';
import { parseCdkOutputs, required } from './outputs.ts';
import type { Progress } from './progress.ts';

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
  const outputsFile = join(dir, 'cdk-outputs.json');
  mkdirSync(dir, { recursive: true });
  // On the terminal, so that CDK can show what changes in security and ask.
  const { status } = spawnSync(CDK, ['deploy', options.stackName, '--no-notices', '--outputs-file', outputsFile], {
    cwd: CDK_APP,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [VENV_BIN, process.env['PATH'] ?? ''].join(delimiter),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      ...appEnvironment(options.stackName, config, tools.tvm),
    },
  });
  if (status !== 0) throw new Failure('The deployment did not go through; CDK says why above.');
  const outputs = parseCdkOutputs(readFileSync(outputsFile, 'utf8'), options.stackName);
  const endpoint = required(outputs, 'Endpoint');
  progress.say();
  progress.say('A key that is not in its secret yet goes there with:');
  progress.say(
    `  aws secretsmanager put-secret-value --secret-id ${required(outputs, 'ApiKeySecretArn')} --secret-string …`,
  );
  progress.say();
  progress.say(`${progress.strong('Endpoint')} ${endpoint}`);
  progress.say(`curl -sS ${HEADERS[config.values.auth]}'${endpoint}'`);
}
