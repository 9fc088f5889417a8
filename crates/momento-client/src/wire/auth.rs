//! The messages of Momento's auth service, as far as an API key is renewed by them.
//!
//! Transcribed from `auth.proto` of Momento's `client_protos` 0.139; see the module above for why, and for what holds them
//! against the originals.

use std::fmt;

/// `auth._RefreshApiTokenRequest`. It is all secret, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct RefreshApiTokenRequest {
    /// The API key that is renewed.
    #[prost(string, tag = "1")]
    pub api_key: String,
    /// The refresh token that came with it.
    #[prost(string, tag = "2")]
    pub refresh_token: String,
}

impl fmt::Debug for RefreshApiTokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshApiTokenRequest").finish_non_exhaustive()
    }
}

/// `auth._RefreshApiTokenResponse`. It holds a key and a refresh token, which its `Debug` does not show.
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct RefreshApiTokenResponse {
    /// The new key.
    #[prost(string, tag = "1")]
    pub api_key: String,
    /// By which that is renewed in its turn.
    #[prost(string, tag = "2")]
    pub refresh_token: String,
    /// The endpoint that the key is for.
    #[prost(string, tag = "3")]
    pub endpoint: String,
    /// When the key ends, in seconds since 1970 (UTC).
    #[prost(uint64, tag = "4")]
    pub valid_until: u64,
}

impl fmt::Debug for RefreshApiTokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshApiTokenResponse")
            .field("endpoint", &self.endpoint)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}
