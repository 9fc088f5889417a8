//! Mints a Momento disposable token for a [`Grant`](tvm_policy::Grant).
//!
//! What a token may do was decided before anything here runs: this crate asks for exactly the grant, or for nothing. It
//! knows no AWS event and no HTTP request, every wait in it ends at a [`Deadline`](momento_client::Deadline), and neither the API key nor a token
//! is ever in an error, a log line or a `Debug` output.
//!
//! | module | concern |
//! |---|---|
//! | [`request`] | the message, byte for byte what the official JavaScript SDK sends; pure |
//! | [`token`] | the answer: checked, and encoded as that SDK encodes it; pure |
//! | [`service`] | the token service: its one call |
//! | [`cache`] | a Momento cache as the [`store`] that instances share |
//! | [`vendor`] | all of it together: what a Lambda or a server holds |

mod bound;
pub mod cache;
mod error;
mod interval;
mod mint;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod model;
mod pace;
mod pseudonym;
mod queue;
pub mod request;
mod reuse;
mod seal;
pub mod service;
mod settings;
mod shared;
mod slots;
pub mod store;
pub mod token;
mod trial;
mod vend_error;
pub mod vendor;

pub use cache::{CacheNameError, MomentoCache};
pub use error::{Nonsense, TokenError};
pub use pseudonym::Pseudonyms;
pub use request::RequestError;
pub use reuse::Origin;
pub use service::{Minter, TokenService};
pub use settings::{MinRemaining, Settings, SharedTokens};
pub use store::{SharedStore, StoreError};
pub use token::VendedToken;
pub use trial::TRIAL;
pub use vend_error::VendError;
pub use vendor::{Vended, Vendor};
