/**
 * A local Momento of a test's own: the built program on a free port, and a wire to it that can be cut.
 *
 * It ends with the test that started it, and leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTools, ROOT } from 'local';

export interface MomentoEmulator {
  /** Its URL, such as `http://127.0.0.1:8980`. */
  readonly url: string;
  readonly apiKey: string;
  /** Ends it. */
  end(): Promise<void>;
}

/** Builds the program, starts it and returns once it takes connections. */
export async function startStage(...caches: readonly string[]): Promise<MomentoEmulator> {
  const { momentoEmulator } = await buildTools(join(ROOT, '.local/test-stage'), ['momento-emulator']);
  const dir = mkdtempSync(join(tmpdir(), 'momento-emulator-'));
  const files = ['--port-file', 'port', '--api-key-file', 'key'];
  const child = spawn(
    momentoEmulator,
    ['--listen', '127.0.0.1:0', ...files, ...caches.flatMap((name) => ['--cache', name])],
    {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill());
  // It greets when it is ready; one that cannot start ends instead.
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([code]) => Promise.reject(new Error(`momento-emulator ended with ${code}: see above`))),
  ]);
  return {
    url: `http://${readFileSync(join(dir, 'port'), 'utf8').trim()}`,
    apiKey: readFileSync(join(dir, 'key'), 'utf8').trim(),
    end: async () => {
      child.kill();
      await ended;
      rmSync(dir, { recursive: true });
    },
  };
}

/** A way to `url` that breaks when it is told to. */
export interface Wire {
  readonly url: string;
  /** Resets every connection over it; new ones are taken at once. */
  cut(): void;
  end(): void;
}

export async function wireTo(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    end: () => {
      server.close();
      cut();
    },
  };
}
