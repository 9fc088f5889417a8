//! Making the AWS client: from the Lambda environment, or from the default chain.
//!
//! It opens no connection; credentials are read here and go nowhere but into the client.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Config, Credentials, Region, StalledStreamProtectionConfig};

#[cfg(feature = "aws-config")]
use crate::profile::AwsProfile;
use crate::transport::http_client;

/// Why no AWS client could be made. Nothing here is fixed by trying again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A variable that Lambda always sets is missing.
    #[error(
        "the environment variable {name} is not set; Lambda sets it. Outside Lambda, use the default chain (the feature \
         `aws-config`)"
    )]
    MissingVariable {
        /// Its name.
        name: &'static str,
    },
    /// The value of an endpoint variable is not a URL.
    #[error("the environment variable {name} is not a URL; write http://host:port or https://host")]
    NotAUrl {
        /// Its name.
        name: &'static str,
    },
    /// `SSL_CERT_FILE` is not usable.
    #[error(transparent)]
    Tls(#[from] tvm_tls::TlsError),
}

/// The behaviour of the SDK that this crate was tested with; raise it together with the tests.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// A client from what the Lambda runtime puts into the environment, without `aws-config`: `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; `AWS_REGION`, else `AWS_DEFAULT_REGION`. As AWS defines them, it also
/// honours `AWS_ENDPOINT_URL_SECRETS_MANAGER`, else `AWS_ENDPOINT_URL`, unless `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is
/// `true`; `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT`; and `SSL_CERT_FILE`.
///
/// # Errors
/// [`SetupError`] when a variable is missing or malformed, or the TLS bundle is.
pub fn lambda_client() -> Result<Client, SetupError> {
    lambda_client_from(|name| std::env::var(name).ok())
}

/// As [`lambda_client`], with the variables looked up by the caller. An empty value counts as not set.
///
/// # Errors
/// As [`lambda_client`].
pub fn lambda_client_from(variable: impl Fn(&'static str) -> Option<String>) -> Result<Client, SetupError> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let required = |name| set(name).ok_or(SetupError::MissingVariable { name });
    let is_true = |name| set(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));

    let region = set("AWS_REGION").map_or_else(|| required("AWS_DEFAULT_REGION"), Ok);
    let region = region.map_err(|_| SetupError::MissingVariable { name: "AWS_REGION" })?;
    let credentials = Credentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        set("AWS_SESSION_TOKEN"),
        None,
        "the environment",
    );
    let mut config = Config::builder()
        .behavior_version(behavior())
        .region(Region::new(region))
        .credentials_provider(credentials)
        .http_client(http_client(tvm_tls::client_config()?))
        // An answer is a few kilobytes under a limit per attempt: nothing is gained by watching its flow.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_use_fips(is_true("AWS_USE_FIPS_ENDPOINT").then_some(true));
    config.set_use_dual_stack(is_true("AWS_USE_DUALSTACK_ENDPOINT").then_some(true));
    if !is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"] {
            if let Some(url) = set(name) {
                config.set_endpoint_url(Some(checked_url(name, url)?));
            }
        }
    }
    Ok(Client::from_conf(config.build()))
}

/// The SDK would report a malformed URL only at the call, and as a failure of the network.
fn checked_url(name: &'static str, url: String) -> Result<String, SetupError> {
    let has_host = url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    if has_host { Ok(url) } else { Err(SetupError::NotAUrl { name }) }
}

/// As [`lambda_client`], for the region of this secret where its ARN says one. One client, and not two: making it is a good part of
/// a cold start.
pub(crate) fn lambda_client_for(secret: &str) -> Result<Client, SetupError> {
    let said = region_of_secret(secret);
    lambda_client_from(|name| match said {
        Some(region) if name == "AWS_REGION" => Some(region.to_owned()),
        _ => std::env::var(name).ok(),
    })
}

/// The region of a secret that is named by its ARN, `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME`. A name says none.
#[must_use]
pub fn region_of_secret(id: &str) -> Option<&str> {
    let mut parts = id.split(':');
    let is_of_secrets_manager = parts.next() == Some("arn") && parts.nth(1) == Some("secretsmanager");
    parts.next().filter(|region| is_of_secrets_manager && !region.is_empty())
}

/// The same client, for this region.
pub(crate) fn in_region(client: &Client, region: &str) -> Client {
    Client::from_conf(client.config().to_builder().region(Region::new(region.to_owned())).build())
}

/// A client from AWS's default chain (environment, profiles, SSO, container and instance roles), its connections over the
/// same TLS as everything else. `region` overrides the chain's; without either it is Momento's default,
/// [`DEFAULT_REGION`].
///
/// # Errors
/// [`SetupError::Tls`]; what the chain does not find shows at the first read, as
/// [`SecretError::Credentials`](crate::SecretError::Credentials).
#[cfg(feature = "aws-config")]
pub async fn default_chain_client(region: Option<String>) -> Result<Client, SetupError> {
    let chain = default_chain(region).await?;
    // Not as the end of a `RegionProviderChain`: its default part asks the instance metadata service by an HTTP client of
    // its own, and panics where the SDK was built without one.
    let region = chain.region().cloned().unwrap_or(Region::from_static(DEFAULT_REGION));
    Ok(Client::new(&chain.into_builder().region(region).build()))
}

/// The configuration for any AWS client, from the same chain. It has no region where neither `region` nor the chain says one.
///
/// As the AWS command line does, it trusts what `AWS_CA_BUNDLE` or the profile's `ca_bundle` names instead of the web roots (where
/// `SSL_CERT_FILE` is not set), and goes through the proxy of `HTTPS_PROXY`, except to what `NO_PROXY` names. It also trusts what
/// `NODE_EXTRA_CA_CERTS` names.
///
/// # Errors
/// [`SetupError::Tls`].
#[cfg(feature = "aws-config")]
pub async fn default_chain(region: Option<String>) -> Result<aws_config::SdkConfig, SetupError> {
    let trusted = AwsProfile::load().await.ca_bundle();
    let mut chain = aws_config::defaults(behavior())
        .http_client(http_client(tvm_tls::operator_client_config(trusted.as_ref())?))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(region) = region {
        chain = chain.region(Region::new(region));
    }
    Ok(chain.load().await)
}

/// The region of Momento's own guide.
#[cfg(feature = "aws-config")]
pub const DEFAULT_REGION: &str = "us-west-2";
