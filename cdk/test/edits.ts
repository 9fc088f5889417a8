/** Edits of the configuration file, one key at a time: what an operator changes from one deployment to the next. */

import type { Group, TvmConfig } from '../lib/canonical-config.ts';
import { COGNITO, canonical, EVERYTHING_BEFORE, FUNCTIONS, LIMITS, MOMENTO, MONITORING, WATCHED } from './fixtures.ts';

/** What differs from the shipped file before the edit, and after it. */
export type Edit = readonly [before: Partial<TvmConfig>, after: Partial<TvmConfig>];

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd';
const GRANTED: Group = { permissions: [{ cache: 'default-cache', role: 'ReadOnly' }] };
const { groups, token, api, authorizer, reuse } = canonical();
const { ReadOnlyUserGroup: readOnly = GRANTED, ...otherGroups } = groups;
const { domain, usage_plan: plan, waf } = EVERYTHING_BEFORE;
const { hosted_zone: _, ...withoutZone } = domain ?? { name: '', certificate: '' };
const { alarm_email: __, ...watchedByNobody } = WATCHED;

const jwt = { ...authorizer, kind: 'jwt', issuer: 'https://issuer.example' } as const;
const signed = { ...jwt, hmac_secret: 'signing' };
const existing = { ...COGNITO, user_pool: 'us-east-1_Abcdefghi', clients: ['1example'] };
const otherArn = (arn: string) => arn.replace('12345678', '87654321');

const inApi = (changes: Partial<TvmConfig['api']>): Partial<TvmConfig> => ({ api: { ...api, ...changes } });
const inCognito = (changes: Partial<TvmConfig['cognito']>): Edit => [{}, { cognito: { ...COGNITO, ...changes } }];
const inFunctions = (changes: Partial<TvmConfig['functions']>): Edit => [
  {},
  { functions: { ...FUNCTIONS, ...changes } },
];
const inMonitoring = (changes: Partial<TvmConfig['monitoring']>): Edit => [
  { monitoring: WATCHED },
  { monitoring: { ...WATCHED, ...changes } },
];
const inDomain = (changes: Partial<NonNullable<typeof domain>>): Edit => [
  inApi({ domain: { ...withoutZone } }),
  inApi({ domain: { ...withoutZone, ...changes } }),
];
const inPlan = (from: NonNullable<typeof plan>, to: NonNullable<typeof plan>): Edit => [
  inApi({ usage_plan: from }),
  inApi({ usage_plan: to }),
];

/**
 * For each key of the file, an edit of it and of nothing else. `state.test.ts` holds that none is missing. What the functions alone
 * read, of which some the CDK app is not even told, is in no template: it has no edit here.
 */
export const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  // The three modes are the walk's own.
  auth: [],
  ungrouped: [[{}, { ungrouped: 'base' }]],
  'token.expires_in': [[{}, { token: { ...token, expires_in: 60 } }]],
  'token.id': [[{}, { token: { ...token, id: 'one' } }]],
  'token.not_beyond_caller': [],
  'token.id_too_long': [],
  'token.caches': [[{}, { token: { ...token, caches: ['another', 'default-cache'] } }]],
  permissions: [[{}, { permissions: [] }]],
  groups: [
    [{}, { groups: { ...groups, Added: GRANTED } }],
    [{}, { groups: { ...otherGroups, Renamed: readOnly } }],
    [{}, { groups: {} }],
  ],
  'groups.*.description': [
    [{}, { groups: { ...otherGroups, ReadOnlyUserGroup: { permissions: readOnly.permissions } } }],
  ],
  'groups.*.names': [],
  'groups.*.permissions': [[{}, { groups: { ...otherGroups, ReadOnlyUserGroup: { ...readOnly, ...GRANTED } } }]],
  'momento.secret': [
    [{}, { momento: { ...MOMENTO, secret: 'mine' } }],
    [{ momento: { ...MOMENTO, secret: 'mine' } }, { momento: { ...MOMENTO, secret: 'another' } }],
  ],
  'momento.secret_field': [
    [
      { momento: { ...MOMENTO, rotate_every: 30 * 86_400 } },
      { momento: { ...MOMENTO, rotate_every: 30 * 86_400, secret_field: 'KEY' } },
    ],
  ],
  'momento.endpoint': [
    [{ web: { enabled: true } }, { momento: { ...MOMENTO, endpoint: 'cache.example.com' }, web: { enabled: true } }],
  ],
  'momento.key_ttl': [],
  'momento.rotate_every': [
    [{}, { momento: { ...MOMENTO, rotate_every: 30 * 86_400 } }],
    [{ momento: { ...MOMENTO, rotate_every: 30 * 86_400 } }, { momento: { ...MOMENTO, rotate_every: 60 * 86_400 } }],
  ],
  'authorizer.kind': [[{}, { authorizer: jwt }]],
  'authorizer.credentials': [[{}, { authorizer: { ...authorizer, credentials: 'basic' } }]],
  'authorizer.issuer': [[{ authorizer: jwt }, { authorizer: { ...jwt, issuer: 'https://another.example' } }]],
  'authorizer.hmac_secret': [
    [{ authorizer: jwt }, { authorizer: signed }],
    [{ authorizer: signed }, { authorizer: { ...signed, hmac_secret: 'another' } }],
  ],
  'authorizer.audience': [],
  'authorizer.audience_claim': [],
  'authorizer.jwks_url': [],
  'authorizer.ca_certificates': [],
  'authorizer.jwks_ttl': [],
  'authorizer.jwks_max_stale': [],
  'authorizer.algorithms': [],
  'authorizer.id_claim': [],
  'authorizer.groups_claim': [],
  'authorizer.groups_separator': [],
  'authorizer.leeway': [],
  'authorizer.required_claims.*': [],
  'cognito.token_use': [inCognito({ token_use: 'access' })],
  'cognito.scope': [
    [{ cognito: { ...COGNITO, token_use: 'access' } }, { cognito: { ...COGNITO, token_use: 'access', scope: 'a/b' } }],
  ],
  'cognito.user_pool': [
    inCognito(existing),
    [{ cognito: existing }, { cognito: { ...existing, user_pool: 'us-east-1_Ihgfedcba' } }],
  ],
  'cognito.clients': [[{ cognito: existing }, { cognito: { ...existing, clients: ['2example'] } }]],
  'cognito.auth_flows': [inCognito({ auth_flows: ['USER_PASSWORD', 'USER_SRP'] })],
  'cognito.self_sign_up': [inCognito({ self_sign_up: true })],
  'cognito.mfa': [inCognito({ mfa: 'optional' }), inCognito({ mfa: 'required' })],
  'cognito.password.min_length': [inCognito({ password: { ...COGNITO.password, min_length: 20 } })],
  'cognito.password.require': [inCognito({ password: { ...COGNITO.password, require: [] } })],
  'cognito.writable_attributes': [
    inCognito({ writable_attributes: ['email', 'locale'] }),
    inCognito({ writable_attributes: [] }),
  ],
  'cognito.threat_protection': [
    inCognito({ threat_protection: 'audit' }),
    inCognito({ threat_protection: 'enforced' }),
  ],
  'cognito.deletion_protection': [inCognito({ deletion_protection: true })],
  'api.authorizer_cache_ttl': [[{}, inApi({ authorizer_cache_ttl: 60 })]],
  'api.allowed_headers': [[{}, inApi({ allowed_headers: ['x-shop'] })]],
  'api.access_logs': [[{}, inApi({ access_logs: true })]],
  'api.waf': waf === undefined ? [] : [[{}, inApi({ waf })]],
  'api.waf.requests_per_5_minutes':
    waf === undefined ? [] : [[inApi({ waf }), inApi({ waf: { ...waf, requests_per_5_minutes: 1000 } })]],
  'api.waf.managed_rules': waf === undefined ? [] : [[inApi({ waf }), inApi({ waf: { ...waf, managed_rules: [] } })]],
  'api.waf.logs': waf === undefined ? [] : [[inApi({ waf }), inApi({ waf: { ...waf, logs: !waf.logs } })]],
  'api.disable_default_endpoint': [
    [inApi({ domain: withoutZone }), inApi({ domain: withoutZone, disable_default_endpoint: true })],
  ],
  'api.domain': [[{}, inApi({ domain: withoutZone })]],
  'api.domain.name': [inDomain({ name: 'another.example.com' })],
  'api.domain.certificate': [inDomain({ certificate: otherArn(withoutZone.certificate) })],
  'api.domain.hosted_zone': [inDomain({ hosted_zone: 'Z0123456789ABCDEFGHIJ' })],
  'api.usage_plan': [[{}, inApi({ usage_plan: { requests_per_month: 1000 } })]],
  'api.usage_plan.requests_per_day': [
    inPlan({}, { requests_per_day: 1 }),
    inPlan({ requests_per_day: 1 }, { requests_per_day: 2 }),
  ],
  'api.usage_plan.requests_per_week': [inPlan({}, { requests_per_week: 1 })],
  'api.usage_plan.requests_per_month': [inPlan({ requests_per_day: 1 }, { requests_per_month: 1 })],
  'api.usage_plan.requests_per_second': [inPlan({}, { requests_per_second: 1, request_burst: 1 })],
  'api.usage_plan.request_burst': [
    inPlan({ requests_per_second: 1, request_burst: 1 }, { requests_per_second: 1, request_burst: 2 }),
  ],
  'reuse.mode': [[{}, { reuse: { ...reuse, mode: 'shared' } }]],
  'reuse.min_remaining': [[{}, { reuse: { ...reuse, min_remaining: '10%' } }]],
  'reuse.cache': [[{}, { reuse: { ...reuse, cache: 'another' } }]],
  'reuse.cache_budget_ms': [[{}, { reuse: { ...reuse, cache_budget_ms: 100 } }]],
  'limits.momento_tokens_per_second': [],
  'limits.identity_interval': [[{}, { limits: { ...LIMITS, identity_interval: 1 } }]],
  'limits.requests_per_second': [[{}, { limits: { ...LIMITS, requests_per_second: 5 } }]],
  'limits.request_burst': [[{}, { limits: { ...LIMITS, request_burst: 5 } }]],
  'secrets.kms_key': [[{}, { secrets: { kms_key: KEY } }]],
  'deployment.kms_key': [
    [{}, { deployment: { stage: 'dev', open_to_everybody: false, kms_key: KEY }, secrets: { kms_key: KEY } }],
  ],
  'deployment.stage': [[{}, { deployment: { stage: 'prod', open_to_everybody: true } }]],
  'deployment.open_to_everybody': [[{}, { deployment: { stage: 'dev', open_to_everybody: true } }]],
  'functions.memory': [inFunctions({ memory: 512 })],
  'functions.architecture': [inFunctions({ architecture: 'arm64' })],
  'functions.timeout': [inFunctions({ timeout: 20 })],
  'functions.reserved_concurrency': [inFunctions({ reserved_concurrency: 5 })],
  'functions.tracing': [inFunctions({ tracing: true })],
  'functions.log_retention': [inFunctions({ log_retention: 86_400 })],
  'monitoring.audit': [inMonitoring({ audit: 'plain' })],
  'monitoring.metrics': [[{}, { monitoring: { ...MONITORING, metrics: true } }]],
  'monitoring.dashboard': [inMonitoring({ dashboard: false })],
  'monitoring.alarms': [inMonitoring({ alarms: false })],
  'monitoring.alarm_topic': [
    [
      { monitoring: watchedByNobody },
      { monitoring: { ...watchedByNobody, alarm_topic: 'arn:aws:sns:us-east-1:111122223333:mine' } },
    ],
  ],
  'monitoring.alarm_email': [
    [{ monitoring: watchedByNobody }, { monitoring: WATCHED }],
    inMonitoring({ alarm_email: 'others@example.com' }),
  ],
  'monitoring.alarm_errors_percent': [inMonitoring({ alarm_errors_percent: 50 })],
  'monitoring.alarm_limited_percent': [inMonitoring({ alarm_limited_percent: 50 })],
  'monitoring.alarm_latency_ms': [inMonitoring({ alarm_latency_ms: 100 })],
  'monitoring.key_max_age': [inMonitoring({ key_max_age: 86_400 })],
  // Other code for the same functions.
  'build.artifacts': [],
  'web.enabled': [[{}, { web: { enabled: true } }]],
};
