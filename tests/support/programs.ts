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

/** How it is run. */
export interface Running {
  /**
   * What it is given on its standard input.
   * @default nothing
   */
  readonly input?: string;
  /**
   * Where it runs.
   * @default the root of the repository
   */
  readonly cwd?: string;
  /**
   * When it is killed, in milliseconds.
   * @default never
   */
  readonly timeout?: number;
}

/** Runs `program` to its end. */
export async function ran(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { input = '', cwd = ROOT, timeout = 0 }: Running = {},
): Promise<Ran> {
  const child = spawn(program, args, { cwd, env, stdio: 'pipe', timeout });
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
