//! The rules that a configuration file can break, and what each tells its author to write instead.

use std::ops::RangeInclusive;

use crate::lifetime::{LOG_DAYS, LifetimeError};
use crate::path::{Path, Place};
use crate::region::RegionRule;
use tvm_policy::{AmbiguousNames, GroupName, TemplateError};

/// Every broken rule, with where it shows.
pub(crate) type Broken = Vec<(Path, Rule)>;

/// The rules that hold whatever the file says (docs/configuration.md).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// A role of another kind of permission.
    #[error("{given} is no role for {kind}; use {fitting}")]
    Role {
        /// The role.
        given: &'static str,
        /// What the permission is for.
        kind: &'static str,
        /// What fits.
        fitting: &'static str,
    },
    /// More than one of `topic`, `key` and `function`.
    #[error("a permission is for a topic, a key or a function, not several; write one permission for each")]
    SeveralKinds,
    /// `{ prefix = … }` for a cache, which Momento does not have.
    #[error("Momento selects a cache by its name alone, not by a prefix; name each cache")]
    CachePrefix,
    /// A template that cannot be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A value that Open mode does not have.
    #[error("in Open mode nobody is verified, so `{0}` has no value; only `{{cache}}` may stand here")]
    NobodyVerified(String),
    /// As above, for the token id.
    #[error(
        "in Open mode nobody is verified, so `{0}` has no value; only `{{query.name}}` and `{{cache}}` may stand here"
    )]
    NobodyVerifiedId(String),
    /// `{query.name}` in a permission.
    #[error("`{{query.name}}` is typed by the caller and may not decide what they are granted; use a verified value")]
    QueryNameInPermission,
    /// `{query.name}` first in a verified caller's token id.
    #[error(
        "a caller could pass for another by typing a name: put a verified value first, as in `{{username}}:{{query.name}}`"
    )]
    QueryNameFirst,
    /// Names of different callers could be the same.
    #[error(transparent)]
    AmbiguousNames(#[from] AmbiguousNames),
    /// `{cache}` with nothing to choose from.
    #[error("`{{cache}}` has no value: list the caches that a caller may choose in `token.caches`")]
    NoCaches,
    /// A name that is empty.
    #[error("it is empty; an empty name selects nothing")]
    Empty,
    /// The same cache twice.
    #[error("`{0}` stands in the list twice; name it once")]
    Twice(String),
    /// More permissions than Momento takes.
    #[error("{0} permissions; Momento allows 20 a token")]
    TooMany(usize),
    /// The very same selection twice in one list.
    #[error(
        "it selects the same as {other}, and Momento refuses a token with two permissions for one selection: write one of \
         them, with role = \"{role}\""
    )]
    SelectedTwice {
        /// The permission before it.
        other: Place,
        /// The role that allows what both allow.
        role: &'static str,
    },
    /// Reading and writing apart, where a caller may have both.
    #[error(
        "{role} here and {others} in {other} can be for the same selection{}; Momento refuses a token with two permissions \
         for one selection, and no role allows exactly these two: {}, which also allows conditional writes, or let them \
         select different things",
        for_members(groups.as_deref()),
        instead(groups.as_deref())
    )]
    ConflictingRoles {
        /// The role here.
        role: &'static str,
        /// The permission before it.
        other: Place,
        /// The role there.
        others: &'static str,
        /// The groups whose permissions they are; `None` where both stand in one list.
        groups: Option<Box<(GroupName, GroupName)>>,
    },
    /// None at all where some are needed.
    #[error("nothing would be granted; write at least one permission")]
    NoPermissions,
    /// No base where the base applies.
    #[error("{0} needs the base: write at least one [[permissions]]")]
    NoBase(&'static str),
    /// A group name that would be ambiguous in `cognito:groups`.
    #[error(
        "a group name may not hold white space, `,`, `[` or `]`; API Gateway passes groups on in one string of them"
    )]
    GroupName,
    /// An endpoint that is not a host name.
    #[error("`{0}` is not a host name; write it as Momento's console shows it, without `https://`")]
    Endpoint(String),
    /// A `min_remaining` that no token ever has.
    #[error(
        "no token has that much left once it was minted: `token.expires_in` is {0} s; write less, or mode = \"off\""
    )]
    NeverReused(u32),
    /// A `cache_budget_ms` that is too short to be of use, or too long to be waited for.
    #[error("a request may wait {from} to {to} ms for the cache, not {given}", from = .allowed.start(), to = .allowed.end())]
    CacheBudget {
        /// What the file says, in milliseconds.
        given: u32,
        /// What it may say.
        allowed: RangeInclusive<u32>,
    },
    /// A way for callers to the items of the cache in which minted tokens are kept.
    #[error(
        "this can reach `{cache}`, the cache in which minted tokens are kept; {fix}, or write reuse.mode = \"instance\""
    )]
    ReachesKeptTokens {
        /// That cache.
        cache: String,
        /// What to write instead, if the cache is to be kept.
        fix: &'static str,
    },
    /// An end of callers who have none.
    #[error(
        "with {0} callers prove who they are with something that does not end; write auth = \"AmazonCognito\" or kind = \"jwt\", or \
         leave it out and shorten `expires_in`"
    )]
    Endless(&'static str),
    /// A key for tokens where credentials count.
    #[error("it says which tokens of an issuer count; write kind = \"jwt\" beside it, or leave it out")]
    ForTokensAlone,
    /// Tokens of nobody.
    #[error("tokens need an issuer: write `issuer` as their claim `iss` says it, https://…")]
    NoIssuer,
    /// Tokens for anybody.
    #[error(
        "tokens need an audience: write in `audience` what their claim `aud` says, or those made out for others would do"
    )]
    NoAudience,
    /// No algorithm.
    #[error("no token could be signed by any; leave it out, or name some, such as RS256")]
    NoAlgorithm,
    /// An algorithm by a shared secret, and none.
    #[error(
        "{0} takes a shared secret: name in `hmac_secret` the Secrets Manager secret that holds it, or write an algorithm with \
         public keys, such as RS256"
    )]
    NoSharedSecret(&'static str),
    /// A shared secret that no algorithm takes.
    #[error(
        "no algorithm here takes a shared secret; write algorithms = [\"HS256\"] (or HS384, HS512) if your issuer signs with \
         one, or leave it out"
    )]
    SecretWithoutAlgorithm,
    /// Then a public key could serve as the secret.
    #[error(
        "{0} takes a shared secret and {1} public keys, and where both count, a public key can be taken for the secret; write \
         the one or the other"
    )]
    SecretsBesideKeys(&'static str, &'static str),
    /// A secret that serves more than one algorithm.
    #[error("a shared secret serves one algorithm; write the one that your issuer signs by")]
    OneAlgorithmForASecret,
    /// A key for published keys where there are none.
    #[error("it is about published keys, and with `hmac_secret` there are none; leave it out")]
    NothingPublished,
    /// Clocks too far apart.
    #[error("at most 5m; {0} s would keep tokens alive that have ended")]
    Leeway(u32),
    /// No address, or one that others can answer for.
    #[error(
        "`{0}` is not an https address; who could change the keys on the way could be anybody (http is for localhost alone)"
    )]
    WebAddress(String),
    /// A scope where none is looked at.
    #[error("ID tokens have no scopes; write token_use = \"access\" beside it, or leave it out")]
    ScopeOfIdToken,
    /// What only the owner of an existing pool can have.
    #[error("a pool that the deployment makes has no other; name an existing one in `user_pool`, or leave this out")]
    NeedsExistingPool,
    /// A setting of a pool that is not ours to set.
    #[error(
        "it is about a pool that the deployment makes, and the one in `user_pool` is left as it is; leave this out"
    )]
    OfNewPoolAlone,
    /// No user pool's name.
    #[error("`{0}` is no user pool; write its id, such as eu-central-1_AbCdEf123, or its ARN")]
    UserPool(String),
    /// Tokens for any app of a pool.
    #[error(
        "tokens for any app of that pool would do: list in `clients` the ids of the app clients whose tokens count"
    )]
    NoClients,
    /// No way to sign in.
    #[error("nobody could sign in; leave it out, or write \"USER_SRP\" or \"USER_PASSWORD\"")]
    NoAuthFlow,
    /// None at all, which means all.
    #[error("Cognito takes none for all; leave it out, or name one that no permission is made of")]
    NoWritableAttribute,
    /// Users who sign up without an address.
    #[error("who signs up writes their address: add \"email\" to `writable_attributes`")]
    NoAddressToSignUpWith,
    /// A least length of passwords that Cognito does not take.
    #[error("Cognito takes {from} to {to}, not {given}", from = .allowed.start(), to = .allowed.end())]
    PasswordLength {
        /// What the file says.
        given: u8,
        /// What it may say.
        allowed: RangeInclusive<u8>,
    },
    /// Tokens for strangers, where that is seldom meant.
    #[error(
        "with auth = \"Open\" everybody who finds the endpoint gets a token, and has you pay for it; write another `auth`, put \
         a firewall before it ([api.waf]), or write open_to_everybody = true in [deployment] if it is meant so"
    )]
    OpenInProd,
    /// No KMS key's ARN.
    #[error(
        "`{0}` is not the ARN of a KMS key; write one like arn:aws:kms:eu-central-1:111122223333:key/…, not an alias"
    )]
    KmsKey(String),
    /// No name that a header could have.
    #[error(
        "`{0}` is not the name of a header; write up to 64 letters, digits and `-`, as in x-request-id, or \"*\" alone for any \
         header"
    )]
    HeaderName(String),
    /// More headers than an answer has room for.
    #[error("{given} names; an answer has room for {allowed}: name fewer, or write \"*\" for any header")]
    TooManyHeaders {
        /// How many the file names.
        given: usize,
        /// How many it may name.
        allowed: usize,
    },
    /// A limit that AWS WAF does not take.
    #[error("AWS WAF takes {from} to {to} requests, not {given}", from = .allowed.start(), to = .allowed.end())]
    WafRequests {
        /// What the file says.
        given: u32,
        /// What it may say.
        allowed: RangeInclusive<u32>,
    },
    /// The same rules twice.
    #[error("these rules stand in the list twice; name them once")]
    RulesTwice,
    /// No name that API Gateway could have.
    #[error("`{0}` is not a domain name; write one in lower case, like tokens.example.com, without `https://`")]
    DomainName(String),
    /// No certificate's ARN.
    #[error(
        "`{0}` is not the ARN of a certificate; write one of the deployment's region, like \
         arn:aws:acm:eu-central-1:111122223333:certificate/…"
    )]
    Certificate(String),
    /// No name left to call the endpoint by.
    #[error(
        "without API Gateway's own name, no name leads to the endpoint: write `name` and `certificate` of a domain of your own \
         in [api.domain], or leave this key out"
    )]
    NoWayIn,
    /// No hosted zone's id.
    #[error("`{0}` is not the id of a hosted zone; write it as Route 53 shows it, like Z0123456789ABCDEFGHIJ")]
    HostedZone(String),
    /// More than one of the three.
    #[error("a usage plan counts by the day, the week or the month; write one of the three")]
    SeveralQuotas,
    /// One of two that go together.
    #[error("`requests_per_second` and `request_burst` go together; write both, or neither")]
    HalfAThrottle,
    /// A page that would be refused.
    #[error(
        "the chat page sends no key, which whoever opens it could read; write enabled = false in [web], or leave this out"
    )]
    PageWithoutKey,
    /// A memory that Lambda does not have.
    #[error("Lambda takes {from} to {to} MB, not {given}", from = .allowed.start(), to = .allowed.end())]
    Memory {
        /// What the file says, in MB.
        given: u16,
        /// What it may say.
        allowed: RangeInclusive<u16>,
    },
    /// A time for which CloudWatch has no setting.
    #[error("CloudWatch keeps logs for {} days and no other number; write one of them, as in \"30d\"", log_days())]
    LogRetention,
    /// A threshold that no share, or no time, can reach.
    #[error("it may be {from} to {to}, not {given}", from = .allowed.start(), to = .allowed.end())]
    Threshold {
        /// What the file says.
        given: u32,
        /// What it may say.
        allowed: RangeInclusive<u32>,
    },
    /// Alarms about what nobody counts.
    #[error("some of the alarms are about what `metrics` count; write metrics = true beside it")]
    AlarmsWithoutMetrics,
    /// A recipient without a sender.
    #[error("nothing is sent there without alarms; write alarms = true beside it, or leave it out")]
    NobodyToAlarm,
    /// No SNS topic's ARN.
    #[error(
        "`{0}` is not the ARN of an SNS topic for alarms; write one like arn:aws:sns:eu-central-1:111122223333:alarms, not a FIFO \
         topic"
    )]
    Topic(String),
    /// No e-mail address.
    #[error("`{0}` is no e-mail address; write one like operators@example.com")]
    Email(String),
    /// A subscription to a topic that is not ours.
    #[error("who hears of an existing topic is said there; subscribe the address to it, and leave this out")]
    EmailOfExistingTopic,
    /// A rotation of what is not ours.
    #[error(
        "the secret in `momento.secret` is there already, and how it is rotated is its owner's to say; leave this out, or let the \
         deployment make the secret"
    )]
    RotationOfExistingSecret,
    /// A rotation at parts of a day.
    #[error("Secrets Manager counts whole days; write one like \"30d\"")]
    RotationInDays,
    /// Not in the region of the deployment.
    #[error(transparent)]
    Region(#[from] RegionRule),
    /// A lifetime out of range.
    #[error(transparent)]
    Lifetime(#[from] LifetimeError),
}

impl Rule {
    /// The other place that it is about, if there is one.
    pub(crate) const fn other_place(&mut self) -> Option<&mut Place> {
        match self {
            Self::SelectedTwice { other, .. } | Self::ConflictingRoles { other, .. } => Some(other),
            _ => None,
        }
    }
}

fn for_members(groups: Option<&(GroupName, GroupName)>) -> String {
    groups
        .map(|(one, two)| format!(", for a member of both `{}` and `{}`", one.as_str(), two.as_str()))
        .unwrap_or_default()
}

/// In one list, a second permission for the selection would be refused as well.
const fn instead(groups: Option<&(GroupName, GroupName)>) -> &'static str {
    match groups {
        Some(_) => "write role = \"ReadWrite\" for one of them",
        None => "write one permission with role = \"ReadWrite\" instead",
    }
}

fn log_days() -> String {
    LOG_DAYS.map(|days| days.to_string()).join(", ")
}
