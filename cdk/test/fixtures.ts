/** Stacks for the tests: the app's own feature flags, canonical configurations, and no build of any Rust. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';

import type { AuthMode, TvmConfig } from '../lib/canonical-config.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { TokenVendingMachineStack, type TokenVendingMachineStackProps } from '../lib/token-vending-machine-stack.ts';

/** CDK's check against CloudFormation's rules takes seconds for each app: `validation.test.ts` runs it, once a mode. */
process.env['CDK_VALIDATION'] = 'false';

export const MODES: readonly AuthMode[] = ['Open', 'LambdaAuthorizer', 'AmazonCognito'];

/** The table `[momento]` where the file says nothing. */
export const MOMENTO: TvmConfig['momento'] = { key_ttl: 300 };

/** The table `[authorizer]` where the file says nothing. */
export const AUTHORIZER: TvmConfig['authorizer'] = {
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
};

/** The table `[cognito]` where the file says nothing. */
export const COGNITO: TvmConfig['cognito'] = {
  token_use: 'id',
  clients: [],
  auth_flows: ['USER_SRP'],
  self_sign_up: false,
  mfa: 'off',
  password: { min_length: 12, require: ['lowercase', 'uppercase', 'digits', 'symbols'] },
  writable_attributes: ['locale'],
  threat_protection: 'off',
  deletion_protection: false,
};

/** The table `[functions]` where the file says nothing. */
export const FUNCTIONS: TvmConfig['functions'] = {
  memory: 128,
  architecture: 'x86_64',
  timeout: 10,
  tracing: false,
  log_retention: 30 * 86_400,
};

/** The table `[limits]` where the file says nothing. */
export const LIMITS: TvmConfig['limits'] = {
  momento_tokens_per_second: 5,
  requests_per_second: 100,
  request_burst: 200,
};

/** The table `[monitoring]` where the file says nothing. */
export const MONITORING: TvmConfig['monitoring'] = {
  audit: 'hashed',
  metrics: false,
  dashboard: false,
  alarms: false,
  alarm_errors_percent: 5,
  alarm_limited_percent: 5,
  alarm_latency_ms: 3000,
  key_max_age: 90 * 86_400,
};

/** With everything that it can have. */
export const WATCHED: TvmConfig['monitoring'] = {
  ...MONITORING,
  metrics: true,
  dashboard: true,
  alarms: true,
  alarm_email: 'operators@example.com',
};

/** `api.allowed_headers` where the file says nothing. */
const ALLOWED_HEADERS = [
  '*',
  'b3',
  'baggage',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'x-amz-date',
  'x-amz-user-agent',
  'x-amzn-trace-id',
  'x-datadog-origin',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'x-datadog-trace-id',
  'x-requested-with',
];

/** The table `[api]` where the file says nothing. */
export const API: TvmConfig['api'] = {
  authorizer_cache_ttl: 5,
  allowed_headers: ALLOWED_HEADERS,
  access_logs: false,
  disable_default_endpoint: false,
};

/** The table `[api]` with everything that AWS can put before an endpoint. */
export const EVERYTHING_BEFORE: TvmConfig['api'] = {
  ...API,
  access_logs: true,
  disable_default_endpoint: true,
  waf: { requests_per_5_minutes: 500, managed_rules: ['AWSManagedRulesCommonRuleSet'], logs: true },
  domain: {
    name: 'tokens.example.com',
    certificate: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    hosted_zone: 'Z0123456789ABCDEFGHIJ',
  },
  usage_plan: { requests_per_month: 1_000_000, requests_per_second: 50, request_burst: 100 },
};

/** What `tvm config render` prints for the shipped file, changed as said. */
export function canonical(changes: Partial<TvmConfig> = {}): TvmConfig {
  return {
    auth: 'Open',
    ungrouped: 'refuse',
    token: {
      expires_in: 3600,
      id: '{query.name}',
      caches: ['default-cache'],
      not_beyond_caller: false,
      id_too_long: 'refuse',
    },
    permissions: [{ cache: 'default-cache', role: 'ReadWrite' }],
    groups: {
      ReadOnlyUserGroup: {
        description: 'may subscribe, not publish',
        permissions: [{ cache: 'default-cache', topic: '*', role: 'SubscribeOnly' }],
      },
      ReadWriteUserGroup: { permissions: [{ cache: 'default-cache', topic: '*', role: 'PublishSubscribe' }] },
    },
    momento: MOMENTO,
    authorizer: AUTHORIZER,
    cognito: COGNITO,
    api: API,
    reuse: { mode: 'instance', min_remaining: '50%', cache: 'token-vending-machine', cache_budget_ms: 500 },
    limits: LIMITS,
    secrets: {},
    deployment: { stage: 'dev', open_to_everybody: false },
    functions: FUNCTIONS,
    monitoring: MONITORING,
    build: {},
    web: { enabled: false },
    ...changes,
  };
}

/** An `[authorizer]` table for tokens that are signed with what the secret of this name or ARN holds. */
export function bySecret(hmac_secret: string): TvmConfig['authorizer'] {
  return { ...AUTHORIZER, kind: 'jwt', issuer: 'https://issuer.example', hmac_secret };
}

const templates = new Map<string, Template>();

/** The template of the stack with default props, as CloudFormation gets it. Made once for each configuration. */
export function synthesize(changes: Partial<TvmConfig> = {}): Template {
  const key = JSON.stringify(changes);
  const template = templates.get(key) ?? synthesizeWith({}, changes);
  templates.set(key, template);
  return template;
}

/** The template of a stack with these props, made anew. */
export function synthesizeWith(
  props: Partial<TokenVendingMachineStackProps>,
  changes: Partial<TvmConfig> = {},
): Template {
  const stack = new TokenVendingMachineStack(testApp(), 'Machine', {
    config: canonical(changes),
    configPath: join(repositoryRoot, 'config/tvm.toml'),
    ...props,
  });
  return Template.fromStack(stack);
}

/** An app as the CDK command line makes it from `cdk.json`, with bundling off. */
export function testApp(): App {
  const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
  return new App({ context: { ...context, [BUNDLING_STACKS]: [] }, analyticsReporting: false });
}

/** A part of a template: a resource, a policy document, a response. */
export interface Part {
  readonly [key: string]: unknown;
}

/** The properties of the one resource of this type. */
export function only(template: Template, type: string): Part {
  const found = all(template, type);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} resources of type ${type}, not 1`);
  }
  return found[0];
}

/** The properties of every resource of this type. */
export function all(template: Template, type: string): Part[] {
  return Object.values(template.findResources(type)).map((resource) => resource['Properties'] ?? {});
}

/** The text of each function's program in the output of an app that was synthesized, by what the function is called. */
export function programsOf(outdir: string, stackName: string): Readonly<Record<string, string>> {
  const { Resources } = JSON.parse(readFileSync(join(outdir, `${stackName}.template.json`), 'utf8'));
  const functions = Object.entries<{ Type: string; Properties: { Code: { S3Key: string } } }>(Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  return Object.fromEntries(
    functions.map(([id, { Properties }]) => {
      const asset = `asset.${Properties.Code.S3Key.replace(/\.zip$/, '')}`;
      const name = /Vending|Authorizer|Rotation/.exec(id.replace('TokenVendingMachine', ''))?.[0] ?? id;
      return [name, readFileSync(join(outdir, asset, 'bootstrap'), 'utf8')];
    }),
  );
}
