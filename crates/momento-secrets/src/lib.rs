//! A Momento API key out of AWS Secrets Manager, and Momento clients made from it.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "clients")] {
//! let momento = momento_secrets::MomentoClients::builder().secret_id("MOMENTO_API_KEY").build().await?;
//! momento.cache_client().await?.set("my-cache", "code", "12345").await?;
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! From the bottom up: [`SecretReader`] reads the text of any secret, [`TypedSecret`] what the text means, [`ApiKeySecret`]
//! the key in one, `MomentoClients` (feature `clients`) makes clients of it. Without default features there is no `momento`
//! crate and no `aws-config`, only what a Lambda needs. A value read is remembered for [`DEFAULT_LIFETIME`], and longer while
//! it cannot be read again; no value is ever in an error, a log or a `Debug`.

mod aws;
mod classify;
#[cfg(feature = "clients")]
mod clients;
mod error;
mod key;
#[cfg(feature = "aws-config")]
mod profile;
mod secret;
mod staging_label;
mod transport;
mod typed;

#[cfg(feature = "aws-config")]
pub use aws::{DEFAULT_REGION, default_chain, default_chain_client};
pub use aws::{SetupError, lambda_client, lambda_client_from, region_of_secret};
pub use classify::refuses_credentials;
pub use error::{Denied, SecretError};
pub use key::ApiKeySecret;
pub use momento_client::{ApiKey, ApiKeyError, EndpointOrigin, EndpointProblem, KeyGeneration, KeyHints};
#[cfg(feature = "aws-config")]
pub use profile::{AwsProfile, SignIn};
pub use refreshing_cache::{Clock, DEFAULT_LIFETIME, FORCED_READS_APART, SystemClock, Timestamp};
pub use secret::{Limits, SecretReader};
pub use staging_label::{CURRENT, PREVIOUS};
pub use transport::http_client;
pub use typed::TypedSecret;

#[cfg(feature = "clients")]
pub use clients::{
    ClientConfiguration, ClientError, DEFAULT_SECRET_ID, DEFAULT_TTL, MomentoClients, MomentoClientsBuilder,
};
