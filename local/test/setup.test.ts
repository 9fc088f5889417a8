/** The shell script that runs before there are Node packages, on a PATH of the test's making. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT } from '../src/options.ts';
import { temporaryDirectory } from './fixtures.ts';

/** What the script itself is written with. */
const PLAIN = ['bash', 'sed', 'sort', 'head', 'tail', 'grep', 'uname', 'dirname', 'id', 'tr', 'rm', 'mkdir', 'chmod'];

/** Runs `local/setup` where of all that it looks for there is only what `programs` says, by what they print. */
function setup(t: TestContext, what: string, programs: Readonly<Record<string, string>>, env = {}) {
  const bin = join(temporaryDirectory(t), 'bin');
  mkdirSync(bin);
  // What is written to a link would be written to the program itself.
  for (const name of PLAIN.filter((plain) => !(plain in programs)))
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(bin, name));
  for (const [name, prints] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!${bin}/bash\n${prints}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const options = { env: { PATH: bin, ...env }, encoding: 'utf8' } as const;
  return { bin, ...spawnSync(join(bin, 'bash'), [join(ROOT, 'local/setup'), what], options) };
}

/** The same, in a folder of that name. */
function toolsIn(t: TestContext, name: string) {
  const folder = join(temporaryDirectory(t), name);
  mkdirSync(join(folder, 'local'), { recursive: true });
  copyFileSync(join(ROOT, 'local/setup'), join(folder, 'local/setup'));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return spawnSync('bash', [join(folder, 'local/setup'), 'tools'], { env, encoding: 'utf8' });
}

test('a folder may have spaces, apostrophes and letters of any script in its name', (t) => {
  for (const name of ["Ada's app", 'мой проект 例', 'a & b; (c) [d] {e}!']) {
    assert.doesNotMatch(toolsIn(t, name).stderr, /missing: a folder/, name);
  }
});

test('a folder with whose name a build would fail after minutes is refused at once, naming the character', (t) => {
  for (const odd of [':', '"', '$', '`', '\\', '#', '?', '*', '%', '|', '<', '>', '\n', '\t']) {
    const { status, stderr } = toolsIn(t, `a${odd}b`);
    assert.equal(status, 1, odd);
    assert.match(
      stderr,
      /missing: a folder whose path the tools can use \(the .+ in .+\)\n {3}fix: move the project; /s,
    );
  }
});

const tools = (t: TestContext, programs: Readonly<Record<string, string>>) => setup(t, 'tools', programs);

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

test('all that is missing is said at once, each with its fix', (t) => {
  const { status, stderr } = tools(t, { python3: 'exit 0' });
  assert.equal(status, 1);
  for (const thing of [/missing: Rust/, /missing: Node/, /missing: npm/, /missing: a C compiler/])
    assert.match(stderr, thing);
  assert.equal(stderr.match(/ fix: \S/g)?.length, 4);
});

test('what is too old is said with what it is and what it has to be', (t) => {
  const old = { ...GOOD, cargo: 'echo "cargo 1.89.1 (abc)"', node: 'echo v20.18.1' };
  const { status, stderr } = tools(t, old);
  assert.equal(status, 1);
  assert.match(stderr, /missing: Rust 1\.90 or newer \(this is 1\.89\.1\)\n {3}fix: rustup update stable/);
  assert.match(stderr, /missing: Node 20\.19 or newer \(this is 20\.18\.1\)/);
});

const RUNS = 'echo "Chromium 156.0.8078.79"';

test('the browser is the first that prints its version: Ubuntu has a stub in the place of one', (t) => {
  const stubs = { chromium: 'echo "needs a snap"', 'chromium-browser': 'echo "needs the snap of core 22.04"; exit 10' };
  const { bin, stdout } = setup(t, 'browser', { ...stubs, 'google-chrome': RUNS });
  assert.equal(stdout, `${bin}/google-chrome\n`);
});

test('CHROMIUM is the browser, and none else will do', (t) => {
  const other = { chromium: RUNS, elsewhere: RUNS, broken: 'exit 1' };
  const given = setup(t, 'browser', other, { CHROMIUM: 'elsewhere' });
  assert.equal(given.stdout, `${given.bin}/elsewhere\n`);
  const { status, stdout, stderr } = setup(t, 'browser', other, { CHROMIUM: 'broken' });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /missing: Chromium \(CHROMIUM=broken prints no version\)\n {3}fix: \S/);
});

const ROOT_USER = { id: 'echo 0' };

test('a browser that is missing is installed from the packages of the system', (t) => {
  const apt = `[ "$*" = "install -y --no-install-recommends chromium" ] || exit 1
    printf '#!%s\\n%s\\n' "$BASH" '${RUNS}' >"\${0%/*}/chromium"; chmod +x "\${0%/*}/chromium"`;
  const { bin, stdout, stderr } = setup(t, 'browser', { ...ROOT_USER, 'apt-get': apt });
  assert.equal(stdout, `${bin}/chromium\n`, stderr);
});

test('where it cannot be, the fix is said', (t) => {
  const { status, stdout, stderr } = setup(t, 'browser', { ...ROOT_USER, 'apt-get': 'exit 100' });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /missing: Chromium.*\n {3}fix: apt-get install -y chromium/);
});

/** Each requirement of a file of pip's as `name==version`, with what else is said of it. */
function requirements(file: string): Map<string, string> {
  const text = readFileSync(join(ROOT, file), 'utf8')
    .replaceAll(/^ *#.*$/gm, '')
    .replaceAll('\\\n', ' ');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', line]));
}

for (const folder of ['local', '.github', 'local/site']) {
  test(`every package from PyPI that ${folder} names has one version and the hashes of its files, and is there for a reason`, () => {
    const installed = requirements(`${folder}/requirements.txt`);
    for (const [name, line] of installed) {
      assert.match(name, /^[a-z0-9-]+==[\w.]+$/);
      assert.match(line, / --hash=sha256:[0-9a-f]{64}( |$)/, name);
    }
    const asked = [...requirements(`${folder}/requirements.in`).keys()];
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter((name) => !installed.has(name)),
      [],
      'requirements.txt is older than requirements.in, which says how it is made anew',
    );
  });
}
