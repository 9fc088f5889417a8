//! The public keys of an OpenID Connect issuer: fetched, kept, and fetched again when a token is by one that is new.
//!
//! What a token says is believed by these keys alone, so they come from one place, which the configuration names, over TLS.
//! Nothing of a token decides where they are looked for.

mod fetch;
mod published;

use tvm_jwt::KeySetError;

pub use published::{Counts, Place, PublishedKeys};

/// Why there are no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Nobody answers there.
    #[error("the issuer cannot be reached; check `authorizer.issuer`, or `jwks_url`, and the route to it")]
    Unreachable,
    /// Not in time.
    #[error("the issuer did not answer within 2 s")]
    Late,
    /// Another answer than 200.
    #[error("the issuer answered {0} instead of its keys; check `authorizer.issuer`, or `jwks_url`")]
    Status(u16),
    /// More than anybody needs.
    #[error("the issuer's answer is larger than 256 kB, which no set of keys is; check `jwks_url`")]
    TooLarge,
    /// Not an address.
    #[error("the address of the issuer's keys is none that keys may come from; write `jwks_url`")]
    Address,
    /// No discovery document.
    #[error("the issuer's discovery document names no `issuer` and `jwks_uri`; write `jwks_url`")]
    NoDocument,
    /// Somebody else's.
    #[error("the discovery document is another issuer's; write `authorizer.issuer` exactly as it names itself there")]
    AnotherIssuer,
    /// Not a set of keys.
    #[error(transparent)]
    KeySet(KeySetError),
}
