//! Ready Momento clients from the key in a secret, made once and reused.
//!
//! It keeps no copy of the key beside those in the key's secret and in the clients themselves.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Region;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use momento::cache::{Configuration, configurations};
use momento::{CacheClient, CredentialProvider};
use secrecy::ExposeSecret as _;

use crate::api_key::{ApiKey, KeyGeneration};
use crate::aws::SetupError;
use crate::error::SecretError;
use crate::key::ApiKeySecret;
use crate::remembered::Remembered;
use crate::secret::{Limits, SecretReader};

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

/// Momento clients whose key is in a secret.
#[derive(Debug)]
pub struct MomentoClients {
    key: ApiKeySecret,
    default_ttl: Duration,
    configuration: Configuration,
    insecure_endpoint: Option<String>,
    cache: Remembered<CacheClient, ClientError>,
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

    /// Credentials for any Momento client; the key is read if it was not yet.
    ///
    /// # Errors
    /// [`ClientError`]; it is not remembered.
    pub async fn credential_provider(&self) -> Result<CredentialProvider, ClientError> {
        let key = self.key.api_key().await?;
        let credentials = credentials(&key).map_err(|error| self.refused(&error))?;
        Ok(match &self.insecure_endpoint {
            Some(endpoint) => credentials.insecure_endpoint_override(endpoint),
            None => credentials,
        })
    }

    /// The cache client: made by the first call, then the same one (a clone shares its connections). It connects when it is
    /// first used.
    ///
    /// # Errors
    /// [`ClientError`]; it is not remembered.
    pub async fn cache_client(&self) -> Result<CacheClient, ClientError> {
        let credentials = self.credential_provider().await?;
        self.cache
            .get_or(|| {
                let client = CacheClient::builder()
                    .default_ttl(self.default_ttl)
                    .configuration(self.configuration.clone())
                    .credential_provider(credentials)
                    .build()
                    .map_err(|error| self.refused(&error));
                std::future::ready(client)
            })
            .await
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
    endpoint: Option<String>,
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

    /// The AWS region of the secret. Left out: that of the environment or the profile, else `us-west-2`, the default of
    /// Momento's own guide.
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

    /// The Momento endpoint (a host name) of a v2 key, which does not carry it. Left out: the one in the secret.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
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
            (Some(client), Some(region)) => in_region(&client, region),
            (Some(client), None) => client,
            (None, region) => made_client(region).await?,
        };
        let id = self.secret_id.unwrap_or_else(|| DEFAULT_SECRET_ID.to_owned());
        let reader = SecretReader::new(client, id).with_limits(self.limits);
        let reader = match self.stage {
            Some(stage) => reader.with_stage(stage),
            None => reader,
        };
        Ok(MomentoClients {
            key: ApiKeySecret::new(reader, self.endpoint),
            default_ttl: self.default_ttl.unwrap_or(DEFAULT_TTL),
            configuration: self.configuration.into(),
            insecure_endpoint: self.insecure_endpoint,
            cache: Remembered::nothing(),
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
        Some(region) => in_region(&client, region),
        None => client,
    })
}

fn in_region(client: &Client, region: String) -> Client {
    Client::from_conf(client.config().to_builder().region(Region::new(region)).build())
}
