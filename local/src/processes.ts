/**
 * Processes of ours, told apart from others that were given the same number, and ended by their process group.
 *
 * Never signals a process that it cannot show to be the one that was started.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process number together with when it began: unlike the number alone, never given out twice in one uptime. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, and the boot they count from. */
  readonly began: string;
}

/** The identity of the running process `pid`, `undefined` if there is none (or it is only waiting to be reaped). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold anything: count from its end. proc(5): state is field 3,
    // starttime field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { pid, began: `${fields[19]}@${boot}` };
  } catch {
    return undefined;
  }
}

/** Whether the very process of `identity` still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== undefined && now.began === identity.began;
}

const POLL_MS = 50;
/** Enough to finish a request; what hangs after that is killed. */
const GRACE_MS = 5000;

/**
 * Ends the process and all of its group (it was started as the leader of one); returns when it is gone.
 *
 * @returns whether it was still running
 */
export async function endGroup(identity: ProcessIdentity, graceMs: number = GRACE_MS): Promise<boolean> {
  if (!isRunning(identity)) return false;
  signalGroup(identity.pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (isRunning(identity) && performance.now() < deadline) await sleep(POLL_MS);
  // Also when the leader is gone: what it started may have outlived it, and the group's number is still taken by it.
  signalGroup(identity.pid, 'SIGKILL');
  while (isRunning(identity)) await sleep(POLL_MS);
  return true;
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
