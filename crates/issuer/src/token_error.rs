//! Why there is no token, said so that a caller can choose a status, and an operator what to fix.
//!
//! Of what a server says only the code is kept: its free text may echo a credential, and these errors are logged.

use std::time::Duration;

use momento_client::{CallError, UnusableKey};
use tonic::Code;

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
    #[error("Momento's limit for token operations is reached; try again later, or ask Momento to raise the limit")]
    RateLimited {
        /// How long to wait, where the service said so.
        retry_after: Option<Duration>,
    },
    /// This identity was minted a token a moment ago.
    #[error("this caller received a token less than `limits.identity_interval` ago; try again later")]
    TooSoon {
        /// How long to wait.
        retry_after: Duration,
    },
    /// No answer before the deadline.
    #[error(
        "Momento's token service did not answer in time; try again, and check the network connection to it if this continues"
    )]
    Timeout,
    /// The service, or the connection to it, failed; also after the one retry.
    #[error(
        "Momento's token service is unavailable ({code:?}); try again, and check the network connection to it if this continues"
    )]
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
    #[error("Momento's token service returned {0}; no token was vended, try again")]
    InvalidResponse(#[from] InvalidResponse),
    /// The grant cannot be asked for; nothing was sent.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// What is wrong with an answer of the token service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidResponse {
    /// No key in it.
    #[error("a token without a key")]
    EmptyKey,
    /// No endpoint in it.
    #[error("a token without an endpoint")]
    EmptyEndpoint,
    /// It has expired, or says nothing about expiry.
    #[error("a token that has already expired (or this computer's clock is wrong)")]
    Expired,
    /// It lives longer than was asked for.
    #[error("a token that lives longer than requested (or this computer's clock is wrong)")]
    ExpiresTooLate,
}

impl From<CallError> for TokenError {
    fn from(failure: CallError) -> Self {
        match failure {
            CallError::Timeout => Self::Timeout,
            CallError::Connection(code) => Self::Unavailable { code },
            CallError::Answer { code, retry_after } => match code {
                Code::Unauthenticated | Code::PermissionDenied => Self::Refused { code },
                Code::ResourceExhausted => Self::RateLimited { retry_after },
                Code::DeadlineExceeded => Self::Timeout,
                Code::InvalidArgument
                | Code::FailedPrecondition
                | Code::NotFound
                | Code::AlreadyExists
                | Code::Unimplemented => Self::Invalid { code },
                // OUT_OF_RANGE is also an answer too large to read.
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

impl From<UnusableKey> for TokenError {
    fn from(unusable: UnusableKey) -> Self {
        Self::Request(unusable.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_the_service_means_one_thing_to_the_caller() {
        for code in (1..=16).map(Code::from) {
            let error = TokenError::from(CallError::answer(code));
            let meant = match error {
                TokenError::Refused { .. } => matches!(code, Code::Unauthenticated | Code::PermissionDenied),
                TokenError::RateLimited { retry_after } => code == Code::ResourceExhausted && retry_after.is_none(),
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
                TokenError::TooSoon { .. } | TokenError::InvalidResponse(_) | TokenError::Request(_) => false,
            };
            assert!(meant, "{code:?} became {error:?}");
        }
    }

    #[test]
    fn a_broken_connection_never_blames_the_key() {
        let error = TokenError::from(CallError::Connection(Code::PermissionDenied));
        assert_eq!(error, TokenError::Unavailable { code: Code::PermissionDenied });
    }
}
