/**
 * Loopback ports: whether one is free, and who has it if not. Binds nothing but 127.0.0.1.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { Failure } from './failure.ts';

export const LOOPBACK = '127.0.0.1';

/** A port that nobody else can take until it is released. */
export interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

/**
 * Takes `port` and holds it; a free one for 0.
 *
 * @returns why not, where it cannot be had: a clause that follows "Port 4566"
 */
export function holdPort(port: number): Promise<HeldPort | string> {
  return new Promise((settle) => {
    // Who connects meanwhile is hung up on: nothing is served here yet.
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => settle(whyNot(port, error)));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.unref();
      const address = server.address();
      settle({
        port: typeof address === 'object' && address !== null ? address.port : port,
        release: () => new Promise((released) => server.close(() => released())),
      });
    });
  });
}

/**
 * `port` if it can be listened on, a free one for 0. It is free again afterwards.
 *
 * @throws {Failure} naming who has the port, and `variable`, which chooses another.
 */
export async function claimablePort(port: number, purpose: string, variable: string): Promise<number> {
  const held = await holdPort(port);
  if (typeof held === 'string') {
    throw new Failure(
      `Port ${port}, meant for ${purpose}, ${held}. Choose another by ${variable}=…, or free this one.`,
    );
  }
  await held.release();
  return held.port;
}

function whyNot(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES') return 'may only be used by root (choose one above 1023)';
  if (code !== 'EADDRINUSE') return `cannot be used (${message})`;
  return `is in use by ${portHolder(port) ?? 'another program'}`;
}

/**
 * The program that listens on `port`, as `name (process 123)`, and for one of a copy of this project, where that is: from /proc, so
 * on Linux, and only where this user may look; `undefined` otherwise.
 */
export function portHolder(port: number): string | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of numbersIn('/proc')) {
    const holds = namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(linkTarget(`/proc/${pid}/fd/${fd}`)));
    if (!holds) continue;
    const name = `${contentsOf(`/proc/${pid}/comm`).trim() || 'a program'} (process ${pid})`;
    const folder = projectOf(linkTarget(`/proc/${pid}/cwd`));
    return folder === undefined ? name : `${name} of "make" in ${folder}`;
  }
  return undefined;
}

/** The copy of this project that a program in `cwd` belongs to: there itself, or in `.local`, where its servers run. */
function projectOf(cwd: string): string | undefined {
  const folder = basename(cwd) === '.local' ? dirname(cwd) : cwd;
  return cwd !== '' && existsSync(join(folder, 'local/src/main.ts')) ? folder : undefined;
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
