import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Command, run } from '../src/run.ts';
import { temporaryDirectory } from './fixtures.ts';

function shell(t: TestContext, script: string): Command {
  const dir = temporaryDirectory(t);
  return {
    program: 'sh',
    args: ['-c', script],
    cwd: dir,
    env: process.env,
    log: join(dir, 'logs/x.log'),
    doing: 'Trying',
  };
}

test('what a program writes is returned apart, and is in a log for the owner alone', async (t) => {
  const command = shell(t, 'echo out; echo err >&2');
  assert.deepEqual(await run(command), { stdout: 'out\n', stderr: 'err\n' });
  assert.match(readFileSync(command.log, 'utf8'), /out/);
  assert.equal(statSync(command.log).mode & 0o777, 0o600);
});

test('a failure shows the end of what was said and where the rest is', async (t) => {
  const command = shell(t, 'seq 100; exit 3');
  await assert.rejects(run(command), (error: Error) => {
    assert.match(error.message, /\n99\n100\n[\s\S]*Trying failed \(sh ended with 3\)/);
    assert.doesNotMatch(error.message, /\n1\n/);
    assert.ok(error.message.includes(command.log));
    return true;
  });
});

test('a full disk is called that', async (t) => {
  await assert.rejects(
    run(shell(t, 'echo "write: No space left on device" >&2; exit 1')),
    /The disk that holds .+ is full/,
  );
});

test('a log that cannot be written because the disk is full stops nothing by itself', async (t) => {
  assert.equal((await run({ ...shell(t, 'echo out'), log: '/dev/full' })).stdout, 'out\n');
});

test('a missing program is named, with the fix', async (t) => {
  const command = { ...shell(t, ''), program: 'no-such-program' };
  await assert.rejects(run(command), /Trying: the program no-such-program is missing; run "make setup"/);
  await assert.rejects(run({ ...command, fixIfMissing: 'install it' }), /is missing; install it\./);
});
