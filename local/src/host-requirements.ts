/** Whether this computer can run the machine at all: looked at before anything is built. */
import { statfsSync } from 'node:fs';
import { Failure } from './failure.ts';

/**
 * The emulator runs the functions as processes of this computer, and they are programs for Linux on x86-64.
 *
 * @throws {Failure} on another system
 */
export function requireSystem(platform: string = process.platform, arch: string = process.arch): void {
  if (platform === 'linux' && arch === 'x64') return;
  throw new Failure(
    `make local runs the functions as processes of this computer, and they are programs for Linux on x86-64; this is ` +
      `${platform} on ${arch}. Use such a machine, container or virtual machine; make synth and make deploy work here.`,
  );
}

/** @throws {Failure} when the disk of `path` has less than `megabytes` left: sooner than in the middle of a build. */
export function requireSpace(path: string, megabytes: number): void {
  const disk = statfsSync(path);
  const free = Math.floor((disk.bavail * disk.bsize) / 1e6);
  if (free >= megabytes) return;
  throw new Failure(
    `The disk that holds ${path} has ${free} MB left and this needs about ${megabytes} MB. ` +
      'Free some space, then run it again.',
  );
}
