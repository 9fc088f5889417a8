//! Runs a built Lambda function as AWS does: a process of its own, fed by the Lambda Runtime API.
//!
//! For tests and benches. It listens on loopback alone, hands out one event at a time, and keeps everything that the function
//! prints, so that a test can look for what must not be there. Beside it are what functions talk to: a Secrets Manager and an
//! OpenID Connect issuer. It imitates neither IAM nor API Gateway. [`emf`] reads the metrics in what a function prints, as
//! CloudWatch would.

pub mod emf;
pub mod events;
mod function;
mod issuer;
mod printed;
mod requests;
mod runtime_api;
mod secrets;
mod signer;
mod trouble;
mod vault;

pub use function::{Function, StartError};
pub use issuer::{Answer, Issuer};
pub use runtime_api::Outcome;
pub use secrets::Secrets;
pub use signer::{Mac, SignedBy, token_by_secret};
pub use trouble::{TestVersion, Trouble};
