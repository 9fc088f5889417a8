//! Where a program that calls Momento has its API key from.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use crate::api_key::ApiKey;

/// Where the Momento API key comes from.
pub trait KeySource: Send + Sync {
    /// Why there is no key. Never holds one.
    type Error: Error + Clone + Send + Sync + 'static;

    /// The key as it is now. Called for every token: a source that is slow keeps what it has.
    fn key(&self) -> impl Future<Output = Result<Arc<ApiKey>, Self::Error>> + Send;

    /// Another key than `refused`, which Momento does not accept (any more); `None` where there is none, as for a source
    /// that knows but one.
    fn after_refusal(&self, refused: &ApiKey) -> impl Future<Output = Option<Arc<ApiKey>>> + Send {
        let _ = refused;
        std::future::ready(None)
    }
}
