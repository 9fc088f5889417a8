//! Key, token service and kept tokens together: what a Lambda or a server holds, one per process.
//!
//! It decides nothing about access and keeps nothing of a caller: a grant goes in, a token or an error comes out.

use std::error::Error;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use momento_secrets::{ApiKey, ApiKeySecret, SecretError};
use tvm_policy::{Grant, MinRemaining};

use crate::deadline::Deadline;
use crate::error::TokenError;
use crate::pace::{Pace, TooMany};
use crate::request::check;
use crate::reuse::{Fresh, Minted, Way};
use crate::service::TokenService;
use crate::token::VendedToken;

/// The least that a token must have left to be given out where none can be minted: enough to open what it is for.
const LAST_RESORT: Duration = Duration::from_secs(30);

/// Where the Momento API key comes from.
pub trait KeySource: Send + Sync {
    /// Why there is no key. Never holds one.
    type Error: Error + Clone + Send + Sync + 'static;

    /// The key as it is now. Called for every token: a source that is slow keeps what it has.
    fn key(&self) -> impl Future<Output = Result<Arc<ApiKey>, Self::Error>> + Send;

    /// Another key than `refused`, which Momento does not accept (any more); `None` where there is none, as for a source
    /// that knows but one.
    fn after_refusal(&self, refused: &ApiKey) -> impl Future<Output = Option<Arc<ApiKey>>> + Send {
        let _ = refused;
        std::future::ready(None)
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

/// Why nothing was vended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VendError<E> {
    /// There is no API key.
    #[error(transparent)]
    Key(E),
    /// The source of the API key took until the deadline.
    #[error("the Momento API key did not arrive in time; ask again, and check the route to its source if this stays")]
    KeyLate,
    /// There is a key, and no token.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A token, and how it was come by.
#[derive(Debug, Clone)]
pub struct Vended {
    /// What the caller gets.
    pub token: VendedToken,
    /// Where it is from.
    pub origin: Origin,
}

/// Where a vended token is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Minted for this request.
    Minted,
    /// Minted for an earlier one, or for one at the same time, of the same grant.
    Reused,
    /// As [`Reused`](Self::Reused), with less of its life left than is asked for: none could be minted.
    LastResort,
}

impl Origin {
    /// As a log line says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minted => "minted",
            Self::Reused => "reused",
            Self::LastResort => "last resort",
        }
    }
}

/// Vends tokens.
#[derive(Debug)]
pub struct Vendor<K: KeySource> {
    mint: Arc<Mint<K>>,
    reuse: Option<MinRemaining>,
    minted: Minted<VendError<K::Error>>,
}

/// Key and service: what a mint under way holds on to.
#[derive(Debug)]
struct Mint<K> {
    keys: K,
    service: TokenService,
    pace: Option<Pace>,
}

impl<K: KeySource + 'static> Vendor<K> {
    /// A vendor of tokens minted by `service` with the key of `keys`, one for each request. Fetches nothing.
    pub fn new(keys: K, service: TokenService) -> Self {
        Self { mint: Arc::new(Mint { keys, service, pace: None }), reuse: None, minted: Minted::nothing() }
    }

    /// The same, asking Momento for so many tokens a second at most, and for fewer once it says that these are too many.
    #[must_use]
    pub fn with_pace(mut self, tokens_per_second: NonZeroU32) -> Self {
        // Nothing mints while it is being made, so there is no other holder.
        if let Some(mint) = Arc::get_mut(&mut self.mint) {
            mint.pace = Some(Pace::new(tokens_per_second));
        }
        self
    }

    /// The same, giving callers with the same grant the same token while it has `reuse` left of its life; `None`: never.
    #[must_use]
    pub fn with_reuse(self, reuse: Option<MinRemaining>) -> Self {
        Self { reuse, ..self }
    }

    /// Fetches the key and connects, so that the first request need not. A failure is kept quiet: the request tries
    /// again, and has somebody to tell.
    pub async fn warm(&self, deadline: Deadline) {
        let service = &self.mint.service;
        // At the same time where the service's place is known without the key.
        let (key, ()) = tokio::join!(self.mint.key(deadline), service.connect_without_key(deadline));
        match key {
            Ok(key) => service.connect(&key, deadline).await,
            Err(_) => tracing::debug!("no API key ahead of the first request"),
        }
    }

    /// A token for `grant`, by `deadline`.
    ///
    /// # Errors
    /// [`VendError`]; see there. A grant that cannot be asked for is refused before the key is fetched.
    pub async fn vend(&self, grant: &Grant, deadline: Deadline) -> Result<Vended, VendError<K::Error>> {
        check(grant).map_err(TokenError::from)?;
        // At hand, but for a moment in minutes. Without one, whatever is kept serves.
        let key = self.mint.key(deadline).await;
        let Some(reuse) = self.reuse else {
            let fresh = self.mint.token(key?, grant, deadline).await?;
            return Ok(Vended { token: fresh.token, origin: Origin::Minted });
        };
        let now = self.mint.service.now();
        let known = key.as_deref().ok();
        let minting = || {
            let (mint, key, grant) = (Arc::clone(&self.mint), key.clone(), grant.clone());
            async move { mint.token(key?, &grant, deadline).await }
        };
        let (flight, origin) = match self.minted.way(grant, known, now, reuse.of(grant.lifetime), minting) {
            Way::Kept(token) => return Ok(Vended { token, origin: Origin::Reused }),
            Way::Join(flight) => (flight, Origin::Reused),
            Way::Lead(flight) => (flight, Origin::Minted),
        };
        match deadline.bound(flight).await.unwrap_or(Err(VendError::Token(TokenError::Timeout))) {
            Ok(fresh) => Ok(Vended { token: fresh.token, origin }),
            // The tokens of a key that is no good may be none either.
            Err(refused @ VendError::Token(TokenError::Refused { .. })) => Err(refused),
            // Better one that ends soon than none.
            Err(error) => match self.minted.any(grant, now, LAST_RESORT) {
                Some(token) => Ok(Vended { token, origin: Origin::LastResort }),
                None => Err(error),
            },
        }
    }
}

impl<K: KeySource> Mint<K> {
    /// The key, by `deadline`.
    async fn key(&self, deadline: Deadline) -> Result<Arc<ApiKey>, VendError<K::Error>> {
        match deadline.bound(self.keys.key()).await {
            Ok(key) => key.map_err(VendError::Key),
            Err(_) => Err(VendError::KeyLate),
        }
    }

    /// A new token by `key`. If Momento refuses that, it is replaced, and the call repeated, once.
    async fn token(&self, key: Arc<ApiKey>, grant: &Grant, deadline: Deadline) -> Result<Fresh, VendError<K::Error>> {
        let refused = match self.paced(&key, grant, deadline).await {
            Err(error @ TokenError::Refused { .. }) => error,
            answer => return Ok(Fresh { token: answer?, by: key }),
        };
        match deadline.bound(self.keys.after_refusal(&key)).await {
            Ok(Some(other)) => {
                let token = self.paced(&other, grant, deadline).await?;
                Ok(Fresh { token, by: other })
            }
            Ok(None) | Err(_) => Err(refused.into()),
        }
    }

    /// A new token by `key`, once it is this call's turn; and another try, with a turn of its own, where Momento says that
    /// the account is over its limit and the next turn is soon.
    async fn paced(&self, key: &ApiKey, grant: &Grant, deadline: Deadline) -> Result<VendedToken, TokenError> {
        let Some(pace) = &self.pace else { return self.service.mint(key, grant, deadline).await };
        let patience = Pace::patience(deadline);
        let mut momentos_wish = None;
        loop {
            if let Err(TooMany { after }) = pace.turn(patience).await {
                return Err(TokenError::Limited { retry_after: Some(momentos_wish.unwrap_or(after)) });
            }
            match self.service.mint(key, grant, deadline).await {
                Err(TokenError::Limited { retry_after }) => {
                    pace.refused();
                    momentos_wish = retry_after;
                }
                answer => {
                    if answer.is_ok() {
                        pace.granted();
                    }
                    return answer;
                }
            }
        }
    }
}
