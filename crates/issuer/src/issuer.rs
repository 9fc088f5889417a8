//! Key, token service and kept tokens together: what a Lambda or a server holds, one per process.
//!
//! It decides nothing about access and keeps nothing of a caller: a grant goes in, a token or an error comes out.

use std::sync::Arc;
use std::time::Duration;

use momento_client::{ApiKey, Deadline, KeySource};
use tvm_policy::Grant;

use crate::bounded_lifetime::{CallerEnded, bounded, enough, longer};
use crate::caller_throttle::CallerThrottle;
use crate::disposable_token::DisposableToken;
use crate::issue_error::IssueError;
use crate::mint::{Mint, MintRequest, Turns};
use crate::momento_cache::MomentoCache;
use crate::request::check;
use crate::service::{Minter, TokenService};
use crate::settings::{MinRemaining, Settings};
use crate::shared_store::SharedStore;
use crate::shared_token_cache::{SharedTokenCache, TimeBudget};
use crate::token_cache::{FreshToken, LAST_RESORT, Lookup, Origin, TokenCache};
use crate::token_error::TokenError;

/// Why a flight brought nothing, and for whom it was asked.
#[derive(Debug, Clone)]
struct Failed<E> {
    error: IssueError<E>,
    leader: Option<String>,
}

/// A token, and how it was come by.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// What the caller gets.
    pub token: DisposableToken,
    /// Where it is from.
    pub origin: Origin,
    /// How long Momento took, where it minted the token for this request.
    pub minted_in: Option<Duration>,
    /// The API key that minted it, or the one at hand when it was given again.
    pub key: Option<Arc<ApiKey>>,
}

impl From<FreshToken> for IssuedToken {
    fn from(FreshToken { token, by, origin, minted_in }: FreshToken) -> Self {
        Self { token, origin, minted_in, key: Some(by) }
    }
}

/// A token that was given before.
fn again(token: DisposableToken, origin: Origin, key: Option<Arc<ApiKey>>) -> IssuedToken {
    IssuedToken { token, origin, minted_in: None, key }
}

/// Vends tokens.
#[derive(Debug)]
pub struct TokenIssuer<K: KeySource, M = TokenService, S = MomentoCache> {
    mint: Arc<Mint<K, M, S>>,
    reuse: Option<MinRemaining>,
    minted: TokenCache<Failed<K::Error>>,
}

impl<K: KeySource + 'static, M: Minter + 'static, S: SharedStore + 'static> TokenIssuer<K, M, S> {
    /// A vendor of tokens minted by `minter` with the key of `keys`. Fetches nothing.
    pub fn new(keys: K, minter: M, settings: Settings<S>) -> Self {
        let Settings { reuse, shared, tokens_per_second, identity_interval } = settings;
        let mint = Mint {
            keys,
            minter,
            turns: tokens_per_second.map(Turns::new),
            shared: shared.map(|shared| SharedTokenCache::new(shared.store, shared.budget)),
            intervals: identity_interval.map(CallerThrottle::new),
        };
        Self { mint: Arc::new(mint), reuse, minted: TokenCache::nothing() }
    }

    /// A token for `grant`, by `deadline`. `identity` is who it is for, where that was verified; it bounds how often
    /// tokens are minted, and decides nothing else.
    ///
    /// # Errors
    /// [`IssueError`]; see there. A grant that cannot be asked for, or for a caller who has ended, is refused before the key is
    /// fetched.
    pub async fn vend(
        &self,
        grant: &Grant,
        identity: Option<&str>,
        deadline: Deadline,
    ) -> Result<IssuedToken, IssueError<K::Error>> {
        check(grant).map_err(TokenError::from)?;
        let whole = grant;
        let grant = &*bounded(whole, self.mint.minter.now()).map_err(|CallerEnded| IssueError::CallerEnded)?;
        // At hand, but for a moment in minutes. Without one, whatever is kept serves.
        let key = self.mint.key(deadline).await;
        let Some(reuse) = self.reuse else {
            let wanted = MintRequest { grant, identity, deadline };
            let fresh = self.mint.token(key?, wanted, &mut TimeBudget::none()).await?;
            return Ok(fresh.into());
        };
        let wanted = MintRequest { grant, identity, deadline };
        let enough = enough(reuse, grant, whole);
        if let Some(token) = self.kept_of_longer(whole, grant, key.as_deref().ok(), enough) {
            return Ok(again(token, Origin::Reused, key.ok()));
        }
        match self.once_for_all(&key, wanted, enough).await {
            // The tokens of a key that is no good may be none either.
            Err(refused) if refused.is_about_the_key() => Err(refused),
            // Better one that ends soon than none.
            Err(error) => match self.minted.any(grant, self.mint.minter.now(), LAST_RESORT) {
                Some(token) => Ok(again(token, Origin::LastResort, key.ok())),
                None => Err(error),
            },
            vended => vended,
        }
    }

    /// A kept token that was minted for a longer time than the caller has left by now, and ends before they do: of this caller's, mostly.
    fn kept_of_longer(
        &self,
        whole: &Grant,
        cut: &Grant,
        key: Option<&ApiKey>,
        enough: Duration,
    ) -> Option<DisposableToken> {
        let (now, end) = (self.mint.minter.now(), whole.not_after?);
        longer(cut, whole).find_map(|grant| match self.minted.there(&grant, key, now, enough)? {
            Lookup::Hit(token) => Some(token).filter(|token| token.ends_by(end)),
            Lookup::InFlight(_) | Lookup::Miss(_) => None,
        })
    }

    /// A token with `enough` of its life left: one that is kept, or else one that is minted for all who ask for the same meanwhile. An
    /// interval is the caller's alone: it is asked before there is a mint that others join, and where the store alone knew of it, who
    /// joined asks again for themselves.
    async fn once_for_all(
        &self,
        key: &Result<Arc<ApiKey>, IssueError<K::Error>>,
        wanted: MintRequest<'_>,
        enough: Duration,
    ) -> Result<IssuedToken, IssueError<K::Error>> {
        let MintRequest { grant, identity, deadline } = wanted;
        let known = key.as_deref().ok();
        let minting = || {
            let (mint, key, grant) = (Arc::clone(&self.mint), key.clone(), grant.clone());
            let leader = identity.map(str::to_owned);
            async move {
                let wanted = MintRequest { grant: &grant, identity: leader.as_deref(), deadline };
                let outcome = match key {
                    Ok(key) => mint.obtain(key, wanted, enough).await,
                    Err(error) => Err(error),
                };
                outcome.map_err(|error| Failed { error, leader })
            }
        };
        loop {
            let now = self.mint.minter.now();
            let way = if let Some(way) = self.minted.there(grant, known, now, enough) {
                way
            } else if let Err(too_soon) = self.mint.may_mint_for(identity) {
                let Ok(key) = key else { return Err(too_soon.into()) };
                let found = self.mint.found(key, wanted, enough).await;
                return found.map(IssuedToken::from).ok_or(too_soon.into());
            } else {
                self.minted.way(grant, known, now, enough, minting)
            };
            let (flight, joins) = match way {
                Lookup::Hit(token) => return Ok(again(token, Origin::Reused, key.as_ref().ok().cloned())),
                Lookup::InFlight(flight) => (flight, true),
                Lookup::Miss(flight) => (flight, false),
            };
            match deadline.bound(flight).await {
                Ok(Ok(fresh)) if joins && fresh.origin != Origin::LastResort => {
                    return Ok(again(fresh.token, Origin::Reused, Some(fresh.by)));
                }
                Ok(Ok(fresh)) => return Ok(fresh.into()),
                Ok(Err(Failed { error, leader })) if error.is_about_the_caller() && leader.as_deref() != identity => {}
                Ok(Err(Failed { error, .. })) => return Err(error),
                Err(_) => return Err(TokenError::Timeout.into()),
            }
        }
    }
}

impl<K: KeySource + 'static> TokenIssuer<K> {
    /// Fetches the key and connects, so that the first request need not. A failure is kept quiet: the request tries
    /// again, and has somebody to tell.
    pub async fn warm(&self, deadline: Deadline) {
        let service = &self.mint.minter;
        // At the same time where the service's place is known without the key.
        let (key, ()) = tokio::join!(self.mint.key(deadline), service.connect_without_key(deadline));
        match (key, &self.mint.shared) {
            (Ok(key), Some(shared)) => {
                let by = shared.within_budget(deadline);
                tokio::join!(service.connect(&key, deadline), shared.store().connect(&key, by));
            }
            (Ok(key), None) => service.connect(&key, deadline).await,
            (Err(_), _) => tracing::debug!("the API key could not be read before the first request"),
        }
    }
}
