/**
 * One `make` command at a time in a folder: two would deploy into the same emulator and write the same files.
 *
 * The lock is a file that names its process. A file whose process has ended is no lock, so a crash leaves nothing to clean up.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from './failure.ts';
import { identityOf, isRunning, type ProcessIdentity } from './processes.ts';

/** Who has the lock. */
interface Holder extends ProcessIdentity {
  /** "make local". */
  readonly command: string;
}

/**
 * Runs `action` while no other command has the lock of `dir`.
 *
 * @throws {Failure} where another has it, naming it
 */
export async function withLock<T>(dir: string, command: string, action: () => Promise<T>): Promise<T> {
  const release = acquire(dir, command);
  try {
    return await action();
  } finally {
    release();
  }
}

function acquire(dir: string, command: string): () => void {
  const path = join(dir, 'lock.json');
  const own = `${path}.${process.pid}`;
  mkdirSync(dir, { recursive: true });
  const me = identityOf(process.pid);
  // Without /proc there is no telling who holds it.
  if (me === undefined) return () => {};
  writeFileSync(own, JSON.stringify({ ...me, command } satisfies Holder));
  try {
    forgetEnded(path);
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw busy(dir, readHolder(path));
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** Takes away the lock of a process that has ended; one that was taken in between is put back. */
function forgetEnded(path: string): void {
  const holder = readHolder(path);
  if (holder !== undefined && isRunning(holder)) return;
  const aside = `${path}.${process.pid}.old`;
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    if (moved !== undefined && isRunning(moved)) linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function busy(dir: string, holder: Holder | undefined): Failure {
  const who = holder === undefined ? 'Another command' : `"${holder.command}" (process ${holder.pid})`;
  return new Failure(
    `${who} is at work in ${dirname(dir)}. Wait until it ends, or end it with Ctrl-C where it runs; then run this again. ` +
      'A second copy of the project, in a folder of its own, can run at the same time.',
  );
}
