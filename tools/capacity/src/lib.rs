//! How many users the machine serves: a simulation of users, AWS's limits and Momento's around the real vendor.
//!
//! What vends is `tvm-issuer` as it is deployed, with its reuse, its sharing and its pace; time is injected. The rest is a
//! model, of documented limits where there are any. It opens no connection and reads no clock.

#![allow(clippy::arithmetic_side_effects, reason = "no input reaches it: the numbers are the simulation's own")]

mod bucket;
mod cache;
mod chance;
mod client;
mod clock;
mod document;
mod figures;
mod fleet;
mod picture;
mod report;
mod scenario;
mod search;
mod simulation;
mod study;
mod token_service;
mod words;
mod world;

pub use cache::Operations;
pub use document::with_tables;
pub use figures::Figures;
pub use fleet::Starts;
pub use picture::picture;
pub use report::report;
pub use scenario::{
    AFTER_THE_HOUR, ALL_THE_SAME, Arrival, Grants, MOMENTOS_OPERATIONS, MOMENTOS_TOKENS, Mode, Place, Scenario,
};
pub use search::{MOST_USERS, NEXT_TO_NOBODY, Supported, supported};
pub use simulation::simulate;
pub use study::Study;
pub use token_service::Mints;
