//! Who may ask, and what a caller without a configured group gets: the two switches of the configuration that decide a grant.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may ask for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum AuthMode {
    /// Everyone who knows the address of the endpoint.
    Open,
    /// Callers that the authorizer function accepts.
    LambdaAuthorizer,
    /// Users who signed in to the Cognito user pool.
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

/// What a verified caller in none of the configured groups may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Ungrouped {
    /// Nothing: the response is 403.
    #[default]
    Refuse,
    /// What the base permissions allow.
    Base,
}
