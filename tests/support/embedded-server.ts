/** The server of examples/embedded-chat: the built program with the built page, on a free port, with the tests' Momento. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildChat, buildTools, type DemoUser, ROOT, serverEnvironment } from 'local';
import { apiKey, directory, localMomentoUrl } from './machines.ts';
import { plant } from './planted.ts';

export interface EmbeddedServer {
  /** Where the chat is. */
  readonly url: string;
  /** Those that it made at its start. */
  readonly users: readonly DemoUser[];
  /** Ends it. */
  end(): Promise<void>;
}

/** What it runs on. */
export interface EmbeddedEnvironment {
  /** Holds its logs. */
  readonly dir: string;
  /** The built page. */
  readonly dist: string;
  readonly momento: { readonly url: string; readonly apiKey: string };
}

/** Builds it and its page, and starts it with the Momento of the machines under test. */
export async function startEmbeddedServer(): Promise<EmbeddedServer> {
  const dir = join(directory(), 'embedded');
  const dist = join(dir, 'chat');
  await buildChat(dist, dir);
  return startEmbeddedServerIn({ dir, dist, momento: { url: localMomentoUrl(), apiKey: apiKey() } });
}

/** Builds it, starts it and returns once it listens. */
export async function startEmbeddedServerIn({ dir, dist, momento }: EmbeddedEnvironment): Promise<EmbeddedServer> {
  const { embeddedChat } = await buildTools(dir, ['embedded-chat']);
  const config = join(ROOT, 'examples/embedded-chat/tvm.toml');
  const child = spawn(embeddedChat, ['--listen', '127.0.0.1:0', '--config', config, '--dist', dist], {
    env: serverEnvironment(momento.apiKey, momento.url),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = join(dir, 'server.log');
  child.stderr.pipe(createWriteStream(log));
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill());
  const users: DemoUser[] = [];
  for await (const line of createInterface(child.stdout)) {
    const [, username, password, group] = /^demo user (\S+), password (\S+) \((\S+)\)$/.exec(line) ?? [];
    if (username && password && group) {
      users.push({ username, password: plant(`the password of ${username}`, password), groups: [group] });
    }
    const [, url] = /^listening on (\S+)$/.exec(line) ?? [];
    if (!url) continue;
    const end = async () => {
      child.kill();
      await ended;
    };
    return { url: `${url}/`, users, end };
  }
  throw new Error(`embedded-chat ended as it started: see ${log}`);
}
