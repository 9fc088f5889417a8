/** The shell script that runs before there are Node packages, on a PATH of the test's making. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT } from '../src/options.ts';
import { temporaryDirectory } from './fixtures.ts';

/** What the script itself is written with. */
const PLAIN = ['bash', 'sed', 'sort', 'head', 'uname', 'dirname', 'id', 'tr', 'rm'];

/** Runs `local/setup tools` where of all that it looks for there is only what `programs` says, by what they print. */
function tools(t: TestContext, programs: Readonly<Record<string, string>>) {
  const bin = join(temporaryDirectory(t), 'bin');
  mkdirSync(bin);
  for (const name of PLAIN)
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(bin, name));
  for (const [name, prints] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!${bin}/bash\n${prints}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return spawnSync(join(bin, 'bash'), [join(ROOT, 'local/setup'), 'tools'], { env: { PATH: bin }, encoding: 'utf8' });
}

const GOOD = {
  cargo: 'echo "cargo 1.95.0 (abc 2026-03-21)"',
  node: 'echo v20.20.2',
  npm: '',
  cc: '',
  python3: 'exit 0',
};

test('where everything is there, nothing is said', (t) => {
  const { status, stderr } = tools(t, GOOD);
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('all that is missing is said at once, each with its mend', (t) => {
  const { status, stderr } = tools(t, { python3: 'exit 0' });
  assert.equal(status, 1);
  for (const thing of [/missing: Rust/, /missing: Node/, /missing: npm/, /missing: a C compiler/])
    assert.match(stderr, thing);
  assert.equal(stderr.match(/ mend: \S/g)?.length, 4);
});

test('what is too old is said with what it is and what it has to be', (t) => {
  const old = { ...GOOD, cargo: 'echo "cargo 1.89.1 (abc)"', node: 'echo v20.18.1' };
  const { status, stderr } = tools(t, old);
  assert.equal(status, 1);
  assert.match(stderr, /missing: Rust 1\.90 or newer \(this is 1\.89\.1\)\n {3}mend: rustup update stable/);
  assert.match(stderr, /missing: Node 20\.19 or newer \(this is 20\.18\.1\)/);
});
