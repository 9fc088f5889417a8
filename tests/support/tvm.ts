/** The command line as an operator has it, with the emulator for AWS. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildWholeTvm, clientEnvironment, ROOT } from 'local';
import { emulatorUrl } from './machines.ts';
import { sightings } from './planted.ts';
import { type Ran, ran } from './programs.ts';

const DIR = join(ROOT, '.local/test/tvm');
let built: string | undefined;

/** Builds it whole. */
export async function buildTvm(): Promise<void> {
  built = await buildWholeTvm(DIR);
}

/** Where {@link buildTvm} has put it. */
export function builtTvm(): string {
  if (built === undefined) throw new Error('tvm is not built: call buildTvm() first');
  return built;
}

/** Runs it with `input` as its standard input. What it prints shows nothing that was planted until now. */
export async function tvm(args: readonly string[], input = ''): Promise<Ran> {
  const done = await ran(builtTvm(), args, clientEnvironment(emulatorUrl(), DIR), { input });
  assert.deepEqual(sightings(done.out + done.notes), [], args.join(' '));
  return done;
}

/** As {@link tvm}, and it must have done what it was asked to. @returns what is on its standard output */
export async function tvmDoes(args: readonly string[], input = ''): Promise<string> {
  const { code, out, notes } = await tvm(args, input);
  assert.equal(code, 0, notes);
  return out;
}
