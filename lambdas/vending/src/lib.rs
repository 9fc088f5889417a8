//! The vending function, as a library so that its tests can reach it.
//!
//! Thin: the identity is what API Gateway verified, and all that is made of it is `tvm-machine`'s. What is here is the way from
//! an event to that, and from its answers to API Gateway.

pub mod audit;
pub mod end;
pub mod failure;
pub mod function;
pub mod identity;
pub mod metrics;
pub mod report;
pub mod request;
pub mod response;

pub use function::Function;
