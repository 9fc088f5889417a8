/**
 * The npm package of the construct, judged by what others wrote, and in CDK apps that are not this repository's.
 *
 * Real: the packed file; publint, Are The Types Wrong and API Extractor; the apps that `cdk init` writes, an older one, and one of
 * ES modules, each with its own compiler, `cdk synth` and Jest; `tvm`, where an app runs it. Not real: the programs of the
 * functions, and the registry: what the package depends on is linked to what is installed here.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildTools, makePackage, packNpm, ROOT } from 'local';
import {
  ConsumerApp,
  installTools,
  JAVASCRIPT_STACK,
  JAVASCRIPT_TEST,
  OLDER_APP,
  runTool,
  TYPESCRIPT_STACK,
  TYPESCRIPT_TEST,
} from './support/consumer-apps.ts';
import { type Ran, ran } from './support/programs.ts';

const WORK = join(ROOT, '.local/test-package');
const BASE = 'auth = "Open"\n[[permissions]]\ncache = "c"\nrole = "ReadWrite"\n';
/** What a package may show of itself, and of nobody's account before there is one. */
const LINKS = ['homepage', 'repository', 'bugs'];

const apps: ConsumerApp[] = [];
let tarball = '';
let tvm = '';
let rendered = '';
/** Of ES modules, and run by Node alone. */
let app: ConsumerApp;
let installed = '';

before(async () => {
  tvm = (await buildTools(WORK, ['tvm'])).tvm;
  await installTools();
  mkdirSync(join(WORK, 'packed'), { recursive: true });
  tarball = join(WORK, 'packed', await packNpm(await makePackage(WORK), join(WORK, 'packed'), WORK));
  app = await made(
    ConsumerApp.of({ 'package.json': '{"type":"module"}', 'app.ts': APP, 'tsconfig.json': JSON.stringify(TSCONFIG) }),
  );
  app.linkOwn(['@types/node']);
  installed = join(app.folder, 'node_modules/@token-vending-machine/cdk');
  app.write({ 'tvm.toml': BASE });
  const { code, out, notes } = await app.run(tvm, ['config', 'render', 'tvm.toml']);
  assert.equal(code, 0, notes);
  rendered = out;
});
after(() => {
  for (const each of apps) each.remove();
});

/** An app with the package, functions that are built already, and a configuration that was rendered elsewhere. */
async function made(it: ConsumerApp): Promise<ConsumerApp> {
  apps.push(it);
  await it.installPackage(tarball);
  it.addFunctions();
  it.write({ 'tvm.toml': BASE, 'tvm.json': rendered });
  return it;
}

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

async function synthesized(more: string, env: NodeJS.ProcessEnv = { TVM_BIN: tvm }): Promise<Ran> {
  app.write({ 'tvm.toml': `${BASE}${more}` });
  return app.run(process.execPath, ['app.js'], { TVM_CONFIG: 'tvm.toml', ...env });
}

async function succeeds(running: Promise<Ran>): Promise<Ran> {
  const it = await running;
  assert.equal(it.code, 0, it.out + it.notes);
  return it;
}

test('publint finds nothing to say about it', async () => {
  const { out } = await succeeds(runTool('publint', ['run', tarball, '--strict'], app.folder));
  assert.match(out, /All good/);
});

test('its types are right for every way to import it, by Are The Types Wrong', async () => {
  await succeeds(runTool('attw', [tarball, '--no-color', '--no-emoji'], app.folder));
});

test('every type that it shows is exported, by API Extractor', async () => {
  cpSync(join(WORK, 'package'), join(app.folder, 'judged'), { recursive: true });
  const judge = join(ROOT, 'tests/consumers/api-extractor.cjs');
  const { out } = await succeeds(ran(process.execPath, [judge, join(app.folder, 'judged')], process.env));
  assert.equal(out, '');
});

test('it says what it is, and links to nothing that is not there', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.ok(
    manifest.keywords.includes('aws-cdk') && manifest.description && manifest.license,
    JSON.stringify(manifest),
  );
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const link of LINKS) assert.deepEqual(manifest[link], root[link]);
  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  // On an npm page, a relative link leads nowhere.
  const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, target = '']) => target);
  assert.deepEqual(
    links.filter((target) => !target.startsWith('https://') && !target.startsWith('#')),
    [],
  );
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const target of links.filter((it) => it.startsWith('#'))) assert.ok(headings.includes(target.slice(1)), target);
  assert.ok(readme.indexOf('new TokenVendingMachine') < 1500, 'the smallest use comes first');
});

test('its types are enough to compile against, and say what a prop left out means', async () => {
  await succeeds(app.run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json']));
  for (const [file, least] of [
    ['token-vending-machine', 5],
    ['given', 7],
    ['network', 3],
  ] as const) {
    const types = readFileSync(join(installed, `cdk/lib/${file}.d.ts`), 'utf8');
    const optional = types.match(/^ {4}readonly \w+\?:/gm) ?? [];
    assert.ok(optional.length >= least, file);
    assert.equal(types.match(/@default/g)?.length, optional.length, types);
  }
});

test('an app of ES modules makes a stack of functions that are built already', async () => {
  const { code, notes } = await synthesized('[build]\nartifacts = "functions"\n');
  assert.equal(code, 0, notes);
  assert.ok(JSON.parse(app.read('out/Mine.template.json')).Outputs.TokenUrl);
  const out = join(app.folder, 'out');
  const assets = readdirSync(out).filter((name) => name.startsWith('asset.'));
  assert.deepEqual(
    assets.map((name) => readdirSync(join(out, name)).sort()),
    [['bootstrap', 'tvm.toml']],
  );
});

test('the chat page comes with it, built', async () => {
  const { code, notes } = await synthesized('[build]\nartifacts = "functions"\n[web]\nenabled = true\n');
  assert.equal(code, 0, notes);
  const template = app.read('out/Mine.template.json');
  assert.match(template, /AWS::CloudFront::Distribution/);
  assert.match(template, /Content-Security-Policy|ContentSecurityPolicy/);
  const page = readdirSync(join(app.folder, 'out')).map((name) => join(app.folder, 'out', name, 'index.html'));
  assert.ok(
    page.some((path) => readable(path)?.includes('<script')),
    page.join('\n'),
  );
});

test('without functions, or without a tvm, it says what is missing', async () => {
  assert.match((await synthesized('')).notes, /nothing here to build tvm-vending from: .*\[build\] artifacts/);
  assert.match((await synthesized('', {})).notes, /set TVM_BIN to a built tvm.*or load .* with loadRenderedConfig/);
});

test('today’s cdk init: it compiles, synthesizes and passes its test in Jest, without a tvm', async () => {
  const it = await made(await ConsumerApp.init('typescript'));
  it.linkOwn(['typescript', 'tsx']);
  it.linkTools(['jest', '@swc/core', '@swc/jest', '@types/jest', '@types/node']);
  it.write({ 'lib/shop-stack.ts': TYPESCRIPT_STACK, 'test/shop.test.ts': TYPESCRIPT_TEST });
  await worksAsWritten(it);
});

test('an older app of CommonJS, ts-node and ts-jest does as well, with TypeScript 5.2 and every declaration checked', async () => {
  const it = await made(ConsumerApp.of(OLDER_APP));
  it.linkTools(['typescript', 'ts-node', 'ts-jest', 'jest', 'source-map-support', '@types/jest', '@types/node']);
  it.write({ 'lib/shop-stack.ts': TYPESCRIPT_STACK, 'test/shop.test.ts': TYPESCRIPT_TEST });
  await succeeds(it.run('tsc', ['--noEmit']));
  await worksAsWritten(it);
});

test('plain JavaScript does as well', async () => {
  const it = await made(await ConsumerApp.init('javascript'));
  it.linkTools(['jest']);
  it.write({ 'lib/shop-stack.js': JAVASCRIPT_STACK, 'test/shop.test.js': JAVASCRIPT_TEST });
  await worksAsWritten(it);
});

test('an app does not synthesize with a file that is not the one that was rendered', async () => {
  const it = apps.at(-1) ?? assert.fail();
  it.write({ 'tvm.toml': BASE.replace('ReadWrite', 'ReadOnly') });
  const { code, notes, out } = await it.run('cdk', ['synth', '--quiet', '--no-notices']);
  assert.notEqual(code, 0);
  assert.match(out + notes, /tvm\.toml is not the file that the configuration was rendered from/);
});

/** `cdk synth` with the command of the app's own cdk.json, and its own test. */
async function worksAsWritten(it: ConsumerApp): Promise<void> {
  await succeeds(it.run('cdk', ['synth', '--quiet', '--no-notices']));
  const { template, assets } = it.synthesized();
  assert.match(template, /"TokenUrl"/);
  assert.deepEqual(assets, [['bootstrap', 'tvm.toml']]);
  const { notes } = await succeeds(it.run('jest', ['--ci']));
  assert.match(notes, /1 passed/);
}

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
