//! Why tokens cannot be checked with a configuration.

use tvm_oidc::{ExpectedError, UnknownAlgorithm};

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
