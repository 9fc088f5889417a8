//! `[authorizer] kind = "jwt"`: who a caller is, by a JSON Web Token of the configured issuer.

use std::time::SystemTime;

use serde_json::Value;
use tvm_common::event::{Ambiguous, Event};
use tvm_common::ungrouped::UngroupedCallers;
use tvm_config::{ClaimMapping, Config, Issuer};
use tvm_oidc::{Algorithm, Claims, Expected, Refused, Verifier};

use crate::keys::Keys;
use crate::policy::{DenyReason, Principal};
use crate::rejection::Rejection;
use crate::setup_problem::SetupProblem;

/// What checks tokens: what they are verified by, what is expected of a token, and what of it goes on to the grant.
#[derive(Debug)]
pub struct ByToken {
    keys: Keys,
    verifier: Verifier,
    mapping: ClaimMapping,
    ungrouped: UngroupedCallers,
    /// Whether the grant needs to know when a token ends.
    says_end: bool,
}

impl ByToken {
    /// Checks tokens of `issuer` by `keys`, and hands on of them what the grant by `config` may need.
    ///
    /// # Errors
    /// [`SetupProblem`], each of its variants; the check of the configuration leaves none of them.
    pub fn new(issuer: Issuer<'_>, config: &Config, keys: Keys) -> Result<Self, SetupProblem> {
        let algorithms: Result<Vec<Algorithm>, _> =
            issuer.algorithms().iter().map(|algorithm| algorithm.as_str().parse()).collect();
        let required = issuer.required_claims().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let verifier = Verifier::new(Expected {
            issuer: issuer.issuer().to_owned(),
            audiences: issuer.audience().to_vec(),
            audience_claim: issuer.audience_claim().to_owned(),
            algorithms: algorithms?,
            leeway: issuer.leeway(),
            required_claims: required.collect(),
        })?;
        Ok(Self {
            keys,
            verifier,
            mapping: ClaimMapping::of(issuer, config),
            ungrouped: UngroupedCallers::default(),
            says_end: config.not_beyond_caller(),
        })
    }

    /// Reads what tokens are verified by, so that the first request need not. A failure is told by the request that meets it.
    pub async fn warm(&self) {
        self.keys.warm().await;
    }

    /// Who brings this request, or [`DenyReason`] whom a grant can use.
    ///
    /// # Errors
    /// [`Rejection::NoCredentials`] without a token, [`Rejection::BadToken`] for one that does not count;
    /// [`Rejection::NoKeys`], [`Rejection::NoSharedSecret`].
    pub async fn who(&self, event: &Event) -> Result<Result<Principal, DenyReason>, Rejection> {
        let token = bearer(event).ok_or(Rejection::NoCredentials)?;
        let keys = self.keys.current().await?;
        let now = SystemTime::now();
        let mut verified = self.verifier.verify(token, &keys, now);
        // The issuer may have begun to sign by another key since. Not for a signature that is wrong: whoever sends forged ones
        // would use up the few times that the keys may be fetched again.
        if verified.as_ref().is_err_and(Refused::is_about_the_key)
            && let Some(keys) = self.keys.refresh_unless(&keys).await
        {
            verified = self.verifier.verify(token, &keys, now);
        }
        Ok(self.named(&verified?))
    }

    fn named(&self, claims: &Claims) -> Result<Principal, DenyReason> {
        let caller = self.mapping.caller(claims.as_value())?;
        self.ungrouped.note(|| caller.unmatched);
        Ok(Principal {
            username: caller.id,
            // No group has a comma in its name.
            groups: caller.groups.join(","),
            sub: caller.sub,
            // A map of texts always has a JSON form.
            claims: (!caller.claims.is_empty()).then(|| serde_json::to_string(&caller.claims).unwrap_or_default()),
            exp: if self.says_end { whole_seconds(claims.at("exp")) } else { None },
        })
    }
}

/// A `NumericDate` that was verified, which may have a fraction (RFC 7519, section 2), without it.
fn whole_seconds(date: Option<&Value>) -> Option<String> {
    let date = date?;
    date.as_u64().map(|seconds| seconds.to_string()).or_else(|| Some(format!("{:.0}", date.as_f64()?.floor())))
}

/// The token of `Authorization: Bearer …` (RFC 6750): the scheme in any case.
pub fn bearer(event: &Event) -> Option<&str> {
    let header = match event.header("authorization").optional() {
        Ok(text) => text?,
        Err(Ambiguous) => return None,
    };
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_token_is_handed_on_in_whole_seconds() {
        for (exp, expected) in [
            ("1796112000", "1796112000"),
            ("1796112000.9", "1796112000"),
            ("1.796112e9", "1796112000"),
            ("253402300799", "253402300799"),
            ("253402300798.5", "253402300798"),
            ("0.5", "0"),
        ] {
            let value: Value = serde_json::from_str(exp).unwrap();
            assert_eq!(whole_seconds(Some(&value)).as_deref(), Some(expected), "{exp}");
        }
        assert_eq!(whole_seconds(None), None);
    }

    #[test]
    fn a_bearer_token_is_read_as_its_rfc_says_and_anything_else_is_none() {
        let read = |header: &str| {
            let event = serde_json::json!({ "headers": { "Authorization": header } }).to_string();
            bearer(&Event::parse(&event).unwrap()).map(str::to_owned)
        };
        for header in ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c ", " Bearer a.b.c"] {
            assert_eq!(read(header).as_deref(), Some("a.b.c"), "{header}");
        }
        for header in ["", "Bearer", "Bearer ", "Basic a.b.c", "a.b.c", "Bearera.b.c"] {
            assert_eq!(read(header), None, "{header}");
        }
        let twice = r#"{"headers":{"authorization":"Bearer a.b.c","Authorization":"Bearer d.e.f"}}"#;
        assert_eq!(bearer(&Event::parse(twice).unwrap()), None);
    }
}
