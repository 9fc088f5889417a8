/**
 * Runs a program to its end, with its output in a log, and turns its ways to fail into something to act on.
 *
 * Nothing a program prints reaches the terminal but the tail of its log when it fails.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { Failure, fullDisk, speaksOfFullDisk } from './failure.ts';
import type { Watch } from './progress.ts';

/** A program to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** All of its output goes there, anew at each run. */
  readonly log: string;
  /** What it does, for the message when it fails: "deploying". */
  readonly doing: string;
  /**
   * What to do when the program is not there.
   * @default 'run "make setup", which installs what can be installed'
   */
  readonly fixIfMissing?: string;
  /**
   * Told each line, as it comes.
   * @default nobody is
   */
  readonly watch?: Watch | undefined;
}

/** What a program wrote. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

const TAIL_LINES = 25;

/**
 * Runs `command`.
 *
 * @returns what it wrote
 * @throws {Failure} when the program is missing or the disk is full
 * @throws {ProgramFailed} when it ends with anything but 0
 */
export async function run(command: Command): Promise<Written> {
  const log = openLog(command.log);
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: Record<keyof Written | 'both', Buffer[]> = { stdout: [], stderr: [], both: [] };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      written[name].push(chunk);
      written.both.push(chunk);
      log.write(chunk);
    });
    if (command.watch) tellLines(child[name], command.watch);
  }
  const code = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(command, error)));
    child.once('close', (exit, signal) => resolve(exit ?? signal ?? 'SIGKILL'));
  }).finally(() => log.close());
  const all = { stdout: text(written.stdout), stderr: text(written.stderr) };
  if (code !== 0) throw failed(command, code, text(written.both), all.stdout);
  return all;
}

interface Log {
  write(chunk: Buffer): void;
  close(): void;
}

/** The file at `path`, emptied, for its owner alone: what a deployment says may hold what a configuration calls secret. */
function openLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w', 0o600);
  return {
    write(chunk) {
      try {
        writeSync(file, chunk);
      } catch {
        // A disk that is full: the program that runs meets it too, and what it says then is kept in memory.
      }
    },
    close: () => closeSync(file),
  };
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString();
}

function tellLines(stream: Readable, watch: Watch): void {
  createInterface({ input: stream }).on('line', (line) => watch(stripVTControlCharacters(line)));
}

function notStarted(command: Command, error: NodeJS.ErrnoException): Failure {
  if (error.code !== 'ENOENT') return new Failure(`${command.doing}: ${command.program}: ${error.message}`);
  const fix = command.fixIfMissing ?? 'run "make setup", which installs what can be installed';
  return new Failure(`${command.doing}: the program ${command.program} is missing; ${fix}.`);
}

/** A program ended with something else than 0. */
export class ProgramFailed extends Failure {
  /** Everything that it wrote. */
  readonly output: string;
  /** What of it came by the standard output. */
  readonly stdout: string;
  /** Its exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals;

  constructor(command: Command, code: number | NodeJS.Signals, output: string, stdout: string) {
    super(
      `${tail(output)}\n\n${command.doing} failed (${command.program} ended with ${code}). ` +
        `All of its output is in ${command.log}.`,
    );
    this.output = output;
    this.stdout = stdout;
    this.code = code;
  }
}

function failed(command: Command, code: number | NodeJS.Signals, output: string, stdout: string): Failure {
  return speaksOfFullDisk(output) ? fullDisk(command.cwd) : new ProgramFailed(command, code, output, stdout);
}

/** The last lines of `text`, for a message. */
export function tail(text: string, lines: number = TAIL_LINES): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
