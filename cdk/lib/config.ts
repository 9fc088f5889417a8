/**
 * Reads the configuration as `tvm config render` prints it.
 *
 * The rules live in Rust, once. Nothing here validates or fills in a default: a file that `tvm` refuses is refused here,
 * with its words.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

import type { TvmConfig } from './canonical-config.ts';
import { ConfigError } from './config-error.ts';
import { rememberLoaded, requireSameSource } from './config-source.ts';
import { TVM_BUILD_FLAGS } from './function-build.ts';
import { hasSources, repositoryRoot } from './repository.ts';

/** A configuration and the file that it came from, which the functions read at run time. */
export interface LoadedConfig {
  readonly config: TvmConfig;
  /** Absolute path of the TOML file. */
  readonly path: string;
}

/**
 * Renders the configuration file with `tvm config render` and parses what it prints.
 *
 * - `TVM_CONFIG` names the file, relative to the current folder or else to the repository; left out, `config/tvm.toml`.
 * - `TVM_BIN` names a built `tvm`; left out, it is built and run with cargo.
 *
 * With a `region`, what cannot be deployed there is refused; a stack that says its region (`env`) is checked in any case.
 *
 * @throws ConfigError with what `tvm` wrote on its standard error.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, region?: string): LoadedConfig {
  const path = configPath(env['TVM_CONFIG'] || 'config/tvm.toml');
  if (!env['TVM_BIN'] && !hasSources) {
    throw new ConfigError(
      `nothing here can read ${path}: set TVM_BIN to a built tvm, of the same release as this package (\`make dist\` makes one), ` +
        'or load what it rendered elsewhere with loadRenderedConfig',
    );
  }
  const [program, ...before] = env['TVM_BIN']
    ? [env['TVM_BIN']]
    : ['cargo', 'run', '--quiet', '--locked', ...TVM_BUILD_FLAGS, '--'];
  const args = [...before, 'config', 'render', path, ...(region ? ['--region', region] : [])];
  const run = spawnSync(program, args, { cwd: repositoryRoot, encoding: 'utf8', env, maxBuffer: 16 * 1024 * 1024 });
  if (run.error) {
    throw new ConfigError(
      `cannot run \`${program}\` to read ${path} (${run.error.message}); install Rust, or set TVM_BIN to a built tvm`,
    );
  }
  if (run.status !== 0) {
    const ended = run.signal === null ? `exit code ${run.status}` : run.signal;
    const said = run.stderr.trim() || `\`${[program, ...args].join(' ')}\` said nothing (${ended})`;
    throw new ConfigError(`the configuration ${path} cannot be used:\n${said}`);
  }
  return { config: parseCanonical(run.stdout, path), path };
}

/**
 * Reads a configuration that `tvm config render tvm.toml > tvm.json` printed, on this computer or on another: no `tvm` is needed
 * here, so that an app can be synthesized where there is none, such as on macOS or Windows.
 *
 * The paths are relative to the current folder, or absolute. `[build] artifacts` is where the folder was on the computer that
 * rendered it: give the prop `artifacts` where it is elsewhere.
 *
 * @param rendered the JSON
 * @param toml the file that it was rendered from, which the functions read; any change to it needs another rendering
 * @throws ConfigError where one of them cannot be read, or the JSON is not of that file as it is now
 */
export function loadRenderedConfig(rendered: string, toml: string): LoadedConfig {
  const path = resolve(toml);
  const config = parseRendered(rendered);
  if (config?.source?.sha256 === undefined) {
    throw new ConfigError(
      `${rendered} does not say which file it was rendered from: render it with a tvm of the same release as this package, and ` +
        `without --auth (\`tvm config render ${toml} > ${rendered}\`)`,
    );
  }
  requireSameSource(config, path);
  return { config: rememberLoaded(config), path };
}

function parseRendered(path: string): TvmConfig | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TvmConfig | null;
  } catch (error) {
    throw new ConfigError(
      `the rendered configuration ${path} cannot be read (${(error as Error).message}); make it with \`tvm config render\``,
    );
  }
}

function configPath(given: string): string {
  if (isAbsolute(given)) {
    return given;
  }
  // `npm run -w cdk` and `cdk` in this folder have another current folder than `make` has.
  const here = resolve(given);
  return existsSync(here) ? here : join(repositoryRoot, given);
}

function parseCanonical(json: string, path: string): TvmConfig {
  try {
    return rememberLoaded(JSON.parse(json) as TvmConfig);
  } catch (error) {
    throw new ConfigError(
      `\`tvm config render ${path}\` printed no JSON (${(error as Error).message}); is TVM_BIN tvm?`,
    );
  }
}
