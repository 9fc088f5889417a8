//! Why a value is not a Momento API key. No error holds any part of the value.

use crate::endpoint::EndpointProblem;

/// Why the value of a secret is not a Momento API key. No variant holds any part of the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiKeyError {
    /// The value is empty or white space.
    #[error("it is empty; put a Momento API key in it")]
    Empty,
    /// No known shape.
    #[error(
        "it is neither a v1 key (base64), nor a v2 key (a JWT), nor JSON with \"apiKey\"; copy the key from the Momento \
         console again, whole and without quotes"
    )]
    Unrecognised,
    /// A v1 key that lacks a member.
    #[error("it looks like a v1 key, but has no text in \"{missing}\"; copy the key from the Momento console again")]
    IncompleteV1 {
        /// `endpoint` or `api_key`.
        missing: &'static str,
    },
    /// A JWT, but not one of a v2 API key.
    #[error(
        "it is a JWT but not a v2 API key (no claim \"t\" of \"g\"); create an API key in the Momento console and store that"
    )]
    OtherJwt,
    /// A v2 key, and nothing says where it belongs.
    #[error(
        "it is a v2 key, which does not carry its endpoint; configure the endpoint of its region (for the token vending \
         machine: `endpoint` in the table [momento]), or store JSON with \"apiKey\" and \"endpoint\""
    )]
    EndpointMissing,
    /// Starts as JSON, and is not well-formed or not an object.
    #[error(
        "it starts like JSON but is not well-formed (line {line}, column {column}); fix it, or store the key alone"
    )]
    MalformedJson {
        /// Counted from 1.
        line: usize,
        /// Where in that line, as `serde_json` counts.
        column: usize,
    },
    /// JSON without the key.
    #[error(
        "it is JSON without a text \"apiKey\", and no other member of it is a Momento key; store {{\"apiKey\": \"…\"}}, or the \
         key alone"
    )]
    JsonWithoutKey,
    /// JSON with more keys than one.
    #[error(
        "it is JSON with several Momento keys, in {}; say which one counts (for the token vending machine: `secret_field` in the \
         table [momento]), or store that one as \"apiKey\"",
        fields.join(" and ")
    )]
    SeveralKeys {
        /// The names of the members, as they may be shown.
        fields: Vec<String>,
    },
    /// JSON without the member that was named.
    #[error(
        "it is JSON without a text in {field}, which is named as the member with the key (for the token vending machine: \
         `secret_field` in the table [momento]); put the key there, or name another"
    )]
    NoSuchField {
        /// The name of the member, as it may be shown.
        field: String,
    },
    /// No JSON, where a member of it was named.
    #[error(
        "it is not JSON, and a member of it is named as the one with the key; store JSON with that member, or leave the name out (for \
         the token vending machine: `secret_field` in the table [momento])"
    )]
    FieldOfNoJson,
    /// JSON whose `endpoint` is not a text.
    #[error("it is JSON whose \"endpoint\" is not a text; write the endpoint's host name, or leave it out")]
    JsonEndpointNotText,
    /// JSON whose member with the key holds none.
    #[error("it is JSON, and of the key in it this is to be said: {0}")]
    KeyInJson(Box<ApiKeyError>),
    /// The endpoint, from wherever it came, is not a host name.
    #[error("the endpoint {origin} is not usable: {problem}")]
    Endpoint {
        /// Where the endpoint came from.
        origin: EndpointOrigin,
        /// What is wrong with it.
        problem: EndpointProblem,
    },
    /// The key could not be sent in an HTTP header.
    #[error(
        "it is a key with a control, white space or non-ASCII character inside; copy it from the Momento console again"
    )]
    NotPrintable,
}

/// Where a key's endpoint came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointOrigin {
    /// The v1 key itself.
    Key,
    /// `endpoint` in the secret's JSON.
    Json,
    /// The program's configuration.
    Configured,
}

impl std::fmt::Display for EndpointOrigin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key => "inside the v1 key",
            Self::Json => "in the secret's JSON",
            Self::Configured => "in the configuration",
        })
    }
}
