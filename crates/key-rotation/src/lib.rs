//! Renews the Momento API key in a secret by its refresh token, in the four steps that AWS Secrets Manager rotates by.
//!
//! It knows no Lambda event. No step moves `AWSCURRENT` but the last, from the version that was renewed and from no other, and
//! only once Momento has minted with the new key. No key and no refresh token is ever in an error, a log or a `Debug`.

mod error;
mod rotation;
mod value;
mod vault;

pub use error::RotationError;
pub use rotation::{Outcome, Rotation, Step};
pub use value::NotRenewable;
pub use vault::VaultError;
