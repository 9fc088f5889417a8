//! `[authorizer] kind = "jwt"`: who a caller is, by a JSON Web Token of the configured issuer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use tvm_common::event::{Ambiguous, Event};
use tvm_config::Issuer;
use tvm_oidc::{Algorithm, Claims, Expected, ExpectedError, Refused, UnknownAlgorithm, Verifier};

use crate::authorizer::Rejection;
use crate::keys::Keys;
use crate::policy::{Nobody, Who};

/// What checks tokens: what they are verified by, what is expected of a token, and what of it goes on to the grant.
#[derive(Debug)]
pub struct ByToken {
    keys: Keys,
    verifier: Verifier,
    id_claim: String,
    groups_claim: String,
    /// The claims that templates name: no others leave this function.
    claims: BTreeSet<String>,
}

/// Why tokens cannot be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum SetupProblem {
    /// The configuration's address is none.
    #[error("`authorizer.jwks_url` is not an address")]
    Address(#[from] http::uri::InvalidUri),
    /// An algorithm that the verifier does not have.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// What is expected makes no sense.
    #[error(transparent)]
    Expected(#[from] ExpectedError),
}

impl ByToken {
    /// Checks tokens of `issuer` by `keys`; `claims` are those that the grant may need.
    ///
    /// # Errors
    /// [`SetupProblem`], each of its variants; the check of the configuration leaves none of them.
    pub fn new(issuer: Issuer<'_>, claims: BTreeSet<&str>, keys: Keys) -> Result<Self, SetupProblem> {
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
            id_claim: issuer.id_claim().to_owned(),
            groups_claim: issuer.groups_claim().to_owned(),
            claims: claims.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Reads what tokens are verified by, so that the first request need not. A failure is told by the request that meets it.
    pub async fn warm(&self) {
        self.keys.warm().await;
    }

    /// Who brings this request, or [`Nobody`] whom a grant can use.
    ///
    /// # Errors
    /// [`Rejection::NoCredentials`] without a token, [`Rejection::BadToken`] for one that does not count;
    /// [`Rejection::NoKeys`], [`Rejection::NoSharedSecret`].
    pub async fn who(&self, event: &Event) -> Result<Result<Who, Nobody>, Rejection> {
        let token = bearer(event).ok_or(Rejection::NoCredentials)?;
        let keys = self.keys.current().await?;
        let now = SystemTime::now();
        let mut verified = self.verifier.verify(token, &keys, now);
        // The issuer may have begun to sign by another key since. Not for a signature that is wrong: whoever sends forged ones
        // would use up the few times that the keys may be fetched again.
        if verified == Err(Refused::UnknownKey)
            && let Some(keys) = self.keys.other_than(&keys).await
        {
            verified = self.verifier.verify(token, &keys, now);
        }
        Ok(self.named(&verified?))
    }

    fn named(&self, claims: &Claims) -> Result<Who, Nobody> {
        let principal = claims.text(&self.id_claim).filter(|id| !id.is_empty()).ok_or(Nobody::Unnamed)?;
        let groups = claims.groups(&self.groups_claim).map_err(Nobody::Unusable)?;
        let flat: BTreeMap<_, _> = claims.flat().into_iter().filter(|(name, _)| self.claims.contains(name)).collect();
        Ok(Who {
            username: principal.to_owned(),
            groups: groups.join(","),
            sub: claims.text("sub").filter(|sub| !sub.is_empty()).map(str::to_owned),
            // A map of texts always has a JSON form.
            claims: (!flat.is_empty()).then(|| serde_json::to_string(&flat).unwrap_or_default()),
        })
    }
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
