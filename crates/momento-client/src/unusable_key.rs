//! What makes a key unusable for any call.

/// Why no call can be made with a key. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableKey {
    /// The API key is empty, or has characters that no HTTP header can carry.
    #[error("the API key is empty or holds characters that no key has; put the key as Momento gave it into the secret")]
    Key,
    /// The key's endpoint is no host name.
    #[error("the API key's endpoint is no host name; put the key and endpoint as Momento gave them into the secret")]
    Endpoint,
}
