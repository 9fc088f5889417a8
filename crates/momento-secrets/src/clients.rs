//! Ready Momento clients from the key in a secret, made once for a key and reused while it stays.
//!
//! A client never changes its key: who holds one across a rotation holds the old key, until Momento refuses it. No copy of
//! the key is kept beside those in the key's secret and in the clients themselves.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use momento::cache::{Configuration, configurations};
use momento::{CacheClient, CredentialProvider};
use refreshing_cache::Clock;
use secrecy::ExposeSecret as _;

use crate::aws::{SetupError, in_region};
use crate::error::SecretError;
use crate::key::ApiKeySecret;
use crate::secret::{Limits, SecretReader};
use momento_client::{ApiKey, KeyGeneration, KeyHints};

/// The name of the secret in Momento's own guide.
pub const DEFAULT_SECRET_ID: &str = "MOMENTO_API_KEY";

/// How long an item lives unless its `set` says otherwise: that of Momento's own guide.
pub const DEFAULT_TTL: Duration = Duration::from_secs(600);

/// Which of Momento's prebuilt configurations the client uses; each at its latest version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClientConfiguration {
    /// Permissive deadlines, for development. Momento's default.
    #[default]
    Laptop,
    /// Tight deadlines, for a server in the cache's region.
    InRegion,
    /// For Lambda in the cache's region: one connection, no keep-alives that a frozen process could not answer.
    Lambda,
    /// The caller's own.
    Custom(Configuration),
}

impl From<ClientConfiguration> for Configuration {
    fn from(configuration: ClientConfiguration) -> Self {
        match configuration {
            ClientConfiguration::Laptop => configurations::Laptop::latest().into(),
            ClientConfiguration::InRegion => configurations::InRegion::latest().into(),
            ClientConfiguration::Lambda => configurations::Lambda::latest().into(),
            ClientConfiguration::Custom(configuration) => configuration,
        }
    }
}

/// Why there is no client.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The key could not be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The Momento SDK did not accept the key, the endpoint or the configuration.
    #[error("the Momento SDK made no client from the key in secret {id}: {said}")]
    Momento {
        /// The name or ARN of the secret.
        id: String,
        /// The SDK's own message.
        said: String,
    },
}

/// Momento clients whose key is in a secret, and stay its clients when the key is rotated: ask for one where it is used.
///
/// ```no_run
/// # use momento::{MomentoErrorCode, cache::GetResponse};
/// # async fn example(momento: &momento_secrets::MomentoClients) -> Result<GetResponse, Box<dyn std::error::Error>> {
/// let key = momento.key().api_key().await?;
/// match momento.cache_client_for(&key)?.get("my-cache", "code").await {
///     // The key was rotated within its lifetime here: read the secret at once, and repeat the call, once.
///     Err(error) if error.error_code == MomentoErrorCode::AuthenticationError => {
///         let key = momento.key().after_refusal(&key).await?.ok_or(error)?;
///         Ok(momento.cache_client_for(&key)?.get("my-cache", "code").await?)
///     }
///     outcome => Ok(outcome?),
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct MomentoClients {
    key: ApiKeySecret,
    default_ttl: Duration,
    configuration: Configuration,
    insecure_endpoint: Option<String>,
    cache: Mutex<Option<Made>>,
}

/// The cache client made last, and the key it was made from.
struct Made {
    key: Arc<ApiKey>,
    client: CacheClient,
}

/// The SDK's client is no secret of ours to print.
impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cache client")
    }
}

impl MomentoClients {
    /// Starts with Momento's defaults: the secret [`DEFAULT_SECRET_ID`] at `AWSCURRENT`, [`DEFAULT_TTL`], the
    /// configuration for laptops.
    #[must_use]
    pub fn builder() -> MomentoClientsBuilder {
        MomentoClientsBuilder::default()
    }

    /// The secret that the clients are made from.
    #[must_use]
    pub fn key(&self) -> &ApiKeySecret {
        &self.key
    }

    /// Credentials for any Momento client; the key is read if it was not yet, or if its lifetime has passed. A client made of
    /// them keeps them: make another when the key is another.
    ///
    /// # Errors
    /// [`ClientError`]; it is not remembered.
    pub async fn credential_provider(&self) -> Result<CredentialProvider, ClientError> {
        self.credentials_of(&*self.key.api_key().await?)
    }

    /// The cache client of the key as [`ApiKeySecret::api_key`] has it now. It is the same one at each call (a clone shares
    /// its connections) while the key stays, and a new one after the key changed: ask here for each use, or at least after
    /// the key's lifetime. It connects when it is first used.
    ///
    /// Who keeps an old one keeps the old key: its calls succeed for as long as Momento accepts that key, and then fail with
    /// `AuthenticationError`. Nothing closes it under its holder.
    ///
    /// # Errors
    /// [`ClientError`]; it is not remembered.
    pub async fn cache_client(&self) -> Result<CacheClient, ClientError> {
        self.cache_client_for(&self.key.api_key().await?)
    }

    /// The cache client of this key, which came from [`key`](Self::key): for a caller who must know which key was refused.
    /// The last client made is reused if it is of the same key.
    ///
    /// # Errors
    /// [`ClientError::Momento`]; it is not remembered.
    pub fn cache_client_for(&self, key: &Arc<ApiKey>) -> Result<CacheClient, ClientError> {
        // Making one opens no connection, so all can wait for who does.
        let mut made = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.as_ref().filter(|made| made.key.is_same(key)) {
            return Ok(made.client.clone());
        }
        let client = CacheClient::builder()
            .default_ttl(self.default_ttl)
            .configuration(self.configuration.clone())
            .credential_provider(self.credentials_of(key)?)
            .build()
            .map_err(|error| self.refused(&error))?;
        *made = Some(Made { key: Arc::clone(key), client: client.clone() });
        Ok(client)
    }

    fn credentials_of(&self, key: &ApiKey) -> Result<CredentialProvider, ClientError> {
        let credentials = credentials(key).map_err(|error| self.refused(&error))?;
        Ok(match &self.insecure_endpoint {
            Some(endpoint) => credentials.insecure_endpoint_override(endpoint),
            None => credentials,
        })
    }

    fn refused(&self, error: &momento::MomentoError) -> ClientError {
        ClientError::Momento { id: self.key.id().to_owned(), said: error.message.clone() }
    }
}

/// The SDK takes a v1 key in its base64 wrapping only.
fn credentials(key: &ApiKey) -> momento::MomentoResult<CredentialProvider> {
    let secret = key.secret().expose_secret();
    match key.generation() {
        KeyGeneration::V1 => {
            let wrapped = serde_json::json!({ "endpoint": key.endpoint(), "api_key": secret });
            CredentialProvider::from_disposable_token(URL_SAFE.encode(wrapped.to_string()))
        }
        KeyGeneration::V2 => CredentialProvider::from_api_key_v2(secret, key.endpoint()),
    }
}

/// The options of [`MomentoClients`].
#[derive(Debug, Clone, Default)]
pub struct MomentoClientsBuilder {
    secret_id: Option<String>,
    stage: Option<String>,
    region: Option<String>,
    limits: Limits,
    key_lifetime: Option<Duration>,
    clock: Option<Arc<dyn Clock>>,
    hints: KeyHints,
    insecure_endpoint: Option<String>,
    default_ttl: Option<Duration>,
    configuration: ClientConfiguration,
    aws_client: Option<Client>,
}

impl MomentoClientsBuilder {
    /// The name or ARN of the secret. Left out: [`DEFAULT_SECRET_ID`].
    #[must_use]
    pub fn secret_id(mut self, id: impl Into<String>) -> Self {
        self.secret_id = Some(id.into());
        self
    }

    /// The stage of the version to read. Left out: `AWSCURRENT`.
    #[must_use]
    pub fn stage(mut self, stage: impl Into<String>) -> Self {
        self.stage = Some(stage.into());
        self
    }

    /// The AWS region of a secret that is named by its name; an ARN says its own. Left out: that of the environment or the
    /// profile, else `us-west-2`, the default of Momento's own guide.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// How long a read of the secret may take. Left out: [`Limits::default`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long the key, and the client made of it, count before the secret is read again, give or take a tenth; zero reads
    /// it for each client asked for. Left out: [`DEFAULT_LIFETIME`](crate::DEFAULT_LIFETIME).
    #[must_use]
    pub fn key_lifetime(mut self, lifetime: Duration) -> Self {
        self.key_lifetime = Some(lifetime);
        self
    }

    /// Where the time comes from that the key's lifetime is measured in. Left out: [`SystemClock`](crate::SystemClock).
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The Momento endpoint (a host name) of a v2 key, which does not carry it. Left out: the one in the secret.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.hints.endpoint = Some(endpoint.into());
        self
    }

    /// The member of the secret's JSON that holds the key. Left out: `apiKey`, or else the one member that is a Momento key, as of the
    /// key/value pairs of Secrets Manager's console.
    #[must_use]
    pub fn secret_field(mut self, field: impl Into<String>) -> Self {
        self.hints.field = Some(field.into());
        self
    }

    /// Sends everything, without TLS, to this URL: a local Momento. Left out: the key's endpoint, by TLS.
    #[must_use]
    pub fn insecure_endpoint_override(mut self, url: impl Into<String>) -> Self {
        self.insecure_endpoint = Some(url.into());
        self
    }

    /// How long items live by default. Left out: [`DEFAULT_TTL`].
    #[must_use]
    pub fn default_ttl(mut self, ttl: Duration) -> Self {
        self.default_ttl = Some(ttl);
        self
    }

    /// The configuration of the cache client. Left out: [`ClientConfiguration::Laptop`].
    #[must_use]
    pub fn configuration(mut self, configuration: ClientConfiguration) -> Self {
        self.configuration = configuration;
        self
    }

    /// A ready AWS client. Left out: one from AWS's default chain, or, without the feature `aws-config`, from the Lambda
    /// environment.
    #[must_use]
    pub fn aws_client(mut self, client: Client) -> Self {
        self.aws_client = Some(client);
        self
    }

    /// Makes the clients' source. It reads no secret yet: the first use does.
    ///
    /// # Errors
    /// [`SetupError`] when no AWS client can be made.
    pub async fn build(self) -> Result<MomentoClients, SetupError> {
        let client = match (self.aws_client, self.region) {
            (Some(client), Some(region)) => in_region(&client, &region),
            (Some(client), None) => client,
            (None, region) => made_client(region).await?,
        };
        let id = self.secret_id.unwrap_or_else(|| DEFAULT_SECRET_ID.to_owned());
        let reader = SecretReader::new(client, id).with_limits(self.limits);
        let reader = match self.stage {
            Some(stage) => reader.with_stage(stage),
            None => reader,
        };
        let reader = match self.clock {
            Some(clock) => reader.with_clock(clock),
            None => reader,
        };
        let reader = match self.key_lifetime {
            Some(lifetime) => reader.with_lifetime(lifetime),
            None => reader,
        };
        Ok(MomentoClients {
            key: ApiKeySecret::new(reader, self.hints),
            default_ttl: self.default_ttl.unwrap_or(DEFAULT_TTL),
            configuration: self.configuration.into(),
            insecure_endpoint: self.insecure_endpoint,
            cache: Mutex::new(None),
        })
    }
}

#[cfg(feature = "aws-config")]
async fn made_client(region: Option<String>) -> Result<Client, SetupError> {
    crate::aws::default_chain_client(region).await
}

#[cfg(not(feature = "aws-config"))]
#[allow(clippy::unused_async, reason = "the same signature as with the default chain, which awaits")]
async fn made_client(region: Option<String>) -> Result<Client, SetupError> {
    let client = crate::aws::lambda_client()?;
    Ok(match region {
        Some(region) => in_region(&client, &region),
        None => client,
    })
}
