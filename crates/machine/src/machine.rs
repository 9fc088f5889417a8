//! The machine: a configuration, and what vends by it.

use std::env;

use momento_client::{AddressError, Deadline, KeyHints, KeySource, ServiceAddress};
use rustls::ClientConfig;
use tvm_config::Config;
use tvm_issuer::{CacheNameError, MomentoCache, Settings, SharedTokens, TokenIssuer, TokenService};
use tvm_policy::{Identity, Request};

use crate::failure::Failure;
use crate::issued::Issued;

/// Where Momento's services are.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// The token service.
    pub token: ServiceAddress,
    /// The cache and control services, for tokens that are shared.
    pub cache: ServiceAddress,
}

impl Endpoints {
    /// Where the environment says that they are: `MOMENTO_TOKEN_ENDPOINT` the token service, `MOMENTO_CACHE_ENDPOINT` the cache
    /// and control services, each as `http(s)://host[:port]`; empty or unset, the key says.
    ///
    /// # Errors
    /// [`AddressError`] for a text that is no such address.
    pub fn from_env() -> Result<Self, AddressError> {
        let address = |variable| ServiceAddress::parse(&env::var(variable).unwrap_or_default());
        Ok(Self { token: address("MOMENTO_TOKEN_ENDPOINT")?, cache: address("MOMENTO_CACHE_ENDPOINT")? })
    }
}

/// What `config` says of the API key in a secret.
pub fn key_hints(config: &Config) -> KeyHints {
    KeyHints {
        endpoint: config.momento_endpoint().map(str::to_owned),
        field: config.momento_secret_field().map(str::to_owned),
    }
}

/// What vends tokens by a configuration: one per process, shared by its requests.
#[derive(Debug)]
pub struct Machine<K: KeySource> {
    config: Config,
    vendor: TokenIssuer<K>,
}

impl<K: KeySource + 'static> Machine<K> {
    /// A machine that vends by `config`, with the API key of `keys`, over connections that trust what `tls` trusts. It opens
    /// nothing and reads nothing.
    ///
    /// # Errors
    /// [`CacheNameError`] for a cache of shared tokens whose name no header can carry.
    pub fn new(config: Config, keys: K, tls: ClientConfig, places: Endpoints) -> Result<Self, CacheNameError> {
        let shared = match config.shared_reuse() {
            Some(shared) => Some(SharedTokens {
                store: MomentoCache::new(tls.clone(), places.cache, shared.cache)?,
                budget: shared.budget,
            }),
            None => None,
        };
        let settings = Settings {
            reuse: config.reuse().map(min_remaining),
            shared,
            tokens_per_second: Some(config.momento_tokens_per_second()),
            identity_interval: config.identity_interval(),
        };
        let service = TokenService::new(tls, places.token);
        Ok(Self { vendor: TokenIssuer::new(keys, service, settings), config })
    }

    /// What it vends by.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Reads the key and connects, as far as that goes until `deadline`, so that the first request need not.
    pub async fn warm(&self, deadline: Deadline) {
        self.vendor.warm(deadline).await;
    }

    /// A token for what `identity` is granted and asks for with `request`, by `deadline`.
    ///
    /// # Errors
    /// [`Failure`], each of its variants.
    pub async fn vend(
        &self,
        identity: &Identity,
        request: Request<'_>,
        deadline: Deadline,
    ) -> Result<Issued<'_>, Failure<K::Error>> {
        let decision = self.config.policy().decide(identity, request)?;
        let (origins, grant) = (decision.origins(), decision.grant);
        let principal = match identity {
            Identity::Verified(caller) => Some(caller.principal.as_str()),
            Identity::Anonymous => None,
        };
        Ok(Issued { vended: self.vendor.vend(&grant, principal, deadline).await?, grant, origins })
    }
}

fn min_remaining(configured: tvm_config::MinRemaining) -> tvm_issuer::MinRemaining {
    match configured {
        tvm_config::MinRemaining::Percent(percent) => tvm_issuer::MinRemaining::Percent(percent),
        tvm_config::MinRemaining::Time(time) => tvm_issuer::MinRemaining::Time(time.duration()),
    }
}
