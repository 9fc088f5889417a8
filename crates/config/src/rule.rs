//! The rules that a configuration file can break, and what each tells its author to write instead.

use crate::claim_path::ClaimPathRule;
use crate::endpoint::EndpointProblem;
use crate::issuer::IssuerRule;
use crate::lifetime::{LOG_DAYS, LifetimeError};
use crate::path::{Path, Place};
use crate::region::RegionRule;
use crate::secret_id::SecretIdProblem;
use tvm_policy::{AmbiguousNames, GroupName, TemplateError};

/// Every broken rule, with where it shows.
pub(crate) type Broken = Vec<(Path, Rule)>;

/// The rules that hold whatever the file says (docs/configuration.md).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// A role of another kind of permission.
    #[error("{given} does not fit a permission for {kind}; write {fitting}")]
    Role {
        /// The role.
        given: &'static str,
        /// What the permission is for.
        kind: &'static str,
        /// What fits.
        fitting: &'static str,
    },
    /// More than one of `topic`, `key` and `function`.
    #[error("a permission has only one of `topic`, `key` and `function`; write one permission for each")]
    SeveralKinds,
    /// `{ prefix = … }` for a cache, which Momento does not have.
    #[error("a cache cannot be selected by a prefix, only by its name; write one permission for each cache")]
    CachePrefix,
    /// A template that cannot be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A claim that cannot be found by what the file calls it.
    #[error(transparent)]
    ClaimPath(#[from] ClaimPathRule),
    /// A separator that is part of names, or none at all.
    #[error(
        "groups are separated by white space or by punctuation: write groups_separator = \" \" for `a b`, or \",\" for `a,b`, `a, b` and \
         `[a, b]`"
    )]
    GroupsSeparator,
    /// Names that no caller's groups have.
    #[error(
        "only the tokens of your issuer (kind = \"jwt\") and of an existing user pool (`cognito.user_pool`) call groups by names of their \
         own; here callers are in groups by the names that this file gives them: leave it out"
    )]
    NamesOfOurOwn,
    /// A value that Open mode does not have.
    #[error("with auth = \"Open\" callers are not verified, so `{0}` has no value; only `{{cache}}` is allowed here")]
    NobodyVerified(String),
    /// As above, for the token id.
    #[error(
        "with auth = \"Open\" callers are not verified, so `{0}` has no value; only `{{query.name}}` and `{{cache}}` are allowed here"
    )]
    NobodyVerifiedId(String),
    /// `{query.name}` in a permission.
    #[error(
        "the caller chooses `{{query.name}}`, so it must not decide what they are granted; use a verified value, such as `{{username}}`"
    )]
    QueryNameInPermission,
    /// `{query.name}` first in a verified caller's token id.
    #[error(
        "a caller could choose the name of another caller; begin with a verified value, as in `{{username}}:{{query.name}}`"
    )]
    QueryNameFirst,
    /// Names of different callers could be the same.
    #[error(transparent)]
    AmbiguousNames(#[from] AmbiguousNames),
    /// `{cache}` with nothing to choose from.
    #[error("`{{cache}}` has no value: list the caches that a caller may choose in `token.caches`")]
    NoCaches,
    /// A name that is empty.
    #[error("must not be empty")]
    Empty,
    /// The same cache twice.
    #[error("`{0}` is in the list twice; delete one of the two")]
    Twice(String),
    /// More permissions than Momento takes.
    #[error("there are {0} permissions; Momento allows 20 in a token")]
    TooMany(usize),
    /// The very same selection twice in one list.
    #[error(
        "selects the same as {other}, and Momento refuses a token with two permissions for the same selection: keep one of \
         the two, with role = \"{role}\""
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
    #[error("has no permission; write at least one")]
    NoPermissions,
    /// No base where the base applies.
    #[error(
        "{0} needs at least one permission that is not in a group; write [[permissions]], and below it cache = \"NAME\" and role = \"ReadOnly\""
    )]
    NoBase(&'static str),
    /// A group name that would be ambiguous in `cognito:groups`.
    #[error(
        "a group name must not be empty or contain white space, `,`, `[` or `]`, because API Gateway passes all groups of a caller in one text; \
         write a name without these, and what the tokens call the group in its `names`"
    )]
    GroupName,
    /// An endpoint that is none.
    #[error(transparent)]
    Endpoint(#[from] EndpointProblem),
    /// A `min_remaining` that no token ever has.
    #[error("no token lives that long, because `token.expires_in` is {0} s; write a shorter time, or mode = \"off\"")]
    NeverReused(u32),
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
        "with {0} callers have no token of their own that expires; delete the line and shorten `expires_in`, or write auth = \
         \"AmazonCognito\" or kind = \"jwt\""
    )]
    Endless(&'static str),
    /// A key for tokens where credentials count.
    #[error("is only allowed with kind = \"jwt\"; write that in [authorizer], or delete the line")]
    ForTokensAlone,
    /// No `issuer` is configured.
    #[error(
        "kind = \"jwt\" needs an `issuer`; write the claim `iss` of its tokens, as in issuer = \"https://issuer.example\""
    )]
    NoIssuer,
    /// No `audience` is configured.
    #[error(
        "kind = \"jwt\" needs an `audience`, or tokens for other applications would be accepted; write the claim `aud` of the tokens, as in audience = [\"my-app\"]"
    )]
    NoAudience,
    /// No algorithm.
    #[error("must name at least one algorithm, such as RS256; or delete the line for the default")]
    NoAlgorithm,
    /// An algorithm by a shared secret, and none.
    #[error(
        "{0} needs a shared secret; write the name of the Secrets Manager secret in `hmac_secret`, or an algorithm with public \
         keys, such as RS256"
    )]
    NoSharedSecret(&'static str),
    /// A shared secret that no algorithm takes.
    #[error(
        "none of the `algorithms` uses a shared secret; write algorithms = [\"HS256\"] (or HS384, HS512) if your issuer signs with \
         one, or delete the line"
    )]
    SecretWithoutAlgorithm,
    /// Then a public key could serve as the secret.
    #[error(
        "{0} uses a shared secret and {1} public keys; with both, an attacker could use a public key as the secret. Write \
         algorithms of one sort"
    )]
    SecretsBesideKeys(&'static str, &'static str),
    /// A secret that serves more than one algorithm.
    #[error("a shared secret is for one algorithm; write the one that your issuer signs with")]
    OneAlgorithmForASecret,
    /// A key for published keys where there are none.
    #[error("is not allowed with `hmac_secret`, because the issuer then has no public keys; delete the line")]
    NothingPublished,
    /// Clocks too far apart.
    #[error("must be at most 5m, not {0} s, or expired tokens would stay valid")]
    Leeway(u32),
    /// What no issuer's token can match.
    #[error(transparent)]
    Issuer(#[from] IssuerRule),
    /// A scope where none is looked at.
    #[error("ID tokens have no scopes; write token_use = \"access\" in [cognito], or delete the line")]
    ScopeOfIdToken,
    /// What only the owner of an existing pool can have.
    #[error("is only allowed with an existing pool; write its id in `user_pool`, or delete the line")]
    NeedsExistingPool,
    /// A setting of a pool that is not ours to set.
    #[error(
        "configures the pool that the deployment makes, and the deployment does not change the pool in `user_pool`; delete one of the two"
    )]
    OfNewPoolAlone,
    /// No user pool's name.
    #[error("`{0}` is not the id or ARN of a user pool; write one like eu-central-1_AbCdEf123")]
    UserPool(String),
    /// Tokens for any app of a pool.
    #[error("needs `clients`, or tokens of every app of that pool would be accepted; list the ids of the app clients")]
    NoClients,
    /// No way to sign in.
    #[error(
        "must name at least one flow, or users could not sign in; write \"USER_SRP\" or \"USER_PASSWORD\", or delete the line"
    )]
    NoAuthFlow,
    /// None at all, which means all.
    #[error(
        "must name at least one attribute, because Cognito reads an empty list as all; name one that no permission depends on, or delete the line"
    )]
    NoWritableAttribute,
    /// Users who sign up without an address.
    #[error("self sign-up needs \"email\" in `writable_attributes`")]
    NoAddressToSignUpWith,
    /// Tokens for strangers, where that is seldom meant.
    #[error(
        "with auth = \"Open\" everybody who finds the endpoint gets tokens at your cost; write another `auth`, add a firewall \
         ([api.waf]), or confirm it with open_to_everybody = true in [deployment]"
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
    /// The same rules twice.
    #[error("these rules are in the list twice; delete one of the two")]
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
        "without API Gateway's own name, the endpoint needs another name; write [api.domain] with `name` and `certificate`, or \
         delete the line"
    )]
    NoWayIn,
    /// No hosted zone's id.
    #[error("`{0}` is not the id of a hosted zone; write it as Route 53 shows it, like Z0123456789ABCDEFGHIJ")]
    HostedZone(String),
    /// More than one of the three.
    #[error(
        "a usage plan has one quota; write only one of `requests_per_day`, `requests_per_week` and `requests_per_month`"
    )]
    SeveralQuotas,
    /// One of two that go together.
    #[error("`requests_per_second` and `request_burst` need each other; write both or neither")]
    HalfAThrottle,
    /// A page that would be refused.
    #[error(
        "the chat page cannot send an API key, because everybody who opens it could read the key; write enabled = false in [web], or delete [api.usage_plan]"
    )]
    PageWithoutKey,
    /// A time for which CloudWatch has no setting.
    #[error("CloudWatch keeps logs for {} days and no other number; write one of these, as in \"30d\"", log_days())]
    LogRetention,
    /// Alarms about what nobody counts.
    #[error("some alarms need metrics; write metrics = true in [monitoring]")]
    AlarmsWithoutMetrics,
    /// A recipient without a sender.
    #[error("is only allowed with alarms = true; write that in [monitoring], or delete the line")]
    NobodyToAlarm,
    /// No SNS topic's ARN.
    #[error(
        "`{0}` is not the ARN of an SNS topic for alarms; write one like arn:aws:sns:eu-central-1:111122223333:alarms, not a FIFO \
         topic"
    )]
    Topic(String),
    /// No e-mail address.
    #[error("`{0}` is not an e-mail address; write one like operators@example.com")]
    Email(String),
    /// A subscription to a topic that is not ours.
    #[error(
        "is not allowed with `alarm_topic`, an existing topic; subscribe the address to that topic, and delete the line"
    )]
    EmailOfExistingTopic,
    /// What names no secret.
    #[error(transparent)]
    SecretId(#[from] SecretIdProblem),
    /// A rotation of what is not ours.
    #[error(
        "is not allowed with `secret`, because the deployment does not rotate an existing secret; delete one of the two"
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

    /// Where that is.
    pub(crate) const fn other_path(&self) -> Option<&Path> {
        match self {
            Self::SelectedTwice { other, .. } | Self::ConflictingRoles { other, .. } => Some(&other.path),
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
