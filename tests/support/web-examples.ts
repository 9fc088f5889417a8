/** The apps of examples/vite and examples/nextjs, built as their READMEs say and served on a free port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from 'local';
import { build, preview } from 'vite';
import { installApart } from './install-apart.ts';
import { ran } from './programs.ts';
import { PackedClient } from './runtimes.ts';

/** What an app is pointed at. */
export interface Machine {
  readonly endpoint: string;
  readonly momento: string;
}

/** An app that is served. */
export interface Served {
  readonly url: string;
  end(): Promise<void>;
}

/** Builds examples/vite into `dir`, and serves it. */
export async function serveVite({ endpoint, momento }: Machine, dir: string): Promise<Served> {
  const root = join(ROOT, 'examples/vite');
  const outDir = join(dir, 'vite');
  const client = (entry: string) => join(ROOT, 'web/client/src', entry);
  const common = { root, configFile: false as const, logLevel: 'error' as const };
  await build({
    ...common,
    define: {
      'import.meta.env.VITE_TOKEN_ENDPOINT': JSON.stringify(endpoint),
      'import.meta.env.VITE_MOMENTO_URL': JSON.stringify(momento),
    },
    resolve: {
      alias: [
        { find: /^@token-vending-machine\/client\/react$/, replacement: client('react.ts') },
        { find: /^@token-vending-machine\/client$/, replacement: client('index.ts') },
      ],
    },
    build: { outDir, emptyOutDir: true },
  });
  const server = await preview({
    ...common,
    build: { outDir },
    preview: { host: '127.0.0.1', port: await freePort() },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('Vite says no address');
  return { url, end: () => server.close() };
}

/** Builds examples/nextjs with Next.js, and serves it. `dir` holds the packed client. */
export async function serveNext({ endpoint, momento }: Machine, dir: string): Promise<Served> {
  const folder = join(ROOT, 'examples/nextjs');
  await installApart(folder);
  const { folder: packed } = await PackedClient.make(join(dir, 'packed'));
  const name = 'node_modules/@token-vending-machine/client';
  rmSync(join(folder, name), { recursive: true, force: true });
  cpSync(join(packed, name), join(folder, name), { recursive: true });
  const next = join(folder, 'node_modules/next/dist/bin/next');
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const;
  const built = await ran(process.execPath, [next, 'build'], env, { cwd: folder });
  if (built.code !== 0 || !existsSync(join(folder, '.next')))
    throw new Error(`next build:\n${built.out}${built.notes}`);
  const port = await freePort();
  const child = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', `${port}`], {
    cwd: folder,
    env: { ...env, TOKEN_ENDPOINT: endpoint, MOMENTO_URL: momento },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill());
  for await (const line of createInterface(child.stdout)) if (line.includes('Ready')) break;
  const end = async () => {
    child.kill();
    await ended;
  };
  return { url: `http://127.0.0.1:${port}/`, end };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
