//! What the functions share: reading what API Gateway sends, the settings in the environment, logs, and the
//! metrics in them.
//!
//! Nothing here decides who may do what.

pub mod emf;
pub mod event;
pub mod groups;
pub mod settings;
pub mod telemetry;
pub mod ungrouped;
