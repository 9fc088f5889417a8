//! Why an issuer's keys could not be fetched.

use crate::key_set::KeySetError;
use crate::left_out::Word;

/// Why there are no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Nobody answers there.
    #[error("the issuer cannot be reached; check `authorizer.issuer`, or `jwks_url`, and the route to it")]
    Unreachable,
    /// Somebody answers, by a certificate that is not trusted, or not by TLS.
    #[error(
        "there is no TLS connection to the issuer: {0}; for a private certificate authority, write its certificate in \
         `authorizer.ca_certificates`"
    )]
    Tls(String),
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
    #[error("the discovery document's `jwks_uri` is not an https:// URL; write `jwks_url`")]
    Address,
    /// No discovery document.
    #[error("the issuer's discovery document names no `issuer` and `jwks_uri`; write `jwks_url`")]
    NoDocument,
    /// Somebody else's.
    #[error("the discovery document is of the issuer {0}; write that in `authorizer.issuer`, exactly, if it is yours")]
    AnotherIssuer(Word),
    /// Not a set of keys.
    #[error(transparent)]
    KeySet(KeySetError),
}
