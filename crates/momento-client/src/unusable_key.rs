//! What makes a key unusable for any call.

/// Why no call can be made with a key. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableKey {
    /// The API key is empty, or has characters that no HTTP header can carry.
    #[error(
        "the API key is empty or contains characters that no key has; store the key in the secret as Momento shows it"
    )]
    Key,
    /// The key's endpoint is no host name.
    #[error(
        "the API key's endpoint is not a host name; store the key and the endpoint in the secret as Momento shows them"
    )]
    Endpoint,
}
