//! The Momento API key in a secret: read, parsed and remembered as one step.
//!
//! A value that is not a key is not remembered, so that mending the secret mends the running program.

use std::sync::Arc;

use secrecy::ExposeSecret as _;

use crate::api_key::ApiKey;
use crate::aws::SetupError;
use crate::error::SecretError;
use crate::remembered::Remembered;
use crate::secret::SecretReader;

/// The secret that holds a Momento API key. Share it in an `Arc`; `Debug` shows no key.
#[derive(Debug)]
pub struct ApiKeySecret {
    reader: SecretReader,
    configured_endpoint: Option<String>,
    remembered: Remembered<Arc<ApiKey>, SecretError>,
}

impl ApiKeySecret {
    /// The key in the secret that `reader` reads. `configured_endpoint` serves keys that carry no endpoint (v2).
    #[must_use]
    pub fn new(reader: SecretReader, configured_endpoint: Option<String>) -> Self {
        Self { reader, configured_endpoint, remembered: Remembered::nothing() }
    }

    /// The key in the secret `id` (name or ARN), by a client from the Lambda environment: see
    /// [`lambda_client`](crate::lambda_client).
    ///
    /// # Errors
    /// As [`lambda_client`](crate::lambda_client).
    pub fn from_lambda_env(id: impl Into<String>, configured_endpoint: Option<String>) -> Result<Self, SetupError> {
        Ok(Self::new(SecretReader::from_lambda_env(id)?, configured_endpoint))
    }

    /// The name or ARN of the secret.
    #[must_use]
    pub fn id(&self) -> &str {
        self.reader.id()
    }

    /// The key: read once, by one call however many ask at the same time, then remembered. Call it early to warm up.
    ///
    /// # Errors
    /// [`SecretError`], with [`SecretError::Malformed`] for a value that is not a key. It is not remembered: the next call
    /// reads again.
    pub async fn api_key(&self) -> Result<Arc<ApiKey>, SecretError> {
        self.remembered
            .get_or(|| {
                let (fetch, id, endpoint) =
                    (self.reader.fetch(), self.id().to_owned(), self.configured_endpoint.clone());
                async move {
                    let value = fetch.await?;
                    ApiKey::parse(value.expose_secret(), endpoint.as_deref())
                        .map(Arc::new)
                        .map_err(|problem| SecretError::Malformed { id, problem })
                }
            })
            .await
    }
}
