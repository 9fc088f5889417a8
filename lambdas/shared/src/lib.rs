//! What the functions share: reading what API Gateway sends, the settings in the environment, and logs.
//!
//! Nothing here decides who may do what.

pub mod event;
pub mod groups;
pub mod settings;
pub mod telemetry;
