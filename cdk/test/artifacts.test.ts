/** Functions that are built already. Real: zips, checksums, the asset that CDK makes of them. Not real: the programs. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { zipSync } from 'fflate';

import { BadArtifact } from '../lib/artifacts.ts';
import { artifactName, CHECKSUMS, type FunctionName } from '../lib/function-build.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { canonical, programsOf, synthesize } from './fixtures.ts';

const PROGRAM = new TextEncoder().encode('a program');
const CONFIG = 'auth = "Open"\n';

/** A folder as `make dist` leaves it, and a configuration file in it. The checksum is that of the zip, whatever is in it. */
function distributed(
  t: TestContext,
  zip = zipSync({ bootstrap: PROGRAM }),
  others: Readonly<Partial<Record<FunctionName, Uint8Array>>> = {},
): string {
  // So deep that what climbs out of the app's output stays among what is removed.
  const root = mkdtempSync(join(tmpdir(), 'artifacts-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const dir = join(root, 'dist');
  mkdirSync(dir);
  const zips = Object.entries({ 'tvm-vending': zip, ...others });
  const sums = zips.map(([binary, bytes]) => {
    const name = artifactName(binary, 'x86_64');
    writeFileSync(join(dir, name), bytes);
    return `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`;
  });
  writeFileSync(join(dir, CHECKSUMS), sums.join(''));
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

test('each function is deployed with the program of its own zip', (t) => {
  const authorizer = zipSync({ bootstrap: new TextEncoder().encode('another program') });
  const dir = distributed(t, zipSync({ bootstrap: PROGRAM }), { 'tvm-authorizer': authorizer });
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  t.after(() => rmSync(outdir, { recursive: true, force: true }));
  const app = new App({ outdir, analyticsReporting: false });
  const config = canonical({ auth: 'LambdaAuthorizer', build: { artifacts: dir } });
  new TokenVendingMachineStack(app, 'Machine', { config, configPath: join(dir, 'tvm.toml') });
  app.synth();
  assert.deepEqual(programsOf(outdir, 'Machine'), { Vending: 'a program', Authorizer: 'another program' });
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

/** The first central directory entry of a zip, where a reader looks for names and sizes (PKZIP's APPNOTE.txt, section 4.3.12). */
const CENTRAL = Buffer.from('PK\u0001\u0002', 'latin1');

/** `zip`, which says of its first file that it expands to so much. */
function stating(size: number, zip: Uint8Array) {
  const bytes = Buffer.from(zip);
  bytes.writeUInt32LE(size, bytes.indexOf(CENTRAL) + 24);
  return bytes;
}

const MB = 1024 * 1024;
const other = new TextEncoder().encode('another file');
/** Two files of the same name: `bootstrap`, and one that is called that behind the library's back. */
const twice = Buffer.from(zipSync({ bootstrap: PROGRAM, bootstraq: other }));
for (let at = twice.indexOf('bootstraq'); at >= 0; at = twice.indexOf('bootstraq', at)) twice.write('bootstrap', at);

const ZIPS: readonly (readonly [string, Uint8Array<ArrayBuffer>, RegExp])[] = [
  ['a way out of the folder', zipSync({ bootstrap: PROGRAM, '../../outside': other }), /holds "\.\.\/\.\.\/outside"/],
  ['an absolute path', zipSync({ bootstrap: PROGRAM, '/tmp/outside': other }), /holds "\/tmp\/outside"/],
  ['a way out by the other slash', zipSync({ bootstrap: PROGRAM, '..\\outside': other }), /holds "\.\.\\\\outside"/],
  ['a configuration', zipSync({ bootstrap: PROGRAM, 'tvm.toml': other }), /holds "tvm\.toml"/],
  ['a folder', zipSync({ 'bin/bootstrap': PROGRAM }), /holds "bin\/bootstrap"/],
  ['nothing in it', zipSync({}), /it is empty/],
  ['the same file twice', twice, /holds that twice/],
  [
    'more than Lambda takes',
    stating(251 * MB, zipSync({ bootstrap: PROGRAM })),
    /expands to more than the 262144000 bytes/,
  ],
  ['less than it states', stating(1000, zipSync({ bootstrap: PROGRAM })), /not expand to the size that it states/],
  ['no form of a zip', other, /cannot be expanded/],
];

for (const [what, zip, says] of ZIPS) {
  test(`a zip with ${what} is never deployed, whatever its checksum, and nothing of it is written`, (t) => {
    const dir = distributed(t, zip);
    const outdir = join(dir, '..', 'a', 'cdk.out');
    const app = new App({ outdir, analyticsReporting: false });
    const config = canonical({ auth: 'Open', build: { artifacts: dir } });
    assert.throws(
      () => new TokenVendingMachineStack(app, 'Machine', { config, configPath: join(dir, 'tvm.toml') }),
      (error: Error) => error instanceof BadArtifact && says.test(error.message) && /make dist/.test(error.message),
    );
    const written = readdirSync(join(dir, '..'), { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      written.filter((file) => /outside|bootstrap/.test(file)),
      [],
    );
    assert.equal(existsSync('/tmp/outside'), false);
  });
}

test('a zip that is larger than Lambda takes is not even read', (t) => {
  const dir = distributed(t);
  truncateSync(join(dir, artifactName('tvm-vending', 'x86_64')), 51 * MB);
  assert.throws(() => deployed(t, dir), /larger than the 52428800 bytes that Lambda takes/);
});
