/**
 * Reading the configuration through `tvm`. Here `tvm` is a shell script: what it prints and how it fails is its contract,
 * and the real one has its own tests.
 */

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { App } from 'aws-cdk-lib';

import { loadConfig } from '../lib/config.ts';
import { ConfigError } from '../lib/config-error.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { MissingProgram } from '../lib/source-code.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { canonical } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'tvm-cdk-'));
after(() => rmSync(folder, { recursive: true }));

/** An executable that does as the lines of shell say. */
function script(...lines: string[]): string {
  const path = join(mkdtempSync(join(folder, 'bin-')), 'tvm');
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
}

test('the configuration is what `tvm config render` prints', () => {
  const json = JSON.stringify(canonical({ auth: 'AmazonCognito' }));
  const TVM_BIN = script(`test "$1 $2" = 'config render' || exit 9`, `cat <<'EOF'`, json, 'EOF');
  const { config, path } = loadConfig({ TVM_BIN });
  assert.deepEqual(config, canonical({ auth: 'AmazonCognito' }));
  assert.equal(path, join(repositoryRoot, 'config/tvm.toml'));
});

test('TVM_CONFIG names a file by its path in the repository, or by an absolute one', () => {
  const TVM_BIN = script(`echo '{}'`);
  const chosen = (TVM_CONFIG: string) => loadConfig({ TVM_BIN, TVM_CONFIG }).path;
  assert.equal(chosen('config/examples/rooms.toml'), join(repositoryRoot, 'config/examples/rooms.toml'));
  assert.equal(chosen(join(folder, 'own.toml')), join(folder, 'own.toml'));
});

test('a refused configuration is refused in the words of tvm', () => {
  const TVM_BIN = script(`echo 'tvm.toml:3: \`auht\` is not a key; did you mean \`auth\`?' >&2`, 'exit 1');
  assert.throws(() => loadConfig({ TVM_BIN }), { name: 'ConfigError', message: /did you mean `auth`\?$/ });
});

test('a tvm that dies without a word is named with its end', () => {
  assert.throws(() => loadConfig({ TVM_BIN: script('exit 7') }), /said nothing \(exit code 7\)/);
});

test('a TVM_BIN that is no tvm is called so', () => {
  assert.throws(() => loadConfig({ TVM_BIN: script('echo hello') }), /printed no JSON .* is TVM_BIN tvm\?/s);
  assert.throws(
    () => loadConfig({ TVM_BIN: join(folder, 'absent') }),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /cannot run .*absent.*; install Rust, or set TVM_BIN/);
      return true;
    },
  );
});

test('a build without cargo-lambda says what to install, and reaches for no container', () => {
  const path = process.env['PATH'];
  try {
    process.env['PATH'] = folder;
    assert.throws(
      () =>
        new TokenVendingMachineStack(new App(), 'Machine', {
          config: canonical(),
          configPath: join(repositoryRoot, 'config/tvm.toml'),
        }),
      (error) => error instanceof MissingProgram && /pip install cargo-lambda/.test(error.message),
    );
  } finally {
    process.env['PATH'] = path;
  }
});
