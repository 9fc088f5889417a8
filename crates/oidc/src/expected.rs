//! What a token must be to count.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::algorithm::Algorithm;

/// The longest difference between clocks that is believed: more would keep ended tokens alive.
pub(crate) const MOST_LEEWAY: Duration = Duration::from_secs(300);

/// What a token must be to count. Nothing in it is optional but [`required_claims`](Self::required_claims).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Exactly what `iss` must be, to the last slash.
    pub issuer: String,
    /// Of these, one must be in the claim that says for whom the token is.
    pub audiences: Vec<String>,
    /// That claim: `aud`, if nothing else is known. Cognito's access tokens have `client_id` instead, Clerk's session tokens
    /// `azp`.
    pub audience_claim: String,
    /// By what it may be signed: by published keys or by a shared secret, never either.
    pub algorithms: Vec<Algorithm>,
    /// How far the issuer's clock may lie from this one, 5 minutes at most.
    pub leeway: Duration,
    /// Further claims, with the text that each must be (a number or a truth value as JSON writes it).
    pub required_claims: BTreeMap<String, String>,
}

/// Why nothing can be expected of tokens that way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpectedError {
    /// Anybody's token would do.
    #[error("no issuer is given; say exactly what the claim `iss` must be")]
    NoIssuer,
    /// A token for any other program of the issuer would do.
    #[error("no audience is given, or an empty one; say what the token must be made out for")]
    NoAudience,
    /// The audience can be found nowhere.
    #[error("the claim that says the audience has no name; `aud` is the usual one")]
    NoAudienceClaim,
    /// No token would do.
    #[error("no algorithm is given; say by which ones a token may be signed, as RS256")]
    NoAlgorithm,
    /// Then a public key could serve as the secret.
    #[error("algorithms by a shared secret (HS256, HS384, HS512) go with no other; give the ones or the others")]
    MixedAlgorithms,
    /// Ended tokens would live on.
    #[error("the leeway is longer than {} seconds; set the clocks instead", MOST_LEEWAY.as_secs())]
    Leeway,
    /// Another part of the program chose what `jsonwebtoken` verifies by.
    #[error("jsonwebtoken already has another cryptography installed in this process; leave that to tvm-oidc")]
    OtherProvider,
}

impl Expected {
    pub(crate) fn check(&self) -> Result<(), ExpectedError> {
        let by_secret = self.algorithms.iter().filter(|algorithm| algorithm.is_by_secret()).count();
        match () {
            () if self.issuer.is_empty() => Err(ExpectedError::NoIssuer),
            () if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) => {
                Err(ExpectedError::NoAudience)
            }
            () if self.audience_claim.is_empty() => Err(ExpectedError::NoAudienceClaim),
            () if self.algorithms.is_empty() => Err(ExpectedError::NoAlgorithm),
            () if by_secret != 0 && by_secret != self.algorithms.len() => Err(ExpectedError::MixedAlgorithms),
            () if self.leeway > MOST_LEEWAY => Err(ExpectedError::Leeway),
            () => Ok(()),
        }
    }
}
