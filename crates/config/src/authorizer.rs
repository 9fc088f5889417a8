//! The table `[authorizer]`: how callers prove who they are in `LambdaAuthorizer` mode.

use std::time::Duration;

use indexmap::IndexMap;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim_path;
use crate::issuer::{self, IssuerRule, Texts};
use crate::lifetime::{Lifetime, Staleness};
use crate::path::Path;
use crate::rule::{Broken, Rule};
use crate::secret_id::{self, Purpose};

/// How callers prove who they are in `LambdaAuthorizer` mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AuthorizerTable {
    /// `"credentials"`: callers send a username and a password or key, which the authorizer's secret lists. `"jwt"`:
    /// callers send a JSON Web Token of an OpenID Connect issuer (docs/verified-callers.md#tokens-of-your-own-issuer).
    /// Each of the other keys is for one of the two.
    pub kind: AuthorizerKind,
    /// `"credentials"`: where a request carries the username and the password.
    pub credentials: CredentialsIn,
    /// `"jwt"`, required: the issuer of the tokens, exactly as their claim `iss` names it, to the last slash. Any text with `jwks_url`
    /// or `hmac_secret`; without them, the `https` address below which its discovery document is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// `"jwt"`, required: the accepted audiences. A token must name one of them.
    pub audience: Vec<String>,
    /// `"jwt"`: the claim that holds the audience. It is `client_id` in Cognito's access tokens, and `azp` in Clerk's
    /// tokens.
    pub audience_claim: String,
    /// `"jwt"`: the address of the issuer's public keys (JWKS). Left out: the address in its discovery document
    /// (`/.well-known/openid-configuration`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// `"jwt"`: for an issuer whose certificate is of a private certificate authority: the certificates of that authority, in PEM. They
    /// are trusted for fetching this issuer's keys, instead of the public authorities, and for nothing else
    /// (docs/verified-callers.md#an-issuer-behind-a-private-certificate-authority).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_certificates: Option<String>,
    /// `"jwt"`: how long the keys are used before they are read again, 1s to 25h. A token with an unknown key name
    /// (`kid`) makes the authorizer read them again at once, at most twice a minute.
    pub jwks_ttl: Lifetime,
    /// `"jwt"`: how long the keys stay in use, beyond `jwks_ttl`, while the issuer cannot be reached: 0s (not at all) to 30d. After that,
    /// every token is refused (503 `AuthorizerUnavailable`) until the keys can be read again. Otherwise an attacker who keeps the issuer
    /// out of reach could go on using a key that the issuer has revoked. The default fits tokens that live for a day at most; if yours live
    /// longer, write their lifetime.
    pub jwks_max_stale: Staleness,
    /// `"jwt"`: the algorithms that may sign a token: any of those with public keys, or one of those with a shared secret
    /// (`HS256`, `HS384`, `HS512`) together with `hmac_secret`.
    pub algorithms: Vec<SigningAlgorithm>,
    /// `"jwt"`, for issuers without public keys: the name or ARN of an existing Secrets Manager secret that holds the
    /// issuer's signing secret (docs/verified-callers.md#an-issuer-that-signs-with-a-secret). Everyone who can read it
    /// can sign tokens. Required for `HS256`, `HS384` and `HS512`, and only allowed with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac_secret: Option<String>,
    /// `"jwt"`: the claim that identifies the caller, a text or a whole number: the claim's name, or a JSON Pointer (RFC 6901). It
    /// becomes `{principal}` and `{username}`.
    pub id_claim: String,
    /// `"jwt"`: the claim with the caller's groups (a text or a list): the claim's name, or a JSON Pointer (RFC 6901) such as
    /// `/realm_access/roles`. What it is for each of ten providers: docs/verified-callers.md#what-the-tokens-of-your-provider-need.
    pub groups_claim: String,
    /// `"jwt"`: what separates the groups in `groups_claim` if they are one text: `" "` for `"openid chat:write"` (as in `scope`),
    /// `","` for `"a, b"`. White space around a group is ignored, and so are square brackets around the whole text. A text such as
    /// `["a","b"]` is read as JSON. Left out: a text is one group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups_separator: Option<String>,
    /// `"jwt"`: how far the clocks of the issuer and of AWS may differ, 1s to 5m.
    pub leeway: Lifetime,
    /// `"jwt"`: other claims that a token must have, with their values, such as `{ token_use = "access" }`.
    pub required_claims: IndexMap<String, String>,
}

impl Default for AuthorizerTable {
    fn default() -> Self {
        Self {
            kind: AuthorizerKind::default(),
            credentials: CredentialsIn::default(),
            issuer: None,
            audience: Vec::new(),
            audience_claim: "aud".to_owned(),
            jwks_url: None,
            ca_certificates: None,
            jwks_ttl: Lifetime::DEFAULT,
            jwks_max_stale: Staleness::default(),
            algorithms: vec![SigningAlgorithm::RS256, SigningAlgorithm::ES256],
            hmac_secret: None,
            id_claim: "sub".to_owned(),
            groups_claim: "groups".to_owned(),
            groups_separator: None,
            leeway: Lifetime::MINUTE,
            required_claims: IndexMap::new(),
        }
    }
}

/// How callers prove who they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuthorizerKind {
    /// A username and a password or key.
    #[default]
    Credentials,
    /// A JSON Web Token.
    Jwt,
}

/// Where a request carries the username and the password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CredentialsIn {
    /// In the headers `username` and `password`, as clients of the JavaScript original send them.
    #[default]
    Headers,
    /// In `Authorization: Basic …` (RFC 7617).
    Basic,
}

/// How a token is signed (RFC 7518, RFC 8037): with a public key to verify it by, or, the last three, with a shared secret, by
/// which whoever can verify can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[allow(missing_docs, reason = "the names are the standard's")]
pub enum SigningAlgorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
    HS256,
    HS384,
    HS512,
}

impl SigningAlgorithm {
    /// As a token's header says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }

    const fn is_by_secret(self) -> bool {
        matches!(self, Self::HS256 | Self::HS384 | Self::HS512)
    }
}

/// By what callers prove who they are, and what counts as proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'c> {
    /// A username and a password or key, found here.
    Credentials(CredentialsIn),
    /// A token of this issuer.
    Jwt(Issuer<'c>),
}

/// What the tokens of an issuer are verified by: never both, so that no public key is ever taken for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifiedBy<'c> {
    /// The public keys that it publishes, at this address or else where its discovery document says.
    PublishedKeys(Option<&'c str>),
    /// The secret that it signs with, held in the Secrets Manager secret of this name or ARN, for this one algorithm.
    SharedSecret(&'c str, SigningAlgorithm),
}

/// An OpenID Connect issuer, and which of its tokens count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issuer<'c> {
    table: &'c AuthorizerTable,
    issuer: &'c str,
}

impl<'c> Issuer<'c> {
    /// What a token's `iss` must be.
    pub fn issuer(&self) -> &'c str {
        self.issuer
    }

    /// One of which a token must be made out for.
    pub fn audience(&self) -> &'c [String] {
        &self.table.audience
    }

    /// The claim that says so.
    pub fn audience_claim(&self) -> &'c str {
        &self.table.audience_claim
    }

    /// What its tokens are verified by.
    pub fn verified_by(&self) -> VerifiedBy<'c> {
        match (&self.table.hmac_secret, self.algorithms()) {
            (Some(secret), [algorithm]) => VerifiedBy::SharedSecret(secret, *algorithm),
            // Beside a secret, any other list was refused before.
            _ => VerifiedBy::PublishedKeys(self.table.jwks_url.as_deref()),
        }
    }

    /// The certificates (PEM) by which its keys are fetched, instead of the public ones.
    pub fn ca_certificates(&self) -> Option<&'c str> {
        self.table.ca_certificates.as_deref()
    }

    /// How long its public keys are used.
    pub fn jwks_ttl(&self) -> Duration {
        self.table.jwks_ttl.duration()
    }

    /// How long they are used on beyond that, while they cannot be read again.
    pub fn jwks_max_stale(&self) -> Duration {
        self.table.jwks_max_stale.duration()
    }

    /// By what a token may be signed.
    pub fn algorithms(&self) -> &'c [SigningAlgorithm] {
        &self.table.algorithms
    }

    /// The claim that names the caller.
    pub fn id_claim(&self) -> &'c str {
        &self.table.id_claim
    }

    /// The claim with the caller's groups: a name, or a JSON Pointer.
    pub fn groups_claim(&self) -> &'c str {
        &self.table.groups_claim
    }

    /// What separates groups in one text; `None`: a text is one group.
    pub fn groups_separator(&self) -> Option<&'c str> {
        self.table.groups_separator.as_deref()
    }

    /// How far clocks may lie apart.
    pub fn leeway(&self) -> Duration {
        self.table.leeway.duration()
    }

    /// Claims that a token must have, with their values.
    pub fn required_claims(&self) -> impl Iterator<Item = (&'c str, &'c str)> {
        self.table.required_claims.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl AuthorizerTable {
    /// What is said of the issuer.
    pub(crate) fn texts(&self) -> Texts<'_> {
        Texts {
            issuer: self.issuer.as_deref(),
            audience: &self.audience,
            jwks_url: self.jwks_url.as_deref(),
            ca_certificates: self.ca_certificates.as_deref(),
            is_by_secret: self.hmac_secret.is_some() || self.algorithms.iter().any(|by| by.is_by_secret()),
        }
    }

    /// What counts as proof. A table of the kind `"jwt"` without an issuer was refused before: it lets nobody in, as
    /// credentials would not either.
    pub(crate) fn proof(&self) -> Proof<'_> {
        match (self.kind, &self.issuer) {
            (AuthorizerKind::Jwt, issuer) => {
                Proof::Jwt(Issuer { table: self, issuer: issuer.as_deref().unwrap_or_default() })
            }
            (AuthorizerKind::Credentials, _) => Proof::Credentials(self.credentials),
        }
    }
}

/// The longest difference between clocks that is believed: more would keep ended tokens alive.
const MOST_LEEWAY: Duration = Duration::from_secs(300);

/// Checks what no single key shows.
pub(crate) fn check(table: &AuthorizerTable, broken: &mut Broken) {
    let path = Path::default().key("authorizer");
    let mut refuse = |key: &str, rule| broken.push((path.key(key), rule));
    if table.kind == AuthorizerKind::Credentials {
        let given = [
            ("issuer", table.issuer.is_some()),
            ("audience", !table.audience.is_empty()),
            ("jwks_url", table.jwks_url.is_some()),
            ("ca_certificates", table.ca_certificates.is_some()),
            ("hmac_secret", table.hmac_secret.is_some()),
            ("groups_separator", table.groups_separator.is_some()),
            ("required_claims", !table.required_claims.is_empty()),
        ];
        for (key, _) in given.into_iter().filter(|(_, given)| *given) {
            refuse(key, Rule::ForTokensAlone);
        }
        return;
    }
    if table.issuer.is_none() {
        refuse("kind", Rule::NoIssuer);
    }
    for (key, rule) in issuer::broken(table.texts()) {
        refuse(key, rule.into());
    }
    if table.audience.is_empty() {
        refuse("kind", Rule::NoAudience);
    }
    if table.audience.iter().any(|audience| audience.trim().is_empty()) {
        refuse("audience", IssuerRule::NoAudience.into());
    }
    check_claims(table, &mut refuse);
    check_algorithms(table, &mut refuse);
    if table.leeway.duration() > MOST_LEEWAY {
        refuse("leeway", Rule::Leeway(table.leeway.seconds()));
    }
}

/// Checks how the claims are named, and what separates groups.
fn check_claims(table: &AuthorizerTable, refuse: &mut impl FnMut(&str, Rule)) {
    let named = [
        ("audience_claim", &table.audience_claim),
        ("id_claim", &table.id_claim),
        ("groups_claim", &table.groups_claim),
    ];
    for (key, _) in named.into_iter().filter(|(_, claim)| claim.trim().is_empty()) {
        refuse(key, Rule::Empty);
    }
    let required = table.required_claims.keys().map(|claim| ("required_claims", claim));
    for (key, claim) in named.into_iter().chain(required) {
        if let Err(rule) = claim_path::check(claim, |claim| format!("{claim:?}")) {
            refuse(key, rule.into());
        }
    }
    let is_in_names = |c: char| c.is_alphanumeric() || c.is_control() || matches!(c, '[' | ']' | '"');
    if table.groups_separator.as_ref().is_some_and(|separator| separator.is_empty() || separator.contains(is_in_names))
    {
        refuse("groups_separator", Rule::GroupsSeparator);
    }
}

/// Public keys or a shared secret, never both: a verifier that takes either can be led to take a public key for the secret.
/// And of a secret one algorithm, with which it is used at the issuer too (RFC 8725, section 3.1).
fn check_algorithms(table: &AuthorizerTable, refuse: &mut impl FnMut(&str, Rule)) {
    let (by_secret, by_key): (Vec<SigningAlgorithm>, Vec<_>) =
        table.algorithms.iter().partition(|algorithm| algorithm.is_by_secret());
    match (&by_secret[..], &by_key[..], &table.hmac_secret) {
        ([], [], _) => refuse("algorithms", Rule::NoAlgorithm),
        ([secret, ..], [key, ..], _) => refuse("algorithms", Rule::SecretsBesideKeys(secret.as_str(), key.as_str())),
        ([algorithm], [], None) => refuse("algorithms", Rule::NoSharedSecret(algorithm.as_str())),
        ([_, _, ..], [], _) => refuse("algorithms", Rule::OneAlgorithmForASecret),
        ([], [_, ..], Some(_)) => refuse("hmac_secret", Rule::SecretWithoutAlgorithm),
        ([_], [], Some(_)) | ([], [_, ..], None) => {}
    }
    let Some(secret) = &table.hmac_secret else { return };
    if secret.trim().is_empty() {
        refuse("hmac_secret", Rule::Empty);
    } else if let Err(problem) = secret_id::of(secret, Purpose::SigningSecret) {
        refuse("hmac_secret", problem.into());
    }
    let of_published = [
        ("jwks_url", table.jwks_url.is_some()),
        ("ca_certificates", table.ca_certificates.is_some()),
        ("jwks_ttl", table.jwks_ttl != Lifetime::DEFAULT),
        ("jwks_max_stale", table.jwks_max_stale != Staleness::default()),
    ];
    for (key, _) in of_published.into_iter().filter(|(_, given)| *given) {
        refuse(key, Rule::NothingPublished);
    }
}
