//! Mints a Momento disposable token for a [`Grant`](tvm_policy::Grant).
//!
//! What a token may do was decided before anything here runs: this crate asks for exactly the grant, or for nothing. It
//! knows no AWS event and no HTTP request, every wait in it ends at a [`Deadline`](momento_client::Deadline), and neither the API key nor a token
//! is ever in an error, a log line or a `Debug` output.
//!
//! | module | concern |
//! |---|---|
//! | [`request`] | the message, byte for byte what the official JavaScript SDK sends; pure |
//! | [`disposable_token`] | the answer: checked, and encoded as that SDK encodes it; pure |
//! | [`service`] | the token service: its one call |
//! | [`momento_cache`] | a Momento cache as the [`shared_store`] that instances share |
//! | [`issuer`] | all of it together: what a Lambda or a server holds |

mod bounded_lifetime;
mod caller_throttle;
pub mod disposable_token;
mod fair_queue;
mod issue_error;
pub mod issuer;
mod mint;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod model;
pub mod momento_cache;
mod pseudonym;
mod rate_limiter;
pub mod request;
pub mod service;
mod settings;
mod shared_rate_limiter;
pub mod shared_store;
mod shared_token_cache;
mod token_cache;
mod token_cipher;
mod token_error;
mod verify_key;

pub use disposable_token::DisposableToken;
pub use issue_error::IssueError;
pub use issuer::{IssuedToken, TokenIssuer};
pub use momento_cache::{CacheNameError, MomentoCache};
pub use pseudonym::Pseudonyms;
pub use request::RequestError;
pub use service::{Minter, TokenService};
pub use settings::{MinRemaining, Settings, SharedTokens};
pub use shared_store::{SharedStore, StoreError};
pub use token_cache::Origin;
pub use token_error::{InvalidResponse, TokenError};
pub use verify_key::TRIAL;
