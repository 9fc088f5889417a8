/** The shell script behind `make fuzz`, with a compiler and targets that are this test's. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT } from '../src/options.ts';
import { temporaryDirectory } from './fixtures.ts';

/** What the script itself is written with. */
const PLAIN = ['awk', 'bash', 'cp', 'dirname', 'env', 'grep', 'mkdir', 'mktemp', 'realpath', 'rm', 'sed', 'tail'];

/** What libFuzzer prints at its end, after the arguments that it was given. */
const DONE = 'echo "$@"; echo "#5 DONE   cov: 12 ft: 34 corp: 1/1b"; echo "Done 5 runs in 2 second(s)"';
const CRASHED = 'echo "#4 NEW    cov: 12 ft: 34"; echo "panicked at here"; exit 77';

/** Runs `fuzz/run` with these targets, each by what it does, and these programs beside the plain ones. */
function fuzz(t: TestContext, targets: Readonly<Record<string, string>>, programs: readonly string[] = ['c++', 'cc']) {
  const root = temporaryDirectory(t);
  const bin = join(root, 'bin');
  const written = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!${bin}/bash\n${text}\n`);
    chmodSync(file, 0o755);
  };
  written(join(bin, 'rustc'), 'echo "host: here"');
  written(join(bin, 'cargo'), 'exit 0');
  for (const name of programs) written(join(bin, name), '');
  for (const name of PLAIN)
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(bin, name));
  for (const [name, does] of Object.entries(targets)) written(join(root, 'fuzz/target/here/release', name), does);
  written(join(root, 'config/tvm.toml'), '');
  written(join(root, 'config/examples/open.toml'), '');
  copyFileSync(join(ROOT, 'fuzz/run'), join(root, 'fuzz/run'));
  const env = { PATH: bin, FUZZ_TARGETS: Object.keys(targets).join(' '), FUZZ_RUNS: '5', FUZZ_SEED: '7' };
  return spawnSync(join(bin, 'bash'), [join(root, 'fuzz/run')], { env, encoding: 'utf8' });
}

test('a line for each target says what it was given and what that reached', (t) => {
  const { status, stdout, stderr } = fuzz(t, { token: DONE, users: DONE });
  assert.equal(stderr, '');
  assert.match(
    stdout,
    /^token +5 inputs from seed 7: none failed; 12 places, 34 features reached, 2 s\nusers +5 inputs/,
  );
  assert.equal(status, 0);
});

test('a finding ends the run, and is told with what it takes to have it again', (t) => {
  const { status, stdout, stderr } = fuzz(t, { token: CRASHED, users: DONE });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^panicked at here$/m);
  assert.match(stderr, /fuzz\/target\/here\/release\/token fuzz\/artifacts\/token\/FILE/);
});

test('without a C++ compiler it says so, and how to fix it', (t) => {
  const { status, stderr } = fuzz(t, { token: DONE }, []);
  assert.equal(status, 1);
  assert.match(stderr, /missing: a C\+\+ compiler .*\n {3}fix: apt-get install -y g\+\+/);
});
