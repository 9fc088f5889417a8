/**
 * `make embedded`: the chat from one Rust server (examples/embedded-chat) with the local Momento, until Ctrl-C.
 *
 * No AWS and no emulator. The server says itself where it listens and who may sign in.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildTools } from './build.ts';
import { buildChat } from './chat.ts';
import { claimPorts, makeLine } from './claims.ts';
import { effectiveConfig } from './config.ts';
import { Failure } from './failure.ts';
import { namedCaches } from './grants.ts';
import { apiKeyIn, ensureMomento } from './local-momento.ts';
import { createCaches } from './momento.ts';
import { type EmbeddedOptions, ROOT } from './options.ts';
import { LOOPBACK } from './ports.ts';
import type { Progress } from './progress.ts';

/** Where the page's build is put. */
const DIST = join(ROOT, 'web/chat/dist');

export async function embedded(options: EmbeddedOptions, progress: Progress): Promise<void> {
  const { dir } = options;
  const claims = await claimPorts(dir, options.ports, makeLine('embedded', options.said));
  for (const note of claims.notes) progress.say(note);
  const tools = await progress.step('Build the server, the local Momento and tvm', (watch) =>
    buildTools(dir, ['momento-emulator', 'tvm', 'embedded-chat'], watch),
  );
  const { values, warnings } = await progress.step('Check the configuration', () =>
    effectiveConfig(options, tools.tvm),
  );
  for (const warning of warnings) progress.say(`  ${warning}`);
  await progress.step('Build the chat page', () => buildChat(DIST, dir));
  await claims.release('momento');
  const momento = await progress.step(
    'Start the local Momento',
    () => ensureMomento(dir, claims.ports.momento, tools.momentoEmulator),
    ({ url, fresh }) => `${url}${fresh ? '' : ', still running'}`,
  );
  const apiKey = apiKeyIn(momento.apiKeyFile);
  await progress.step('Create the caches', () => createCaches(apiKey, momento.url, namedCaches(values)));
  progress.say();
  await claims.release('embedded');
  const server = { config: options.config, port: claims.ports.embedded };
  await serve(tools.embeddedChat, server, serverEnvironment(apiKey, momento.url));
}

/** All that the server is given: nothing of the user's, so that a key or an account of theirs is never used by mistake. */
export function serverEnvironment(apiKey: string, momentoUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    MOMENTO_API_KEY: apiKey,
    MOMENTO_TOKEN_ENDPOINT: momentoUrl,
    MOMENTO_CACHE_ENDPOINT: momentoUrl,
  };
}

/** Runs the server in the foreground. Who ends it has ended it well. */
async function serve(
  program: string,
  { config, port }: { readonly config: string; readonly port: number },
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const args = ['--listen', `${LOOPBACK}:${port}`, '--config', config, '--dist', DIST];
  const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; this program waits for the server's end.
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  const code = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, signal) => resolve(exit ?? signal ?? 'SIGKILL'));
  });
  if (code === 'SIGINT' || code === 'SIGTERM') return;
  throw new Failure(`The server ended (${code}); what it said is above.`);
}
