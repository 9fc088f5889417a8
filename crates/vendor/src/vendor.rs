//! Key and token service together: what a Lambda or a server holds, one per process.
//!
//! It decides nothing about access and keeps nothing of a caller: a grant goes in, a token or an error comes out.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use momento_secrets::{ApiKey, ApiKeySecret, SecretError};
use tvm_policy::Grant;

use crate::deadline::Deadline;
use crate::error::TokenError;
use crate::request::check;
use crate::service::TokenService;
use crate::token::VendedToken;

/// Where the Momento API key comes from.
pub trait KeySource: Send + Sync {
    /// Why there is no key. Never holds one.
    type Error: Error + Send + Sync + 'static;

    /// The key as it is now. Called for every token: a source that is slow keeps what it has.
    fn key(&self) -> impl Future<Output = Result<Arc<ApiKey>, Self::Error>> + Send;
}

impl KeySource for ApiKeySecret {
    type Error = SecretError;

    async fn key(&self) -> Result<Arc<ApiKey>, SecretError> {
        self.api_key().await
    }
}

/// Why nothing was vended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VendError<E> {
    /// There is no API key.
    #[error(transparent)]
    Key(E),
    /// The source of the API key took until the deadline.
    #[error("the Momento API key did not arrive in time; ask again, and check the route to its source if this stays")]
    KeyLate,
    /// There is a key, and no token.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Vends tokens.
#[derive(Debug)]
pub struct Vendor<K> {
    keys: K,
    service: TokenService,
}

impl<K: KeySource> Vendor<K> {
    /// A vendor of tokens minted by `service` with the key of `keys`. Fetches nothing.
    pub fn new(keys: K, service: TokenService) -> Self {
        Self { keys, service }
    }

    /// Fetches the key and connects, so that the first request need not. A failure is kept quiet: the request tries
    /// again, and has somebody to tell.
    pub async fn warm(&self, deadline: Deadline) {
        // At the same time where the service's place is known without the key.
        let (key, ()) = tokio::join!(deadline.bound(self.keys.key()), self.service.connect_without_key(deadline));
        match key {
            Ok(Ok(key)) => self.service.connect(&key, deadline).await,
            Ok(Err(_)) | Err(_) => tracing::debug!("no API key ahead of the first request"),
        }
    }

    /// A token for `grant`, by `deadline`.
    ///
    /// # Errors
    /// [`VendError`]; see there. A grant that cannot be asked for is refused before the key is fetched.
    pub async fn vend(&self, grant: &Grant, deadline: Deadline) -> Result<VendedToken, VendError<K::Error>> {
        check(grant).map_err(TokenError::from)?;
        let key = match deadline.bound(self.keys.key()).await {
            Ok(key) => key.map_err(VendError::Key)?,
            Err(_) => return Err(VendError::KeyLate),
        };
        Ok(self.service.mint(&key, grant, deadline).await?)
    }
}
