/**
 * What holds a configuration and its file together.
 *
 * The template is made from the configuration, and the functions read the file. Where the two differ, a deployment is accepted and
 * then refuses requests, or grants what the template was not made for. That is refused here, when the stack is made.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import type { ConfigSource, TvmConfig } from './canonical-config.ts';
import { ConfigError } from './config-error.ts';

/** What each configuration was when it was loaded, by the object that every copy with changes (`{ ...config }`) still has. */
const loaded = new WeakMap<ConfigSource, TvmConfig>();

/** Remembers a configuration as it was rendered. */
export function rememberLoaded(config: TvmConfig): TvmConfig {
  if (config.source !== undefined) loaded.set(config.source, config);
  return config;
}

/**
 * Requires that the file at `path` is the one that `config` was rendered from, and that nothing in `config` was changed since that
 * the functions read in the file. A configuration without a source was not rendered by `tvm`; nothing is known of it.
 *
 * @throws ConfigError
 */
export function requireSameSource(config: TvmConfig, path: string): void {
  if (config.source === undefined) return;
  if (digest(path) !== config.source.sha256) {
    throw new ConfigError(
      `${path} is not the file that the configuration was rendered from: the functions would follow other rules than the stack ` +
        `is made for; render it again (\`tvm config render ${path}\`)`,
    );
  }
  const original = loaded.get(config.source);
  const now = readByFunctions(config);
  const before = original === undefined ? now : readByFunctions(original);
  const changed = Object.keys(now).filter((key) => !isDeepStrictEqual(now[key], before[key]));
  if (changed.length > 0) {
    throw new ConfigError(
      `the app changes ${changed.join(', ')} of the configuration, and the functions read that in ${path}, where it is as it ` +
        'was: change it in the file',
    );
  }
}

function digest(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`the configuration file of the functions cannot be read: ${(error as Error).message}`);
  }
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

/** What the functions read, by its key in the file. Of resources that exist, only that they are named: the template says which. */
function readByFunctions(config: TvmConfig): Readonly<Record<string, unknown>> {
  const { auth, ungrouped, token, permissions, groups, momento, authorizer, cognito, reuse, limits, monitoring } =
    config;
  return {
    auth,
    ungrouped,
    token,
    permissions,
    groups,
    'momento.endpoint': momento.endpoint,
    'momento.key_ttl': momento.key_ttl,
    'momento.secret_field': momento.secret_field,
    authorizer: { ...authorizer, hmac_secret: authorizer.hmac_secret !== undefined },
    'cognito.token_use': cognito.token_use,
    'cognito.user_pool': cognito.user_pool !== undefined,
    'cognito.clients': cognito.clients,
    reuse,
    'limits.identity_interval': limits.identity_interval,
    'limits.momento_tokens_per_second': limits.momento_tokens_per_second,
    'monitoring.audit': monitoring.audit,
    'monitoring.metrics': monitoring.metrics,
  };
}
