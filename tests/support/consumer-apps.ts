/**
 * CDK apps of others that use the npm package: as the installed `cdk init` writes them, and as an older one did.
 *
 * What they are compiled and tested with is in tests/consumers, apart from this repository's packages: their compiler is another.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { ROOT } from 'local';
import { installApart } from './install-apart.ts';
import { type Ran, ran } from './programs.ts';

const TOOLS = join(ROOT, 'tests/consumers');

/** The name of each app, which `cdk init` takes from its folder. */
const NAME = 'shop';

/** What is told to the programs of an app: nothing of AWS or of this repository, and nothing that asks the network. */
function environment(bin: string): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const quiet = { CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };
  return { HOME, TMPDIR, PATH: `${bin}:${PATH}`, ...quiet };
}

/** Installs what apps are compiled and judged with, unless it is there. */
export const installTools = () => installApart(TOOLS);

/** Runs a program of tests/consumers. */
export function runTool(name: string, args: readonly string[], cwd: string): Promise<Ran> {
  const bin = join(TOOLS, 'node_modules/.bin');
  return ran(join(bin, name), args, environment(bin), { cwd });
}

/** An app on the disk. */
export class ConsumerApp {
  readonly folder: string;
  private readonly above: string;
  private readonly bin: string;

  private constructor() {
    // Not below the repository: what is installed there, Node would find too.
    this.above = mkdtempSync(join(tmpdir(), 'consumer-'));
    this.folder = join(this.above, NAME);
    this.bin = join(this.folder, 'node_modules/.bin');
    mkdirSync(this.bin, { recursive: true });
  }

  /** As the `cdk init` of the installed aws-cdk writes it. */
  static async init(language: 'typescript' | 'javascript'): Promise<ConsumerApp> {
    const app = new ConsumerApp();
    // It refuses a folder with something in it.
    rmSync(app.folder, { recursive: true });
    mkdirSync(app.folder);
    const args = ['init', 'app', '--language', language, '--generate-only', '--no-notices'];
    const cdk = join(ROOT, 'node_modules/.bin/cdk');
    const { code, notes } = await ran(cdk, args, environment(dirname(cdk)), { cwd: app.folder });
    if (code !== 0) throw new Error(notes);
    mkdirSync(app.bin, { recursive: true });
    return app;
  }

  /** Of these files. */
  static of(files: Readonly<Record<string, string>>): ConsumerApp {
    const app = new ConsumerApp();
    app.write(files);
    return app;
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Unpacks the package, and links what it depends on to what is installed here. */
  async installPackage(tarball: string): Promise<void> {
    const installed = join(this.folder, 'node_modules/@token-vending-machine/cdk');
    mkdirSync(installed, { recursive: true });
    const { code, notes } = await ran(
      'tar',
      ['-xzf', tarball, '--strip-components=1', '-C', installed],
      process.env,
      {},
    );
    if (code !== 0) throw new Error(notes);
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    this.link(join(ROOT, 'node_modules'), Object.keys({ ...dependencies, ...peerDependencies, 'aws-cdk': '' }));
  }

  /** Links packages of this repository, and their programs. */
  linkOwn(packages: readonly string[]): void {
    this.link(join(ROOT, 'node_modules'), packages);
  }

  /** Links packages of tests/consumers, and their programs. */
  linkTools(packages: readonly string[]): void {
    this.link(join(TOOLS, 'node_modules'), packages);
  }

  private link(from: string, packages: readonly string[]): void {
    for (const name of packages) {
      const at = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(at), { recursive: true });
      symlinkSync(join(from, name), at);
      const { bin = {} } = JSON.parse(readFileSync(join(from, name, 'package.json'), 'utf8'));
      for (const program of typeof bin === 'string' ? [name] : Object.keys(bin)) {
        symlinkSync(join(from, '.bin', program), join(this.bin, program));
      }
    }
  }

  /** A vending function that is built already, as `make dist` leaves it, in `functions/`. */
  addFunctions(): void {
    const name = 'tvm-vending-x86_64.zip';
    const zip = zipSync({ bootstrap: new TextEncoder().encode('a program') });
    mkdirSync(join(this.folder, 'functions'), { recursive: true });
    writeFileSync(join(this.folder, 'functions', name), zip);
    this.write({ 'functions/SHA256SUMS': `${createHash('sha256').update(zip).digest('hex')}  ${name}\n` });
  }

  /** The template that `cdk synth` leaves, and what is in each of its assets. */
  synthesized(): { template: string; assets: string[][] } {
    const out = join(this.folder, 'cdk.out');
    const name = readdirSync(out).find((it) => it.endsWith('.template.json')) ?? '';
    const assets = readdirSync(out).filter((it) => it.startsWith('asset.'));
    return {
      template: this.read(join('cdk.out', name)),
      assets: assets.map((it) => readdirSync(join(out, it)).toSorted()),
    };
  }

  run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return ran(program, args, { ...environment(this.bin), ...more }, { cwd: this.folder });
  }

  copy(from: string, to: string): void {
    copyFileSync(from, join(this.folder, to));
  }

  remove(): void {
    rmSync(this.above, { recursive: true, force: true });
  }
}

/** What the app's own source says, in both languages and both kinds of module alike. */
const BODY = `
    const { config, path: configPath } = loadRenderedConfig('tvm.json', 'tvm.toml');
    const machine = new TokenVendingMachine(this, 'Tokens', { config, configPath, artifacts: resolve('functions') });
    new cdk.CfnOutput(this, 'TokenUrl', { value: machine.endpoint.url });
    machine.vending.metricErrors();`;

/** The stack of an app of TypeScript: what `cdk init` wrote, with the construct in it. */
export const TYPESCRIPT_STACK = `
import { resolve } from 'path';
import * as cdk from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { loadRenderedConfig, TokenVendingMachine } from '@token-vending-machine/cdk';

export class ShopStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);
${BODY}
  }
}
`;

/** The same in JavaScript. */
export const JAVASCRIPT_STACK = `
const { resolve } = require('path');
const cdk = require('aws-cdk-lib');
const { loadRenderedConfig, TokenVendingMachine } = require('@token-vending-machine/cdk');

class ShopStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
${BODY}
  }
}
module.exports = { ShopStack };
`;

const ASSERTION = `
test('there is one API, and one function', () => {
  const template = Template.fromStack(new ShopStack(new cdk.App(), 'Shop'));
  template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
  template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'provided.al2023' });
});
`;

/** The test that Jest runs in an app of TypeScript. */
export const TYPESCRIPT_TEST = `
import * as cdk from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ShopStack } from '../lib/shop-stack';
${ASSERTION}`;

/** The same in JavaScript. */
export const JAVASCRIPT_TEST = `
const cdk = require('aws-cdk-lib');
const { Template } = require('aws-cdk-lib/assertions');
const { ShopStack } = require('../lib/shop-stack');
${ASSERTION}`;

/** What `cdk init app --language typescript` of aws-cdk 2.100 wrote (September 2023), without the packages that it asks for. */
export const OLDER_APP: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: NAME, version: '0.1.0', bin: { shop: 'bin/shop.js' } }),
  'cdk.json': JSON.stringify({ app: 'npx ts-node --prefer-ts-exts bin/shop.ts' }),
  'jest.config.js': `module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\\\.tsx?$': 'ts-jest' },
};`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2020',
      module: 'commonjs',
      lib: ['es2020', 'dom'],
      declaration: true,
      strict: true,
      noImplicitAny: true,
      strictNullChecks: true,
      noImplicitThis: true,
      alwaysStrict: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noImplicitReturns: true,
      noFallthroughCasesInSwitch: false,
      inlineSourceMap: true,
      inlineSources: true,
      experimentalDecorators: true,
      strictPropertyInitialization: false,
      typeRoots: ['./node_modules/@types'],
    },
    exclude: ['node_modules', 'cdk.out'],
  }),
  'bin/shop.ts': `#!/usr/bin/env node
import 'source-map-support/register';
import * as cdk from 'aws-cdk-lib';
import { ShopStack } from '../lib/shop-stack';

const app = new cdk.App();
new ShopStack(app, 'ShopStack', {});
`,
};
