/** The command line as an operator has it, with the emulator for AWS. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { clientEnvironment, ROOT } from 'local';
import { emulatorUrl, tvmWithoutUsers } from './machines.ts';
import { sightings } from './planted.ts';

/** What came of a command. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly notes: string;
}

const DIR = join(ROOT, '.local/test/tvm');
const BUILT = join(DIR, 'tvm');

/** Builds it whole. A copy, since the next `make local` puts one without `tvm user` in its place. */
export async function buildTvm(): Promise<void> {
  mkdirSync(DIR, { recursive: true });
  const { code, notes } = await run('cargo', ['build', '--locked', '--package', 'tvm'], process.env);
  assert.equal(code, 0, notes);
  copyFileSync(tvmWithoutUsers(), BUILT);
}

/** Runs it with `input` as its standard input. What it prints shows nothing that was planted until now. */
export async function tvm(args: readonly string[], input = ''): Promise<Ran> {
  const ran = await run(BUILT, args, clientEnvironment(emulatorUrl(), DIR), input);
  assert.deepEqual(sightings(ran.out + ran.notes), [], args.join(' '));
  return ran;
}

/** As {@link tvm}, and it must have done what it was asked to. @returns what is on its standard output */
export async function tvmDoes(args: readonly string[], input = ''): Promise<string> {
  const { code, out, notes } = await tvm(args, input);
  assert.equal(code, 0, notes);
  return out;
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ran> {
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
