/** Functions that are built already. Real: zips, checksums, the asset that CDK makes of them. Not real: the programs. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { zipSync } from 'fflate';

import { artifactName, BadArtifact, CHECKSUMS } from '../lib/artifacts.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { canonical, synthesize } from './fixtures.ts';

const PROGRAM = new TextEncoder().encode('a program');
const CONFIG = 'auth = "Open"\n';

/** A folder as `make dist` leaves it, and a configuration file in it. */
function distributed(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'artifacts-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const zip = zipSync({ bootstrap: PROGRAM });
  const name = artifactName('tvm-vending', 'x86_64');
  writeFileSync(join(dir, name), zip);
  writeFileSync(join(dir, CHECKSUMS), `${createHash('sha256').update(zip).digest('hex')}  ${name}\n`);
  writeFileSync(join(dir, 'tvm.toml'), CONFIG);
  return dir;
}

/** The folder of the app's output, with the function's code among it. */
function deployed(t: TestContext, dir: string, artifacts = dir) {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  t.after(() => rmSync(outdir, { recursive: true, force: true }));
  const app = new App({ outdir, analyticsReporting: false });
  const config = canonical({ auth: 'Open', build: { artifacts } });
  const stack = new TokenVendingMachineStack(app, 'Machine', { config, configPath: join(dir, 'tvm.toml') });
  const template = Template.fromStack(stack);
  return { outdir, template };
}

test('what is deployed is the program of the zip with the configuration beside it, and nothing is compiled', (t) => {
  const path = process.env['PATH'];
  // Without cargo, and without cargo-lambda.
  process.env['PATH'] = '/nonexistent';
  t.after(() => {
    process.env['PATH'] = path;
  });
  const { outdir } = deployed(t, distributed(t));
  const asset = readdirSync(outdir).find((name) => name.startsWith('asset.')) ?? assert.fail('no asset');
  const file = (name: string) => join(outdir, asset, name);
  assert.deepEqual(readdirSync(join(outdir, asset)).sort(), ['bootstrap', 'tvm.toml']);
  assert.deepEqual(new Uint8Array(readFileSync(file('bootstrap'))), PROGRAM);
  assert.equal(statSync(file('bootstrap')).mode & 0o111, 0o111);
  assert.equal(readFileSync(file('tvm.toml'), 'utf8'), CONFIG);
});

test('it is the same function as the one from source: to change between them replaces nothing', (t) => {
  const functions = (template: Template) =>
    Object.entries(template.findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => {
      const { Code: _, ...rest } = Properties;
      return [id, rest];
    });
  assert.deepEqual(functions(deployed(t, distributed(t)).template), functions(synthesize({ auth: 'Open' })));
});

test('a zip that is not there, has no checksum, or another one is never deployed', (t) => {
  const dir = distributed(t);
  const refused = (says: RegExp) =>
    assert.throws(
      () => deployed(t, dir),
      (error: Error) => error instanceof BadArtifact && says.test(error.message),
    );
  const zip = join(dir, artifactName('tvm-vending', 'x86_64'));
  writeFileSync(zip, zipSync({ bootstrap: new TextEncoder().encode('another program') }));
  refused(/is not what SHA256SUMS beside it says/);
  writeFileSync(join(dir, CHECKSUMS), '');
  refused(/has no checksum of tvm-vending-x86_64\.zip/);
  rmSync(zip);
  refused(/there is no .*tvm-vending-x86_64\.zip.*make dist/);
});
