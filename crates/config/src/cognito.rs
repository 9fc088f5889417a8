//! The table `[cognito]`: which tokens of Amazon Cognito count in `AmazonCognito` mode, and the user pool that issues them.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arn::Arn;
use crate::attribute::Attribute;
use crate::number::Number;
use crate::path::Path;
use crate::region::Region;
use crate::rule::{Broken, Rule};

/// The user pool of `AmazonCognito` mode, and which of its tokens count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CognitoTable {
    /// Which of a user's two tokens a caller sends: the `"id"` token, or the `"access"` token, which has groups and no
    /// attributes. The other one gets a 401.
    pub token_use: TokenUse,
    /// `"access"`: the scope that a token must have. Left out: `aws.cognito.signin.user.admin`, which Cognito gives to
    /// users who sign in with a password. Another scope needs an existing pool whose resource server defines it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The id or ARN of an existing user pool in this account. The deployment does not change it
    /// (docs/verified-callers.md#the-user-pool). Left out: the deployment makes a pool, which the keys after `clients`
    /// configure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool: Option<String>,
    /// The app clients of the existing pool whose tokens are accepted. API Gateway alone would accept tokens of every
    /// client.
    pub clients: Vec<String>,
    /// How users prove their password: `"USER_SRP"` never sends it, `"USER_PASSWORD"` sends it over TLS.
    pub auth_flows: Vec<AuthFlow>,
    /// Whether people can sign themselves up, with an e-mail address that Cognito verifies. Cognito sends at most 50
    /// mails a day for an account.
    pub self_sign_up: bool,
    /// Whether users need a second factor, an authenticator app (TOTP).
    pub mfa: Mfa,
    /// What a password must be like.
    pub password: PasswordTable,
    /// The attributes that users may change themselves. At least one, because Cognito reads an empty list as all. The
    /// check warns if a grant depends on one of them.
    pub writable_attributes: Vec<Attribute>,
    /// Cognito's threat protection (formerly advanced security): `"audit"` logs the risk of each sign-in, `"enforced"`
    /// also blocks risky sign-ins or asks for a second factor. Both need Cognito's feature plan Plus, which AWS charges
    /// for by user.
    pub threat_protection: ThreatProtection,
    /// Whether Cognito refuses to delete the pool until you switch this off. The pool then also outlives its stack.
    pub deletion_protection: bool,
}

impl Default for CognitoTable {
    fn default() -> Self {
        Self {
            token_use: TokenUse::default(),
            scope: None,
            user_pool: None,
            clients: Vec::new(),
            auth_flows: vec![AuthFlow::UserSrp],
            self_sign_up: false,
            mfa: Mfa::default(),
            password: PasswordTable::default(),
            // Harmless, and one must be.
            writable_attributes: vec![Attribute::Locale],
            threat_protection: ThreatProtection::default(),
            deletion_protection: false,
        }
    }
}

/// Which of a Cognito user's tokens counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TokenUse {
    /// The ID token, which says who the user is.
    #[default]
    Id,
    /// The access token, which says what their app may do.
    Access,
}

impl TokenUse {
    /// As the claim `token_use` says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Access => "access",
        }
    }
}

/// How users prove their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AuthFlow {
    /// By the Secure Remote Password protocol: it is never sent.
    UserSrp,
    /// By sending it, over TLS.
    UserPassword,
}

/// Whether users have a second factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mfa {
    /// No user needs one.
    #[default]
    Off,
    /// Users who set one up need it.
    Optional,
    /// Every user needs one.
    Required,
}

/// What Cognito makes of a sign-in that looks like an attack.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ThreatProtection {
    /// Nothing.
    #[default]
    Off,
    /// A note.
    Audit,
    /// A block, or a second factor.
    Enforced,
}

/// What a password must be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PasswordTable {
    /// The minimum length, 6 to 99.
    pub min_length: PasswordLength,
    /// The kinds of characters that it must contain.
    pub require: Vec<Characters>,
}

impl Default for PasswordTable {
    fn default() -> Self {
        use Characters::{Digits, Lowercase, Symbols, Uppercase};
        Self { min_length: PasswordLength::within_limits(12), require: vec![Lowercase, Uppercase, Digits, Symbols] }
    }
}

/// A kind of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Characters {
    /// a to z.
    Lowercase,
    /// A to Z.
    Uppercase,
    /// 0 to 9.
    Digits,
    /// Punctuation, as Cognito counts it.
    Symbols,
}

/// What Cognito takes for a least length (`PasswordPolicyType` in its API reference).
type PasswordLength = Number<6, 99>;

/// Which tokens of Amazon Cognito count, beyond what API Gateway checks of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CognitoTokens<'c> {
    /// What their claim `token_use` must be.
    pub token_use: TokenUse,
    /// The app clients one of which they must be for; empty: any of the pool.
    pub clients: &'c [String],
}

impl CognitoTable {
    pub(crate) fn tokens(&self) -> CognitoTokens<'_> {
        CognitoTokens { token_use: self.token_use, clients: &self.clients }
    }
}

/// Checks what no single key shows.
pub(crate) fn check(table: &CognitoTable, broken: &mut Broken) {
    let path = Path::default().key("cognito");
    let mut refuse = |key: &str, rule| broken.push((path.key(key), rule));
    if let Some(scope) = &table.scope {
        if table.token_use == TokenUse::Id {
            refuse("scope", Rule::ScopeOfIdToken);
        } else if scope.trim().is_empty() {
            refuse("scope", Rule::Empty);
        } else if table.user_pool.is_none() {
            refuse("scope", Rule::NeedsExistingPool);
        }
    }
    match &table.user_pool {
        Some(pool) => {
            if !is_user_pool(pool) {
                refuse("user_pool", Rule::UserPool(pool.clone()));
            }
            if table.clients.is_empty() {
                refuse("user_pool", Rule::NoClients);
            }
            for key in of_a_new_pool(table) {
                refuse(key, Rule::OfNewPoolAlone);
            }
        }
        None if !table.clients.is_empty() => refuse("clients", Rule::NeedsExistingPool),
        None => {}
    }
    if table.clients.iter().any(|client| client.trim().is_empty()) {
        refuse("clients", Rule::Empty);
    }
    if table.auth_flows.is_empty() {
        refuse("auth_flows", Rule::NoAuthFlow);
    }
    if table.writable_attributes.is_empty() {
        refuse("writable_attributes", Rule::NoWritableAttribute);
    }
    if table.self_sign_up && !table.writable_attributes.contains(&Attribute::Email) {
        refuse("self_sign_up", Rule::NoAddressToSignUpWith);
    }
}

/// The keys that say something of a pool that the deployment makes.
fn of_a_new_pool(table: &CognitoTable) -> impl Iterator<Item = &'static str> {
    let default = CognitoTable::default();
    let said = [
        ("auth_flows", table.auth_flows != default.auth_flows),
        ("self_sign_up", table.self_sign_up),
        ("mfa", table.mfa != default.mfa),
        ("password", table.password != default.password),
        ("writable_attributes", table.writable_attributes != default.writable_attributes),
        ("threat_protection", table.threat_protection != default.threat_protection),
        ("deletion_protection", table.deletion_protection),
    ];
    said.into_iter().filter(|(_, said)| *said).map(|(key, _)| key)
}

/// An id such as `eu-central-1_AbCdEf123`, or an ARN that ends with one.
fn is_user_pool(text: &str) -> bool {
    let arn = Arn::parse(text).filter(|arn| arn.service == "cognito-idp");
    let id = arn.map_or(Some(text), |arn| arn.resource.strip_prefix("userpool/"));
    let Some((region, name)) = id.and_then(|id| id.split_once('_')) else { return false };
    let is_there = Region::parse(region).is_some() && arn.is_none_or(|arn| arn.region == region);
    is_there && !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())
}
