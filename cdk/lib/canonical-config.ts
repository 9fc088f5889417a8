/**
 * What `tvm config render` prints: canonical JSON, with every default filled in and keys as in the TOML file.
 *
 * Written by `npm run config-types --workspace cdk`, from the JSON Schema of the file (config/tvm.schema.json).
 */

/** Who may ask for a token. */
export type AuthMode = 'Open' | 'LambdaAuthorizer' | 'AmazonCognito';
/** Where a request carries the username and the password. */
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
  /** What a verified caller in none of the configured groups may do. */
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
  /** When callers with the same grant get the same token (docs/configuration.md#token-reuse). */
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
  /** The chat page, which the deployment can serve next to the endpoint. */
  readonly web: WebTable;
  /**
   * The base: what a caller may do where no groups apply. At most 20 permissions. Required in Open mode, in a file
   * without groups, and with `ungrouped = "base"`.
   */
  readonly permissions: readonly Permission[];
  /**
   * What a caller in a verified group may do, instead of the base. The key is the group's name, which has no white
   * space, comma or square bracket; `names` is for groups whose names have these.
   */
  readonly groups: {
    readonly [k: string]: Group;
  };
  /** Left out, it was rendered for another mode than the file’s, or not by `tvm`. */
  readonly source?: ConfigSource;
}
/** The token that is vended. */
export interface TokenTable {
  /**
   * How long a token lives, 1s to 25h.
   * In seconds.
   */
  readonly expires_in: number;
  /**
   * The token id, a template: Momento attaches it to what the token's holder publishes. At most 64 UTF-16 units after
   * the template is filled in. Left out: `{query.name}` in Open mode (so a token without an id where the client sends
   * no `?name=`), `{username}` in the other modes.
   */
  readonly id: string;
  /**
   * The caches that a caller may choose with the `cachename` header; the first is the default. The chosen one is
   * `{cache}` in permissions.
   */
  readonly caches: readonly string[];
  /**
   * `true`: no token outlives the caller's own ID or access token, of Cognito or of your issuer (`kind = "jwt"`). A caller whose
   * token ends in ten minutes gets a token for ten minutes at most, whatever `expires_in` says. The time is rounded down by at most a
   * fifth, so that tokens can be reused. A caller whose token does not say when it ends gets a 403, and a caller whose token has
   * ended a 401. Not allowed with `auth = "Open"` or `kind = "credentials"`, where nothing ends.
   */
  readonly not_beyond_caller: boolean;
  /**
   * What happens if the caller's own values make the token id longer than 64 UTF-16 units, as those of CI jobs and of users of
   * another identity provider often do. `"refuse"`: the caller gets no token (400 `TokenIdTooLong`). `"hash"`: the token id is `sha256:`
   * and 56 digits of a hash of the whole id. `"omit"`: the token has no id. If only the client's `?name=` is too long, the
   * response is always 400.
   */
  readonly id_too_long: 'refuse' | 'hash' | 'omit';
}
/** Where the Momento API key is, and where Momento is. */
export interface MomentoTable {
  /** The name or ARN of an existing Secrets Manager secret that holds the API key. Left out: the deployment makes one. */
  readonly secret?: string;
  /**
   * The member of the secret's JSON that holds the key, such as `MOMENTO_API_KEY`, where the secret has several. Left out: the
   * secret is the key alone, JSON with `apiKey`, or key/value pairs of which one is a Momento key.
   */
  readonly secret_field?: string;
  /**
   * The Momento endpoint of a v2 API key: a host name such as `cell-4-us-west-2-1.prod.a.momentohq.com`, which Momento's
   * list of regions prints as `https://api.cache.cell-4-…`. A v1 key contains its own.
   */
  readonly endpoint?: string;
  /**
   * How long a function uses the key before it reads the secret again, 1s to 25h, varied by up to a tenth. After
   * Momento refuses the key, the function reads the secret at once.
   * In seconds.
   */
  readonly key_ttl: number;
  /**
   * How often Secrets Manager rotates the key by its refresh token (docs/rotation.md): whole days, 1d to 1000d. The
   * key must live longer than that. Only for a secret that the deployment makes, with a v1 key that expires and is
   * stored with its refresh token. Left out: never.
   * In seconds.
   */
  readonly rotate_every?: number;
}
/** How callers prove who they are in `LambdaAuthorizer` mode. */
export interface AuthorizerTable {
  /**
   * `"credentials"`: callers send a username and a password or key, which the authorizer's secret lists. `"jwt"`:
   * callers send a JSON Web Token of an OpenID Connect issuer (docs/verified-callers.md#tokens-of-your-own-issuer).
   * Each of the other keys is for one of the two.
   */
  readonly kind: 'credentials' | 'jwt';
  /** `"credentials"`: where a request carries the username and the password. */
  readonly credentials: CredentialsPlace;
  /**
   * `"jwt"`, required: the issuer of the tokens, exactly as their claim `iss` names it, to the last slash. Any text with `jwks_url`
   * or `hmac_secret`; without them, the `https` address below which its discovery document is.
   */
  readonly issuer?: string;
  /** `"jwt"`, required: the accepted audiences. A token must name one of them. */
  readonly audience: readonly string[];
  /**
   * `"jwt"`: the claim that holds the audience. It is `client_id` in Cognito's access tokens, and `azp` in Clerk's
   * tokens.
   */
  readonly audience_claim: string;
  /**
   * `"jwt"`: the address of the issuer's public keys (JWKS). Left out: the address in its discovery document
   * (`/.well-known/openid-configuration`).
   */
  readonly jwks_url?: string;
  /**
   * `"jwt"`: for an issuer whose certificate is of a private certificate authority: the certificates of that authority, in PEM. They
   * are trusted for fetching this issuer's keys, instead of the public authorities, and for nothing else
   * (docs/verified-callers.md#an-issuer-behind-a-private-certificate-authority).
   */
  readonly ca_certificates?: string;
  /**
   * `"jwt"`: how long the keys are used before they are read again, 1s to 25h. A token with an unknown key name
   * (`kid`) makes the authorizer read them again at once, at most twice a minute.
   * In seconds.
   */
  readonly jwks_ttl: number;
  /**
   * `"jwt"`: how long the keys stay in use, beyond `jwks_ttl`, while the issuer cannot be reached: 0s (not at all) to 30d. After that,
   * every token is refused (503 `AuthorizerUnavailable`) until the keys can be read again. Otherwise an attacker who keeps the issuer
   * out of reach could go on using a key that the issuer has revoked. The default fits tokens that live for a day at most; if yours live
   * longer, write their lifetime.
   * In seconds.
   */
  readonly jwks_max_stale: number;
  /**
   * `"jwt"`: the algorithms that may sign a token: any of those with public keys, or one of those with a shared secret
   * (`HS256`, `HS384`, `HS512`) together with `hmac_secret`.
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
   * `"jwt"`, for issuers without public keys: the name or ARN of an existing Secrets Manager secret that holds the
   * issuer's signing secret (docs/verified-callers.md#an-issuer-that-signs-with-a-secret). Everyone who can read it
   * can sign tokens. Required for `HS256`, `HS384` and `HS512`, and only allowed with them.
   */
  readonly hmac_secret?: string;
  /**
   * `"jwt"`: the claim that identifies the caller, a text or a whole number: the claim's name, or a JSON Pointer (RFC 6901). It
   * becomes `{principal}` and `{username}`.
   */
  readonly id_claim: string;
  /**
   * `"jwt"`: the claim with the caller's groups (a text or a list): the claim's name, or a JSON Pointer (RFC 6901) such as
   * `/realm_access/roles`. What it is for each of ten providers: docs/verified-callers.md#what-the-tokens-of-your-provider-need.
   */
  readonly groups_claim: string;
  /**
   * `"jwt"`: what separates the groups in `groups_claim` if they are one text: `" "` for `"openid chat:write"` (as in `scope`),
   * `","` for `"a, b"`. White space around a group is ignored, and so are square brackets around the whole text. A text such as
   * `["a","b"]` is read as JSON. Left out: a text is one group.
   */
  readonly groups_separator?: string;
  /**
   * `"jwt"`: how far the clocks of the issuer and of AWS may differ, 1s to 5m.
   * In seconds.
   */
  readonly leeway: number;
  /** `"jwt"`: other claims that a token must have, with their values, such as `{ token_use = "access" }`. */
  readonly required_claims: {
    readonly [k: string]: string;
  };
}
/** The user pool of `AmazonCognito` mode, and which of its tokens count. */
export interface CognitoTable {
  /**
   * Which of a user's two tokens a caller sends: the `"id"` token, or the `"access"` token, which has groups and no
   * attributes. The other one gets a 401.
   */
  readonly token_use: 'id' | 'access';
  /**
   * `"access"`: the scope that a token must have. Left out: `aws.cognito.signin.user.admin`, which Cognito gives to
   * users who sign in with a password. Another scope needs an existing pool whose resource server defines it.
   */
  readonly scope?: string;
  /**
   * The id or ARN of an existing user pool in this account. The deployment does not change it
   * (docs/verified-callers.md#the-user-pool). Left out: the deployment makes a pool, which the keys after `clients`
   * configure.
   */
  readonly user_pool?: string;
  /**
   * The app clients of the existing pool whose tokens are accepted. API Gateway alone would accept tokens of every
   * client.
   */
  readonly clients: readonly string[];
  /** How users prove their password: `"USER_SRP"` never sends it, `"USER_PASSWORD"` sends it over TLS. */
  readonly auth_flows: readonly ('USER_SRP' | 'USER_PASSWORD')[];
  /**
   * Whether people can sign themselves up, with an e-mail address that Cognito verifies. Cognito sends at most 50
   * mails a day for an account.
   */
  readonly self_sign_up: boolean;
  /** Whether users need a second factor, an authenticator app (TOTP). */
  readonly mfa: 'off' | 'optional' | 'required';
  /** What a password must be like. */
  readonly password: PasswordTable;
  /**
   * The attributes that users may change themselves. At least one, because Cognito reads an empty list as all. The
   * check warns if a grant depends on one of them.
   */
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
   * Cognito's threat protection (formerly advanced security): `"audit"` logs the risk of each sign-in, `"enforced"`
   * also blocks risky sign-ins or asks for a second factor. Both need Cognito's feature plan Plus, which AWS charges
   * for by user.
   */
  readonly threat_protection: 'off' | 'audit' | 'enforced';
  /** Whether Cognito refuses to delete the pool until you switch this off. The pool then also outlives its stack. */
  readonly deletion_protection: boolean;
}
/** What a password must be like. */
export interface PasswordTable {
  /** The minimum length, 6 to 99. */
  readonly min_length: number;
  /** The kinds of characters that it must contain. */
  readonly require: readonly ('lowercase' | 'uppercase' | 'digits' | 'symbols')[];
}
/** The endpoint that callers meet. */
export interface ApiTable {
  /**
   * How long API Gateway may reuse a decision for the same credentials or token, 0s to 1h. A user who is disabled or
   * leaves a group may still get tokens for that long.
   * In seconds.
   */
  readonly authorizer_cache_ttl: number;
  /**
   * The headers that pages of other origins may send, in addition to those that the mode needs. `"*"` is any header except
   * `Authorization`, which is always allowed; the names are for browsers from before 2022, which do not know `"*"`
   * (docs/browser.md#headers). `[]`: only those that the mode needs.
   */
  readonly allowed_headers: readonly string[];
  /**
   * Whether API Gateway logs every request, with the caller's address and without anything that the caller sent. It
   * needs a role that is set once for the AWS account and region, which the deployment does not do
   * (docs/endpoint.md#access-logs).
   */
  readonly access_logs: boolean;
  /**
   * Whether the endpoint stops answering at API Gateway's own name, so that only the name in `[api.domain]` works. It
   * needs `[api.domain]`.
   */
  readonly disable_default_endpoint: boolean;
  /**
   * A firewall before the endpoint (AWS WAF), which AWS charges for by the month (docs/endpoint.md#the-firewall). Left
   * out: none.
   */
  readonly waf?: WafTable;
  /** Your own domain name for the endpoint (docs/endpoint.md#a-domain-of-your-own). Left out: API Gateway's name. */
  readonly domain?: DomainTable;
  /**
   * A key that every caller sends as `x-api-key`, with its limits. It is seldom worth it for pages in browsers
   * (docs/endpoint.md#a-usage-plan). Left out: callers need no key.
   */
  readonly usage_plan?: UsagePlanTable;
}
/** A firewall before the endpoint (AWS WAF). */
export interface WafTable {
  /**
   * How many requests one IP address may make in any five minutes, preflights among them: 10 to 2000000000. The rest get a
   * 429.
   */
  readonly requests_per_5_minutes: number;
  /** The rule groups of AWS that apply, in this order. Requests that they block get a 403. */
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
   * Whether the firewall logs the requests that it blocks, with the caller's address, and without the query and the
   * headers that carry credentials.
   */
  readonly logs: boolean;
}
/** Your own domain name for the endpoint. */
export interface DomainTable {
  /** The domain name, in lower case, such as `tokens.example.com`. */
  readonly name: string;
  /** The ARN of its certificate in AWS Certificate Manager, in the region of the deployment. */
  readonly certificate: string;
  /**
   * The id of the hosted zone in Amazon Route 53 in which the deployment makes the DNS records. Left out: you make the
   * records.
   */
  readonly hosted_zone?: string;
}
/** A key that every caller sends as `x-api-key`, with its limits. */
export interface UsagePlanTable {
  /** How many requests a day (UTC) may be made with the key. Set only one of the three quotas. */
  readonly requests_per_day?: number;
  /** How many requests a week may be made with the key. */
  readonly requests_per_week?: number;
  /** How many requests a month may be made with the key. */
  readonly requests_per_month?: number;
  /** How many requests a second may be made with the key, on average. Needs `request_burst`. */
  readonly requests_per_second?: number;
  /** How many requests may be made at once. Needs `requests_per_second`. */
  readonly request_burst?: number;
}
/** When callers with the same grant (permissions, token id and lifetime) get the same token. */
export interface ReuseTable {
  /**
   * `"off"`: each request gets its own token. `"instance"`: each running function, or server, keeps its tokens.
   * `"shared"`: all of them share their tokens, encrypted, through a Momento cache.
   */
  readonly mode: 'off' | 'instance' | 'shared';
  /** How much of its lifetime a token must have left to be given to another caller. */
  readonly min_remaining: number | string;
  /**
   * With `"shared"`: the name of the Momento cache, which is created if it does not exist. No permission may reach its
   * items (so none for every cache, `"*"`, except for topics), and `token.caches` may not list it.
   */
  readonly cache: string;
  /** With `"shared"`: the most time that one request spends on that cache, in milliseconds, 50 to 5000. */
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
   * 25h; with `reuse.mode = "shared"`, all of them together. Left out: none. In Open mode no caller is verified, and it
   * has no effect.
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
   * The ARN of your AWS KMS key that encrypts the secrets that the deployment makes. Each function may also decrypt
   * its own existing secret with it. The key policy must let IAM decide, as that of a new key does. Left out:
   * `deployment.kms_key`, or else the account's `aws/secretsmanager`.
   */
  readonly kms_key?: string;
}
/** What a deployment is for. */
export interface DeploymentTable {
  /**
   * `"dev"`: everything that was made for the stack is deleted with it. `"prod"`: its secrets, users and logs stay in
   * the account when the stack is deleted, or when a deployment changes to a mode that does not use them.
   */
  readonly stage: 'dev' | 'prod';
  /**
   * Confirms that everybody may ask for tokens. In `"prod"`, `auth = "Open"` is refused without it, unless there is a
   * firewall (`[api.waf]`).
   */
  readonly open_to_everybody: boolean;
  /**
   * The ARN of your AWS KMS key that encrypts the secrets and the log groups that the deployment makes. Its key policy
   * must let CloudWatch Logs use it, or the deployment fails (docs/secrets.md#a-kms-key-of-your-own). Left out: AWS's
   * own keys.
   */
  readonly kms_key?: string;
}
/** How the functions of a deployment run. */
export interface FunctionsTable {
  /** The memory of each function in MB, 128 to 10240. Processor time grows with it. */
  readonly memory: number;
  /**
   * The processor that the functions are built for and run on. To build for another processor than this computer's,
   * add Rust's target (`rustup target add aarch64-unknown-linux-gnu`).
   */
  readonly architecture: ArchitectureName;
  /**
   * How long the vending function may run for a request, including its start: 2s to 28s, so that it ends before API
   * Gateway's own timeout. It waits for Momento for at most 5s of that. The authorizer has 10s.
   * In seconds.
   */
  readonly timeout: number;
  /**
   * How many instances of each function may run at once. AWS reserves them for it, and requires that 100 of the
   * account's stay unreserved. Requests beyond them get an error from API Gateway. Left out: as many as the account
   * allows.
   */
  readonly reserved_concurrency?: number;
  /** Whether AWS X-Ray traces requests, starting at API Gateway. AWS charges for it. */
  readonly tracing: boolean;
  /**
   * How long logs are kept, 1d to 3653d: a number of days that CloudWatch offers, such as `"7d"`, `"30d"`, `"365d"`.
   * In seconds.
   */
  readonly log_retention: number;
}
/** What a deployment tells its operators. */
export interface MonitoringTable {
  /**
   * What the log says about each vended token. `"hashed"`: pseudonyms of the caller and of the token id, and the
   * permissions as this file has them. `"plain"`: all of them in clear text. `"off"`: nothing.
   */
  readonly audit: 'hashed' | 'plain' | 'off';
  /**
   * Whether the functions' log lines carry metrics (namespace `TokenVendingMachine`), for which CloudWatch charges
   * (docs/cost.md).
   */
  readonly metrics: boolean;
  /** Whether the deployment makes a dashboard, for which CloudWatch may charge. */
  readonly dashboard: boolean;
  /**
   * Whether the deployment makes alarms, for which CloudWatch charges. They need `metrics = true`. What each one means
   * and what to do: docs/runbook.md.
   */
  readonly alarms: boolean;
  /** The ARN of an existing SNS topic for the alarms. Left out: the deployment makes one. */
  readonly alarm_topic?: string;
  /**
   * An e-mail address for the alarms, subscribed to the topic that the deployment makes. Its owner must confirm the
   * subscription.
   */
  readonly alarm_email?: string;
  /** The share of failed requests (5xx) that sets off an alarm, in percent, 1 to 100. */
  readonly alarm_errors_percent: number;
  /** The share of requests refused because of Momento's limit (429) that sets off an alarm, in percent, 1 to 100. */
  readonly alarm_limited_percent: number;
  /**
   * The latency that sets off an alarm, in milliseconds, 1 to 29000: of the slowest hundredth of the requests, or of
   * the median request.
   */
  readonly alarm_latency_ms: number;
  /**
   * How long the API key may be in its secret before it sets off an alarm, 1d to 3650d.
   * In seconds.
   */
  readonly key_max_age: number;
}
/** Where the functions of a deployment come from. */
export interface BuildTable {
  /**
   * A folder with prebuilt functions, as `make dist` makes them, relative to the folder of this file. If their
   * checksums are right, they are deployed as they are, and nothing is compiled (docs/deploying.md#without-rust). Left
   * out: the functions are built from source.
   */
  readonly artifacts?: string;
}
/** The chat page, which the deployment can serve next to the endpoint. */
export interface WebTable {
  /**
   * Whether the deployment serves the chat page, to everyone, from a private bucket (docs/deploying.md#the-chat-page).
   * The page itself grants nothing: its users ask the endpoint for a token as every caller does.
   */
  readonly enabled: boolean;
}
/** One permission: a cache, and perhaps `topic`, `key` or `function` in it. With none of the three it is for the whole cache. */
export interface Permission {
  /** `"*"` for every cache, a name (a template), or `{ name = "*" }` for a cache called `*`. */
  readonly cache: Selector;
  /** Topics: `"*"` for every one, a name (a template), or `{ prefix = "room-" }`. */
  readonly topic?: Selector;
  /** Items: an exact key (a template; `"*"` is the key `*`), or `{ prefix = "{sub}/" }`. */
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
  /** What the group is for. Cognito shows it. */
  readonly description?: string;
  /**
   * What the callers' tokens call this group, such as `["Chat Admins", "/staff/admins"]`: a caller with one of these names is in
   * it, and the key is then no name of it unless the list has it. For the tokens of your issuer (`kind = "jwt"`) and of an
   * existing user pool. Left out: the key is the name.
   */
  readonly names?: readonly string[];
  /** What its members may do, instead of the base: 1 to 20 permissions. */
  readonly permissions: readonly Permission[];
}
/** The file that a configuration was rendered from. */
export interface ConfigSource {
  /** SHA-256 of its text in hexadecimal, each line ended by a line feed alone: a checkout may change that. */
  readonly sha256: string;
}
