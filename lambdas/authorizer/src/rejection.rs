//! Why there is no decision on a request.

use lambda_runtime::Diagnostic;
use momento_secrets::SecretError;
use tvm_oidc::{FetchError, Refused};
use tvm_users::UsersError;

use crate::shared_secret::NoSharedSecret;

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// No credentials that can be read: 401.
    // API Gateway makes a 401 of an authorizer's error of this very text (developer guide, "Lambda authorizer workflow").
    #[error("Unauthorized")]
    NoCredentials,
    /// A token that does not count: 401, as for one that has ended.
    #[error(transparent)]
    BadToken(#[from] Refused),
    /// The secret cannot be read, or is no list of users: API Gateway answers for us.
    #[error(transparent)]
    NoUsers(#[from] NoUsers),
    /// The issuer's keys cannot be had: API Gateway answers for us.
    #[error(transparent)]
    NoKeys(#[from] FetchError),
    /// The secret that the issuer signs with cannot be read, or is none: API Gateway answers for us.
    #[error(transparent)]
    NoSharedSecret(#[from] NoSharedSecret),
    /// The function was deployed in a way that it cannot work in.
    #[error("this deployment cannot work: {0}")]
    Broken(String),
}

impl Rejection {
    /// The word for a trouble of ours; `None` for a refusal, which anybody can bring about by what they send.
    ///
    /// No trouble has its cause in a request. An unknown `kid` and a forged signature are refusals, also while the issuer cannot
    /// be asked for newer keys; and a secret or keys that were had once serve on while they cannot be read again.
    pub fn trouble(&self) -> Option<&'static str> {
        match self {
            Self::NoCredentials | Self::BadToken(_) => None,
            Self::NoUsers(_) | Self::NoSharedSecret(_) => Some("SecretUnavailable"),
            Self::NoKeys(_) => Some("IssuerUnavailable"),
            Self::Broken(_) => Some("Misconfigured"),
        }
    }
}

impl From<Rejection> for Diagnostic {
    /// What Lambda and API Gateway are told. The reason stays in our log.
    fn from(rejection: Rejection) -> Self {
        let told = rejection.trouble().unwrap_or("Unauthorized");
        Self { error_type: told.to_owned(), error_message: told.to_owned() }
    }
}

/// Why there is nobody to compare a caller with. Never with any part of the secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoUsers {
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The secret is no list of users.
    #[error(transparent)]
    Malformed(#[from] UsersError),
}
