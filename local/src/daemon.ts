/**
 * Programs that outlive `make local`: started in a process group of their own, found again, ended.
 *
 * A record beside the logs says which process it is; a process that is not the recorded one is never signalled, and
 * one that was started differently (another port, a new build) is replaced, never reused.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, fullDisk, speaksOfFullDisk } from './failure.ts';
import { claimablePort, LOOPBACK } from './ports.ts';
import { endGroup, identityOf, isRunning, type ProcessIdentity } from './processes.ts';
import { tail } from './run.ts';

/** How a program is started, but for its port. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A program to keep running. */
export interface Daemon {
  /** Names its log and its record: `emulator`. */
  readonly name: string;
  /** For messages: "the AWS emulator". */
  readonly title: string;
  /** Where its record is; its log is in `logs/` there. */
  readonly dir: string;
  /** 0 = the one it runs on, or a free one. */
  readonly port: number;
  /** The variable that chooses the port, for messages. */
  readonly portVariable: string;
  readonly healthPath: string;
  /** How it is started there. Asked also to tell whether what runs was started so: it must change nothing. */
  readonly launch: (port: number) => Launch;
  /**
   * Makes its folders ready, when there is nothing that runs in them.
   * @default nothing has to be
   */
  readonly prepare?: () => void;
}

/** A program that runs and is healthy. */
export interface Running {
  readonly port: number;
  readonly url: string;
  readonly identity: ProcessIdentity;
  /** Whether it was started just now, and so has forgotten everything. */
  readonly fresh: boolean;
}

interface DaemonRecord extends ProcessIdentity {
  readonly port: number;
  readonly fingerprint: string;
}

/** A cold, busy machine takes seconds to start Python; nothing takes this long unless it hangs. */
const START_SECONDS = 30;
const POLL_MS = 50;
const HEALTH_TIMEOUT_MS = 2000;

/** The program, running and healthy: the one of before if it is as `daemon` says, else a new one. */
export async function ensureRunning(daemon: Daemon): Promise<Running> {
  const record = readRecord(daemon.dir, daemon.name);
  if (record !== undefined && isRunning(record)) {
    const wanted = daemon.port === 0 || daemon.port === record.port;
    const same = record.fingerprint === fingerprint(daemon.launch(record.port));
    if (wanted && same && (await isHealthy(record.port, daemon.healthPath))) {
      return { ...running(record), fresh: false };
    }
    await endGroup(record);
  }
  return start(daemon);
}

/** The port of the program `name` of `dir`, `undefined` where it does not run. */
export function runningPort(dir: string, name: string): number | undefined {
  const record = readRecord(dir, name);
  return record !== undefined && isRunning(record) ? record.port : undefined;
}

/**
 * Ends the program `name` of `dir`, if it runs.
 *
 * @returns whether it ran
 */
export async function stopDaemon(dir: string, name: string): Promise<boolean> {
  const record = readRecord(dir, name);
  const ran = record !== undefined && (await endGroup(record));
  rmSync(recordPath(dir, name), { force: true });
  return ran;
}

async function start(daemon: Daemon): Promise<Running> {
  const port = await claimablePort(daemon.port, daemon.title, daemon.portVariable);
  const launch = daemon.launch(port);
  daemon.prepare?.();
  const log = join(daemon.dir, 'logs', `${daemon.name}.log`);
  const identity = spawnDetached(daemon, launch, log);
  const record = { ...identity, port, fingerprint: fingerprint(launch) };
  writeFileSync(recordPath(daemon.dir, daemon.name), JSON.stringify(record));
  await untilHealthy(daemon, record, log);
  return { ...running(record), fresh: true };
}

function spawnDetached(daemon: Daemon, launch: Launch, log: string): ProcessIdentity {
  mkdirSync(join(daemon.dir, 'logs'), { recursive: true });
  const output = openSync(log, 'w', 0o600);
  try {
    const child = spawn(launch.program, launch.args, {
      cwd: daemon.dir,
      env: launch.env,
      detached: true,
      stdio: ['ignore', output, output],
    });
    // Reported by the missing pid; unheard, the event would end this program with a stack trace.
    child.once('error', () => {});
    child.unref();
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (identity === undefined) throw notStarted(daemon, launch, log);
    return identity;
  } finally {
    closeSync(output);
  }
}

async function untilHealthy(daemon: Daemon, record: DaemonRecord, log: string): Promise<void> {
  const deadline = performance.now() + START_SECONDS * 1000;
  while (performance.now() < deadline) {
    if (!isRunning(record)) throw notStarted(daemon, undefined, log);
    if (await isHealthy(record.port, daemon.healthPath)) return;
    await sleep(POLL_MS);
  }
  await endGroup(record);
  throw new Failure(
    `${capital(daemon.title)} did not answer on ${LOOPBACK}:${record.port} within ${START_SECONDS} s. ` +
      `Its log is ${log}; run it again when the machine is less busy.`,
  );
}

function notStarted(daemon: Daemon, launch: Launch | undefined, log: string): Failure {
  if (launch !== undefined && !exists(launch.program)) {
    return new Failure(`${capital(daemon.title)} cannot start: ${launch.program} is missing. Run "make setup".`);
  }
  const said = readFileSync(log, 'utf8');
  if (speaksOfFullDisk(said)) return fullDisk(daemon.dir);
  return new Failure(`${tail(said)}\n\n${capital(daemon.title)} ended as soon as it started. Its log is ${log}.`);
}

async function isHealthy(port: number, path: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    const response = await fetch(`http://${LOOPBACK}:${port}${path}`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Changes with how the program is started and with the program itself: a new build is a new program. */
function fingerprint(launch: Launch): string {
  const built = exists(launch.program) ? statSync(launch.program).mtimeMs : 0;
  return createHash('sha256')
    .update(JSON.stringify([launch, built]))
    .digest('hex');
}

function running(record: DaemonRecord): Omit<Running, 'fresh'> {
  return {
    port: record.port,
    url: `http://${LOOPBACK}:${record.port}`,
    identity: { pid: record.pid, began: record.began },
  };
}

function recordPath(dir: string, name: string): string {
  return join(dir, `${name}.json`);
}

function readRecord(dir: string, name: string): DaemonRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordPath(dir, name), 'utf8')) as DaemonRecord;
  } catch {
    // None, or one cut short by a full disk: there is no process that could be shown to be ours.
    return undefined;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function capital(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}
