/**
 * A web site of the tests: an empty page with one program of `page/`, bundled by Vite as an app's would be, at an origin of
 * its own. It is served with the headers of the chat page, so that what runs here runs under them.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import securityHeaders from '@token-vending-machine/chat/security-headers.json' with { type: 'json' };
import { ROOT } from 'local';
import { build, type Rollup } from 'vite';

/** The programs: each a file of `page/`. */
export type Program = 'client' | 'drop-in' | 'soak';

/** Everything of the tests is on loopback. */
const LOOPBACK = 'http://127.0.0.1:* http://*.localhost:*';
const HEADERS = Object.entries(securityHeaders).map(
  ([name, value]) => [name, value.replace('{connect}', LOOPBACK)] as const,
);

/** Names of this computer. */
const OWN_NAMES = /^(127\.0\.0\.1|localhost|\[::1\]):\d+$/;

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title><script type="module" src="app.js"></script>';

export class Site {
  /** Where it is. `127.0.0.1` is a secure context, as https is: Web Locks are there. */
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** Bundles `program` and serves it. */
  static async serve(program: Program): Promise<Site> {
    const script = await bundle(program);
    const server = createServer(({ url = '', headers: { host = '' } }, answer) => {
      // A page of another site may have pointed its name at this computer (DNS rebinding).
      if (!OWN_NAMES.test(host)) return void answer.writeHead(403).end('This site is 127.0.0.1 or localhost.');
      for (const [name, value] of HEADERS) answer.setHeader(name, value);
      if (url === '/') answer.setHeader('Content-Type', 'text/html').end(PAGE);
      else if (url === '/app.js') answer.setHeader('Content-Type', 'text/javascript').end(script);
      // Browsers ask every origin for an icon.
      else answer.writeHead(url === '/favicon.ico' ? 204 : 404).end();
    });
    server.listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
    return new Site(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function bundle(program: Program): Promise<string> {
  const entry = join(ROOT, 'tests/browser/page', `${program}.ts`);
  const built = (await build({
    configFile: false,
    // Not 'warn': google-protobuf has an `eval` that nothing calls.
    logLevel: 'error',
    // The sources: what was built of them may be older.
    resolve: { alias: { '@token-vending-machine/client': join(ROOT, 'web/client/src/index.ts') } },
    build: { write: false, minify: false, target: 'es2022', lib: { entry, formats: ['es'], fileName: 'app' } },
  })) as Rollup.RollupOutput[];
  const code = built.flatMap(({ output }) => output.map((part) => ('code' in part ? part.code : '')));
  if (code.length !== 1) throw new Error(`${program} is not one file but ${code.length}`);
  return code.join('');
}
