//! The authorizer function, as a library so that its tests can reach it.
//!
//! It lets a caller through who knows a username and its password or key, or who brings a token of the configured issuer. It
//! says nothing of why it does not, nor by the time that it takes. Neither a password, a key, a hash, a token nor a header is
//! ever in its answers or its logs.

pub mod authorizer;
pub mod by_credentials;
pub mod by_token;
pub mod credentials;
mod keys;
pub mod policy;
mod rejection;
mod setup_problem;
mod shared_secret;
mod trouble;

pub use authorizer::Authorizer;
pub use by_credentials::ByCredentials;
pub use by_token::ByToken;
pub use keys::Keys;
pub use rejection::{NoUsers, Rejection};
pub use setup_problem::SetupProblem;
pub use shared_secret::NoSharedSecret;
