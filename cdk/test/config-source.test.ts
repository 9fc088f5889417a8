/** What holds a configuration and its file together. Real: `tvm` and the construct; nothing is built. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Stack } from 'aws-cdk-lib';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { type LoadedConfig, loadConfig, loadRenderedConfig } from '../lib/config.ts';
import { TokenVendingMachine } from '../lib/token-vending-machine.ts';
import { canonical, LIMITS, MOMENTO, testApp } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'tvm-source-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TOML = 'auth = "Open"\n[[permissions]]\ncache = "c"\nrole = "ReadWrite"\n';
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const toml = file('tvm.toml', TOML);

/** What `tvm config render` prints for that file. */
function rendered(changes: object = {}): string {
  const sha256 = createHash('sha256').update(TOML).digest('hex');
  return file('tvm.json', JSON.stringify({ ...canonical(), source: { sha256 }, ...changes }));
}

const make = ({ config, path }: LoadedConfig) =>
  new TokenVendingMachine(new Stack(testApp(), 'Shop'), 'Tokens', { config, configPath: path });

test('a rendered configuration is the same as one that tvm renders now', () => {
  const loaded = loadConfig({ ...process.env, TVM_CONFIG: toml });
  const json = file('by-tvm.json', JSON.stringify(loaded.config));
  assert.deepEqual(loadRenderedConfig(json, toml), loaded);
  make(loadRenderedConfig(json, toml));
});

test('a checkout that ends lines otherwise has the same file', () => {
  make(loadRenderedConfig(rendered(), file('windows.toml', TOML.replaceAll('\n', '\r\n'))));
});

test('another file than the one that was rendered is refused, when it is loaded and when the stack is made', () => {
  const json = rendered();
  const other = file('other.toml', TOML.replace('ReadWrite', 'ReadOnly'));
  const refused = {
    name: 'ConfigError',
    message: /other\.toml is not the file that .* was rendered from.*render it again/s,
  };
  assert.throws(() => loadRenderedConfig(json, other), refused);
  assert.throws(() => make({ ...loadRenderedConfig(json, toml), path: other }), refused);
  assert.throws(() => loadRenderedConfig(json, join(folder, 'absent.toml')), {
    name: 'ConfigError',
    message: /absent/,
  });
});

test('JSON that does not say its file, or is none, is refused with what to do', () => {
  for (const json of [rendered({ source: undefined }), file('null.json', 'null'), file('list.json', '[]')]) {
    assert.throws(() => loadRenderedConfig(json, toml), { name: 'ConfigError', message: /tvm config render/ });
  }
  for (const json of [file('no.json', '{'), join(folder, 'absent.json')]) {
    assert.throws(() => loadRenderedConfig(json, toml), {
      name: 'ConfigError',
      message: /make it with `tvm config render`/,
    });
  }
});

test('the app may change what the template alone is made of, and nothing that the functions read', () => {
  const loaded = loadRenderedConfig(rendered(), toml);
  const changed = (changes: Partial<TvmConfig>) => make({ ...loaded, config: { ...loaded.config, ...changes } });
  const { config } = loaded;
  changed({ functions: { ...config.functions, memory: 512 }, deployment: { ...config.deployment, stage: 'prod' } });
  changed({ momento: { ...MOMENTO, secret: 'of-mine' }, api: { ...config.api, access_logs: true } });
  changed({ limits: { ...LIMITS, requests_per_second: 5, request_burst: 5 } });
  for (const [key, changes] of Object.entries<Partial<TvmConfig>>({
    auth: { auth: 'LambdaAuthorizer' },
    permissions: { permissions: [] },
    groups: { groups: {} },
    token: { token: { ...config.token, expires_in: 60 } },
    'momento.endpoint': { momento: { ...MOMENTO, endpoint: 'cell-1.momentohq.com' } },
    'momento.key_ttl': { momento: { ...config.momento, key_ttl: 60 } },
    'limits.momento_tokens_per_second': { limits: { ...LIMITS, momento_tokens_per_second: 50 } },
    'limits.identity_interval': { limits: { ...LIMITS, identity_interval: 5 } },
    'cognito.clients': { cognito: { ...config.cognito, clients: ['one'] } },
    'monitoring.metrics': { monitoring: { ...config.monitoring, metrics: true } },
    authorizer: { authorizer: { ...config.authorizer, kind: 'jwt' } },
  })) {
    assert.throws(() => changed(changes), {
      name: 'ConfigError',
      message: new RegExp(`changes .*${key}.* in the file`),
    });
  }
});
