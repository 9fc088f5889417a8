/**
 * Loopback ports: whether one is free, and who has it if not. Binds nothing but 127.0.0.1, and nothing for long.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { Failure } from './failure.ts';

export const LOOPBACK = '127.0.0.1';

/**
 * `port` if it can be listened on, a free one for 0.
 *
 * @throws {Failure} naming who has the port, and `variable`, which chooses another.
 */
export async function claimablePort(port: number, purpose: string, variable: string): Promise<number> {
  const outcome = await tryToListen(port);
  if (typeof outcome === 'number') return outcome;
  if (outcome.code === 'EACCES') {
    throw new Failure(`Port ${port} (${purpose}) may only be used by root; choose one above 1023: ${variable}=… .`);
  }
  if (outcome.code === 'EADDRINUSE') {
    const holder = portHolder(port);
    throw new Failure(
      `Port ${port}, meant for ${purpose}, is in use by ${holder ?? 'another program'}. ` +
        `Stop that program, or choose another port: ${variable}=${suggestion(port)} make local`,
    );
  }
  throw new Failure(`Port ${port} (${purpose}) cannot be used: ${outcome.message}. Choose another: ${variable}=… .`);
}

function tryToListen(port: number): Promise<number | NodeJS.ErrnoException> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', settle);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

function suggestion(port: number): number {
  return port < 65_000 ? port + 100 : port - 100;
}

/**
 * The program that listens on `port`, as `name (process 123)`: from /proc, so on Linux, and only where this user may
 * look; `undefined` otherwise.
 */
export function portHolder(port: number): string | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of numbersIn('/proc')) {
    const holds = namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(linkTarget(`/proc/${pid}/fd/${fd}`)));
    if (holds) return `${contentsOf(`/proc/${pid}/comm`).trim() || 'a program'} (process ${pid})`;
  }
  return undefined;
}

/** `socket:[inode]` of each socket in the state LISTEN (0A) on `port`: proc(5), /proc/net/tcp. */
function listeningSockets(port: number): Set<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => contentsOf(file).split('\n'));
  const fields = lines.map((line) => line.trim().split(/\s+/));
  const listening = fields.filter((field) => field[1]?.endsWith(wanted) && field[3] === '0A');
  return new Set(listening.map((field) => `socket:[${field[9]}]`));
}

function numbersIn(path: string): string[] {
  return namesIn(path).filter((name) => /^\d+$/.test(name));
}

// Processes come and go, and other users' are closed to us: what cannot be read is as if it were not there.
function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function contentsOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
