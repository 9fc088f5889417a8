//! A machine for this server, from its configuration, its key and its environment.

use momento_client::AddressError;
use tvm_config::Config;
use tvm_issuer::CacheNameError;
use tvm_machine::{Endpoints, Machine};
use tvm_tls::TlsError;

use crate::keys::Keys;

/// Why there is no machine.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// What `SSL_CERT_FILE` names cannot be trusted.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// `MOMENTO_TOKEN_ENDPOINT` or `MOMENTO_CACHE_ENDPOINT` is no address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// `reuse.cache` is no name for a cache.
    #[error(transparent)]
    Cache(#[from] CacheNameError),
}

/// The machine that vends by `config` with the key of `keys`. It connects to nothing yet.
///
/// As in the deployed functions, `MOMENTO_TOKEN_ENDPOINT` and `MOMENTO_CACHE_ENDPOINT` say where Momento is if not where the
/// key says, and `SSL_CERT_FILE` names a PEM bundle to be trusted instead of the built-in web roots.
///
/// # Errors
/// [`SetupError`], each of its variants.
pub fn machine(config: Config, keys: Keys) -> Result<Machine<Keys>, SetupError> {
    let places = Endpoints::from_env()?;
    Ok(Machine::new(config, keys, tvm_tls::client_config()?, places)?)
}
