/** Programs that a test runs to their end. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ROOT } from 'local';

/** What came of a program. */
export interface Ran {
  readonly code: number | null;
  /** Its standard output. */
  readonly out: string;
  /** Its standard error. */
  readonly notes: string;
}

/** Runs `program` at the root of the repository, with `input` as its standard input. */
export async function ran(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ran> {
  const child = spawn(program, args, { cwd: ROOT, env, stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Whoever does not read it closes the pipe.
  child.stdin.once('error', () => undefined);
  child.stdin.end(input);
  const [code, out, notes] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, notes };
}
