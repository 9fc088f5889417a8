//! The Momento API key in a secret, and another where Momento refuses it.
//!
//! A value that is not a key is a read that failed: see [`TypedSecret`].

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use refreshing_cache::{CacheConfig, Timestamp};
use secrecy::ExposeSecret as _;

use crate::aws::SetupError;
use crate::error::SecretError;
use crate::secret::SecretReader;
use crate::typed::TypedSecret;
use momento_client::{ApiKey, KeyHints, KeySource};

/// The secret that holds a Momento API key. Share it in an `Arc`; `Debug` shows no key.
#[derive(Debug)]
pub struct ApiKeySecret {
    key: TypedSecret<ApiKey>,
    succession: Arc<Mutex<Option<Succession>>>,
}

/// What the stage [`PREVIOUS`](crate::PREVIOUS) held while this key was current. The stages change together, so a current
/// key that is refused again and again causes one read each time, not two.
#[derive(Debug)]
struct Succession {
    current: Arc<ApiKey>,
    previous: Option<Arc<ApiKey>>,
    read_at: Timestamp,
}

impl ApiKeySecret {
    /// The key in the secret that `reader` reads, kept for as long as `reader` keeps a text and by the same clock.
    /// `hints` is the endpoint for keys that carry none (v2), or [`KeyHints`], which also name the member of the secret's JSON that holds
    /// the key.
    #[must_use]
    pub fn new(reader: SecretReader, hints: impl Into<KeyHints>) -> Self {
        let (id, hints) = (reader.id().to_owned(), hints.into());
        let key = TypedSecret::of_versions(reader, move |version| {
            ApiKey::parse_by(version.text.expose_secret(), &hints)
                .map(|key| key.stored_at(version.stored_at))
                .map_err(|problem| SecretError::Malformed { id: id.clone(), problem })
        });
        Self { key, succession: Arc::default() }
    }

    /// The key in the secret `id` (name or ARN), by a client from the Lambda environment: see
    /// [`lambda_client`](crate::lambda_client).
    ///
    /// # Errors
    /// As [`lambda_client`](crate::lambda_client).
    pub fn from_lambda_env(id: impl Into<String>, hints: impl Into<KeyHints>) -> Result<Self, SetupError> {
        Ok(Self::new(SecretReader::from_lambda_env(id)?, hints))
    }

    /// Keeps the key for this long instead of [`DEFAULT_LIFETIME`](crate::DEFAULT_LIFETIME), give or take a tenth that is
    /// drawn here; zero reads each time. What was remembered is forgotten.
    #[must_use]
    pub fn with_lifetime(self, lifetime: Duration) -> Self {
        Self { key: self.key.with_lifetime(lifetime), succession: Arc::default() }
    }

    /// The name or ARN of the secret.
    #[must_use]
    pub fn id(&self) -> &str {
        self.key.id()
    }

    /// The key: read by one call however many ask at the same time, and remembered for its lifetime. Call it early to warm
    /// up.
    ///
    /// When the lifetime has passed, the next call reads again, within 1 s. If that fails, or brings what is not a key, the
    /// key read last serves on; a warning says so, and the next attempt waits for 10 s, later for up to a minute.
    ///
    /// # Errors
    /// [`SecretError`] as long as no key was ever read, with [`SecretError::Malformed`] for a value that is not one. It is
    /// not remembered: the next call reads again.
    pub async fn api_key(&self) -> Result<Arc<ApiKey>, SecretError> {
        self.key.read().await
    }

    /// Another key than the one that Momento `refused`, to repeat the call with, once; `None` if there is none.
    ///
    /// It is the remembered one, if somebody has read another meanwhile. Otherwise the secret is read at once: by one call
    /// however many ask, and not within [`FORCED_READS_APART`](crate::FORCED_READS_APART) of the last such call, which is
    /// waited for. If the stage [`CURRENT`](crate::CURRENT) still holds the refused key, the one at
    /// [`PREVIOUS`](crate::PREVIOUS) is tried. What is found is what [`api_key`](Self::api_key) gives for a lifetime; then
    /// the current one counts again.
    ///
    /// It sets no deadline: a caller who has one may drop the future, to no harm.
    ///
    /// # Errors
    /// [`SecretError`] when the secret cannot be read now. The last key stays remembered all the same: not every refusal is
    /// the key's fault.
    pub async fn after_refusal(&self, refused: &ApiKey) -> Result<Option<Arc<ApiKey>>, SecretError> {
        self.key.refresh_unless(|key| key.is_same(refused), || self.replacing(refused.clone())).await
    }

    /// The current key, or the one before it where the current one is `refused`; `refused` itself where there is no other.
    fn replacing(&self, refused: ApiKey) -> impl Future<Output = Result<Arc<ApiKey>, SecretError>> + Send + use<> {
        let (current, previous) = (self.key.fetch(), self.key.fetch_previous());
        let (succession, cache_config) = (Arc::clone(&self.succession), self.key.cache_config().clone());
        let secret = self.id().to_owned();
        async move {
            let current = current.await?;
            if !current.is_same(&refused) {
                return Ok(current);
            }
            let Some(previous) = previous else { return Ok(current) };
            match before(&succession, &cache_config, &current, previous).await? {
                Some(previous) if !previous.is_same(&refused) => {
                    tracing::warn!(
                        secret,
                        "Momento refuses the key at AWSCURRENT; the one at AWSPREVIOUS is used for now"
                    );
                    Ok(previous)
                }
                _ => Ok(current),
            }
        }
    }
}

impl KeySource for ApiKeySecret {
    type Error = SecretError;

    async fn key(&self) -> Result<Arc<ApiKey>, SecretError> {
        self.api_key().await
    }

    async fn after_refusal(&self, refused: &ApiKey) -> Option<Arc<ApiKey>> {
        match Self::after_refusal(self, refused).await {
            Ok(other) => other,
            Err(error) => {
                tracing::warn!(%error, "Momento refused the API key, and the secret cannot be read for another");
                None
            }
        }
    }
}

/// The key before `current`: as known, or as `read`. A secret that never changed has none; one that may not be read, or is no
/// key, is none to us.
async fn before(
    succession: &Mutex<Option<Succession>>,
    cache_config: &CacheConfig,
    current: &Arc<ApiKey>,
    read: impl Future<Output = Result<Arc<ApiKey>, SecretError>> + Send,
) -> Result<Option<Arc<ApiKey>>, SecretError> {
    let read_at = cache_config.now();
    let is_known =
        |known: &&Succession| known.current.is_same(current) && cache_config.counts_at(read_at.since(&known.read_at));
    let slot = || succession.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = slot().as_ref().filter(is_known) {
        return Ok(known.previous.clone());
    }
    let previous = match read.await {
        Ok(previous) => Some(previous),
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => None,
    };
    *slot() = Some(Succession { current: Arc::clone(current), previous: previous.clone(), read_at });
    Ok(previous)
}
