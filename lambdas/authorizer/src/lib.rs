//! The authorizer function, as a library so that its tests can reach it.
//!
//! It lets a caller through who knows a username and its password, and says nothing of why it does not. Neither a password
//! nor a header is ever in its answers or its logs.

pub mod authorizer;
pub mod credentials;
pub mod policy;
pub mod users;

pub use authorizer::{Authorizer, Rejection};
