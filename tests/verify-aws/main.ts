/**
 * `make verify-aws`: deploys the three modes to a real account, runs the behaviours of the tests and the open questions there, and
 * deletes everything again. With `--target emulator` the same program does so at an emulator on this computer.
 *
 * The tests run in a process group of their own: however that ends, also at Ctrl-C, what it made is found and deleted. Ends with 0
 * when every test passed and nothing is left, with 1 otherwise, with 130 when it was interrupted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  approve,
  type BackEnds,
  buildTools,
  clientEnvironment,
  Failure,
  Progress,
  REGION,
  ROOT,
  startBackEnds,
  stopBackEnds,
} from 'local';
import { type Account, theAccount } from './account.ts';
import { optionsFrom, type VerifyOptions } from './options.ts';
import { directoryOf, newRun, type Plan, writePlan } from './plan.ts';
import { leftLines, reportLines } from './report.ts';
import { readRequests, recorded } from './results.ts';
import { tearDown } from './teardown.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const SUITE = join(ROOT, 'tests/verify-aws/suite.ts');
const BACK_ENDS = join(ROOT, '.local/verify-aws/back-ends');
/** For `cdk` and the tests to end by themselves. */
const GRACE_MS = 5_000;
const INTERRUPTED = 130;

const progress = new Progress(process.stdout);
let interrupted = false;

async function main(): Promise<number> {
  const options = optionsFrom(process.argv.slice(2), process.env);
  if (options.where === 'emulator') return atEmulator(options);
  const account = await theAccount();
  return options.remove === undefined ? inAccount(options, account) : remove(options, account);
}

async function inAccount(options: VerifyOptions, account: Account): Promise<number> {
  const run = newRun();
  progress.say(`Run ${run}: account ${account.id}, region ${account.region}.`);
  progress.say(`Everything that it makes is named TvmVerify-…-${run}, and is deleted at the end.`);
  progress.say();
  await approve(
    options.approval,
    'This deploys to that account, for less than a dollar, and takes about half an hour.',
  );
  return verify(planOf(options, account, run));
}

function planOf(options: VerifyOptions, { region }: Account, run: string): Plan {
  const { where, modes, momento, emulatorUrl, tvm } = options;
  if (momento === undefined) throw new Failure('A Momento API key is needed: MOMENTO_API_KEY_FILE.');
  return { run, where, region, modes, momento, ...(emulatorUrl && { emulatorUrl }), ...(tvm && { tvm }) };
}

async function atEmulator(options: VerifyOptions): Promise<number> {
  const started = options.emulatorUrl === undefined ? await startEmulator() : undefined;
  try {
    const there = started === undefined ? options : { ...options, ...givenBy(started) };
    withoutAws(there.emulatorUrl ?? '');
    const account = { id: '000000000000', region: REGION };
    return await (options.remove === undefined
      ? verify(planOf(there, account, newRun()))
      : remove({ ...there, remove: options.remove }, account));
  } finally {
    if (started !== undefined) await stopBackEnds(BACK_ENDS);
  }
}

async function startEmulator(): Promise<BackEnds> {
  const tools = await progress.step('Build the local Momento', (watch) => buildTools(BACK_ENDS, undefined, watch));
  return startBackEnds({ dir: BACK_ENDS, emulatorPort: 0, momentoPort: 0 }, tools, progress);
}

function givenBy({ emulator, momento }: BackEnds): Pick<VerifyOptions, 'emulatorUrl' | 'momento'> {
  const { url, apiKeyFile } = momento;
  return { emulatorUrl: emulator.url, momento: { apiKeyFile, tokenEndpoint: url, cacheEndpoint: url } };
}

/** From here on nothing in this process, or in what it starts, can reach a real account. */
function withoutAws(emulatorUrl: string): void {
  const env = clientEnvironment(emulatorUrl, BACK_ENDS);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

async function verify(plan: Plan): Promise<number> {
  const began = performance.now();
  const dir = directoryOf(plan);
  mkdirSync(dir, { recursive: true });
  const code = await runSuite(writePlan(plan));
  progress.say();
  const left = await tearDown(plan, progress);
  const seconds = (performance.now() - began) / 1000;
  const { run, where } = plan;
  const found = { run, where, asked: recorded(dir), requests: readRequests(dir), seconds, left };
  for (const line of reportLines(found)) progress.say(line);
  const good = code === 0 && left.length === 0;
  if (good) rmSync(dir, { recursive: true });
  else progress.say(`What was built and logged is in ${dir}.`);
  if (interrupted) return INTERRUPTED;
  return good ? 0 : 1;
}

async function remove(options: VerifyOptions, account: Account): Promise<number> {
  const plan = planOf(options, account, options.remove ?? '');
  const left = await tearDown(plan, progress);
  for (const line of leftLines({ run: plan.run, left })) progress.say(line);
  return left.length === 0 ? 0 : 1;
}

/** Runs the tests to their end, or ends them. @returns their exit code */
async function runSuite(planFile: string): Promise<number | null> {
  const args = ['--import', 'tsx', '--test-reporter', 'spec', SUITE, planFile];
  // A group of its own: at Ctrl-C the terminal would else end `cdk` in the middle, and this program could not tell why.
  const suite = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const end = (signal: NodeJS.Signals): void => endGroup(suite.pid, signal);
  const onInterrupt = (): void => {
    if (interrupted) return;
    interrupted = true;
    progress.say('\nInterrupted: what was made so far is deleted. That takes some minutes; please let it.');
    end('SIGTERM');
    setTimeout(() => end('SIGKILL'), GRACE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onInterrupt);
  const [code] = (await once(suite, 'exit')) as [number | null];
  // What it started may have outlived it.
  end('SIGKILL');
  return code;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Failure ? `\n${error.message}` : error);
  process.exitCode = 1;
}
