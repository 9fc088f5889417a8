//! What tokens are verified by: the keys that the issuer publishes, or the secret that it shares. One or the other, as the
//! configuration says; nothing of a token chooses between them.

use std::sync::Arc;

use momento_secrets::{SecretReader, TypedSecret};
use rustls::ClientConfig;
use tvm_config::Issuer;
use tvm_oidc::{Algorithm, KeySet};
use tvm_oidc::{Counts, Place, PublishedKeys};

use crate::rejection::Rejection;
use crate::setup_problem::SetupProblem;
use crate::shared_secret::{NoSharedSecret, shared_secret};

/// What tokens are verified by.
#[derive(Debug)]
pub enum Keys {
    /// The issuer's public keys.
    Published(PublishedKeys),
    /// A secret that the issuer signs with too.
    Shared(TypedSecret<KeySet, NoSharedSecret>),
}

impl Keys {
    /// The public keys of `issuer`, at `url` or else where its discovery document says.
    ///
    /// # Errors
    /// [`SetupProblem::Address`]; the check of the configuration lets none pass.
    pub fn published(issuer: Issuer<'_>, url: Option<&str>, tls: ClientConfig) -> Result<Self, SetupProblem> {
        let place = match url {
            Some(url) => Place::KeySet(url.parse()?),
            None => Place::Discovery { issuer: issuer.issuer().to_owned() },
        };
        let counts = Counts { lifetime: issuer.jwks_ttl(), max_stale: issuer.jwks_max_stale() };
        Ok(Self::Published(PublishedKeys::new(tls, place, counts)))
    }

    /// The secret that `reader` reads, for this algorithm.
    pub fn shared(reader: SecretReader, algorithm: Algorithm) -> Self {
        Self::Shared(TypedSecret::new(reader, move |value| shared_secret(value, algorithm)))
    }

    /// Reads them, so that the first request need not. A failure is told by the request that meets it.
    pub async fn warm(&self) {
        let _ = self.current().await;
    }

    /// Those in force.
    ///
    /// # Errors
    /// [`Rejection::NoKeys`], [`Rejection::NoSharedSecret`].
    pub async fn current(&self) -> Result<Arc<KeySet>, Rejection> {
        match self {
            Self::Published(keys) => Ok(keys.keys().await?),
            Self::Shared(secret) => Ok(secret.read().await?),
        }
    }

    /// Other ones than `known`, in which the key that a token names is missing; `None` where there are none, or it is too soon
    /// to look again. A shared secret has no name to miss: a new one counts when the old one's lifetime is over, and not for a
    /// wrong signature, or whoever sends forged tokens would decide when secrets are read.
    pub async fn refresh_unless(&self, known: &Arc<KeySet>) -> Option<Arc<KeySet>> {
        match self {
            Self::Published(keys) => keys.refresh_unless(known).await,
            Self::Shared(_) => None,
        }
    }
}
