//! Why a caller gets no token, and what they are told: one function, every variant.
//!
//! The client learns what to do. What happened inside goes to the log, where the operator learns it.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use tvm_issuer::{IssueError, TokenError};
use tvm_policy::{Placeholder, Refusal};

use crate::answer::Answer;

/// Why a caller gets no token; `E` is why there may be no API key.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure<E: Error + 'static> {
    /// Nothing is granted.
    #[error("nothing is granted: {0}")]
    Refused(#[from] Refusal),
    /// Granted, but there is no token.
    #[error("no token was vended: {0}")]
    NotVended(#[from] IssueError<E>),
}

/// Momento's quota is a second's worth of tokens, so a second later there are new ones.
const QUOTA_PERIOD: Duration = Duration::from_secs(1);

impl<E: Error> Failure<E> {
    /// What the client is told of it (docs/errors.md).
    pub fn answer(&self) -> Answer {
        match self {
            Self::Refused(refusal) => refused(refusal),
            Self::NotVended(IssueError::Token(error)) => not_minted(error),
            Self::NotVended(IssueError::KeyTimeout) => Answer::new(
                StatusCode::GATEWAY_TIMEOUT,
                "SecretTimeout",
                "The token service did not answer in time. Try again shortly.",
            ),
            Self::NotVended(IssueError::CallerEnded) => {
                Answer::unauthorized("Your sign-in has ended. Sign in again, and ask again.")
            }
            // Also what a later version of the vendor may add.
            Self::NotVended(IssueError::Key(_) | _) => Answer::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "SecretUnavailable",
                "The token service is not ready. Try again later, or tell its operator.",
            ),
        }
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let forbidden = |code, message| Answer::new(StatusCode::FORBIDDEN, code, message);
    match refusal {
        Refusal::NobodyVerified(_) => Answer::MISCONFIGURED,
        Refusal::NoGroup => forbidden("NoGroup", "You are in no group that may have a token. Ask to be added to one."),
        Refusal::NotTheirGroup => forbidden(
            "GroupNotAllowed",
            "You are not in the group that `usergroup` names. Leave the header out, or name one of yours.",
        ),
        Refusal::UnlistedCache => forbidden(
            "CacheNotAllowed",
            "The cache that `cachename` names is not on offer. Leave the header out, or name another.",
        ),
        Refusal::MissingValue(_) => forbidden(
            "IdentityIncomplete",
            "Your sign-in lacks a value that a token needs. Ask the operator which one.",
        ),
        Refusal::AmbiguousValue(Placeholder::QueryName) => Answer::new(
            StatusCode::BAD_REQUEST,
            "TokenIdInvalid",
            "The name of the token contains a character that marks its end here. Use a `name` of letters and digits alone.",
        ),
        Refusal::AmbiguousValue(_) => forbidden(
            "IdentityAmbiguous",
            "Your name or another value of your sign-in contains a character that it may not contain here. Tell the operator.",
        ),
        Refusal::UnknownEnd => forbidden(
            "IdentityIncomplete",
            "Your sign-in does not say when it ends, which a token needs. Sign in again, or tell the operator.",
        ),
        Refusal::TooManyPermissions(_) => forbidden(
            "TooManyPermissions",
            "Your groups add up to more than one token can hold. Name one of them in `usergroup`.",
        ),
        Refusal::ConflictingRoles(_) => forbidden(
            "ConflictingPermissions",
            "You may read and write the same data by separate permissions, which one token cannot hold. Name one of your \
             groups in `usergroup`, or tell the operator.",
        ),
        Refusal::TokenIdTooLong(_) => Answer::new(
            StatusCode::BAD_REQUEST,
            "TokenIdTooLong",
            "The name of the token is too long. Use a shorter `name`; 64 characters in all are allowed.",
        ),
        Refusal::OwnIdTooLong(_) => Answer::new(
            StatusCode::BAD_REQUEST,
            "TokenIdTooLong",
            "Your id is too long for the name of a token, which has 64 characters at most. Tell the operator of the token service.",
        ),
        Refusal::ControlCharacter => Answer::new(
            StatusCode::BAD_REQUEST,
            "TokenIdInvalid",
            "The name of the token holds a control character. Use a `name` without line breaks and the like.",
        ),
    }
}

fn not_minted(error: &TokenError) -> Answer {
    match error {
        TokenError::Refused { .. } => Answer::new(
            StatusCode::BAD_GATEWAY,
            "KeyRefused",
            "Momento refused the token service's own key. Tell its operator.",
        ),
        TokenError::RateLimited { retry_after } => Answer {
            retry_after: Some(retry_after.unwrap_or(QUOTA_PERIOD)),
            ..Answer::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequests",
                "Too many tokens are asked for at once. Try again after the time in `Retry-After`.",
            )
        },
        TokenError::TooSoon { retry_after } => Answer {
            retry_after: Some(*retry_after),
            ..Answer::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooSoon",
                "You got a token a moment ago. Use that one, or try again after the time in `Retry-After`.",
            )
        },
        TokenError::Timeout => Answer::new(
            StatusCode::GATEWAY_TIMEOUT,
            "MomentoTimeout",
            "Momento did not answer in time. Try again shortly.",
        ),
        TokenError::Unavailable { .. } => Answer::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "MomentoUnavailable",
            "Momento is not available. Try again shortly.",
        ),
        // Also what a later version of the vendor may add.
        TokenError::Invalid { .. } | TokenError::InvalidResponse(_) | TokenError::Request(_) | _ => Answer::new(
            StatusCode::BAD_GATEWAY,
            "MomentoRefused",
            "Momento did not give a usable token. Tell the operator of the token service.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tvm_issuer::{InvalidResponse, RequestError};
    use tvm_policy::AuthMode;

    use super::*;

    /// Why a source has no key.
    #[derive(Debug, Clone, thiserror::Error)]
    #[error("planted")]
    struct NoKey;

    /// Every way to get no token, and what the client is told: the rows of the HTTP contract.
    #[test]
    fn every_failure_has_its_status_and_code() {
        let token = |error: TokenError| Failure::<NoKey>::NotVended(IssueError::Token(error));
        let code = Code::Unknown;
        for (failure, status, name) in [
            (Refusal::NobodyVerified(AuthMode::AmazonCognito).into(), 500, "Misconfigured"),
            (Refusal::NoGroup.into(), 403, "NoGroup"),
            (Refusal::NotTheirGroup.into(), 403, "GroupNotAllowed"),
            (Refusal::UnlistedCache.into(), 403, "CacheNotAllowed"),
            (Refusal::MissingValue(Placeholder::Sub).into(), 403, "IdentityIncomplete"),
            (Refusal::AmbiguousValue(Placeholder::Username).into(), 403, "IdentityAmbiguous"),
            (Refusal::AmbiguousValue(Placeholder::QueryName).into(), 400, "TokenIdInvalid"),
            (Refusal::UnknownEnd.into(), 403, "IdentityIncomplete"),
            (Refusal::TooManyPermissions(21).into(), 403, "TooManyPermissions"),
            (Refusal::ConflictingRoles(Vec::new()).into(), 403, "ConflictingPermissions"),
            (Refusal::TokenIdTooLong(65).into(), 400, "TokenIdTooLong"),
            (Refusal::OwnIdTooLong(65).into(), 400, "TokenIdTooLong"),
            (Refusal::ControlCharacter.into(), 400, "TokenIdInvalid"),
            (IssueError::Key(NoKey).into(), 503, "SecretUnavailable"),
            (Failure::NotVended(IssueError::CallerEnded), 401, "Unauthorized"),
            (Failure::NotVended(IssueError::KeyTimeout), 504, "SecretTimeout"),
            (token(TokenError::Refused { code }), 502, "KeyRefused"),
            (token(TokenError::RateLimited { retry_after: None }), 429, "TooManyRequests"),
            (token(TokenError::TooSoon { retry_after: Duration::from_secs(3) }), 429, "TooSoon"),
            (token(TokenError::Timeout), 504, "MomentoTimeout"),
            (token(TokenError::Unavailable { code }), 503, "MomentoUnavailable"),
            (token(TokenError::Invalid { code }), 502, "MomentoRefused"),
            (token(InvalidResponse::EmptyKey.into()), 502, "MomentoRefused"),
            (token(RequestError::NoPermission.into()), 502, "MomentoRefused"),
        ] {
            let answer = failure.answer();
            assert_eq!((answer.status.as_u16(), answer.code), (status, name), "{failure:?}");
            assert_eq!(answer.retry_after.is_some(), status == 429, "{failure:?}");
            assert!(!answer.message.contains("planted"), "{failure:?}");
        }
    }

    #[test]
    fn momentos_own_wish_for_a_pause_is_passed_on() {
        let wait = Some(Duration::from_secs(7));
        let limited = TokenError::RateLimited { retry_after: wait };
        assert_eq!(Failure::<NoKey>::NotVended(IssueError::Token(limited)).answer().retry_after, wait);
    }
}
