/** What `make` says before it runs anything. Real: make, and the Makefile. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/options.ts';

const MAKEFILE = readFileSync(join(ROOT, 'Makefile'), 'utf8');

function make(...args: string[]) {
  // This test may be run by make, whose variables are not meant for this one.
  const { MAKEFLAGS: _, MAKELEVEL: __, ...env } = process.env;
  return spawnSync('make', args, { cwd: ROOT, env, encoding: 'utf8' });
}

test('a variable in other letters than make knows is refused, with what to write, before anything runs', () => {
  for (const [said, right] of [
    ['auth=LambdaAuthorizer', 'AUTH'],
    ['Auth=Open', 'AUTH'],
    ['stage=prod', 'STAGE'],
    ['yes=1', 'YES'],
    ['tvm_config=x.toml', 'TVM_CONFIG'],
    ['config=my file.toml', 'TVM_CONFIG'],
    ['tvm-momento-port=5000', 'TVM_MOMENTO_PORT'],
    ['stack=X', 'TVM_STACK'],
  ] as const) {
    const { status, stderr, stdout } = make('--dry-run', 'local-stop', said);
    assert.deepEqual([status, stdout], [2, ''], said);
    assert.match(stderr, new RegExp(`^Makefile:\\d+: .*${said.split('=')[0]}=….* Write ${right}=… instead`), said);
  }
});

test('variables that are written right, and those of others, are let through', () => {
  const { status, stderr } = make('--dry-run', 'local-stop', 'AUTH=Open', 'TVM_STACK=bad name!', 'CC=gcc', 'foo=1');
  assert.deepEqual([status, stderr], [0, '']);
});

test('every variable that the programs or the Makefile read is known to it', () => {
  const known = new Set(/^variables := ((?:.*\\\n)*.*)/m.exec(MAKEFILE)?.[1]?.match(/\w+/g));
  const sources = readdirSync(join(ROOT, 'local/src'), { recursive: true, encoding: 'utf8' }).filter((it) =>
    it.endsWith('.ts'),
  );
  const text = sources.map((file) => readFileSync(join(ROOT, 'local/src', file), 'utf8')).join('\n');
  const read = [
    ...[...text.matchAll(/(?:env\['|variable: ')((?:TVM_|CDK_Q)\w+|AUTH|STAGE|YES|DIFF|ARCHITECTURE)'/g)],
    ...[...MAKEFILE.matchAll(/\$\(([A-Z]+)\)/g)],
  ].map(([, name = '']) => name);
  assert.ok(read.includes('TVM_CHAT_PORT') && read.includes('BENCH'), read.join(' '));
  const ours = read.filter((name) => !['CURDIR', 'PATH', 'MAKEFILE_LIST', 'MAKEOVERRIDES'].includes(name));
  assert.deepEqual(
    [...new Set(ours)].filter((name) => !known.has(name)),
    [],
  );
});

test('the list of commands begins with the five that a user needs, and has every command in a group', () => {
  const { stdout } = make('help');
  const groups = stdout.trim().split('\n\n').slice(1);
  const commands = (group = '') => [...group.matchAll(/^ {2}make ([a-z-]+)/gm)].map(([, name]) => name);
  assert.match(groups[0] ?? '', /^Start here\n/);
  assert.deepEqual(commands(groups[0]), ['local', 'local-stop', 'doctor', 'deploy', 'destroy']);
  const phony = /^\.PHONY: (.*)$/m.exec(MAKEFILE)?.[1]?.split(' ') ?? [];
  const shown = groups.flatMap(commands);
  assert.deepEqual(
    phony.filter((name) => !['help', 'tools', ...shown].includes(name)),
    [],
  );
  for (const group of groups) assert.match(group, /^[A-Z][a-z ]+\n {2}make /);
});
