/**
 * The npm package of the construct, in a CDK app that is not this repository's.
 *
 * Real: the packed file, an app of TypeScript compiled against its types and run by Node alone, `tvm`. Not real: the programs of
 * the functions, and the registry: what the package depends on is linked to what is installed here.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { zipSync } from 'fflate';
import { buildTools, makePackage, packNpm, ROOT } from 'local';
import { type Ran, ran } from './support/programs.ts';

const WORK = join(ROOT, '.local/test-package');
// Not below the repository: what is installed there, Node would find too.
const app = mkdtempSync(join(tmpdir(), 'somebodys-app-'));
const installed = join(app, 'node_modules/@token-vending-machine/cdk');
let tvm = '';

before(async () => {
  tvm = (await buildTools(WORK, ['tvm'])).tvm;
  const file = await packNpm(await makePackage(WORK), app, WORK);
  mkdirSync(installed, { recursive: true });
  await does('tar', ['-xzf', join(app, file), '--strip-components=1', '-C', installed]);
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys({ ...dependencies, ...peerDependencies, '@types/node': '' })) {
    mkdirSync(join(app, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  }
  writeFileSync(join(app, 'package.json'), '{"type":"module"}');
  writeFileSync(join(app, 'app.ts'), APP);
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const zip = zipSync({ bootstrap: new TextEncoder().encode('a program') });
  const name = 'tvm-vending-x86_64.zip';
  writeFileSync(join(app, name), zip);
  writeFileSync(join(app, 'SHA256SUMS'), `${createHash('sha256').update(zip).digest('hex')}  ${name}\n`);
});
after(() => rmSync(app, { recursive: true, force: true }));

const APP = `
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { loadConfig, TokenVendingMachine, type TokenVendingMachineProps } from '@token-vending-machine/cdk';

const { config, path } = loadConfig();
const props: TokenVendingMachineProps = { config, configPath: path };
const stack = new Stack(new App({ outdir: 'out' }), 'Mine');
const machine = new TokenVendingMachine(stack, 'Tokens', props);
new CfnOutput(stack, 'TokenUrl', { value: machine.endpoint.url });
(stack.node.root as App).synth();
`;

// As strict as an app may be. Not the types of every dependency: those of CDK are not this project's.
const TSCONFIG = {
  compilerOptions: { module: 'NodeNext', target: 'ES2022', strict: true, skipLibCheck: true, types: ['node'] },
  files: ['app.ts'],
};

/** Writes the app's configuration. */
function configure(more: string): void {
  const base = 'auth = "Open"\n[[permissions]]\ncache = "c"\nrole = "ReadWrite"\n';
  writeFileSync(join(app, 'tvm.toml'), `${base}${more}`);
}

async function synthesized(env: NodeJS.ProcessEnv = { TVM_BIN: tvm }): Promise<Ran> {
  const { PATH } = process.env;
  return ran(process.execPath, ['app.js'], { PATH, TVM_CONFIG: 'tvm.toml', ...env }, { cwd: app });
}

async function does(program: string, args: readonly string[]): Promise<void> {
  const { code, out, notes } = await ran(program, args, process.env, { cwd: app });
  assert.equal(code, 0, out + notes);
}

test('its types are enough to compile against, and say what a prop left out means', async () => {
  await does(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json']);
  const types = readFileSync(join(installed, 'cdk/lib/token-vending-machine.d.ts'), 'utf8');
  const optional = types.match(/readonly \w+\?:/g) ?? [];
  assert.ok(optional.length >= 5);
  assert.equal(types.match(/@default/g)?.length, optional.length, types);
});

test('an app that is compiled with it makes a stack of functions that are built already', async () => {
  configure('[build]\nartifacts = "."\n');
  const { code, notes } = await synthesized();
  assert.equal(code, 0, notes);
  const template = JSON.parse(readFileSync(join(app, 'out/Mine.template.json'), 'utf8'));
  assert.ok(template.Outputs.TokenUrl);
  const assets = readdirSync(join(app, 'out')).filter((name) => name.startsWith('asset.'));
  assert.deepEqual(
    assets.map((name) => readdirSync(join(app, 'out', name)).sort()),
    [['bootstrap', 'tvm.toml']],
  );
});

test('the chat page comes with it, built', async () => {
  configure('[build]\nartifacts = "."\n[web]\nenabled = true\n');
  const { code, notes } = await synthesized();
  assert.equal(code, 0, notes);
  const template = readFileSync(join(app, 'out/Mine.template.json'), 'utf8');
  assert.match(template, /AWS::CloudFront::Distribution/);
  assert.match(template, /Content-Security-Policy|ContentSecurityPolicy/);
  const page = readdirSync(join(app, 'out')).map((name) => join(app, 'out', name, 'index.html'));
  assert.ok(
    page.some((path) => readable(path)?.includes('<script')),
    page.join('\n'),
  );
});

test('without functions, or without a tvm, it says what is missing', async () => {
  configure('');
  assert.match((await synthesized()).notes, /nothing here to build tvm-vending from: .*\[build\] artifacts/);
  assert.match((await synthesized({})).notes, /set TVM_BIN to a built tvm/);
});

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
