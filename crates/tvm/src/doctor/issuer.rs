//! The issuer of the callers' tokens: whether its keys can be fetched, and which tokens they verify.
//!
//! It asks for what the authorizer asks for, once, and believes nothing that the authorizer would not.

use std::sync::Arc;
use std::time::Duration;

use tvm_config::{Issuer, VerifiedBy};
use tvm_oidc::{Counts, FetchError, KeySet, LeftOut, Place, PublishedKeys, WhyLeftOut, discover};

use crate::doctor::Command;
use crate::doctor::configuration::Wanted;
use crate::doctor::finding::{Check, Outcome};

const TITLE: &str = "issuer";
const KEYS: &str = "issuer's keys";

/// How many entries that are left out are said one by one.
const MOST_SAID: usize = 5;

/// Looks at it, where there is one that publishes keys.
pub(crate) async fn examine(command: &Command, wanted: Option<&Wanted>) -> Vec<Check> {
    let Some(issuer) = wanted.and_then(Wanted::issuer) else { return Vec::new() };
    let VerifiedBy::PublishedKeys(url) = issuer.verified_by() else { return Vec::new() };
    if command.offline {
        return vec![Outcome::skipped("--offline: the issuer is not asked").of(TITLE)];
    }
    let tls = match issuer.ca_certificates() {
        Some(certificates) => tvm_tls::client_config_trusting_only(certificates),
        None => tvm_tls::client_config(),
    };
    let tls = match tls {
        Ok(tls) => tls,
        Err(error) => {
            let fix = "correct `authorizer.ca_certificates`, or SSL_CERT_FILE if it is set";
            return vec![Outcome::trouble(error.to_string(), fix).of(TITLE)];
        }
    };
    let name = issuer.issuer();
    let (place, address) = match url {
        Some(url) => match url.parse() {
            Ok(uri) => (Place::KeySet(uri), url.to_owned()),
            Err(_) => return vec![not_fetched(&FetchError::Address, url).of(KEYS)],
        },
        None => {
            let address = format!("{}/.well-known/openid-configuration", name.trim_end_matches('/'));
            (Place::Discovery { issuer: name.to_owned() }, address)
        }
    };
    // They are used once.
    let counts = Counts { lifetime: Duration::from_secs(60), max_stale: Duration::ZERO };
    let published = PublishedKeys::new(tls.clone(), place, counts);
    if url.is_none() {
        return match published.keys().await {
            Ok(keys) => vec![
                Outcome::fine(format!("{name}, as its discovery document says")).of(TITLE),
                of_keys(&keys, issuer).of(KEYS),
            ],
            Err(FetchError::AnotherIssuer(found)) => vec![
                Outcome::trouble(
                    format!("`authorizer.issuer` is `{name}`, and the discovery document there says that it is {found}"),
                    "write what the document says, to the last character, if your tokens say that as `iss`; else another address",
                )
                .of(TITLE),
            ],
            Err(error) => vec![not_fetched(&error, &address).of(TITLE)],
        };
    }
    let (keys, document) = tokio::join!(published.keys(), discover(tls, name));
    let of_issuer = match document {
        Ok(document) if document.issuer == name => {
            Some(Outcome::fine(format!("{name}, as its discovery document says")))
        }
        Ok(document) => Some(Outcome::warning(
            format!(
                "`authorizer.issuer` is `{name}`, and the discovery document there says that it is `{}`",
                document.issuer
            ),
            "write what your tokens say as `iss`, to the last character: others are refused",
        )),
        // With `jwks_url` it need not have one.
        Err(_) => None,
    };
    let of_keys = match keys {
        Ok(keys) => of_keys(&keys, issuer),
        Err(error) => not_fetched(&error, &address),
    };
    of_issuer.map(|outcome| outcome.of(TITLE)).into_iter().chain([of_keys.of(KEYS)]).collect()
}

fn not_fetched(error: &FetchError, address: &str) -> Outcome {
    let what = format!("{address}: {error}");
    match error {
        FetchError::Unreachable | FetchError::Late | FetchError::Status(401 | 403 | 429 | 500..) => Outcome::warning(
            what,
            "check the address, and the network between; if only the authorizer can reach it, nothing is wrong. It refuses \
             every token until it has the keys",
        ),
        _ => Outcome::trouble(
            what,
            "correct [authorizer] in the configuration, or what the issuer publishes; until then every token is refused",
        ),
    }
}

fn of_keys(keys: &Arc<KeySet>, issuer: Issuer<'_>) -> Outcome {
    let theirs: Vec<&str> = keys.algorithms().iter().map(|algorithm| algorithm.as_str()).collect();
    let configured: Vec<&str> = issuer.algorithms().iter().map(|algorithm| algorithm.as_str()).collect();
    let used: Vec<&str> = theirs.iter().copied().filter(|algorithm| configured.contains(algorithm)).collect();
    let left_out = left_out(keys.left_out());
    let number = match keys.len() {
        1 => "1 key".to_owned(),
        number => format!("{number} keys"),
    };
    if keys.is_empty() {
        return Outcome::trouble(
            format!("the set has no key that verifies tokens{left_out}"),
            "have the issuer publish one, or correct `authorizer.jwks_url`",
        );
    }
    if used.is_empty() {
        return Outcome::trouble(
            format!(
                "{number}, for {}; `authorizer.algorithms` has {}{left_out}",
                theirs.join(", "),
                configured.join(", ")
            ),
            "write the algorithm that your tokens say as `alg` into `authorizer.algorithms`",
        );
    }
    let note = format!("{number}, for {}{left_out}", used.join(", "));
    let is_secret = |entry: &LeftOut| matches!(entry.why, WhyLeftOut::Secret | WhyLeftOut::PrivateKey);
    if keys.left_out().iter().any(is_secret) {
        return Outcome::warning(note, "whoever reads the set can sign tokens with that; have the issuer replace it");
    }
    Outcome::fine(note)
}

fn left_out(entries: &[LeftOut]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let each = entries.iter().take(MOST_SAID).map(|LeftOut { kid, why }| {
        let kid = kid.as_ref().map_or_else(|| "without `kid`".to_owned(), |kid| format!("`{kid}`"));
        format!("{kid}: {why}")
    });
    let further = match entries.len().saturating_sub(MOST_SAID) {
        0 => String::new(),
        further => format!("; and {further} more"),
    };
    format!("; {} left out ({}{further})", entries.len(), each.collect::<Vec<_>>().join("; "))
}
