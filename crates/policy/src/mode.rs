//! Who may ask, and what a caller without a configured group gets: the two switches of the configuration that decide a grant.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may ask for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum AuthMode {
    /// Anybody who knows the endpoint.
    Open,
    /// Whoever the authorizer function lets through.
    LambdaAuthorizer,
    /// Whoever signed in to the Cognito user pool.
    AmazonCognito,
}

impl AuthMode {
    /// As the configuration file writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::LambdaAuthorizer => "LambdaAuthorizer",
            Self::AmazonCognito => "AmazonCognito",
        }
    }
}

/// What a verified caller gets who is in none of the configured groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Ungrouped {
    /// Nothing: 403.
    #[default]
    Refuse,
    /// The base permissions.
    Base,
}
