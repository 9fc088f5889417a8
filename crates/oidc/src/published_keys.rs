//! The keys that an issuer publishes, as this process knows them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use refreshing_cache::{CacheConfig, Clock, RefreshingCache, SystemClock};
use rustls::ClientConfig;
use serde::Deserialize;

use crate::fetch::Fetcher;
use crate::fetch_error::FetchError;
use crate::key_set::KeySet;
use crate::left_out::{LeftOut, Word};

/// The least time between two fetches for a key that was not there: anybody can send tokens by keys that nobody has, and must
/// not make us a burden to the issuer.
const UNKNOWN_APART: Duration = Duration::from_secs(30);

/// How many entries that are left out have a line in the log, for each fetch.
const MOST_LOGGED: usize = 10;

/// Where the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this address.
    KeySet(Uri),
    /// Where the discovery document of this issuer says (OpenID Connect Discovery 1.0, section 4).
    Discovery {
        /// The issuer, exactly as its tokens and its document name it.
        issuer: String,
    },
}

/// How long keys that were fetched count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Until they are fetched again, give or take a tenth.
    pub lifetime: Duration,
    /// Beyond that, while they cannot be.
    pub max_stale: Duration,
}

/// What a discovery document says (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discovered {
    /// Whose document it is: what tokens say as `iss`.
    pub issuer: String,
    /// Where the keys are.
    pub jwks_uri: String,
}

/// The discovery document at the place of `issuer`, whoever it says it is of. For a program that explains a configuration;
/// [`PublishedKeys`] believes no document but the issuer's own.
///
/// # Errors
/// [`FetchError`], all but those about the keys.
pub async fn discover(tls: ClientConfig, issuer: &str) -> Result<Discovered, FetchError> {
    Ok(document(&Fetcher::new(tls), issuer).await?.1)
}

/// The keys of one issuer: fetched once in their lifetime, by one fetch for all who ask at the same time, and kept beyond it
/// while the issuer is down, for a while: one that it took back meanwhile must not count for ever.
pub struct PublishedKeys {
    source: Arc<Source>,
    keys: RefreshingCache<Arc<KeySet>, FetchError>,
}

struct Source {
    fetcher: Fetcher,
    place: Place,
}

impl PublishedKeys {
    /// The keys at `place`, which count for their lifetime. Fetches nothing.
    #[must_use]
    pub fn new(tls: ClientConfig, place: Place, counts: Counts) -> Self {
        Self::by_clock(tls, place, counts, Arc::new(SystemClock))
    }

    /// The same by another clock, for tests.
    #[must_use]
    pub fn by_clock(tls: ClientConfig, place: Place, counts: Counts, clock: Arc<dyn Clock>) -> Self {
        let source = Arc::new(Source { fetcher: Fetcher::new(tls), place });
        let cache_config =
            CacheConfig::new("the issuer's keys").for_lifetime(counts.lifetime).stale_for(counts.max_stale);
        Self { source, keys: RefreshingCache::nothing(cache_config.forced_apart(UNKNOWN_APART).by(clock)) }
    }

    /// The keys within their lifetime, or fetched now; where that fails, those known last, if they may serve on.
    ///
    /// # Errors
    /// [`FetchError`], where none were ever known, or none that may serve on.
    pub async fn keys(&self) -> Result<Arc<KeySet>, FetchError> {
        let source = Arc::clone(&self.source);
        self.keys.get(move |_| async move { source.fetch().await }).await
    }

    /// Other keys than `known`, in which one is missing; `None` where there are none, or it is too soon to look again.
    pub async fn refresh_unless(&self, known: &Arc<KeySet>) -> Option<Arc<KeySet>> {
        let fetch = || {
            let source = Arc::clone(&self.source);
            async move { source.fetch().await }
        };
        match self.keys.other_than_if_due(|keys| Arc::ptr_eq(keys, known), fetch).await {
            Ok(other) => other,
            Err(error) => {
                tracing::warn!(%error, "a token is by an unknown key, and the issuer's keys cannot be fetched again");
                None
            }
        }
    }
}

impl Source {
    async fn fetch(&self) -> Result<Arc<KeySet>, FetchError> {
        let address = match &self.place {
            Place::KeySet(address) => address.clone(),
            Place::Discovery { issuer } => self.discover(issuer).await?,
        };
        let keys = KeySet::parse(&self.fetcher.get(&address).await?).map_err(FetchError::KeySet)?;
        log_left_out(&keys);
        Ok(Arc::new(keys))
    }

    /// Where the keys are, by the issuer's own word.
    async fn discover(&self, issuer: &str) -> Result<Uri, FetchError> {
        let (address, document) = document(&self.fetcher, issuer).await?;
        if document.issuer != issuer {
            return Err(FetchError::AnotherIssuer(Word::of(Some(&document.issuer))));
        }
        let keys: Uri = document.jwks_uri.parse().map_err(|_| FetchError::Address)?;
        // From https one is not led back to http.
        if keys.scheme() != address.scheme() && keys.scheme_str() != Some("https") {
            return Err(FetchError::Address);
        }
        Ok(keys)
    }
}

/// The discovery document, and the address that it is at.
async fn document(fetcher: &Fetcher, issuer: &str) -> Result<(Uri, Discovered), FetchError> {
    // "If the Issuer value contains a path component, any terminating / MUST be removed before appending" (4.1).
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let address: Uri = address.parse().map_err(|_| FetchError::Address)?;
    let bytes = fetcher.get(&address).await?;
    let document = serde_json::from_slice(&bytes).map_err(|_| FetchError::NoDocument)?;
    Ok((address, document))
}

/// Says which entries verify nothing: else the set seems to have no key where it has one.
fn log_left_out(keys: &KeySet) {
    if keys.is_empty() {
        tracing::warn!("the issuer's key set has no key that verifies tokens, so every token is refused");
    }
    let (usual, unusual): (Vec<_>, Vec<_>) = keys.left_out().iter().partition(|entry| entry.why.is_usual());
    for LeftOut { kid, why } in unusual.iter().chain(&usual).take(MOST_LOGGED) {
        let kid = Word::of(kid.as_deref());
        if why.is_usual() {
            tracing::info!(%kid, reason = %why, "an entry of the issuer's key set is left out");
        } else {
            tracing::warn!(%kid, reason = %why, "an entry of the issuer's key set is left out");
        }
    }
    let further = keys.left_out().len().saturating_sub(MOST_LOGGED);
    if further > 0 {
        tracing::warn!(further, "further entries of the issuer's key set are left out");
    }
}

impl fmt::Debug for PublishedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublishedKeys").field("place", &self.source.place).field("keys", &self.keys).finish()
    }
}
