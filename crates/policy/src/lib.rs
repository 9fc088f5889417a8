//! The configuration file and the grant: who may do what with Momento.
//!
//! Everything that decides access is here and can be read in one sitting. This crate does no I/O, reads no clock and
//! knows neither AWS nor HTTP; text comes in, a [`Config`] or a [`Grant`] goes out.

mod api;
mod arn;
mod as_written;
mod attribute;
mod authorizer;
mod build;
mod cognito;
mod collision;
mod config;
mod error;
mod explanation;
mod file;
mod functions;
mod grant;
mod identity;
mod in_words;
mod join;
mod lifetime;
mod limits;
mod momento;
mod monitoring;
mod nearest;
mod pattern;
mod permission;
mod position;
mod quota;
mod reach;
mod region;
mod reuse;
#[cfg(feature = "schema")]
mod schema;
mod secrets;
mod selector;
mod template;
mod validate;
mod warning;

pub use as_written::Permissions;
pub use authorizer::{CredentialsIn, Issuer, Proof, SigningAlgorithm, VerifiedBy};
pub use cognito::{CognitoTokens, TokenUse};
pub use config::{Config, GroupName};
pub use error::{ConfigError, ConfigErrors, Problem, Rule};
pub use explanation::{Basis, Explanation, Filled, Reason};
pub use file::AuthMode;
pub use grant::{Grant, LONGEST_TOKEN_ID, Refusal, Request};
pub use identity::{Caller, Identity};
pub use lifetime::{Lifetime, LifetimeError};
pub use monitoring::Audit;
pub use permission::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};
pub use position::Place;
pub use region::{Region, RegionRule, region_of};
pub use reuse::{MinRemaining, MinRemainingError, SharedReuse};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use template::{Placeholder, Template, TemplateError};
pub use warning::Warning;
