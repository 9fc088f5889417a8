/**
 * JavaScript runtimes other than this Node, as npm has them (tests/runtimes), and the client package as they load it: packed, with what it
 * depends on linked to what is installed here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { build, transform } from 'esbuild';
import { ROOT } from 'local';
import { installApart } from './install-apart.ts';
import { ran } from './programs.ts';

const RUNTIMES = join(ROOT, 'tests/runtimes');
const NAME = '@token-vending-machine/client';
const PROGRAM = join(RUNTIMES, 'program.ts');

/** Installs the runtimes, unless they are there. */
export const installRuntimes = () => installApart(RUNTIMES);

/** The program that npm installed for this computer, of a package that has one for each. */
function binaryOf(scope: string, path: string): string {
  const packages = join(RUNTIMES, 'node_modules', scope);
  const [found] = readdirSync(packages);
  if (found === undefined) throw new Error(`${scope} has no program for this computer`);
  return join(packages, found, path);
}

export const bun = () => binaryOf('@oven', 'bin/bun');
export const deno = () => binaryOf('@deno', 'deno');
export const hermes = () => join(RUNTIMES, 'node_modules/hermes-engine-cli/linux64-bin/hermes');
const workerd = () => binaryOf('@cloudflare', 'bin/workerd');

/** A folder with the package in its node_modules. */
export class PackedClient {
  readonly folder: string;
  readonly #entry: string;
  readonly #bundles = new Map<string, Promise<string>>();

  private constructor(folder: string) {
    this.folder = folder;
    this.#entry = join(folder, 'node_modules', NAME, 'dist/index.js');
  }

  /** Compiles it as `npm pack` does, into `folder`. */
  static async make(folder: string): Promise<PackedClient> {
    const modules = join(folder, 'node_modules');
    const installed = join(modules, NAME);
    mkdirSync(installed, { recursive: true });
    const project = join(ROOT, 'web/client/tsconfig.build.json');
    const args = ['-p', project, '--outDir', join(installed, 'dist')];
    const { code, out } = await ran(join(ROOT, 'node_modules/.bin/tsc'), args, process.env);
    if (code !== 0) throw new Error(out);
    cpSync(join(ROOT, 'web/client/package.json'), join(installed, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules/@gomomento'), join(modules, '@gomomento'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    return new PackedClient(folder);
  }

  /** A script that imports the package as it is, and prints what came of tests/runtimes/program.ts as JSON. */
  async script(): Promise<string> {
    const { code } = await transform(readFileSync(PROGRAM, 'utf8'), { loader: 'ts', target: 'es2022' });
    const path = join(this.folder, 'script.mjs');
    writeFileSync(path, `${code}\nconsole.log(JSON.stringify(await outcomeAt(process.argv.at(-1))));\n`);
    return path;
  }

  /** The program of tests/runtimes with the package in it, as an app is bundled; its exports are in `outcomes`, if it is no module. */
  bundle(format: 'esm' | 'iife'): Promise<string> {
    const bundle = this.#bundles.get(format) ?? this.#bundle(format);
    this.#bundles.set(format, bundle);
    return bundle;
  }

  async #bundle(format: 'esm' | 'iife'): Promise<string> {
    const { outputFiles } = await build({
      entryPoints: [PROGRAM],
      alias: { [NAME]: this.#entry },
      bundle: true,
      write: false,
      target: 'es2022',
      format,
      globalName: 'outcomes',
    });
    const [file] = outputFiles;
    if (file === undefined) throw new Error('nothing was bundled');
    return file.text;
  }
}

/** A Worker that answers with what came of the program, at the endpoint in its query. */
const WORKER = `
export default {
  async fetch(request) {
    return Response.json(await outcomeAt(new URL(request.url).searchParams.get('endpoint')));
  },
};
`;

/** Runs a Worker of Cloudflare's with this compatibility date. @returns its answer about `endpoint` */
export async function askWorker(client: PackedClient, compatibilityDate: string, endpoint: string): Promise<unknown> {
  const folder = join(client.folder, compatibilityDate);
  mkdirSync(folder);
  writeFileSync(join(folder, 'worker.js'), `${await client.bundle('esm')}\n${WORKER}`);
  writeFileSync(join(folder, 'config.capnp'), config(compatibilityDate));
  const child = spawn(workerd(), ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill());
  try {
    for await (const line of createInterface(child.stdio[3] as Readable)) {
      const { event, port } = JSON.parse(line);
      if (event !== 'listen') continue;
      const answer = await fetch(`http://127.0.0.1:${port}/?endpoint=${encodeURIComponent(endpoint)}`);
      if (!answer.ok) throw new Error(await answer.text());
      return await answer.json();
    }
    throw new Error('workerd ended as it started');
  } finally {
    child.kill();
    await ended;
  }
}

/** Its one worker may call what is on this computer, and nothing else. */
const config = (compatibilityDate: string) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "${compatibilityDate}",
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** It ends at once, or never. */
const HERMES_MS = 20_000;

/** Runs the program in Hermes as React Native would: compiled by its Babel preset, after its polyfills. @returns what it prints */
export async function runHermes(client: PackedClient, prelude: string, endpoint: string): Promise<unknown> {
  const require = createRequire(join(RUNTIMES, 'package.json'));
  const babel = require('@babel/core');
  const polyfills = ['abort-controller/dist/abort-controller.umd', 'whatwg-fetch/dist/fetch.umd.js'].map((name) =>
    require.resolve(name),
  );
  const parts = [
    prelude,
    ...polyfills.map((path) => readFileSync(path, 'utf8')),
    'Object.assign(globalThis, AbortControllerShim);',
    await client.bundle('iife'),
    `outcomes.outcomeAt(${JSON.stringify(endpoint)}).then((it) => print(JSON.stringify(it)), (error) => print(error.stack));`,
  ];
  const { code: compiled } = babel.transformSync(parts.join(';\n'), {
    presets: [[require.resolve('@react-native/babel-preset'), { enableBabelRuntime: false }]],
    babelrc: false,
    configFile: false,
    compact: false,
    filename: 'program.js',
  });
  const path = join(client.folder, 'hermes.js');
  writeFileSync(path, compiled);
  const { out, notes } = await ran(hermes(), [path], process.env, { cwd: dirname(path), timeout: HERMES_MS });
  if (!out.startsWith('{')) throw new Error(`${out}\n${notes}`);
  return JSON.parse(out);
}
