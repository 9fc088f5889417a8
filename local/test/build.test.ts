/** The programs that are built already: `make test` names their folder, so that nothing compiles them again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { buildTools, buildWholeTvm } from '../src/build.ts';

const before = process.env['TVM_TOOLS'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-tools-'));
  process.env['TVM_TOOLS'] = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env['TVM_TOOLS'];
  else process.env['TVM_TOOLS'] = before;
});

test('programs that are built already are used as they are, and nothing is compiled', async () => {
  for (const name of ['tvm', 'momento-emulator', 'embedded-chat']) writeFileSync(join(folder, name), '');
  // Cargo's log would be in this folder, which is no place for one.
  const tools = await buildTools('/dev/null', ['tvm', 'momento-emulator']);
  assert.equal(tools.momentoEmulator, join(folder, 'momento-emulator'));
  assert.equal(await buildWholeTvm('/dev/null'), join(folder, 'tvm'));
});

test('a folder without one of them is refused, with the name of what is missing', async () => {
  writeFileSync(join(folder, 'tvm'), '');
  await assert.rejects(buildTools('/dev/null'), /TVM_TOOLS names .*, which has no momento-emulator; unset it, or run/);
});
