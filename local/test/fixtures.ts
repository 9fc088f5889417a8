/** What several tests use: directories that go away, a screen that remembers, a program that answers like a daemon. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TvmConfig } from '@token-vending-machine/cdk/canonical-config';
import type { Outputs } from '../src/outputs.ts';
import type { Screen } from '../src/progress.ts';

/** A directory that is gone after the test. */
export function temporaryDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'local-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A directory for a program to run in: `end` ends it before the directory, which holds the record of it, is gone. */
export function directoryOf(t: TestContext, end: (dir: string) => Promise<unknown>): string {
  const dir = mkdtempSync(join(tmpdir(), 'local-test-'));
  t.after(async () => {
    await end(dir);
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** Remembers what was written to it. */
export class Transcript implements Screen {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

/** What a local stack puts out in every mode. */
export const OUTPUTS: Omit<Outputs, 'AuthMode'> = {
  Endpoint: 'http://127.0.0.1:1/prod/',
  MomentoEndpoint: 'http://127.0.0.1:2',
  MomentoApiKeyFile: '/x/momento-api-key',
  ApiKeySecretArn: 'arn',
  StackName: 'X',
  Region: 'us-east-1',
  AwsEndpoint: 'http://127.0.0.1:1',
  ConfigFile: '/x/tvm.toml',
};

/** A configuration with a base and two groups, as `tvm config render` gives it. */
export const CONFIG: TvmConfig = {
  auth: 'AmazonCognito',
  ungrouped: 'refuse',
  token: {
    expires_in: 3600,
    id: '{username}',
    caches: ['default-cache', 'other'],
    not_beyond_caller: false,
    id_too_long: 'refuse',
  },
  permissions: [{ cache: '{cache}', role: 'ReadWrite' }],
  groups: {
    ReadOnlyUserGroup: { permissions: [{ cache: '{cache}', topic: '*', role: 'SubscribeOnly' }] },
    ReadWriteUserGroup: { permissions: [{ cache: 'chat', topic: { prefix: 'room-' }, role: 'PublishSubscribe' }] },
  },
  momento: { key_ttl: 300 },
  authorizer: {
    kind: 'credentials',
    credentials: 'headers',
    audience: [],
    audience_claim: 'aud',
    jwks_ttl: 3600,
    jwks_max_stale: 86_400,
    algorithms: ['RS256', 'ES256'],
    id_claim: 'sub',
    groups_claim: 'groups',
    leeway: 60,
    required_claims: {},
  },
  cognito: {
    token_use: 'id',
    clients: [],
    auth_flows: ['USER_SRP'],
    self_sign_up: false,
    mfa: 'off',
    password: { min_length: 12, require: ['lowercase', 'uppercase', 'digits', 'symbols'] },
    writable_attributes: ['locale'],
    threat_protection: 'off',
    deletion_protection: false,
  },
  api: { authorizer_cache_ttl: 5, allowed_headers: ['*'], access_logs: false, disable_default_endpoint: false },
  reuse: { mode: 'instance', min_remaining: '50%', cache: 'token-vending-machine', cache_budget_ms: 500 },
  limits: { momento_tokens_per_second: 5, requests_per_second: 100, request_burst: 200 },
  secrets: {},
  deployment: { stage: 'dev', open_to_everybody: false },
  functions: { memory: 128, architecture: 'x86_64', timeout: 10, tracing: false, log_retention: 30 * 86_400 },
  monitoring: {
    audit: 'hashed',
    metrics: false,
    dashboard: false,
    alarms: false,
    alarm_errors_percent: 5,
    alarm_limited_percent: 5,
    alarm_latency_ms: 3000,
    key_max_age: 90 * 86_400,
  },
  build: {},
  web: { enabled: false },
};
