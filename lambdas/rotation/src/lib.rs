//! The rotation function, as a library so that its tests can reach it.
//!
//! Thin: what the steps do is `tvm-key-rotation`'s. What is here is the way from an event to that, and from what comes of it to the
//! log and to Secrets Manager, which takes any error for "not done" and asks again.

mod event;
mod function;

pub use event::MalformedEvent;
pub use function::{Failure, Function};
