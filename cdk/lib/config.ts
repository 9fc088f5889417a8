/**
 * The configuration as `tvm config render` prints it: canonical JSON, every default filled in, keys as in the TOML file.
 *
 * The rules live in Rust, once. Nothing here validates or fills in a default: a file that `tvm` refuses is refused here,
 * with its words.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

import { ConfigError } from './config-error.ts';
import { type ConfigSource, rememberLoaded, requireSameSource } from './config-source.ts';
import { TVM_BUILD_FLAGS } from './function-build.ts';
import { hasSources, repositoryRoot } from './repository.ts';

/** Who may ask: nobody is checked, a Lambda authorizer checks, or an Amazon Cognito user pool does. */
export type AuthMode = 'Open' | 'LambdaAuthorizer' | 'AmazonCognito';

/** A name, every name with a prefix, or (for a cache called `*`) a literal name. The grant reads these; the CDK app does not. */
export type Selector = string | { readonly name: string } | { readonly prefix: string };

/** One permission of a token. A cache permission has neither `topic`, `key` nor `function`. */
export interface Permission {
  readonly cache: Selector;
  readonly role: string;
  readonly topic?: Selector;
  readonly key?: Selector;
  readonly function?: Selector;
}

/** What a caller in one verified group may do, instead of the base. */
export interface Group {
  readonly description?: string;
  readonly permissions: readonly Permission[];
}

/** Where an authorizer's caller puts the credentials: the headers `username` and `password`, or `Authorization: Basic`. */
export type CredentialsPlace = 'headers' | 'basic';

/** The processors that Lambda has, by its own names. */
export type ArchitectureName = 'x86_64' | 'arm64';

/** `[api]`: the endpoint that callers meet, and what AWS puts before it. */
export interface ApiTable {
  /** Seconds; 0 for not at all. */
  readonly authorizer_cache_ttl: number;
  /** Whether API Gateway logs every request. */
  readonly access_logs: boolean;
  /** Whether API Gateway's own name stops answering. Only beside `domain`. */
  readonly disable_default_endpoint: boolean;
  /** Left out, there is no firewall. */
  readonly waf?: WafTable;
  /** Left out, the endpoint has API Gateway's name alone. */
  readonly domain?: DomainTable;
  /** Left out, no key is asked for. */
  readonly usage_plan?: UsagePlanTable;
}

/** `[api.waf]`: a firewall before the endpoint. */
export interface WafTable {
  /** Of one address. */
  readonly requests_per_5_minutes: number;
  /** By AWS's names, in their order. */
  readonly managed_rules: readonly string[];
  /** Whether what it blocks is logged. */
  readonly logs: boolean;
}

/** `[api.domain]`: a name of one's own for the endpoint. */
export interface DomainTable {
  readonly name: string;
  /** ARN of the certificate for that name, in the region of the stack. */
  readonly certificate: string;
  /** Id of the zone in Route 53 that the name is put into; left out, the stack leaves the DNS alone. */
  readonly hosted_zone?: string;
}

/** `[api.usage_plan]`: how many requests may be made with the key that it asks for. Of the first three, one at most. */
export interface UsagePlanTable {
  readonly requests_per_day?: number;
  readonly requests_per_week?: number;
  readonly requests_per_month?: number;
  /** There with the next, or not at all. */
  readonly requests_per_second?: number;
  readonly request_burst?: number;
}

/** The canonical configuration. See `config/tvm.toml` for what each key means. */
export interface TvmConfig {
  readonly auth: AuthMode;
  readonly ungrouped: 'refuse' | 'base';
  readonly token: {
    /** Seconds. */
    readonly expires_in: number;
    readonly id: string;
    readonly caches: readonly string[];
  };
  readonly permissions: readonly Permission[];
  /** In the order of the file. */
  readonly groups: Readonly<Record<string, Group>>;
  readonly momento: {
    /** Name or ARN of a secret that exists already; left out, the stack makes one. */
    readonly secret?: string;
    readonly endpoint?: string;
    /** Seconds, of whole days: how often the key is renewed; left out, never. */
    readonly rotate_every?: number;
  };
  readonly authorizer: {
    /** By what callers prove who they are: credentials that a secret lists, or tokens of an OpenID Connect issuer. */
    readonly kind: 'credentials' | 'jwt';
    readonly credentials: CredentialsPlace;
    /** Of kind `jwt`. What else counts for its tokens, the authorizer function reads. */
    readonly issuer?: string;
    /** Of kind `jwt`: name or ARN of a secret that exists already, with what the issuer signs by; left out, it publishes keys. */
    readonly hmac_secret?: string;
  };
  readonly cognito: {
    /** Which of a user's two tokens a caller sends. */
    readonly token_use: 'id' | 'access';
    /** That an access token must have; left out, the one of everybody who signs in with a password. */
    readonly scope?: string;
    /** Id or ARN of a pool that exists already; left out, the stack makes one, which what follows `clients` is about. */
    readonly user_pool?: string;
    /** The app clients of that pool whose tokens count. */
    readonly clients: readonly string[];
    readonly auth_flows: readonly ('USER_SRP' | 'USER_PASSWORD')[];
    readonly self_sign_up: boolean;
    readonly mfa: 'off' | 'optional' | 'required';
    readonly password: {
      readonly min_length: number;
      readonly require: readonly ('lowercase' | 'uppercase' | 'digits' | 'symbols')[];
    };
    /** As Cognito names them. */
    readonly writable_attributes: readonly string[];
    readonly threat_protection: 'off' | 'audit' | 'enforced';
    readonly deletion_protection: boolean;
  };
  readonly api: ApiTable;
  /** The vending function reads these; the CDK app does not. */
  readonly reuse: {
    readonly mode: 'off' | 'instance' | 'shared';
    /** A share such as `50%`, or seconds. */
    readonly min_remaining: string | number;
    /** The Momento cache for `shared`. */
    readonly cache: string;
    /** Milliseconds. */
    readonly cache_budget_ms: number;
  };
  readonly limits: {
    /** Seconds between two tokens minted for one verified caller; left out, none. The vending function reads it. */
    readonly identity_interval?: number;
    /** `GET` requests a second that API Gateway lets through on average; `off`: what the AWS account allows. */
    readonly requests_per_second: number | 'off';
    /** `GET` requests that it lets through at once. */
    readonly request_burst: number | 'off';
  };
  readonly secrets: {
    /** ARN of a KMS key, by default that of `deployment`; left out, secrets are encrypted by the account's `aws/secretsmanager`. */
    readonly kms_key?: string;
  };
  readonly deployment: {
    /** What a deployment is for: in `prod`, secrets, users and logs outlive the stack. */
    readonly stage: 'dev' | 'prod';
    /** For `tvm` alone: in `prod`, Open mode has to be meant. */
    readonly open_to_everybody: boolean;
    /** ARN of the KMS key of the log groups; left out, CloudWatch Logs encrypts them by a key of its own. */
    readonly kms_key?: string;
  };
  readonly functions: {
    /** MB, of each function. */
    readonly memory: number;
    readonly architecture: ArchitectureName;
    /** Seconds that the vending function may run for a request. */
    readonly timeout: number;
    /** How many of each function run at once; left out, as many as the account has. */
    readonly reserved_concurrency?: number;
    /** Whether AWS X-Ray traces requests. */
    readonly tracing: boolean;
    /** Seconds, of whole days that CloudWatch has a setting for. */
    readonly log_retention: number;
  };
  readonly monitoring: {
    /** What the log says of who a token was vended to; the vending function reads it. */
    readonly audit: 'hashed' | 'plain' | 'off';
    /** Whether the functions' log lines carry metrics; they read this as well. */
    readonly metrics: boolean;
    readonly dashboard: boolean;
    /** Only beside `metrics`. */
    readonly alarms: boolean;
    /** ARN of an SNS topic that exists already; left out, the stack makes one. */
    readonly alarm_topic?: string;
    /** Subscribed to the topic that the stack makes. */
    readonly alarm_email?: string;
    readonly alarm_errors_percent: number;
    readonly alarm_limited_percent: number;
    readonly alarm_latency_ms: number;
    /** Seconds. */
    readonly key_max_age: number;
  };
  readonly build: {
    /** Absolute path of the folder with functions that are built already; left out, they are built from source. */
    readonly artifacts?: string;
  };
  readonly web: {
    /** Whether the chat page is served beside the endpoint. */
    readonly enabled: boolean;
  };
  /** The file that `tvm` rendered this from; left out, it was rendered for another mode than the file's, or not by `tvm`. */
  readonly source?: ConfigSource;
}

export { ConfigError };

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
