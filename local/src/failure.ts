/**
 * What went wrong, said to the person at the terminal: which thing, and what to do about it.
 *
 * Only these are printed as they are; anything else that is thrown is a fault of this program and keeps its stack.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Whether `text` is the complaint of a program that met a full disk, whatever language it is written in. */
export function speaksOfFullDisk(text: string): boolean {
  return /no space left on device|ENOSPC|disk quota exceeded/i.test(text);
}

/** The fix for a full disk at `path`. */
export function fullDisk(path: string): Failure {
  return new Failure(
    `The disk that holds ${path} is full. Free some space ("df -h ${path}" shows how much there is; ` +
      `"cargo clean" frees the most here), then run it again.`,
  );
}
