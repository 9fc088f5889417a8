//! The token vending machine without its door: a verified identity and a request go in, a token goes out, or what its
//! client is told instead.
//!
//! The Lambda function and the embedded server are two doors to this one machine: what is granted, reused, paced and
//! answered is decided here, and so it is the same behind both. It knows no AWS event and no web framework.

mod answer;
mod failure;
mod issued;
mod machine;
mod reply;
mod token_grant;

pub use answer::Answer;
pub use failure::Failure;
pub use issued::Issued;
pub use machine::{Endpoints, Machine, key_hints};
pub use reply::Reply;
