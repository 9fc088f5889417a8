//! The configuration file, `tvm.toml`: read, checked, and rendered.
//!
//! Text comes in, a [`Config`] or every error at once goes out. What callers may do is in its [`Policy`](tvm_policy::Policy). This
//! crate does no I/O and reads no clock.

mod api;
mod arn;
mod attribute;
mod authorizer;
mod build;
mod ca;
mod claim_advice;
mod claim_mapping;
mod claim_path;
mod claim_value;
mod cognito;
mod collision;
mod config;
mod endpoint;
mod entra;
mod error;
mod file;
mod follow_up;
mod functions;
mod group_names;
mod host_name;
mod issuer;
mod lifetime;
mod limits;
mod literal;
mod momento;
mod monitoring;
mod node;
mod number;
mod original;
mod other_format;
mod path;
mod placeholder;
mod position;
mod quota;
mod reach;
mod recovery;
mod redact;
mod region;
mod region_check;
mod render;
mod reuse;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod secret_id;
mod secrets;
mod selector;
mod shape;
mod signing_secret;
mod source_permission;
mod syntax;
mod template_claims;
mod text;
mod unmatched_groups;
mod validate;
mod warning;
mod web_address;

pub use authorizer::{CredentialsIn, Issuer, Proof, SigningAlgorithm, VerifiedBy};
pub use ca::CertificateRule;
pub use claim_mapping::{ClaimMapping, NoCaller, TokenCaller};
pub use claim_path::ClaimPathRule;
pub use claim_value::{id_text, plain_text};
pub use cognito::{CognitoTokens, TokenUse};
pub use config::Config;
pub use endpoint::EndpointProblem;
pub use error::{ConfigError, ConfigErrors, Problem};
pub use issuer::IssuerRule;
pub use lifetime::{Lifetime, LifetimeError};
pub use monitoring::Audit;
pub use path::Place;
pub use region::{Region, RegionRule, region_of};
pub use render::{Permissions, render_grant, render_permission, render_permissions};
pub use reuse::{MinRemaining, MinRemainingError, SharedReuse};
pub use rule::Rule;
#[cfg(feature = "schema")]
pub use schema::schema;
pub use secret_id::{Purpose, SecretIdProblem};
pub use unmatched_groups::UnmatchedGroups;
pub use warning::Warning;
