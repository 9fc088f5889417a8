/**
 * The chat page for people and for the browser tests: built, told which machine it talks to, and served on loopback.
 *
 * Its `chat.json` holds the passwords of the demo users, so that a click signs in: local ones, like all of `outputs.json`.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAT, chatBuild } from '@token-vending-machine/cdk/chat-build';
import { chatSettings } from '@token-vending-machine/cdk/chat-settings';
import type { Settings } from '@token-vending-machine/chat/settings';
import { type Daemon, ensureRunning, type Launch, type Running, stopDaemon } from './daemon.ts';
import { ROOT } from './options.ts';
import { LOOPBACK } from './ports.ts';
import { run } from './run.ts';
import type { DeployedStack } from './stack.ts';

export const CHAT_PAGE = 'chat-page';

/** What the page is told of a stack on the emulator. */
export function localChatSettings({ config, outputs }: DeployedStack): Settings {
  const { UserPoolId: id, UserPoolClientId: clientId, CognitoEndpoint, DemoUsers } = outputs;
  return chatSettings(config.values, {
    endpoint: outputs.Endpoint,
    momento: outputs.MomentoEndpoint,
    ...(id && clientId && { userPool: { id, clientId } }),
    ...(CognitoEndpoint && { cognito: CognitoEndpoint }),
    ...(DemoUsers && { demoUsers: DemoUsers }),
  });
}

/**
 * Builds the page into `dir` and serves it there with these settings, until {@link stopChat}. What runs already goes on, and
 * serves what was built now.
 *
 * @param port 0 = the one it runs on, or a free one
 */
export async function serveChat(dir: string, port: number, settings: Settings): Promise<Running> {
  await build(dir, settings);
  return ensureRunning(pageIn(dir, port));
}

/** Ends what {@link serveChat} started in `dir`. @returns whether it ran */
export function stopChat(dir: string): Promise<boolean> {
  return stopDaemon(dir, CHAT_PAGE);
}

function folderIn(dir: string): string {
  return join(dir, 'chat');
}

/** Builds the page into `outDir`, with what the build says in the logs of `dir`. */
export async function buildChat(outDir: string, dir: string): Promise<void> {
  await run({
    ...chatBuild(outDir),
    cwd: ROOT,
    env: process.env,
    log: join(dir, 'logs/chat-build.log'),
    doing: 'Building the chat page',
  });
}

/** Beside what is served, and then in its place: a build that fails takes no page away. */
async function build(dir: string, settings: Settings): Promise<void> {
  const fresh = `${folderIn(dir)}.new`;
  mkdirSync(dir, { recursive: true });
  await buildChat(fresh, dir);
  writeFileSync(join(fresh, 'chat.json'), `${JSON.stringify(settings, undefined, 2)}\n`, { mode: 0o600 });
  rmSync(folderIn(dir), { recursive: true, force: true });
  renameSync(fresh, folderIn(dir));
}

function pageIn(dir: string, port: number): Daemon {
  return {
    name: CHAT_PAGE,
    title: 'the chat page',
    dir,
    port,
    portVariable: 'TVM_CHAT_PORT',
    healthPath: '/',
    launch: (chosen) => launch(dir, chosen),
  };
}

function launch(dir: string, port: number): Launch {
  const page = join(ROOT, CHAT);
  return {
    program: join(ROOT, 'node_modules/.bin/vite'),
    args: [
      ...['preview', page, '--outDir', folderIn(dir)],
      ...['--host', LOOPBACK, '--port', String(port), '--strictPort'],
    ],
    // The headers are read once, as it starts: with others it is another program.
    env: { PATH: process.env['PATH'], TVM_CHAT_CONFIG: digest(page, ['vite.config.ts', 'security-headers.json']) },
  };
}

function digest(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
