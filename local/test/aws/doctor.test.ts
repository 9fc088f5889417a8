/** `make doctor`: which `tvm` looks, what it is told, and what its answer means. Not real: that `tvm`. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyCommand } from '../../src/aws/deploy.ts';
import { doctor, doctorArguments } from '../../src/aws/doctor.ts';
import { type CloudOptions, cloudOptionsFrom } from '../../src/aws/options.ts';
import { Failure } from '../../src/failure.ts';
import { ROOT } from '../../src/options.ts';
import { Progress } from '../../src/progress.ts';
import { Transcript, temporaryDirectory } from '../fixtures.ts';

/** A `tvm` that ends with `code`, and the file in which it leaves what it was told. */
function looking(t: TestContext, code: number): { options: CloudOptions; told: string } {
  const dir = temporaryDirectory(t);
  const told = join(dir, 'told');
  mkdirSync(join(dir, 'bin'));
  const tvm = join(dir, 'bin/tvm');
  writeFileSync(tvm, `#!/bin/sh\necho "$@" >'${told}'\nexit ${code}\n`, { mode: 0o755 });
  return { options: { ...cloudOptionsFrom({ TVM_BIN: tvm, STAGE: 'test' }), dir }, told };
}

test('tvm looks at the file, the stack and the mode that are deployed', async (t) => {
  const { options, told } = looking(t, 0);
  assert.equal(await doctor(options, new Progress(new Transcript())), options.tvm);
  assert.equal(readFileSync(told, 'utf8'), 'doctor config/tvm.toml --stack TokenVendingMachine-test\n');
  assert.deepEqual(doctorArguments({ ...options, auth: 'Open' }).slice(-2), ['--auth', 'Open']);
});

test('what is in the way ends it, and so does a tvm that is none', async (t) => {
  const progress = new Progress(new Transcript());
  await assert.rejects(doctor(looking(t, 1).options, progress), Failure);
  const { options } = looking(t, 0);
  await assert.rejects(doctor({ ...options, tvm: '/nonexistent/tvm' }, progress), /is TVM_BIN a tvm/);
});

test('the line for the key can be pasted where make runs', () => {
  const options = { ...cloudOptionsFrom({ STAGE: 'test' }), tvm: join(ROOT, '.local/aws/X/tvm') };
  const line = '.local/aws/X/tvm key set --stack TokenVendingMachine-test --config config/tvm.toml';
  assert.equal(keyCommand(options), line);
  assert.match(keyCommand({ ...options, tvm: "/o'neill/my tools/tvm" }), /^'\/o'\\''neill\/my tools\/tvm' key set /);
});
