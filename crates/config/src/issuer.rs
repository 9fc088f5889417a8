//! What `[authorizer]` says of an issuer, where no token can ever match it: refused, with what to write instead.
//!
//! A claim `iss` may be any text (RFC 7519, section 4.1.1), so nothing is refused for its form alone where nothing is fetched from
//! it. The value of a key that is a secret is never repeated.

use crate::ca::{self, CertificateRule};
use crate::entra;
use crate::placeholder::{self, Placeholder};
use crate::web_address::{self, WebAddress};

/// The texts of the table that are about an issuer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts<'t> {
    pub(crate) issuer: Option<&'t str>,
    pub(crate) audience: &'t [String],
    pub(crate) jwks_url: Option<&'t str>,
    pub(crate) ca_certificates: Option<&'t str>,
    /// Whether tokens are signed by a secret, so that nothing is fetched.
    pub(crate) is_by_secret: bool,
}

/// What no issuer's token can match, or what leads to no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerRule {
    /// Nothing.
    #[error("it is empty; write what tokens say as `iss`")]
    NoIssuer,
    /// An audience of nothing.
    #[error("it is empty; write what one of your tokens says in the claim of `audience_claim`")]
    NoAudience,
    /// White space, quotation marks or brackets around a value.
    #[error("it begins or ends with {0}, which the tokens do not have; write it without")]
    Around(&'static str),
    /// A value that was never filled in.
    #[error("`{0}` is a placeholder; {1}")]
    Placeholder(String, &'static str),
    /// An address with white space or a control character in it.
    #[error("an address has no white space and no control character; write it without")]
    WhiteSpace,
    /// The discovery document as the issuer.
    #[error(
        "this is the address of the discovery document; write what that document says as `issuer`, which is usually `{0}`"
    )]
    DocumentAsIssuer(String),
    /// The keys as the issuer.
    #[error("this is the address of the keys; write it in `jwks_url`, and here what tokens say as `iss`")]
    KeysAsIssuer,
    /// The discovery document as the keys.
    #[error(
        "this is the address of the discovery document, not of the keys; write its `jwks_uri`, or leave `jwks_url` out"
    )]
    DocumentAsKeys,
    /// The issuer as the keys.
    #[error(
        "this is the issuer and not the address of its keys; write the `jwks_uri` of its discovery document, or leave this out"
    )]
    IssuerAsKeys,
    /// A name where the discovery document is to be fetched.
    #[error(
        "`{0}` is not an address, so the keys cannot be looked up there; write `https://{0}` if tokens say that as `iss`, or add \
         `jwks_url` if they say `{0}`"
    )]
    NoScheme(String),
    /// An address that others can answer for, where the discovery document is to be fetched.
    #[error(
        "`{0}` is not an https address, and anyone on the network could replace the keys (http is only for localhost); \
         write https if tokens say that as `iss`, or add `jwks_url` with an https address of the keys"
    )]
    NotHttps(String),
    /// An address with a part that no issuer's address has.
    #[error("an issuer's address has no `?` and no `#`; write what tokens say as `iss`, or add `jwks_url`")]
    Query,
    /// A slash too many or too few.
    #[error("tokens of this issuer say `{0}` as `iss`, to the last character; write that")]
    Slash(String),
    /// One of Microsoft's addresses that is no tenant's.
    #[error(
        "tokens of Microsoft Entra ID name the tenant by its id; write https://{0}/TENANT/v2.0 with the \"Directory (tenant) ID\" \
         for TENANT, or https://sts.windows.net/TENANT/ for tokens of version 1.0"
    )]
    EntraTenant(&'static str),
    /// Keys from an address that others can answer for.
    #[error(
        "`{0}` is not an https address, and anyone on the network could replace the keys (http is only for localhost)"
    )]
    KeysNotHttps(String),
    /// Certificates that cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateRule),
}

const OF_TOKENS: &str = "write what one of your tokens says as `iss`";
const OF_AUDIENCE: &str = "write what one of your tokens says in the claim of `audience_claim`";
const OF_KEYS: &str = "write the `jwks_uri` of the issuer's discovery document, or leave this out";

/// What a discovery document's address holds (OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3).
const WELL_KNOWN: &str = "/.well-known/";
const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

/// How addresses of keys end, and no `iss` does: a file, Keycloak's, Entra's, UAA's.
const KEYS: [&str; 7] =
    [".json", "/jwks", "/openid-connect/certs", "/discovery/keys", "/discovery/v2.0/keys", "/token_key", "/token_keys"];
/// How they may end.
const PERHAPS_KEYS: [&str; 3] = ["/keys", "/certs", "/jwk"];

/// Issuers whose `iss` is known to the last character: how their hosts end, and whether it ends with a slash.
const SLASHES: [(&str, Ends); 15] = [
    (".auth0.com", Ends::WithSlash),
    ("sts.windows.net", Ends::WithSlash),
    ("login.microsoftonline.com", Ends::Without),
    ("login.microsoftonline.us", Ends::Without),
    ("login.partner.microsoftonline.cn", Ends::Without),
    ("accounts.google.com", Ends::Without),
    ("securetoken.google.com", Ends::Without),
    ("session.firebase.google.com", Ends::Without),
    ("cognito-idp.", Ends::Without),
    (".okta.com", Ends::Without),
    (".oktapreview.com", Ends::Without),
    (".okta-emea.com", Ends::Without),
    (".clerk.accounts.dev", Ends::Without),
    (".supabase.co", Ends::Without),
    ("appleid.apple.com", Ends::Without),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    WithSlash,
    Without,
}

/// What is wrong with the texts of a table of the kind `"jwt"`: the key, and the rule that it breaks.
pub(crate) fn broken(texts: Texts<'_>) -> Vec<(&'static str, IssuerRule)> {
    let of_audience = |audience: &String| around(audience).or_else(|| filled_in(audience, OF_AUDIENCE));
    let single = [
        ("issuer", texts.issuer.and_then(|issuer| of_issuer(issuer, texts))),
        ("jwks_url", texts.jwks_url.and_then(|url| of_keys(url, texts))),
        ("ca_certificates", texts.ca_certificates.and_then(ca::broken).map(IssuerRule::from)),
    ];
    let audience = texts.audience.iter().map(|audience| ("audience", of_audience(audience)));
    single.into_iter().chain(audience).filter_map(|(key, rule)| Some((key, rule?))).collect()
}

fn of_issuer(issuer: &str, texts: Texts<'_>) -> Option<IssuerRule> {
    if issuer.trim().is_empty() {
        return Some(IssuerRule::NoIssuer);
    }
    if let Some(rule) = around(issuer) {
        return Some(rule);
    }
    let address = WebAddress::of(issuer);
    if let Some(rule) = address.and_then(|address| of_address(issuer, address)) {
        return Some(rule);
    }
    if let Some(rule) = filled_in(issuer, OF_TOKENS) {
        return Some(rule);
    }
    if address.is_some() && issuer.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some(IssuerRule::WhiteSpace);
    }
    // Without a good address of the keys, the discovery document says it.
    let has_keys = texts.jwks_url.is_some_and(web_address::can_be_fetched);
    if has_keys || texts.is_by_secret {
        return None;
    }
    match address {
        None if !issuer.contains([':', ' ']) => Some(IssuerRule::NoScheme(issuer.to_owned())),
        Some(_) if issuer.contains(['?', '#']) => Some(IssuerRule::Query),
        _ if !web_address::can_be_fetched(issuer) => Some(IssuerRule::NotHttps(issuer.to_owned())),
        _ => None,
    }
}

/// Of an issuer that is an address, fetched or not.
fn of_address(issuer: &str, address: WebAddress<'_>) -> Option<IssuerRule> {
    let path = address.path.to_ascii_lowercase();
    if KEYS.iter().any(|end| path.trim_end_matches('/').ends_with(end)) {
        return Some(IssuerRule::KeysAsIssuer);
    }
    if let Some((before, _)) = issuer.split_once(WELL_KNOWN) {
        return Some(IssuerRule::DocumentAsIssuer(to_the_last_character(before, address)));
    }
    if let Some(host) = entra::unmatched(address) {
        return Some(IssuerRule::EntraTenant(host));
    }
    let right = to_the_last_character(issuer, address);
    (right != issuer && placeholder::find(issuer).is_none()).then_some(IssuerRule::Slash(right))
}

/// The issuer with a slash at its end or without, where its tokens are known to say it so.
fn to_the_last_character(issuer: &str, address: WebAddress<'_>) -> String {
    let without = issuer.trim_end_matches('/');
    match SLASHES.iter().find(|(known, _)| is_of(address.host, known)) {
        Some((_, Ends::WithSlash)) => format!("{without}/"),
        Some((_, Ends::Without)) => without.to_owned(),
        None => issuer.to_owned(),
    }
}

/// Whether a host is this one; where that begins with a dot, one below it, and where it ends with one, one that begins so.
fn is_of(host: &str, known: &str) -> bool {
    let host = host.to_ascii_lowercase();
    match () {
        () if known.starts_with('.') => host.ends_with(known),
        () if known.ends_with('.') => host.starts_with(known),
        () => host == known,
    }
}

fn of_keys(url: &str, texts: Texts<'_>) -> Option<IssuerRule> {
    let is_issuer = texts.issuer.map(|issuer| issuer.trim_end_matches('/')) == Some(url.trim_end_matches('/'));
    around(url).or_else(|| filled_in(url, OF_KEYS)).or_else(|| match () {
        () if DOCUMENTS.iter().any(|part| url.contains(part)) => Some(IssuerRule::DocumentAsKeys),
        () if !web_address::can_be_fetched(url) => Some(IssuerRule::KeysNotHttps(url.to_owned())),
        () if is_issuer => Some(IssuerRule::IssuerAsKeys),
        () => None,
    })
}

/// What stands around a value that was copied with it.
fn around(text: &str) -> Option<IssuerRule> {
    let is_between = |first: char, last: char| text.len() > 1 && text.starts_with(first) && text.ends_with(last);
    match () {
        // Said as empty elsewhere.
        () if text.trim().is_empty() => None,
        () if text.trim() != text => Some(IssuerRule::Around("white space")),
        () if ['"', '\'', '`'].into_iter().any(|mark| is_between(mark, mark)) => {
            Some(IssuerRule::Around("a quotation mark"))
        }
        () if is_between('<', '>') && text.contains("://") => Some(IssuerRule::Around("a bracket")),
        () => None,
    }
}

fn filled_in(text: &str, fix: &'static str) -> Option<IssuerRule> {
    match placeholder::find(text) {
        Some(Placeholder::Certain(found)) => Some(IssuerRule::Placeholder(found, fix)),
        Some(Placeholder::Perhaps) | None => None,
    }
}

const PERHAPS_PLACEHOLDER: &str = "it reads like a placeholder of a document; if it is one, write what your tokens say";
const PERHAPS_ADDRESS_OF_KEYS: &str = "it reads like the address of the keys, which belongs in `jwks_url`; write here what tokens say as \
                                       `iss`";

/// What may be right and seldom is: the key, and what is to be said of it.
pub(crate) fn warnings(texts: Texts<'_>) -> Vec<(&'static str, &'static str)> {
    let single = [("issuer", texts.issuer), ("jwks_url", texts.jwks_url)];
    let single = single.into_iter().filter_map(|(key, text)| Some((key, text?)));
    let all = single.chain(texts.audience.iter().map(|text| ("audience", text.as_str())));
    let unsure = all.filter(|(_, text)| placeholder::find(text) == Some(Placeholder::Perhaps));
    let mut found: Vec<_> = unsure.map(|(key, _)| (key, PERHAPS_PLACEHOLDER)).collect();
    let is_keys = |address: WebAddress<'_>| PERHAPS_KEYS.iter().any(|end| address.path.ends_with(end));
    if texts.issuer.and_then(WebAddress::of).is_some_and(is_keys) {
        found.push(("issuer", PERHAPS_ADDRESS_OF_KEYS));
    }
    found
}
