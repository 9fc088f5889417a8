//! Mints a Momento disposable token for a [`Grant`](tvm_policy::Grant).
//!
//! What a token may do was decided before anything here runs: this crate asks for exactly the grant, or for nothing. It
//! knows no AWS event and no HTTP request, every wait in it ends at a [`Deadline`], and neither the API key nor a token
//! is ever in an error, a log line or a `Debug` output.
//!
//! | module | concern |
//! |---|---|
//! | [`request`] | the message, byte for byte what the official JavaScript SDK sends; pure |
//! | [`token`] | the answer: checked, and encoded as that SDK encodes it; pure |
//! | [`wire`] | Momento's messages |
//! | [`service`] | the call: connection, deadline, the one retry |
//! | [`vendor`] | key and call together: what a Lambda or a server holds |

mod address;
mod call;
mod connection;
mod deadline;
mod error;
mod pace;
pub mod request;
mod reuse;
pub mod service;
pub mod token;
pub mod vendor;
pub mod wire;

pub use address::{AddressError, TokenAddress};
pub use deadline::Deadline;
pub use error::{Nonsense, TokenError};
pub use request::RequestError;
pub use service::TokenService;
pub use token::VendedToken;
pub use vendor::{KeySource, Origin, VendError, Vended, Vendor};
