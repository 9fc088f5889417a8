//! Verifies the JSON Web Tokens of one OpenID Connect issuer: an ID token or an access token in, its claims out, or the one
//! reason why not.
//!
//! Two halves. [`Verifier`] is pure: it takes the key set and the time as parameters, opens no connection and reads no clock.
//! [`PublishedKeys`] fetches the issuer's key set (JWKS) over TLS and caches it. Only the configuration decides where those
//! keys come from, never a token. No part of a token is stored, printed or put into an error, and nothing here knows AWS.
//!
//! The signature is `jsonwebtoken`'s to check, with the cryptography of `ring`, and the claims are those that it hands out.
//! What that library leaves open is decided here: which key may be meant, which headers are refused, which JSON can be read
//! in two ways, and what each claim must be. What is tried against it is listed in `tests/README.md`.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use tvm_oidc::{Algorithm, Expected, KeySet, Refused, Verifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::new(Expected {
//!     issuer: "https://issuer.example/".to_owned(),
//!     audiences: vec!["https://api.example".to_owned()],
//!     audience_claim: "aud".to_owned(),
//!     algorithms: vec![Algorithm::RS256, Algorithm::ES256],
//!     leeway: Duration::from_secs(60),
//!     required_claims: [("token_use".to_owned(), "access".to_owned())].into(),
//! })?;
//! let keys = KeySet::parse(br#"{"keys": []}"#)?;
//! let token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.AAAA";
//! match verifier.verify(token, &keys, SystemTime::now()) {
//!     Ok(claims) => println!("{:?} is in {:?}", claims.text("sub"), claims.at("/realm_access/roles")),
//!     Err(refused) if refused.is_about_the_key() => println!("read the issuer's key set again, then try once more"),
//!     Err(refused) => println!("{refused}"),
//! }
//! # Ok(())
//! # }
//! ```

mod algorithm;
mod claims;
mod expected;
mod fetch;
mod fetch_error;
mod header;
mod json;
mod key;
mod key_set;
mod left_out;
mod limits;
mod pair;
mod parts;
mod provider;
mod published_keys;
mod refused;
mod small_order;
mod verify;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use claims::Claims;
pub use expected::{Expected, ExpectedError};
pub use fetch_error::FetchError;
pub use key_set::{KeySet, KeySetError};
pub use left_out::{LeftOut, WhyLeftOut, Word};
pub use published_keys::{Counts, Discovered, Place, PublishedKeys, discover};
pub use refused::{Part, Refused};
pub use verify::Verifier;
