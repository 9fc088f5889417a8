//! The vending function, as a library so that its tests can reach it.
//!
//! Thin: the identity is what API Gateway verified, the grant is `tvm-policy`'s, the token is `tvm-vendor`'s. What is here is
//! the way from an event to those, and from their answers to HTTP.

pub mod failure;
pub mod identity;
pub mod machine;
pub mod request;
pub mod response;

pub use machine::Machine;
