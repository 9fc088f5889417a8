/**
 * What `tvm config render` prints: canonical JSON, with every default filled in and keys as in the TOML file.
 *
 * Written by `npm run config-types --workspace cdk`, from the JSON Schema of the file (config/tvm.schema.json).
 */

/** Who may ask for a token. */
export type AuthMode = 'Open' | 'LambdaAuthorizer' | 'AmazonCognito';
/** Where a request carries its username and password. */
export type CredentialsPlace = 'headers' | 'basic';
/** The processors that Lambda has, by its own names. */
export type ArchitectureName = 'x86_64' | 'arm64';
/** Which ones: text, { name = "…" } or { prefix = "…" }. */
export type Selector =
  | string
  | {
      readonly name: string;
    }
  | {
      readonly prefix: string;
    };

/** The canonical configuration. `config/tvm.toml` has its keys, with examples. */
export interface TvmConfig {
  /** Who may ask for a token. */
  readonly auth: AuthMode;
  /** What a verified caller gets who is in none of the configured groups. */
  readonly ungrouped: 'refuse' | 'base';
  /** The token that is vended. */
  readonly token: TokenTable;
  /** Where the Momento API key is, and where Momento is. */
  readonly momento: MomentoTable;
  /** How callers prove who they are in `LambdaAuthorizer` mode. */
  readonly authorizer: AuthorizerTable;
  /** The user pool of `AmazonCognito` mode, and which of its tokens count. */
  readonly cognito: CognitoTable;
  /** The endpoint that callers meet. */
  readonly api: ApiTable;
  /** When callers with the same grant get the same token. */
  readonly reuse: ReuseTable;
  /** How much is asked of Momento, and of this machine. */
  readonly limits: LimitsTable;
  /** What the secrets of a deployment have in common. */
  readonly secrets: SecretsTable;
  /** What a deployment is for. */
  readonly deployment: DeploymentTable;
  /** How the functions of a deployment run. */
  readonly functions: FunctionsTable;
  /** What a deployment tells its operators. */
  readonly monitoring: MonitoringTable;
  /** Where the functions of a deployment come from. */
  readonly build: BuildTable;
  /** The chat page, which the deployment may serve beside the endpoint. */
  readonly web: WebTable;
  /** The base: what a caller may do where no groups apply. At most 20. */
  readonly permissions: readonly Permission[];
  /** What a caller in a verified group may do, instead of the base. The key is the group's name. */
  readonly groups: {
    readonly [k: string]: Group;
  };
  /** Left out, it was rendered for another mode than the file’s, or not by `tvm`. */
  readonly source?: ConfigSource;
}
/** The token that is vended. */
export interface TokenTable {
  /**
   * How long a token is good for, 1s to 25h.
   * In seconds.
   */
  readonly expires_in: number;
  /**
   * The token id, a template: at most 64 UTF-16 units once filled. Left out: `{query.name}` in Open mode, else
   * `{username}`.
   */
  readonly id: string;
  /**
   * The caches a caller may choose between with the `cachename` header; the first is the default. The chosen one is
   * `{cache}` in permissions.
   */
  readonly caches: readonly string[];
}
/** Where the Momento API key is, and where Momento is. */
export interface MomentoTable {
  /** The name or ARN of an existing Secrets Manager secret that holds the API key. Left out: the deployment makes one. */
  readonly secret?: string;
  /** The Momento endpoint of a v2 API key, such as `cell-1-us-west-2-1.prod.a.momentohq.com`. A v1 key carries its own. */
  readonly endpoint?: string;
  /**
   * How long a key that was read is used before the secret is read again, 1s to 25h, give or take a tenth. A key that
   * Momento refuses is read again at once.
   * In seconds.
   */
  readonly key_ttl: number;
  /**
   * How often Secrets Manager has the key renewed by its refresh token, 1d to 1000d in whole days; the key must live for
   * longer. For a secret that the deployment makes, and a v1 key that expires, stored with its refresh token. Left out: never.
   * In seconds.
   */
  readonly rotate_every?: number;
}
/** How callers prove who they are in `LambdaAuthorizer` mode. */
export interface AuthorizerTable {
  /**
   * `"credentials"`: by a username and a password or key, which the authorizer's secret lists. `"jwt"`: by a JSON Web Token
   * of an OpenID Connect issuer. What follows is for the one or the other.
   */
  readonly kind: 'credentials' | 'jwt';
  /** `"credentials"`: where a request carries its username and password. */
  readonly credentials: CredentialsPlace;
  /** `"jwt"`: who issues the tokens, exactly as their claim `iss` says it. */
  readonly issuer?: string;
  /** `"jwt"`: for whom the tokens must be made out. One of these must be in them. */
  readonly audience: readonly string[];
  /** `"jwt"`: the claim that says so. Cognito's access tokens have theirs in `client_id`. */
  readonly audience_claim: string;
  /**
   * `"jwt"`: where the issuer's public keys are (JWKS). Left out: where its discovery document
   * (`/.well-known/openid-configuration`) says.
   */
  readonly jwks_url?: string;
  /**
   * `"jwt"`: how long the keys are used before they are read again, 1s to 25h. A token by a key that is not among them has
   * them read again at once.
   * In seconds.
   */
  readonly jwks_ttl: number;
  /**
   * `"jwt"`: the algorithms that a token may be signed by: some with public keys, or one with a shared secret (`HS256`,
   * `HS384`, `HS512`) together with `hmac_secret`.
   */
  readonly algorithms: readonly (
    | 'RS256'
    | 'RS384'
    | 'RS512'
    | 'PS256'
    | 'PS384'
    | 'PS512'
    | 'ES256'
    | 'ES384'
    | 'EdDSA'
    | 'HS256'
    | 'HS384'
    | 'HS512'
  )[];
  /**
   * `"jwt"`, for issuers without public keys: the name or ARN of an existing Secrets Manager secret that holds what they
   * sign with. Whoever may read it can sign, too.
   */
  readonly hmac_secret?: string;
  /** `"jwt"`: the claim that names the caller: `{principal}` and `{username}`. */
  readonly id_claim: string;
  /** `"jwt"`: the claim with the caller's groups: a name, or a JSON Pointer (RFC 6901) such as `/realm_access/roles`. */
  readonly groups_claim: string;
  /**
   * `"jwt"`: how far the issuer's clock and AWS's may lie apart, 1s to 5m.
   * In seconds.
   */
  readonly leeway: number;
  /** `"jwt"`: further claims that a token must have, with their values, as `{ token_use = "access" }`. */
  readonly required_claims: {
    readonly [k: string]: string;
  };
}
/** The user pool of `AmazonCognito` mode, and which of its tokens count. */
export interface CognitoTable {
  /** Which of a user's two tokens a caller sends: `"id"`, or `"access"`, which holds groups and no attributes. */
  readonly token_use: 'id' | 'access';
  /**
   * `"access"`: the scope that a token must have. Left out: the one of every user who signed in with a password. Another one
   * needs an existing pool, whose resource server has it.
   */
  readonly scope?: string;
  /**
   * The id or ARN of an existing user pool in this account, which is left as it is. Left out: the deployment makes one, which
   * the keys after `clients` are about.
   */
  readonly user_pool?: string;
  /** The app clients of the existing pool whose tokens count. API Gateway takes those of every client. */
  readonly clients: readonly string[];
  /** How users prove their password: `"USER_SRP"`, which never sends it, `"USER_PASSWORD"`, or both. */
  readonly auth_flows: readonly ('USER_SRP' | 'USER_PASSWORD')[];
  /** Whether anybody may sign up, with an e-mail address that Cognito checks. */
  readonly self_sign_up: boolean;
  /** Whether users have a second factor, by an authenticator app (TOTP). */
  readonly mfa: 'off' | 'optional' | 'required';
  /** What a password must be like. */
  readonly password: PasswordTable;
  /** The attributes that users may write themselves, by the tokens they sign in for. At least one: for none, Cognito takes all. */
  readonly writable_attributes: readonly (
    | 'address'
    | 'birthdate'
    | 'email'
    | 'family_name'
    | 'gender'
    | 'given_name'
    | 'locale'
    | 'middle_name'
    | 'name'
    | 'nickname'
    | 'phone_number'
    | 'picture'
    | 'preferred_username'
    | 'profile'
    | 'updated_at'
    | 'website'
    | 'zoneinfo'
  )[];
  /**
   * Cognito's threat protection, which was called advanced security: `"audit"` logs the risk of each sign-in, `"enforced"`
   * blocks or asks for a second factor, too. Either needs Cognito's feature plan Plus, which AWS charges for by user.
   */
  readonly threat_protection: 'off' | 'audit' | 'enforced';
  /** Whether nobody can delete the pool before this is switched off. It then outlives its stack, too. */
  readonly deletion_protection: boolean;
}
/** What a password must be like. */
export interface PasswordTable {
  /** Its least length, 6 to 99. */
  readonly min_length: number;
  /** What must be in it. */
  readonly require: readonly ('lowercase' | 'uppercase' | 'digits' | 'symbols')[];
}
/** The endpoint that callers meet. */
export interface ApiTable {
  /**
   * How long API Gateway may let in who brings the same credentials, or token, without asking again, 0s to 1h. Whoever is
   * disabled, or leaves a group, may still get tokens for as long.
   * In seconds.
   */
  readonly authorizer_cache_ttl: number;
  /**
   * Whether API Gateway logs every request, with the address that it came from and without what the caller sent. It needs a
   * role that is set once for the AWS account and region, which the deployment does not do.
   */
  readonly access_logs: boolean;
  /**
   * Whether API Gateway's own name stops answering, so that your own name is the only way to the endpoint. It needs
   * `[api.domain]`.
   */
  readonly disable_default_endpoint: boolean;
  /** A firewall before the endpoint (AWS WAF). Left out: none. */
  readonly waf?: WafTable;
  /** A name of your own for the endpoint. Left out: API Gateway's. */
  readonly domain?: DomainTable;
  /** A key that every caller sends as `x-api-key`, and how many requests may be made with it. Left out: none is asked for. */
  readonly usage_plan?: UsagePlanTable;
}
/** A firewall before the endpoint (AWS WAF). */
export interface WafTable {
  /**
   * How many requests one IP address may make in any five minutes, preflights among them: 10 to 2000000000. The rest get a
   * 429.
   */
  readonly requests_per_5_minutes: number;
  /** The rules of AWS that apply, in this order; what they block gets a 403. */
  readonly managed_rules: readonly (
    | 'AWSManagedRulesCommonRuleSet'
    | 'AWSManagedRulesKnownBadInputsRuleSet'
    | 'AWSManagedRulesAmazonIpReputationList'
    | 'AWSManagedRulesAnonymousIpList'
    | 'AWSManagedRulesAdminProtectionRuleSet'
    | 'AWSManagedRulesSQLiRuleSet'
    | 'AWSManagedRulesLinuxRuleSet'
    | 'AWSManagedRulesUnixRuleSet'
    | 'AWSManagedRulesWindowsRuleSet'
    | 'AWSManagedRulesPHPRuleSet'
    | 'AWSManagedRulesWordPressRuleSet'
  )[];
  /**
   * Whether the firewall logs what it blocks, with the address that it came from, and without the query and the headers that
   * carry credentials.
   */
  readonly logs: boolean;
}
/** A name of your own for the endpoint. */
export interface DomainTable {
  /** The name, in lower case, such as `tokens.example.com`. */
  readonly name: string;
  /** The ARN of the certificate for it in AWS Certificate Manager, in the region of the deployment. */
  readonly certificate: string;
  /** The id of the hosted zone of Amazon Route 53 that the name is to be put into. Left out: you put it into your DNS. */
  readonly hosted_zone?: string;
}
/** A key that every caller sends as `x-api-key`, and how many requests may be made with it. */
export interface UsagePlanTable {
  /** How many requests a day, UTC. */
  readonly requests_per_day?: number;
  /** How many requests a week, instead. */
  readonly requests_per_week?: number;
  /** How many requests a month, instead. */
  readonly requests_per_month?: number;
  /** How many requests a second on average; `request_burst` goes with it. */
  readonly requests_per_second?: number;
  /** How many requests at once, over that average. */
  readonly request_burst?: number;
}
/** When callers with the same grant (permissions, token id and lifetime) get the same token. */
export interface ReuseTable {
  /**
   * `"off"`: never. `"instance"`: within each running function, or server. `"shared"`: among all of them, by a Momento
   * cache that holds the tokens encrypted.
   */
  readonly mode: 'off' | 'instance' | 'shared';
  /** How much of its life a token must have left to be given to another caller. */
  readonly min_remaining: number | string;
  /**
   * The Momento cache for `"shared"`, made if it does not exist. No permission may reach its items, and `token.caches` may
   * not list it. A name, not a template.
   */
  readonly cache: string;
  /** The most that a request waits for that cache in all, in milliseconds: 50 to 5000. */
  readonly cache_budget_ms: number;
}
/** How much is asked of Momento, and of this machine. */
export interface LimitsTable {
  /**
   * How many tokens a second each running function, or server, asks Momento for at most; with `reuse.mode = "shared"`, all
   * of them together. Momento allows 5 for an account ("Service limits" in its documentation) unless it has raised that.
   */
  readonly momento_tokens_per_second: number;
  /**
   * The least time between two tokens that each running function, or server, has minted for one verified caller, 1s to
   * 25h; with `reuse.mode = "shared"`, all of them together. Left out: none. In Open mode nobody is verified, and it has
   * no effect.
   * In seconds.
   */
  readonly identity_interval?: number;
  /**
   * How many `GET` requests a second API Gateway lets through to the endpoint, on average; the rest get a 429. `"off"`: as
   * many as the AWS account allows. Preflights do not count.
   */
  readonly requests_per_second: number | 'off';
  /**
   * How many `GET` requests API Gateway lets through at once, over that average. `"off"`: as many as the AWS account allows.
   * Left out: twice `requests_per_second`, at most 5000.
   */
  readonly request_burst: number | 'off';
}
/** What the secrets of a deployment have in common. */
export interface SecretsTable {
  /**
   * The ARN of an AWS KMS key of your own, by which the secrets that the deployment makes are encrypted, and an existing one
   * may be. Left out: `deployment.kms_key`, else the account's `aws/secretsmanager`.
   */
  readonly kms_key?: string;
}
/** What a deployment is for. */
export interface DeploymentTable {
  /**
   * `"dev"`: what was made for the stack goes with it. `"prod"`: its secrets, users and logs stay when it is deleted, or
   * deployed with a mode that has no use for them.
   */
  readonly stage: 'dev' | 'prod';
  /**
   * That everybody may ask for tokens is meant so; `"prod"` wants it said in Open mode, unless there is a firewall
   * (`[api.waf]`).
   */
  readonly open_to_everybody: boolean;
  /**
   * The ARN of an AWS KMS key of your own, by which the secrets and the log groups that the deployment makes are encrypted.
   * Its key policy must let CloudWatch Logs use it (docs/secrets.md). Left out: AWS's own keys.
   */
  readonly kms_key?: string;
}
/** How the functions of a deployment run. */
export interface FunctionsTable {
  /** The memory of each function in MB, 128 to 10240; processor time grows with it. */
  readonly memory: number;
  /** The processor that the functions are built for and run on. */
  readonly architecture: ArchitectureName;
  /**
   * How long the vending function may run for a request, its start included: 2s to 28s, so that it ends before API Gateway
   * gives up on it.
   * In seconds.
   */
  readonly timeout: number;
  /**
   * How many of each function run at once at most; as many of the account's are kept for it, and AWS wants 100 left for all
   * others. Left out: as many as the account has.
   */
  readonly reserved_concurrency?: number;
  /** Whether AWS X-Ray traces requests, from API Gateway on. */
  readonly tracing: boolean;
  /**
   * How long the logs of the functions are kept: as many days as CloudWatch has a setting for, such as `"7d"`, `"30d"`,
   * `"365d"`.
   * In seconds.
   */
  readonly log_retention: number;
}
/** What a deployment tells its operators. */
export interface MonitoringTable {
  /**
   * What the log says of who a token was vended to: `"hashed"`: a pseudonym of the caller and of the token's id, and the
   * permissions as this file has them. `"plain"`: all of them in clear. `"off"`: nothing.
   */
  readonly audit: 'hashed' | 'plain' | 'off';
  /** Whether the functions' log lines carry metrics, for which CloudWatch charges. */
  readonly metrics: boolean;
  /** Whether the deployment has a dashboard, for which CloudWatch may charge. */
  readonly dashboard: boolean;
  /** Whether the deployment has alarms, for which CloudWatch charges. They need `metrics = true`. */
  readonly alarms: boolean;
  /** The ARN of an existing SNS topic that alarms are sent to. Left out: the deployment makes one. */
  readonly alarm_topic?: string;
  /** An e-mail address that the topic which the deployment makes sends alarms to, once its owner has confirmed that. */
  readonly alarm_email?: string;
  /** The share of requests, in percent, that may fail for our own fault (5xx) before there is an alarm: 1 to 100. */
  readonly alarm_errors_percent: number;
  /** The share of requests, in percent, that may be refused for Momento's limit (429) before there is an alarm: 1 to 100. */
  readonly alarm_limited_percent: number;
  /**
   * How long the slowest one in a hundred requests, or every second one, may take before there is an alarm, in milliseconds: 1 to
   * 29000.
   */
  readonly alarm_latency_ms: number;
  /**
   * How old the API key may grow before there is an alarm: 1d to 3650d since it was put into its secret.
   * In seconds.
   */
  readonly key_max_age: number;
}
/** Where the functions of a deployment come from. */
export interface BuildTable {
  /**
   * A folder with the functions as `make dist` makes them, relative to the folder of this file: they are deployed as they are,
   * and nothing is compiled. Left out: they are built from source.
   */
  readonly artifacts?: string;
}
/** The chat page, which the deployment may serve beside the endpoint. */
export interface WebTable {
  /**
   * Whether the deployment serves it, to everybody, out of a private bucket. The page itself grants nothing:
   * who uses it asks the endpoint for a token as every caller does.
   */
  readonly enabled: boolean;
}
/** One permission: a cache, and perhaps `topic`, `key` or `function` in it. With none of the three it is for the whole cache. */
export interface Permission {
  /** `"*"` for every cache, a name (a template), or `{ name = "*" }` for a cache called `*`. */
  readonly cache: Selector;
  /** Topics: `"*"` for every one, a name (a template), or `{ prefix = "room-" }`. */
  readonly topic?: Selector;
  /** Items: an exact key (a template), or `{ prefix = "{sub}/" }`. */
  readonly key?: Selector;
  /** Momento functions: `"*"` for every one, a name (a template), or `{ prefix = "…" }`. */
  readonly function?: Selector;
  /**
   * What may be done there: `ReadWrite`, `ReadOnly`, `WriteOnly` for a cache or a key; `PublishSubscribe`,
   * `SubscribeOnly`, `PublishOnly` for a topic; `Invoke` for a function.
   */
  readonly role: 'ReadWrite' | 'ReadOnly' | 'WriteOnly' | 'PublishSubscribe' | 'SubscribeOnly' | 'PublishOnly' | 'Invoke';
}
/** What a caller in one group may do. */
export interface Group {
  /** What the group is for; Cognito shows it. */
  readonly description?: string;
  /** What its members may do, instead of the base. 1 to 20. */
  readonly permissions: readonly Permission[];
}
/** The file that a configuration was rendered from. */
export interface ConfigSource {
  /** SHA-256 of its text in hexadecimal, each line ended by a line feed alone: a checkout may change that. */
  readonly sha256: string;
}
