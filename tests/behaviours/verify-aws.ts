/**
 * `make verify-aws` at an emulator: that it deploys, tests and tidies up, also when it is interrupted, and touches nothing else.
 *
 * Real: the program with all that it runs, in one of the three modes. Not real: AWS and Momento, of which it is told that they run
 * already. What only an account can show is in docs/verify-aws.md.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { clientEnvironment, ROOT } from 'local';
import { apiKey, aws, directory, emulatorUrl, localMomentoUrl } from '../support/machines.ts';
import { needs } from '../support/needs.ts';
import { type Ran, ran } from '../support/programs.ts';
import { buildTvm, builtTvm } from '../support/tvm.ts';
import { administrator } from '../support/user-pool.ts';
import { QUESTIONS } from '../verify-aws/questions.ts';

const PROGRAM = ['--import', 'tsx', join(ROOT, 'tests/verify-aws/main.ts'), '--target', 'emulator'];
/** As a run would name one; nobody's, since no run made it. */
const UNTAGGED = 'TvmVerify-Open-deadbeef';
const RESOURCES = {
  Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } },
};
/** By then it is amid its first deployment. */
const DEPLOYING = /Deploy TvmVerify-Open-/;

export function verifyAws(): void {
  describe('make verify-aws', needs("the tests' own emulator"), () => {
    before(buildTvm);
    after(() => cloudFormation().send(new DeleteStackCommand({ StackName: UNTAGGED })));

    test('runs the behaviours of a mode, says of each question why it is not asked, and leaves nothing', async () => {
      const { code, out, notes } = await verify(['--modes', 'Open']);
      assert.equal(code, 0, out + notes);
      assert.match(out, /✔ a token lets its holder do nothing else/);
      assert.match(out, /﹣ AmazonCognito mode .*# it needs the stack AmazonCognito, which is not here/);
      for (const { name } of QUESTIONS)
        assert.match(out, new RegExp(`${name}\\n +not asked: the emulator .*; only AWS can tell`));
      assert.match(out, /In an account it would have cost at most \$0\.\d{4}/);
      assert.match(out, /Nothing of the run [0-9a-f]{8} is left/);
      assert.deepEqual(await ofARun(), []);
    });

    test('leaves nothing when it is interrupted in the middle of a deployment', async () => {
      const program = spawn(process.execPath, [...PROGRAM, '--modes', 'Open'], { cwd: ROOT, env: environment() });
      const ended = once(program, 'close');
      await saying(program, DEPLOYING);
      program.kill('SIGINT');
      const [code] = (await ended) as [number | null];
      assert.equal(code, 130);
      assert.deepEqual(await ofARun(), []);
    });

    test('does not delete a stack of such a name that it did not make', async () => {
      const TemplateBody = JSON.stringify(RESOURCES);
      await cloudFormation().send(new CreateStackCommand({ StackName: UNTAGGED, TemplateBody }));
      assert.equal((await verify(['--remove', 'deadbeef'])).code, 0);
      assert.deepEqual(await ofARun(), [UNTAGGED]);
      await cloudFormation().send(new DeleteStackCommand({ StackName: UNTAGGED }));
    });

    test('deletes what an earlier run left behind', async () => {
      const left = { StackName: UNTAGGED, Tags: [{ Key: 'tvm-verify', Value: 'deadbeef' }] };
      await cloudFormation().send(new CreateStackCommand({ ...left, TemplateBody: JSON.stringify(RESOURCES) }));
      const { code, out } = await verify(['--remove', 'deadbeef']);
      assert.equal(code, 0);
      assert.match(out, /Nothing of the run deadbeef is left/);
      assert.deepEqual(await ofARun(), []);
    });
  });
}

function environment(): NodeJS.ProcessEnv {
  const keyFile = join(directory(), 'verify-aws-key');
  writeFileSync(keyFile, apiKey(), { mode: 0o600 });
  return {
    ...clientEnvironment(emulatorUrl(), directory()),
    NO_COLOR: '1',
    TVM_BIN: builtTvm(),
    MOMENTO_API_KEY_FILE: keyFile,
    MOMENTO_TOKEN_ENDPOINT: localMomentoUrl(),
    MOMENTO_CACHE_ENDPOINT: localMomentoUrl(),
    // It runs tests of its own, and is not one of these.
    NODE_TEST_CONTEXT: undefined,
  };
}

function verify(args: readonly string[]): Promise<Ran> {
  return ran(process.execPath, [...PROGRAM, ...args], environment());
}

/** Returns once the program has said that. */
function saying({ stdout }: ChildProcess, what: RegExp): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    // Listened to until the end: a program whose output nobody takes would be ended by it.
    stdout?.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (what.test(said)) resolve();
    });
    stdout?.once('end', () => reject(new Error(`it never said ${what}, but: ${said}`)));
  });
}

/** What there is of any run: stacks that are not gone, and user pools. */
async function ofARun(): Promise<string[]> {
  const { StackSummaries = [] } = await cloudFormation().send(new ListStacksCommand({}));
  const { UserPools = [] } = await administrator().send(new ListUserPoolsCommand({ MaxResults: 60 }));
  const stacks = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  return [...stacks.map(({ StackName }) => StackName), ...UserPools.map(({ Name }) => Name)].filter(
    (name): name is string => name?.startsWith('TvmVerify-') === true,
  );
}

function cloudFormation(): CloudFormationClient {
  return new CloudFormationClient(aws());
}
