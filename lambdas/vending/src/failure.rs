//! Why a request gets no token, and what its client is told: one function, every variant.
//!
//! The client learns what to do. What happened inside goes to the log, where the operator learns it.

use momento_secrets::SecretError;
use tvm_config::TokenUse;
use tvm_machine::Answer;

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
    /// The machine vends none.
    #[error(transparent)]
    NotVended(#[from] tvm_machine::Failure<SecretError>),
    /// The function was deployed in a way that it cannot work in.
    #[error("this deployment cannot work: {0}")]
    Broken(String),
}

impl Failure {
    /// What the client is told of it (docs/errors.md).
    pub fn answer(&self) -> Answer {
        match self {
            Self::NoEvent | Self::Malformed(_) => Answer::MALFORMED,
            Self::WrongToken(wrong) => Answer::unauthorized(ask_for_another(*wrong)),
            Self::NotVended(failure) => failure.answer(),
            Self::Broken(_) => Answer::MISCONFIGURED,
        }
    }

    /// Whether an operator has something to fix, as opposed to the caller.
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

#[cfg(test)]
mod tests {
    use tvm_issuer::IssueError;
    use tvm_policy::{AuthMode, Refusal};

    use super::*;

    /// What is not the machine's own to say, and that its own is said.
    #[test]
    fn every_failure_has_its_status_and_code() {
        let machines = |failure: tvm_machine::Failure<SecretError>| Failure::NotVended(failure);
        for (failure, status, name) in [
            (Failure::NoEvent, 400, "MalformedRequest"),
            (Malformed("name").into(), 400, "MalformedRequest"),
            (WrongToken::Use { wanted: TokenUse::Id }.into(), 401, "Unauthorized"),
            (WrongToken::Client.into(), 401, "Unauthorized"),
            (machines(Refusal::NobodyVerified(AuthMode::AmazonCognito).into()), 500, "Misconfigured"),
            (machines(Refusal::NoGroup.into()), 403, "NoGroup"),
            (machines(IssueError::KeyTimeout.into()), 504, "SecretTimeout"),
            (Failure::Broken("planted".to_owned()), 500, "Misconfigured"),
        ] {
            let answer = failure.answer();
            assert_eq!((answer.status.as_u16(), answer.code), (status, name), "{failure:?}");
            assert_eq!(failure.is_ours(), status >= 500, "{failure:?}");
            assert!(!answer.message.contains("planted"), "{failure:?}");
        }
    }
}
