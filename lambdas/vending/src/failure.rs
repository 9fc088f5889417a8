//! Why a request gets no token, and what its client is told: one function, every variant.
//!
//! The client learns what to do. What happened inside goes to the log, where the operator learns it.

use std::time::Duration;

use http::StatusCode;
use momento_secrets::SecretError;
use tvm_policy::{Refusal, TokenUse};
use tvm_vendor::{TokenError, VendError};

use crate::identity::WrongToken;
use crate::request::Malformed;

/// Why a request gets no token.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event is no request of API Gateway.
    #[error("the event is not one that API Gateway sends")]
    NoEvent,
    /// The request can be read in more than one way.
    #[error("malformed request: {0}")]
    Malformed(#[from] Malformed),
    /// Signed in, and not with a token that counts.
    #[error("the caller's token does not count: {0}")]
    WrongToken(#[from] WrongToken),
    /// Nothing is granted.
    #[error("nothing is granted: {0}")]
    Refused(#[from] Refusal),
    /// Granted, but there is no token.
    #[error("nothing was vended: {0}")]
    NotVended(#[from] VendError<SecretError>),
    /// The function was deployed in a way that it cannot work in.
    #[error("this deployment cannot work: {0}")]
    Broken(String),
}

/// What a client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable name for programs, in `PascalCase`.
    pub code: &'static str,
    /// What to do, for people. Nothing internal.
    pub message: &'static str,
    /// When it is worth asking again.
    pub retry_after: Option<Duration>,
}

impl Answer {
    const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, retry_after: None }
    }
}

/// Momento's quota is a second's worth of tokens, so a second later there are new ones.
const QUOTA_PERIOD: Duration = Duration::from_secs(1);

impl Failure {
    /// What the client is told of it (design, section 4).
    pub fn answer(&self) -> Answer {
        match self {
            Self::NoEvent | Self::Malformed(_) => Answer::new(
                StatusCode::BAD_REQUEST,
                "MalformedRequest",
                "Send each header and query parameter once, as text.",
            ),
            Self::WrongToken(wrong) => Answer::new(StatusCode::UNAUTHORIZED, "Unauthorized", ask_for_another(*wrong)),
            Self::Refused(refusal) => refused(refusal),
            Self::NotVended(VendError::Token(error)) => not_minted(error),
            Self::NotVended(VendError::KeyLate) => Answer::new(
                StatusCode::GATEWAY_TIMEOUT,
                "SecretTimeout",
                "The token service did not answer in time. Try again shortly.",
            ),
            // Also what a later version of the vendor may add.
            Self::NotVended(VendError::Key(_) | _) => Answer::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "SecretUnavailable",
                "The token service is not ready. Try again later, or tell its operator.",
            ),
            Self::Broken(_) => Answer::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Misconfigured",
                "The token service is not set up correctly. Tell its operator.",
            ),
        }
    }

    /// Whether an operator has something to mend, as opposed to the caller.
    pub fn is_ours(&self) -> bool {
        self.answer().status.is_server_error()
    }
}

/// As API Gateway asks of who sends none.
fn ask_for_another(wrong: WrongToken) -> &'static str {
    match wrong {
        WrongToken::Use { wanted: TokenUse::Id } => {
            "Sign in again and send the ID token of Amazon Cognito in the Authorization header."
        }
        WrongToken::Use { wanted: TokenUse::Access } => {
            "Sign in again and send the access token of Amazon Cognito in the Authorization header."
        }
        WrongToken::Client => {
            "Sign in again in the app that this token service is for, and send the token you got there."
        }
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let forbidden = |code, message| Answer::new(StatusCode::FORBIDDEN, code, message);
    match refusal {
        Refusal::NobodyVerified(_) => Answer::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Misconfigured",
            "The token service is not set up correctly. Tell its operator.",
        ),
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
        Refusal::TooManyPermissions(_) => forbidden(
            "TooManyPermissions",
            "Your groups add up to more than one token can hold. Name one of them in `usergroup`.",
        ),
        Refusal::TokenIdTooLong(_) => Answer::new(
            StatusCode::BAD_REQUEST,
            "TokenIdTooLong",
            "The name of the token is too long. Use a shorter `name`; 64 characters in all are allowed.",
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
        TokenError::Limited { retry_after } => Answer {
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
        TokenError::Invalid { .. } | TokenError::Nonsense(_) | TokenError::Request(_) | _ => Answer::new(
            StatusCode::BAD_GATEWAY,
            "MomentoRefused",
            "Momento did not give a usable token. Tell the operator of the token service.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use momento_secrets::SecretError;
    use tonic::Code;
    use tvm_policy::{AuthMode, Placeholder};
    use tvm_vendor::{Nonsense, RequestError};

    /// Every way to get no token, and what the client is told: the rows of the HTTP contract.
    #[test]
    fn every_failure_has_its_status_and_code() {
        let token = |error: TokenError| Failure::NotVended(VendError::Token(error));
        let code = Code::Unknown;
        for (failure, status, name) in [
            (Failure::NoEvent, 400, "MalformedRequest"),
            (Malformed("name").into(), 400, "MalformedRequest"),
            (WrongToken::Use { wanted: TokenUse::Id }.into(), 401, "Unauthorized"),
            (WrongToken::Client.into(), 401, "Unauthorized"),
            (Refusal::NobodyVerified(AuthMode::AmazonCognito).into(), 500, "Misconfigured"),
            (Refusal::NoGroup.into(), 403, "NoGroup"),
            (Refusal::NotTheirGroup.into(), 403, "GroupNotAllowed"),
            (Refusal::UnlistedCache.into(), 403, "CacheNotAllowed"),
            (Refusal::MissingValue(Placeholder::Sub).into(), 403, "IdentityIncomplete"),
            (Refusal::TooManyPermissions(21).into(), 403, "TooManyPermissions"),
            (Refusal::TokenIdTooLong(65).into(), 400, "TokenIdTooLong"),
            (Refusal::ControlCharacter.into(), 400, "TokenIdInvalid"),
            (VendError::Key(SecretError::NotFound { id: "planted".to_owned() }).into(), 503, "SecretUnavailable"),
            (Failure::NotVended(VendError::KeyLate), 504, "SecretTimeout"),
            (token(TokenError::Refused { code }), 502, "KeyRefused"),
            (token(TokenError::Limited { retry_after: None }), 429, "TooManyRequests"),
            (token(TokenError::TooSoon { retry_after: Duration::from_secs(3) }), 429, "TooSoon"),
            (token(TokenError::Timeout), 504, "MomentoTimeout"),
            (token(TokenError::Unavailable { code }), 503, "MomentoUnavailable"),
            (token(TokenError::Invalid { code }), 502, "MomentoRefused"),
            (token(Nonsense::EmptyKey.into()), 502, "MomentoRefused"),
            (token(RequestError::NoPermission.into()), 502, "MomentoRefused"),
            (Failure::Broken("planted".to_owned()), 500, "Misconfigured"),
        ] {
            let answer = failure.answer();
            assert_eq!((answer.status.as_u16(), answer.code), (status, name), "{failure:?}");
            assert_eq!(failure.is_ours(), status >= 500, "{failure:?}");
            assert_eq!(answer.retry_after.is_some(), status == 429, "{failure:?}");
            assert!(!answer.message.contains("planted"), "{failure:?}");
        }
    }

    #[test]
    fn momentos_own_wish_for_a_pause_is_passed_on() {
        let wait = Some(Duration::from_secs(7));
        let limited = Failure::NotVended(VendError::Token(TokenError::Limited { retry_after: wait }));
        assert_eq!(limited.answer().retry_after, wait);
    }
}
