//! The configuration file as it is written: every table, key and default, and nothing of what they mean.
//!
//! The JSON Schema is generated from these types and the canonical form is printed from them, so a key exists once.
//! What serde cannot say (a role that does not fit, a template, a limit) is said in `validate`.

use indexmap::IndexMap;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tvm_policy::{AuthMode, LongTokenId, Ungrouped};

use crate::api::ApiTable;
use crate::authorizer::AuthorizerTable;
use crate::build::BuildTable;
use crate::cognito::CognitoTable;
use crate::functions::FunctionsTable;
use crate::lifetime::Lifetime;
use crate::limits::LimitsTable;
use crate::momento::MomentoTable;
use crate::monitoring::MonitoringTable;
use crate::reuse::{CacheBudget, DEFAULT_CACHE, DEFAULT_CACHE_BUDGET_MS, MinRemaining, ReuseMode};
use crate::secrets::SecretsTable;
use crate::selector::Selector;

/// The configuration of a token vending machine (`tvm.toml`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "tvm.toml"))]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    /// Who may ask for a token.
    pub auth: AuthMode,
    /// What a verified caller in none of the configured groups may do.
    #[serde(default)]
    pub ungrouped: Ungrouped,
    /// The token that is vended.
    #[serde(default)]
    pub token: TokenTable,
    /// Where the Momento API key is, and where Momento is.
    #[serde(default)]
    pub momento: MomentoTable,
    /// How callers prove who they are in `LambdaAuthorizer` mode.
    #[serde(default)]
    pub authorizer: AuthorizerTable,
    /// The user pool of `AmazonCognito` mode, and which of its tokens count.
    #[serde(default)]
    pub cognito: CognitoTable,
    /// The endpoint that callers meet.
    #[serde(default)]
    pub api: ApiTable,
    /// When callers with the same grant get the same token (docs/configuration.md#token-reuse).
    #[serde(default)]
    pub reuse: ReuseTable,
    /// How much is asked of Momento, and of this machine.
    #[serde(default)]
    pub limits: LimitsTable,
    /// What the secrets of a deployment have in common.
    #[serde(default)]
    pub secrets: SecretsTable,
    /// What a deployment is for.
    #[serde(default)]
    pub deployment: DeploymentTable,
    /// How the functions of a deployment run.
    #[serde(default)]
    pub functions: FunctionsTable,
    /// What a deployment tells its operators.
    #[serde(default)]
    pub monitoring: MonitoringTable,
    /// Where the functions of a deployment come from.
    #[serde(default)]
    pub build: BuildTable,
    /// The chat page, which the deployment can serve next to the endpoint.
    #[serde(default)]
    pub web: WebTable,
    /// The base: what a caller may do where no groups apply. At most 20 permissions. Required in Open mode, in a file
    /// without groups, and with `ungrouped = "base"`.
    #[serde(default)]
    pub permissions: Vec<PermissionEntry>,
    /// What a caller in a verified group may do, instead of the base. The key is the group's name, which has no white
    /// space, comma or square bracket; `names` is for groups whose names have these.
    #[serde(default)]
    pub groups: IndexMap<String, GroupEntry>,
}

impl ConfigFile {
    /// Writes into the file what it leaves out, for this mode or else its own.
    pub(crate) fn fill_in(&mut self, auth: Option<AuthMode>) {
        self.auth = auth.unwrap_or(self.auth);
        if self.token.id.is_none() {
            let default = if self.auth == AuthMode::Open { "{query.name}" } else { "{username}" };
            self.token.id = Some(default.to_owned());
        }
        self.limits.fill_in();
    }
}

/// The token that is vended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TokenTable {
    /// How long a token lives, 1s to 25h.
    pub expires_in: Lifetime,
    /// The token id, a template: Momento attaches it to what the token's holder publishes. At most 64 UTF-16 units after
    /// the template is filled in. Left out: `{query.name}` in Open mode (so a token without an id where the client sends
    /// no `?name=`), `{username}` in the other modes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The caches that a caller may choose with the `cachename` header; the first is the default. The chosen one is
    /// `{cache}` in permissions.
    pub caches: Vec<String>,
    /// `true`: no token outlives the caller's own ID or access token, of Cognito or of your issuer (`kind = "jwt"`). A caller whose
    /// token ends in ten minutes gets a token for ten minutes at most, whatever `expires_in` says. The time is rounded down by at most a
    /// fifth, so that tokens can be reused. A caller whose token does not say when it ends gets a 403, and a caller whose token has
    /// ended a 401. Not allowed with `auth = "Open"` or `kind = "credentials"`, where nothing ends.
    pub not_beyond_caller: bool,
    /// What happens if the caller's own values make the token id longer than 64 UTF-16 units, as those of CI jobs and of users of
    /// another identity provider often do. `"refuse"`: the caller gets no token (400 `TokenIdTooLong`). `"hash"`: the token id is `sha256:`
    /// and 56 digits of a hash of the whole id. `"omit"`: the token has no id. If only the client's `?name=` is too long, the
    /// response is always 400.
    pub id_too_long: LongTokenId,
}

impl Default for TokenTable {
    fn default() -> Self {
        Self {
            expires_in: Lifetime::DEFAULT,
            id: None,
            caches: Vec::new(),
            not_beyond_caller: false,
            id_too_long: LongTokenId::default(),
        }
    }
}

/// When callers with the same grant (permissions, token id and lifetime) get the same token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ReuseTable {
    /// `"off"`: each request gets its own token. `"instance"`: each running function, or server, keeps its tokens.
    /// `"shared"`: all of them share their tokens, encrypted, through a Momento cache.
    pub mode: ReuseMode,
    /// How much of its lifetime a token must have left to be given to another caller.
    pub min_remaining: MinRemaining,
    /// With `"shared"`: the name of the Momento cache, which is created if it does not exist. No permission may reach its
    /// items (so none for every cache, `"*"`, except for topics), and `token.caches` may not list it.
    pub cache: String,
    /// With `"shared"`: the most time that one request spends on that cache, in milliseconds, 50 to 5000.
    pub cache_budget_ms: CacheBudget,
}

impl Default for ReuseTable {
    fn default() -> Self {
        Self {
            mode: ReuseMode::default(),
            min_remaining: MinRemaining::default(),
            cache: DEFAULT_CACHE.to_owned(),
            cache_budget_ms: DEFAULT_CACHE_BUDGET_MS,
        }
    }
}

/// What a deployment is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeploymentTable {
    /// `"dev"`: everything that was made for the stack is deleted with it. `"prod"`: its secrets, users and logs stay in
    /// the account when the stack is deleted, or when a deployment changes to a mode that does not use them.
    pub stage: Stage,
    /// Confirms that everybody may ask for tokens. In `"prod"`, `auth = "Open"` is refused without it, unless there is a
    /// firewall (`[api.waf]`).
    pub open_to_everybody: bool,
    /// The ARN of your AWS KMS key that encrypts the secrets and the log groups that the deployment makes. Its key policy
    /// must let CloudWatch Logs use it, or the deployment fails (docs/secrets.md#a-kms-key-of-your-own). Left out: AWS's
    /// own keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
}

/// What a deployment is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// To try something.
    #[default]
    Dev,
    /// For people who rely on it.
    Prod,
}

/// The chat page, which the deployment can serve next to the endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WebTable {
    /// Whether the deployment serves the chat page, to everyone, from a private bucket (docs/deploying.md#the-chat-page).
    /// The page itself grants nothing: its users ask the endpoint for a token as every caller does.
    pub enabled: bool,
}

/// What a caller in one group may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupEntry {
    /// What the group is for. Cognito shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the callers' tokens call this group, such as `["Chat Admins", "/staff/admins"]`: a caller with one of these names is in
    /// it, and the key is then no name of it unless the list has it. For the tokens of your issuer (`kind = "jwt"`) and of an
    /// existing user pool. Left out: the key is the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// What its members may do, instead of the base: 1 to 20 permissions.
    pub permissions: Vec<PermissionEntry>,
}

/// One permission: a cache, and perhaps `topic`, `key` or `function` in it. With none of the three it is for the whole cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionEntry {
    /// `"*"` for every cache, a name (a template), or `{ name = "*" }` for a cache called `*`.
    pub cache: Selector,
    /// Topics: `"*"` for every one, a name (a template), or `{ prefix = "room-" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Selector>,
    /// Items: an exact key (a template; `"*"` is the key `*`), or `{ prefix = "{sub}/" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Selector>,
    /// Momento functions: `"*"` for every one, a name (a template), or `{ prefix = "…" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Selector>,
    /// What may be done there: `ReadWrite`, `ReadOnly`, `WriteOnly` for a cache or a key; `PublishSubscribe`,
    /// `SubscribeOnly`, `PublishOnly` for a topic; `Invoke` for a function.
    pub role: Role,
}

/// What may be done. Which ones fit depends on what the permission is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(crate) enum Role {
    /// A cache or its items: read and write.
    ReadWrite,
    /// A cache or its items: read.
    ReadOnly,
    /// A cache or its items: write.
    WriteOnly,
    /// Topics: publish and subscribe.
    PublishSubscribe,
    /// Topics: subscribe.
    SubscribeOnly,
    /// Topics: publish.
    PublishOnly,
    /// Functions: call.
    Invoke,
}

impl Role {
    /// As the configuration file writes it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "ReadWrite",
            Self::ReadOnly => "ReadOnly",
            Self::WriteOnly => "WriteOnly",
            Self::PublishSubscribe => "PublishSubscribe",
            Self::SubscribeOnly => "SubscribeOnly",
            Self::PublishOnly => "PublishOnly",
            Self::Invoke => "Invoke",
        }
    }
}
