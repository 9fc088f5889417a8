/**
 * The npm package of the construct, for CDK apps of others: compiled to CommonJS, with its types and the chat page, in the folders
 * of the repository, and without anything that builds a function.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_CHAT, CHAT, chatBuild } from '@token-vending-machine/cdk/chat-build';
import { ROOT } from '../options.ts';
import { run } from '../run.ts';

/** What the packages of this repository say of themselves, as far as it is read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Where the project is, as the root's package.json says it: in one place, and only once there is an account to name. */
type ProjectLinks = Readonly<Partial<Record<'homepage' | 'repository' | 'bugs', unknown>>>;

/** By what people find it; Construct Hub needs `cdk` or `aws-cdk`. */
const KEYWORDS = [
  'aws-cdk',
  'cdk',
  'construct',
  'momento',
  'token-vending-machine',
  'api-gateway',
  'cognito',
  'lambda',
];

const ENTRY = './cdk/lib/index';

/** What an app has to have of its own, or there would be two of it. */
const PEERS = ['aws-cdk-lib', 'constructs'];

/** Makes the package's folder in `dir`. @returns its path */
export async function makePackage(dir: string): Promise<string> {
  const path = join(dir, 'package');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, CHAT), { recursive: true });
  await step(dir, 'compile', join(ROOT, 'node_modules/.bin/tsc'), [
    '-p',
    'cdk/tsconfig.package.json',
    '--outDir',
    path,
  ]);
  nameCompiledFiles(path);
  const { program, args } = chatBuild(join(path, BUILT_CHAT));
  await step(dir, 'chat', program, args);
  for (const file of [`${CHAT}/security-headers.json`, 'cdk/lib/here.cjs', 'LICENSE']) {
    cpSync(join(ROOT, file), join(path, file));
  }
  // Not cdk/README.md, which is for those who have the repository.
  cpSync(join(ROOT, 'docs/construct.md'), join(path, 'README.md'));
  writeFileSync(join(path, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
  return path;
}

/** The compiler leaves `./x.ts` in declarations, where there is no such file; tools and older compilers do not look for another. */
function nameCompiledFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.d.ts'))) {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(['"]\.{1,2}\/[^'"]*)\.ts(?=['"])/g, '$1.js'));
  }
}

/** Packs that folder into `to`. @returns the name of the file, of the same bytes each time: npm gives files no time */
export async function packNpm(folder: string, to: string, dir: string): Promise<string> {
  const { stdout } = await step(dir, 'pack', 'npm', ['pack', folder, '--json', '--pack-destination', to]);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  return packed?.filename ?? '';
}

function manifest(): object {
  const { name, version, license, dependencies } = read('cdk/package.json');
  const { engines, ...root } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    engines: object;
  } & ProjectLinks;
  const of = (wanted: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(dependencies).filter(([it, range]) => range !== '*' && wanted(it)));
  return {
    name,
    version,
    description: 'A token vending machine for Momento as a CDK construct.',
    keywords: KEYWORDS,
    ...projectLinks(root),
    license,
    type: 'commonjs',
    engines,
    // For TypeScript with `module: commonjs`, which reads no `exports`.
    main: `${ENTRY}.js`,
    types: `${ENTRY}.d.ts`,
    exports: { '.': { types: `${ENTRY}.d.ts`, default: `${ENTRY}.js` }, './package.json': './package.json' },
    dependencies: of((it) => !PEERS.includes(it)),
    // This version or a later one: the library breaks nothing within a major version.
    peerDependencies: Object.fromEntries(
      Object.entries(of((it) => PEERS.includes(it))).map(([it, range]) => [it, range.replace(/^(?=\d)/, '^')]),
    ),
  };
}

function projectLinks({ homepage, repository, bugs }: ProjectLinks): ProjectLinks {
  // JSON leaves out what is undefined.
  return { homepage, repository, bugs };
}

function read(path: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;
}

function step(dir: string, name: string, program: string, args: readonly string[]) {
  return run({
    program,
    args,
    cwd: ROOT,
    env: process.env,
    log: join(dir, `logs/package-${name}.log`),
    doing: 'Making the npm package',
  });
}
