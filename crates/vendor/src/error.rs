//! Why there is no token, said so that a caller can choose a status, and an operator what to mend.
//!
//! Of what a server says only the code is kept: its free text may echo a credential, and these errors are logged.

use std::error::Error;
use std::time::Duration;

use tonic::{Code, Status, TimeoutExpired};

use crate::request::RequestError;

/// Why no token was minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The key is no good: revoked, expired, or without the right to mint tokens.
    #[error("Momento refused the API key ({code:?}); put a valid key that may mint disposable tokens into the secret")]
    Refused {
        /// What the token service answered.
        code: Code,
    },
    /// The account's limit is reached.
    #[error("Momento's limit for token operations is reached; ask again later, or have the limit raised")]
    Limited {
        /// How long to wait, where the service said so.
        retry_after: Option<Duration>,
    },
    /// No answer before the deadline.
    #[error("Momento's token service did not answer in time; ask again, and check the route to it if this stays")]
    Timeout,
    /// The service, or the connection to it, failed; also after the one retry.
    #[error("Momento's token service is unavailable ({code:?}); ask again, and check the route to it if this stays")]
    Unavailable {
        /// What the token service answered, or what the failed connection amounts to.
        code: Code,
    },
    /// The service understood the request and will never grant it.
    #[error("Momento does not accept the request for a token ({code:?}); check the permissions and the endpoint")]
    Invalid {
        /// What the token service answered.
        code: Code,
    },
    /// The service answered with something that is no usable token.
    #[error("Momento's token service answered with {0}; nothing was vended, ask again")]
    Nonsense(#[from] Nonsense),
    /// The grant cannot be asked for; nothing was sent.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// What is wrong with an answer of the token service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Nonsense {
    /// No key in it.
    #[error("a token without a key")]
    EmptyKey,
    /// No endpoint in it.
    #[error("a token without an endpoint")]
    EmptyEndpoint,
    /// It has expired, or says nothing about expiry.
    #[error("a token that has expired already (if it has not, this computer's clock is wrong)")]
    Expired,
    /// It lives longer than was asked for.
    #[error("a token that outlives what was asked for (if it does not, this computer's clock is wrong)")]
    ExpiresTooLate,
}

/// Why one sending failed, and with it whether another may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection broke, as one does that was frozen with its Lambda, or the service is not up: a new connection
    /// may do better.
    Connection(Code),
    /// The deadline passed.
    Late,
    /// An answer: asking again would give it again.
    Answer {
        code: Code,
        /// The service's own wish, where it has one.
        retry_after: Option<Duration>,
    },
}

impl Failure {
    pub(crate) fn of(status: &Status) -> Self {
        let code = status.code();
        // tonic sets a source on what went wrong on this side, and on nothing that a server said.
        if let Some(cause) = status.source() {
            return if caused_by_timeout(cause) { Self::Late } else { Self::Connection(code) };
        }
        match code {
            Code::Cancelled | Code::Unavailable => Self::Connection(code),
            _ => Self::Answer { code, retry_after: pushback(status) },
        }
    }

    /// Whether the next call had better not use the same connection.
    pub(crate) fn doubts_the_connection(self) -> bool {
        match self {
            // Silence may be a dead connection, with the deadline too short to find that out.
            Self::Connection(_) | Self::Late => true,
            // What tonic says, too, of a channel whose task has ended with the runtime that ran it.
            Self::Answer { code, .. } => code == Code::Unknown,
        }
    }
}

impl From<Failure> for TokenError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Late => Self::Timeout,
            // Whatever code a broken connection is given, it says nothing about the key: HTTP/2 has errors that tonic
            // maps to PERMISSION_DENIED.
            Failure::Connection(code) => Self::Unavailable { code },
            Failure::Answer { code, retry_after } => match code {
                Code::Unauthenticated | Code::PermissionDenied => Self::Refused { code },
                Code::ResourceExhausted => Self::Limited { retry_after },
                Code::DeadlineExceeded => Self::Timeout,
                Code::InvalidArgument
                | Code::FailedPrecondition
                | Code::NotFound
                | Code::AlreadyExists
                | Code::Unimplemented => Self::Invalid { code },
                // OUT_OF_RANGE is what tonic makes of an answer too large to read.
                Code::OutOfRange
                | Code::Ok
                | Code::Cancelled
                | Code::Unknown
                | Code::Aborted
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss => Self::Unavailable { code },
            },
        }
    }
}

/// tonic watches `grpc-timeout` as well, and calls its end "cancelled": it must not look like a broken connection.
fn caused_by_timeout(cause: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(cause), |&error| error.source()).any(<dyn Error>::is::<TimeoutExpired>)
}

/// gRPC's way for a server to say when to come back (gRPC proposal A6, "pushback"). A negative number means "do not".
fn pushback(status: &Status) -> Option<Duration> {
    let text = status.metadata().get("grpc-retry-pushback-ms")?.to_str().ok()?;
    text.parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_the_service_means_one_thing_to_the_caller() {
        let said = |code: i32| TokenError::from(Failure::of(&Status::new(Code::from(code), "planted-secret")));
        for code in 1..=16 {
            let error = said(code);
            let code = Code::from(code);
            let meant = match error {
                TokenError::Refused { .. } => matches!(code, Code::Unauthenticated | Code::PermissionDenied),
                TokenError::Limited { retry_after } => code == Code::ResourceExhausted && retry_after.is_none(),
                TokenError::Timeout => code == Code::DeadlineExceeded,
                TokenError::Invalid { .. } => matches!(
                    code,
                    Code::InvalidArgument
                        | Code::FailedPrecondition
                        | Code::NotFound
                        | Code::AlreadyExists
                        | Code::Unimplemented
                ),
                TokenError::Unavailable { .. } => matches!(
                    code,
                    Code::Cancelled
                        | Code::Unknown
                        | Code::OutOfRange
                        | Code::Aborted
                        | Code::Internal
                        | Code::Unavailable
                        | Code::DataLoss
                ),
                TokenError::Nonsense(_) | TokenError::Request(_) => false,
            };
            assert!(meant, "{code:?} became {error:?}");
            assert!(!format!("{error} {error:?}").contains("planted-secret"));
        }
    }

    #[test]
    fn the_services_wish_for_a_pause_is_kept_and_a_senseless_one_is_not() {
        let waits: &[(&str, Option<Duration>)] =
            &[("250", Some(Duration::from_millis(250))), ("-1", None), ("soon", None), ("", None)];
        for (text, expected) in waits {
            let mut status = Status::resource_exhausted("");
            status.metadata_mut().insert("grpc-retry-pushback-ms", text.parse().unwrap());
            assert_eq!(TokenError::from(Failure::of(&status)), TokenError::Limited { retry_after: *expected });
        }
    }

    #[test]
    fn a_broken_connection_never_blames_the_key() {
        let error = TokenError::from(Failure::Connection(Code::PermissionDenied));
        assert_eq!(error, TokenError::Unavailable { code: Code::PermissionDenied });
    }
}
