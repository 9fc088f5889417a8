//! Whether a token counts, and if not, for which one reason.
//!
//! The order is the argument: its form, then the header, then the key, then the signature, and only then what it says. Who
//! cannot sign learns nothing of what is expected of the claims.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::claims::{Claims, plain};
use crate::expected::{Expected, ExpectedError};
use crate::header::Header;
use crate::key_set::KeySet;
use crate::parts::Parts;
use crate::provider::{self, Doubt};
use crate::refused::{Part, Refused};

/// In seconds: the end of the year 9999. A time beyond it is one in milliseconds, and a token that says so would live for
/// fifty thousand years.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// Verifies the tokens of one issuer. It keeps no token, and asks nobody for the time.
#[derive(Debug, Clone)]
pub struct Verifier {
    expected: Expected,
}

impl Verifier {
    /// One that lets pass what is as `expected`, and nothing else.
    ///
    /// # Errors
    /// [`ExpectedError`] if that would let pass anybody, or nobody.
    pub fn new(expected: Expected) -> Result<Self, ExpectedError> {
        expected.check()?;
        if !provider::install() {
            return Err(ExpectedError::OtherProvider);
        }
        Ok(Self { expected })
    }

    /// What `token` says, if one of `keys` signed it and it is as expected at the time `now`.
    ///
    /// # Errors
    /// [`Refused`], and with it the reason. [`Refused::is_about_the_key`] says whether it may help to read the issuer's key set
    /// again.
    pub fn verify(&self, token: &str, keys: &KeySet, now: SystemTime) -> Result<Claims, Refused> {
        let parts = Parts::of(token)?;
        let header = Header::read(&parts.header()?, &self.expected.algorithms)?;
        let key = keys.find(header.kid.as_deref(), header.algorithm)?;
        match provider::verified(token, &key, header.algorithm.of_library()) {
            Ok(payload) => self.as_expected(Claims::new(payload), now),
            Err(Doubt::Signature) => Err(Refused::Signature),
            // The same is read once more, for the reason alone: whatever comes of it, the token is refused.
            Err(Doubt::Claims) => {
                let reason = parts.payload().and_then(|payload| self.as_expected(Claims::new(payload), now)).err();
                Err(reason.unwrap_or(Refused::NotAnObject(Part::Payload)))
            }
        }
    }

    fn as_expected(&self, claims: Claims, now: SystemTime) -> Result<Claims, Refused> {
        self.check_audience(&claims)?;
        self.check_times(&claims, now)?;
        Ok(claims)
    }

    /// Who issued it, for whom, about whom.
    fn check_audience(&self, claims: &Claims) -> Result<(), Refused> {
        let issuer = text(claims, "iss")?.ok_or_else(|| Refused::Missing("iss".to_owned()))?;
        if issuer != self.expected.issuer {
            let slash = [(issuer, &*self.expected.issuer), (&*self.expected.issuer, issuer)];
            let is_slash = slash.iter().any(|(longer, shorter)| longer.strip_suffix('/') == Some(*shorter));
            return Err(if is_slash { Refused::IssuerSlash } else { Refused::Issuer });
        }
        let name = &self.expected.audience_claim;
        let form = || Refused::ClaimForm(name.clone());
        let is_ours = |audience: &str| self.expected.audiences.iter().any(|ours| ours == audience);
        let any_is_ours = match claims.at(name).ok_or_else(|| Refused::Missing(name.clone()))? {
            Value::String(audience) => is_ours(audience),
            Value::Array(list) => {
                let audiences = list.iter().map(|item| item.as_str().ok_or_else(form));
                audiences.collect::<Result<Vec<_>, _>>()?.into_iter().any(is_ours)
            }
            _ => return Err(form()),
        };
        if !any_is_ours {
            return Err(Refused::Audience);
        }
        subject(claims)?;
        for (name, expected) in &self.expected.required_claims {
            let claim = claims.at(name).ok_or_else(|| Refused::Missing(name.clone()))?;
            if plain(claim).as_ref() != Some(expected) {
                return Err(Refused::OtherValue(name.clone()));
            }
        }
        Ok(())
    }

    /// From when until when. With the leeway, it ends at `exp` + leeway sharp and begins at `nbf` - leeway.
    fn check_times(&self, claims: &Claims, now: SystemTime) -> Result<(), Refused> {
        let now = now.duration_since(UNIX_EPOCH).map_err(|_| Refused::Clock)?.as_secs_f64();
        let leeway = self.expected.leeway.as_secs_f64();
        let ends = seconds(claims, "exp")?.ok_or_else(|| Refused::Missing("exp".to_owned()))?;
        let begins = seconds(claims, "nbf")?;
        seconds(claims, "iat")?;
        if now >= ends + leeway {
            return Err(Refused::Expired);
        }
        if begins.is_some_and(|begins| begins > now + leeway) {
            return Err(Refused::NotYetValid);
        }
        Ok(())
    }
}

/// A claim that must be a text, if it is there.
fn text<'c>(claims: &'c Claims, name: &str) -> Result<Option<&'c str>, Refused> {
    match claims.at(name) {
        None => Ok(None),
        Some(_) => claims.text(name).map(Some).ok_or_else(|| Refused::ClaimForm(name.to_owned())),
    }
}

/// The subject is a text (RFC 7519, section 4.1.2). Some issuers write their users' numbers: a whole one is as good, where no digit of it
/// is lost.
fn subject(claims: &Claims) -> Result<(), Refused> {
    match claims.at("sub") {
        Some(Value::Number(number)) if number.is_u64() || number.is_i64() => Ok(()),
        _ => text(claims, "sub").map(|_| ()),
    }
}

/// A claim that must be a `NumericDate` (RFC 7519, section 2), if it is there: seconds since 1970, in whole or not.
fn seconds(claims: &Claims, name: &str) -> Result<Option<f64>, Refused> {
    let Some(value) = claims.at(name) else { return Ok(None) };
    let in_range = value.as_f64().filter(|seconds| (0.0..=LAST_SECOND).contains(seconds));
    in_range.map(Some).ok_or_else(|| Refused::ClaimForm(name.to_owned()))
}
