//! Where the server's Momento API key is: in its environment, or in AWS Secrets Manager.

use std::env;
use std::sync::Arc;

use momento_client::KeySource;
use momento_client::{ApiKey, ApiKeyError};
#[cfg(feature = "secrets-manager")]
use momento_secrets::{ApiKeySecret, SecretError, SetupError};
#[cfg(feature = "aws-config")]
use momento_secrets::{SecretReader, default_chain_client, region_of_secret};
use tvm_config::Config;
#[cfg(feature = "secrets-manager")]
use tvm_machine::key_hints;

/// The variable that holds the key itself, as Momento's SDKs have it.
const KEY: &str = "MOMENTO_API_KEY";
/// The variable that names the secret which holds it.
const SECRET_ID: &str = "MOMENTO_API_KEY_SECRET_ID";

/// The Momento API key of a server.
#[derive(Debug)]
pub enum Keys {
    /// One that stays the same until the server is started again.
    Fixed(Arc<ApiKey>),
    /// The one in a secret of AWS Secrets Manager: read again after `momento.key_ttl`, and when Momento refuses it.
    #[cfg(feature = "secrets-manager")]
    Secret(ApiKeySecret),
}

/// Why there is no key now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyUnavailable {
    /// The secret cannot be read.
    #[cfg(feature = "secrets-manager")]
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// Why there is no key to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Neither variable is set.
    #[error("there is no Momento API key: set {KEY} to one, or {SECRET_ID} to the secret of AWS that holds it")]
    Missing,
    /// Both are.
    #[error("{KEY} and {SECRET_ID} are both set, and only one can count; unset the other")]
    Both,
    /// It is no key. Never with any part of it.
    #[error("{KEY} is not usable: {0}")]
    Malformed(#[from] ApiKeyError),
    /// A secret is named, and this server was built without Secrets Manager.
    #[cfg(not(feature = "secrets-manager"))]
    #[error(
        "{SECRET_ID} is set, but this server was built without the feature `secrets-manager` of tvm-embed; add it, or set {KEY}"
    )]
    NoSecretsManager,
    /// The environment has nothing to call Secrets Manager with.
    #[cfg(feature = "secrets-manager")]
    #[error("{0}{hint}", hint = hint(.0))]
    Aws(#[from] SetupError),
}

/// What a server on AWS has in place of the variables of a Lambda function.
#[cfg(feature = "secrets-manager")]
fn hint(error: &SetupError) -> &'static str {
    match error {
        SetupError::MissingVariable { .. } => {
            ". On ECS, EKS or EC2, and with a profile, read the key by Keys::discover (the feature `aws-config` of tvm-embed)"
        }
        _ => "",
    }
}

/// A variable of the environment; set but blank counts as not set.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

impl Keys {
    /// The key in the variable `MOMENTO_API_KEY`, or in the secret that `MOMENTO_API_KEY_SECRET_ID` names, which is then read
    /// with the credentials in the environment. That takes the feature `secrets-manager`. On ECS, EKS and EC2, and with a profile,
    /// credentials are elsewhere: see `Keys::discover`, of the feature `aws-config`. For another AWS client, make a `Keys::Secret` by
    /// `ApiKeySecret::new` of `momento-secrets`.
    ///
    /// # Errors
    /// [`KeysError`], each of its variants.
    pub fn from_env(config: &Config) -> Result<Self, KeysError> {
        Self::of(variable(KEY), variable(SECRET_ID), config)
    }

    /// As [`Keys::from_env`], but the secret is read with the credentials that AWS's own programs find: in the environment, a profile, of
    /// a container (ECS, EKS Pod Identity), a web identity (EKS) or an instance (EC2), which are renewed as they end. Its region is the one
    /// that its ARN says, else that of the environment, the profile or the instance.
    ///
    /// # Errors
    /// As [`Keys::from_env`].
    #[cfg(feature = "aws-config")]
    pub async fn discover(config: &Config) -> Result<Self, KeysError> {
        match (variable(KEY), variable(SECRET_ID)) {
            (None, Some(id)) => {
                let client = default_chain_client(region_of_secret(&id).map(str::to_owned)).await?;
                let secret = ApiKeySecret::new(SecretReader::new(client, id), key_hints(config));
                Ok(Self::Secret(secret.with_lifetime(config.key_ttl())))
            }
            (key, id) => Self::of(key, id, config),
        }
    }

    fn of(key: Option<String>, secret_id: Option<String>, config: &Config) -> Result<Self, KeysError> {
        match (key, secret_id) {
            (Some(key), None) => Ok(Self::Fixed(Arc::new(ApiKey::parse(&key, config.momento_endpoint())?))),
            #[cfg(not(feature = "secrets-manager"))]
            (None, Some(_)) => Err(KeysError::NoSecretsManager),
            #[cfg(feature = "secrets-manager")]
            (None, Some(id)) => {
                let secret = ApiKeySecret::from_lambda_env(id, key_hints(config))?;
                Ok(Self::Secret(secret.with_lifetime(config.key_ttl())))
            }
            (Some(_), Some(_)) => Err(KeysError::Both),
            (None, None) => Err(KeysError::Missing),
        }
    }
}

impl From<ApiKey> for Keys {
    fn from(key: ApiKey) -> Self {
        Self::Fixed(Arc::new(key))
    }
}

impl KeySource for Keys {
    type Error = KeyUnavailable;

    async fn key(&self) -> Result<Arc<ApiKey>, KeyUnavailable> {
        match self {
            Self::Fixed(key) => Ok(Arc::clone(key)),
            #[cfg(feature = "secrets-manager")]
            Self::Secret(secret) => Ok(secret.key().await?),
        }
    }

    async fn after_refusal(&self, refused: &ApiKey) -> Option<Arc<ApiKey>> {
        match self {
            Self::Fixed(_) => {
                let _ = refused;
                None
            }
            #[cfg(feature = "secrets-manager")]
            Self::Secret(secret) => KeySource::after_refusal(secret, refused).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the test's own hand: `{"endpoint":"planted.example","api_key":"planted"}`.
    const V1: &str = "eyJlbmRwb2ludCI6InBsYW50ZWQuZXhhbXBsZSIsImFwaV9rZXkiOiJwbGFudGVkIn0=";

    #[tokio::test]
    async fn the_one_variable_that_is_set_says_where_the_key_is_and_no_error_quotes_it() {
        let config =
            Config::parse("f", "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]").unwrap();
        let of = |key: Option<&str>, secret: Option<&str>| {
            Keys::of(key.map(str::to_owned), secret.map(str::to_owned), &config)
        };
        let keys = of(Some(V1), None).unwrap();
        let key = keys.key().await.unwrap();
        assert_eq!(key.endpoint(), "planted.example");
        assert!(keys.after_refusal(&key).await.is_none(), "there is no other");
        for (error, expected) in [
            (of(None, None).unwrap_err(), "MOMENTO_API_KEY_SECRET_ID"),
            (of(Some(V1), Some("planted")).unwrap_err(), "unset the other"),
            (of(Some("planted"), None).unwrap_err(), "MOMENTO_API_KEY is not usable"),
        ] {
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(expected) && !shown.contains("planted") && !shown.contains("eyJ"), "{shown}");
        }
        assert!(!format!("{keys:?}").contains("eyJ") && !format!("{keys:?}").contains("api_key: \"planted"));
    }
}
