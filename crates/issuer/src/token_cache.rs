//! Tokens that were minted, kept for callers with the very same grant, and one mint for all who ask for it at once.
//!
//! A token is found by its grant, whole: it never serves other permissions, another token id or another lifetime. Nor does it
//! outlive the API key that minted it: who replaces a key may well revoke it, and its tokens with it. A failure is not
//! kept: who waited for it gets it, who asks next tries again. Nothing runs in the background; a mint that everybody
//! left is dropped.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};
use momento_client::ApiKey;
use tvm_policy::Grant;

use crate::disposable_token::DisposableToken;

/// For how many grants a token is kept. Each takes about a kilobyte: with this many, a megabyte of a small Lambda's memory.
const MOST_GRANTS: usize = 1_000;

/// A mint under way, which everybody with the same grant waits for.
pub(crate) type InFlight<E> = Shared<Mint<E>>;

type Mint<E> = Pin<Box<dyn Future<Output = Result<FreshToken, E>> + Send>>;

/// The least that a token must have left to be given out where none can be minted: enough to open what it is for.
pub(crate) const LAST_RESORT: Duration = Duration::from_secs(30);

/// A token that was just come by, how, and whose key minted it.
#[derive(Clone)]
pub(crate) struct FreshToken {
    pub(crate) token: DisposableToken,
    pub(crate) by: Arc<ApiKey>,
    pub(crate) origin: Origin,
    /// How long Momento took, if it was asked.
    pub(crate) minted_in: Option<Duration>,
}

/// Where a vended token is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Minted for this request.
    Minted,
    /// Minted for an earlier one, or for one at the same time, of the same grant.
    Reused,
    /// As [`Reused`](Self::Reused), by another instance.
    Shared,
    /// As the two before, with less of its life left than is asked for: none could be minted.
    LastResort,
}

impl Origin {
    /// As a log line says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minted => "minted",
            Self::Reused => "reused",
            Self::Shared => "shared",
            Self::LastResort => "last resort",
        }
    }
}

/// The tokens of this process.
pub(crate) struct TokenCache<E: Clone>(Arc<Mutex<HashMap<Grant, Slot<E>>>>);

/// What there is for one grant.
struct Slot<E: Clone> {
    kept: Option<FreshToken>,
    /// Kept alive only by those who wait for it.
    flight: Option<WeakShared<Mint<E>>>,
}

impl<E: Clone> Slot<E> {
    /// To what is kept, if it is by `key` where one is at hand and has `enough` of its life left at `now`, or to the flight.
    fn way(&self, key: Option<&ApiKey>, now: SystemTime, enough: Duration) -> Option<Lookup<E>> {
        let by_it = |kept: &&FreshToken| key.is_none_or(|key| key.is_same(&kept.by));
        if let Some(kept) = self.kept.as_ref().filter(by_it).filter(|kept| kept.token.remaining(now) >= enough) {
            return Some(Lookup::Hit(kept.token.clone()));
        }
        self.flight.as_ref().and_then(WeakShared::upgrade).map(Lookup::InFlight)
    }
}

/// How a caller comes to a token.
pub(crate) enum Lookup<E: Clone> {
    /// There is one.
    Hit(DisposableToken),
    /// Somebody is minting one.
    InFlight(InFlight<E>),
    /// Nobody is: this caller does.
    Miss(InFlight<E>),
}

impl<E: Clone + Send + Sync + 'static> TokenCache<E> {
    pub(crate) fn nothing() -> Self {
        Self(Arc::default())
    }

    /// A token for `grant` with at least `enough` left of its life at `now`, minted by `key` where one is at hand; or the mint of one
    /// that is under way. `None`: a caller has to mint one.
    pub(crate) fn there(
        &self,
        grant: &Grant,
        key: Option<&ApiKey>,
        now: SystemTime,
        enough: Duration,
    ) -> Option<Lookup<E>> {
        lock(&self.0).get(grant)?.way(key, now, enough)
    }

    /// What is [there](Self::there), or else `mint`.
    pub(crate) fn way<F>(
        &self,
        grant: &Grant,
        key: Option<&ApiKey>,
        now: SystemTime,
        enough: Duration,
        mint: impl FnOnce() -> F,
    ) -> Lookup<E>
    where
        F: Future<Output = Result<FreshToken, E>> + Send + 'static,
    {
        let mut slots = lock(&self.0);
        match slots.get(grant).map(|slot| slot.way(key, now, enough)) {
            Some(Some(way)) => return way,
            Some(None) => {}
            None => make_room(&mut slots, now),
        }
        let flight = self.keeping(grant.clone(), mint());
        let slot = slots.entry(grant.clone()).or_insert(Slot { kept: None, flight: None });
        slot.flight = flight.downgrade();
        Lookup::Miss(flight)
    }

    /// A token for `grant` with at least `enough` left of its life at `now`, whichever key minted it.
    pub(crate) fn any(&self, grant: &Grant, now: SystemTime, enough: Duration) -> Option<DisposableToken> {
        let slots = lock(&self.0);
        let token = &slots.get(grant)?.kept.as_ref()?.token;
        (token.remaining(now) >= enough).then(|| token.clone())
    }

    /// `mint`, which keeps what it brings.
    fn keeping(&self, grant: Grant, mint: impl Future<Output = Result<FreshToken, E>> + Send + 'static) -> InFlight<E> {
        let slots = Arc::clone(&self.0);
        let mint: Mint<E> = Box::pin(async move {
            let outcome = mint.await;
            let mut slots = lock(&slots);
            if let Some(slot) = slots.get_mut(&grant) {
                slot.flight = None;
                match &outcome {
                    Ok(fresh) => slot.kept = Some(fresh.clone()),
                    Err(_) if slot.kept.is_none() => drop(slots.remove(&grant)),
                    Err(_) => {}
                }
            }
            outcome
        });
        mint.shared()
    }
}

/// Room for one more grant: first goes what is of no use, then what ends soonest.
fn make_room<E: Clone>(slots: &mut HashMap<Grant, Slot<E>>, now: SystemTime) {
    if slots.len() < MOST_GRANTS {
        return;
    }
    let in_flight = |slot: &Slot<E>| slot.flight.as_ref().and_then(WeakShared::upgrade).is_some();
    let left = |slot: &Slot<E>| slot.kept.as_ref().map_or(Duration::ZERO, |kept| kept.token.remaining(now));
    slots.retain(|_, slot| in_flight(slot) || !left(slot).is_zero());
    if slots.len() < MOST_GRANTS {
        return;
    }
    let soonest = slots.iter().filter(|(_, slot)| !in_flight(slot)).min_by_key(|(_, slot)| left(slot));
    if let Some(grant) = soonest.map(|(grant, _)| grant.clone()) {
        slots.remove(&grant);
    }
}

/// A panic while the lock was held leaves tokens that are still whole: each change is one assignment.
fn lock<S>(slots: &Mutex<S>) -> MutexGuard<'_, S> {
    slots.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says how many, never which.
impl<E: Clone> fmt::Debug for TokenCache<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tokens for {} grants", lock(&self.0).len())
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use std::time::UNIX_EPOCH;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::model::key;
    use momento_client::wire::GenerateDisposableTokenResponse;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
    }

    fn grant(id: usize) -> Grant {
        Grant { permissions: vec![], token_id: Some(id.to_string()), lifetime: HOUR, not_after: None }
    }

    /// A token called `name`, minted at `minted` for an hour.
    fn token(name: &str, minted: u64) -> DisposableToken {
        let valid_until = 1_000_000 + minted + 3_600;
        let response =
            GenerateDisposableTokenResponse { api_key: name.to_owned(), endpoint: "cell".to_owned(), valid_until };
        DisposableToken::from_response(&response, HOUR, at(minted)).unwrap()
    }

    /// Mints by `key`, which nothing kept makes needless.
    async fn mint_by(minted: &TokenCache<&'static str>, by: &str, id: usize, at_second: u64) -> DisposableToken {
        let fresh = FreshToken {
            token: token(&format!("{id}-{at_second}"), at_second),
            by: key(by),
            origin: Origin::Minted,
            minted_in: None,
        };
        let way = minted.way(&grant(id), Some(&key(by)), at(at_second), HOUR / 2, || async move { Ok(fresh) });
        let Lookup::Miss(flight) = way else { panic!("there is a token already") };
        flight.await.unwrap_or_else(|error| panic!("{error}")).token
    }

    async fn mint(minted: &TokenCache<&'static str>, id: usize, at_second: u64) -> DisposableToken {
        mint_by(minted, "key", id, at_second).await
    }

    fn text(token: &DisposableToken) -> String {
        token.auth_token().expose_secret().to_owned()
    }

    /// What is there without minting.
    fn kept(minted: &TokenCache<&'static str>, by: &str, id: usize, at_second: u64) -> Option<String> {
        let never = || async { Err("not kept") };
        match minted.way(&grant(id), Some(&key(by)), at(at_second), HOUR / 2, never) {
            Lookup::Hit(token) => Some(text(&token)),
            Lookup::InFlight(_) | Lookup::Miss(_) => None,
        }
    }

    #[tokio::test]
    async fn a_token_serves_until_too_little_of_it_is_left() {
        let minted = TokenCache::nothing();
        let first = mint(&minted, 1, 0).await;
        assert_eq!(kept(&minted, "key", 1, 1_800), Some(text(&first)));
        assert_eq!(kept(&minted, "key", 1, 1_801), None);
        let second = mint(&minted, 1, 1_801).await;
        assert_ne!(text(&second), text(&first));
        assert_eq!(kept(&minted, "key", 1, 1_802), Some(text(&second)));
    }

    #[tokio::test]
    async fn a_token_of_another_key_serves_as_a_last_resort_alone() {
        let minted = TokenCache::nothing();
        let old = mint_by(&minted, "old", 1, 0).await;
        assert_eq!(kept(&minted, "new", 1, 1), None);
        let any = |at_second, enough| minted.any(&grant(1), at(at_second), Duration::from_secs(enough));
        assert_eq!(any(3_590, 10).as_ref().map(text), Some(text(&old)));
        assert!(any(3_591, 10).is_none());
        let new = mint_by(&minted, "new", 1, 1).await;
        assert_eq!(kept(&minted, "new", 1, 2), Some(text(&new)));
    }

    #[tokio::test]
    async fn who_asks_meanwhile_joins_and_shares_a_failure_that_is_not_kept() {
        let minted = TokenCache::<&'static str>::nothing();
        let (fail, failed) = tokio::sync::oneshot::channel::<()>();
        let way = minted.way(&grant(1), None, at(0), HOUR, || async move {
            failed.await.ok();
            Err("no")
        });
        let Lookup::Miss(leader) = way else { panic!("nobody was before") };
        let Lookup::InFlight(follower) = minted.way(&grant(1), None, at(0), HOUR, || async { panic!("a second mint") })
        else {
            panic!("a mint is under way")
        };
        fail.send(()).unwrap();
        assert_eq!((leader.await.err(), follower.await.err()), (Some("no"), Some("no")));
        mint(&minted, 1, 1).await;
    }

    #[tokio::test]
    async fn a_mint_that_everybody_left_is_dropped_and_the_next_caller_leads() {
        let minted = TokenCache::<&'static str>::nothing();
        let Lookup::Miss(flight) = minted.way(&grant(1), None, at(0), HOUR, std::future::pending) else {
            panic!("first")
        };
        assert!(flight.now_or_never().is_none());
        mint(&minted, 1, 1).await;
    }

    #[tokio::test]
    async fn a_failure_leaves_the_older_token_where_it_is() {
        let minted = TokenCache::nothing();
        mint(&minted, 1, 0).await;
        let Lookup::Miss(flight) = minted.way(&grant(1), None, at(3_000), HOUR / 2, || async { Err("no") }) else {
            panic!("too little is left of the first")
        };
        assert!(flight.await.is_err());
        assert!(minted.any(&grant(1), at(3_000), Duration::from_secs(600)).is_some());
    }

    #[tokio::test]
    async fn no_more_tokens_are_kept_than_there_is_room_for_and_the_one_that_ends_first_goes_first() {
        let minted = TokenCache::nothing();
        for id in 0..MOST_GRANTS {
            mint(&minted, id, u64::try_from(id).unwrap()).await;
        }
        mint(&minted, MOST_GRANTS, 1_000).await;
        assert!(minted.any(&grant(0), at(1_000), Duration::ZERO).is_none());
        assert!(minted.any(&grant(1), at(1_000), Duration::ZERO).is_some());
        assert_eq!(format!("{minted:?}"), format!("tokens for {MOST_GRANTS} grants"));
        // Of no use any more: they all go at once.
        mint(&minted, MOST_GRANTS + 1, 10_000).await;
        assert_eq!(format!("{minted:?}"), "tokens for 1 grants");
    }
}
