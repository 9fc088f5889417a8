//! Runs a built Lambda function as AWS does: a process of its own, fed by the Lambda Runtime API.
//!
//! For tests and benches. It listens on loopback alone, hands out one event at a time, and keeps everything that the function
//! prints, so that a test can look for what must not be there. It imitates neither IAM nor API Gateway.

pub mod events;
mod function;
mod printed;
mod runtime_api;
mod secrets;
mod vault;

pub use function::{Function, StartError};
pub use runtime_api::Outcome;
pub use secrets::{Secrets, Trouble};
