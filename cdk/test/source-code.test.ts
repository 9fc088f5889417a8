/** Functions that are built from source, in folders of any name. Not real: cargo, which is a script that leaves a file as cargo-lambda does. */

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { App } from 'aws-cdk-lib';

import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { canonical, programsOf } from './fixtures.ts';

/** The program it "builds" names the binary that was asked for. */
const CARGO = `#!/bin/sh
if [ "$2" = --version ]; then exit 0; fi
while [ $# -gt 0 ]; do
  case $1 in
    --lambda-dir) dir=$2 ;;
    --bin) bin=$2 ;;
  esac
  shift
done
printf %s "$bin" >"$dir/bootstrap"
`;

/** Synthesizes LambdaAuthorizer mode, with everything that it reads and writes in a folder called `name`. */
function synthesizedIn(t: TestContext, name: string): string {
  const root = mkdtempSync(join(tmpdir(), 'source-code-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, name);
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'cargo'), CARGO);
  chmodSync(join(bin, 'cargo'), 0o755);
  const configPath = join(folder, 'own tvm.toml');
  writeFileSync(configPath, 'auth = "LambdaAuthorizer"\n');
  const path = process.env['PATH'];
  process.env['PATH'] = [bin, path].join(delimiter);
  t.after(() => {
    process.env['PATH'] = path;
  });
  const outdir = join(folder, 'cdk out');
  const app = new App({ outdir, analyticsReporting: false });
  new TokenVendingMachineStack(app, 'Machine', { config: canonical({ auth: 'LambdaAuthorizer' }), configPath });
  app.synth();
  return outdir;
}

for (const name of ['plain', 'with a space', `the "app" of 'Ada'`, '$HOME `id` \\', 'Пример 例 ü', '-v; rm & *']) {
  test(`in a folder called ${name}, each function is its own program with the configuration beside it`, (t) => {
    const outdir = synthesizedIn(t, name);
    assert.deepEqual(programsOf(outdir, 'Machine'), { Vending: 'tvm-vending', Authorizer: 'tvm-authorizer' });
    const assets = readdirSync(outdir).filter((it) => it.startsWith('asset.'));
    for (const asset of assets) {
      assert.equal(readFileSync(join(outdir, asset, 'tvm.toml'), 'utf8'), 'auth = "LambdaAuthorizer"\n');
    }
  });
}
