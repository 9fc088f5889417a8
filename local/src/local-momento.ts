/**
 * The local Momento (momento-emulator), as a program to keep running.
 *
 * It listens on loopback only. Its API key is in a file of its own, so that a new start knows the old key.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, ensureRunning, type Running } from './daemon.ts';
import { LOOPBACK } from './ports.ts';

export const MOMENTO = 'momento';

/** A local Momento and the file that holds its API key. */
export interface LocalMomento extends Running {
  readonly apiKeyFile: string;
}

/** The local Momento of `dir`, running and healthy, from the program `momentoEmulator`. */
export async function ensureMomento(dir: string, port: number, momentoEmulator: string): Promise<LocalMomento> {
  mkdirSync(dir, { recursive: true });
  const apiKeyFile = join(dir, 'momento-api-key');
  return { ...(await ensureRunning(momentoIn(dir, port, momentoEmulator, apiKeyFile))), apiKeyFile };
}

function momentoIn(dir: string, port: number, momentoEmulator: string, apiKeyFile: string): Daemon {
  return {
    name: MOMENTO,
    title: 'the local Momento',
    dir,
    port,
    portVariable: 'TVM_MOMENTO_PORT',
    healthPath: '/_stage/health',
    launch: (chosen) => ({
      program: momentoEmulator,
      args: ['--listen', `${LOOPBACK}:${chosen}`, '--api-key-file', apiKeyFile],
      env: { PATH: process.env['PATH'] },
    }),
  };
}

/** The API key in `file`. */
export function apiKeyIn(file: string): string {
  if (!existsSync(file)) throw new Error(`the local Momento wrote no API key to ${file}`);
  return readFileSync(file, 'utf8').trim();
}
