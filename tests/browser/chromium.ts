/**
 * The browser of the tests: one Chromium, headless, as the system's packages have it.
 *
 * Nothing is downloaded, and what a page calls is on loopback alone.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from 'local';
import { type Browser, chromium } from 'playwright-core';

/** A Chromium, or why there is none. */
export type Found = { readonly path: string } | { readonly why: string };

/** What it does unasked has no place in a test; names below `localhost` are loopback, IPv6 aside. */
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--host-resolver-rules=MAP *.localhost 127.0.0.1',
  '--no-first-run',
];

/**
 * Looks for one, and installs it where that can be done, by `local/setup browser`.
 *
 * @throws in CI, where a test that is skipped would be a test that nobody runs
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): Found {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'local/setup'), ['browser'], { env, encoding: 'utf8' });
  if (status === 0) return { path: stdout.trim() };
  if (env['CI']) throw new Error(`there is no browser to test in, and CI is set\n${stderr}`);
  return { why: stderr.trim().replaceAll(/\s*\n\s*/g, '; ') };
}

/** Starts the Chromium at `path`. As root it cannot have its sandbox. */
export function launch(path: string): Promise<Browser> {
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath: path, args: FLAGS, chromiumSandbox: !root });
}
