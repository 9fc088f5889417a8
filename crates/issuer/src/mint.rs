//! A token for one grant, by whatever it takes: another instance's, a turn, the key, the call, and another key where that
//! one is no good.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use momento_client::ApiKey;
use tokio::time::Instant;
use tvm_policy::Grant;

use crate::caller_throttle::CallerThrottle;
use crate::disposable_token::DisposableToken;
use crate::fair_queue::{Caller, FairQueue};
use crate::issue_error::IssueError;
use crate::rate_limiter::{RateLimited, RateLimiter};
use crate::service::Minter;
use crate::shared_rate_limiter::{Acquire, SharedRateLimiter};
use crate::shared_store::SharedStore;
use crate::shared_token_cache::{Entry, LeaseOutcome, SharedTokenCache, TimeBudget};
use crate::token_cache::LAST_RESORT;
use crate::token_cache::{FreshToken, Origin};
use crate::token_error::TokenError;
use momento_client::Deadline;
use momento_client::KeySource;

/// How many keys one request tries, each another than those before.
const KEYS_TRIED: usize = 3;

/// What a mint under way holds on to.
pub(crate) struct Mint<K, M, S> {
    pub(crate) keys: K,
    pub(crate) minter: M,
    pub(crate) turns: Option<Turns>,
    pub(crate) shared: Option<SharedTokenCache<S>>,
    pub(crate) intervals: Option<CallerThrottle>,
}

/// How many tokens are minted, and for whom next.
pub(crate) struct Turns {
    pub(crate) queue: FairQueue,
    pub(crate) pace: RateLimiter,
    pub(crate) slots: SharedRateLimiter,
}

impl Turns {
    /// So many in any second.
    pub(crate) fn new(turns: NonZeroU32) -> Self {
        Self { queue: FairQueue::new(turns), pace: RateLimiter::new(turns), slots: SharedRateLimiter::new(turns) }
    }
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) struct MintRequest<'w> {
    pub(crate) grant: &'w Grant,
    /// For whom, where that is known.
    pub(crate) identity: Option<&'w str>,
    pub(crate) deadline: Deadline,
}

impl<K: KeySource, M: Minter, S: SharedStore> Mint<K, M, S> {
    /// The key, by `deadline`.
    pub(crate) async fn key(&self, deadline: Deadline) -> Result<Arc<ApiKey>, IssueError<K::Error>> {
        match deadline.bound(self.keys.key()).await {
            Ok(key) => key.map_err(IssueError::Key),
            Err(_) => Err(IssueError::KeyTimeout),
        }
    }

    /// A token with `enough` of its life left: one that another instance minted, or else a new one, which the others then
    /// find. Where none can be minted, the other's with less left.
    pub(crate) async fn obtain(
        &self,
        key: Arc<ApiKey>,
        wanted: MintRequest<'_>,
        enough: Duration,
    ) -> Result<FreshToken, IssueError<K::Error>> {
        let entry = self.shared.as_ref().and_then(|shared| Some((shared, Entry::of(&key, wanted.grant)?)));
        let Some((shared, entry)) = entry else { return self.token(key, wanted, &mut TimeBudget::none()).await };
        let (allowance, deadline) = (&mut shared.allowance(), wanted.deadline);
        let theirs = |token, origin| FreshToken { token, by: Arc::clone(&key), origin, minted_in: None };

        let found = shared.find(&key, &entry, self.minter.now(), deadline, allowance).await;
        if let Some(token) = found.as_ref().filter(|token| token.remaining(self.minter.now()) >= enough) {
            return Ok(theirs(token.clone(), Origin::Shared));
        }
        let now = || self.minter.now();
        if let LeaseOutcome::Theirs(token) = shared.turn(&key, &entry, now, enough, deadline, allowance).await {
            return Ok(theirs(token, Origin::Shared));
        }
        let outcome = self.token(Arc::clone(&key), wanted, allowance).await;
        match (outcome, found) {
            (Ok(fresh), _) => {
                // Under the key that minted it, which may be another by now.
                if let Some(entry) = Entry::of(&fresh.by, wanted.grant) {
                    shared.keep(&fresh.by, &entry, &fresh.token, self.minter.now(), deadline, allowance).await;
                }
                Ok(fresh)
            }
            (Err(error), found) => {
                // Lets another try at once. Who did get a token keeps the word until it ends by itself, so that nobody who looked
                // a moment before takes it for free.
                shared.release(&key, entry.lease(), deadline, allowance).await;
                match found.filter(|token| token.remaining(self.minter.now()) >= LAST_RESORT) {
                    // The tokens of a key that is no good may be none either.
                    Some(token) if !error.is_about_the_key() => Ok(theirs(token, Origin::LastResort)),
                    _ => Err(error),
                }
            }
        }
    }

    /// Whether a token may be minted for this identity, as far as this process knows.
    pub(crate) fn may_mint_for(&self, identity: Option<&str>) -> Result<(), TokenError> {
        let Some((intervals, identity)) = self.intervals.as_ref().zip(identity) else { return Ok(()) };
        Ok(intervals.is_over(identity)?)
    }

    /// The token of another instance, for a caller for whom none may be minted now: with `enough` of its life left, or as a last resort
    /// with less.
    pub(crate) async fn found(
        &self,
        key: &Arc<ApiKey>,
        wanted: MintRequest<'_>,
        enough: Duration,
    ) -> Option<FreshToken> {
        let shared = self.shared.as_ref()?;
        let (entry, now) = (Entry::of(key, wanted.grant)?, self.minter.now());
        let token = shared.find(key, &entry, now, wanted.deadline, &mut shared.allowance()).await?;
        let left = token.remaining(self.minter.now());
        let origin = if left >= enough { Origin::Shared } else { Origin::LastResort };
        (left >= enough.min(LAST_RESORT)).then(|| FreshToken { token, by: Arc::clone(key), origin, minted_in: None })
    }

    /// A new token, unless this identity had one a moment ago.
    pub(crate) async fn token(
        &self,
        key: Arc<ApiKey>,
        wanted: MintRequest<'_>,
        allowance: &mut TimeBudget,
    ) -> Result<FreshToken, IssueError<K::Error>> {
        let deadline = wanted.deadline;
        let Some((intervals, identity)) = self.intervals.as_ref().zip(wanted.identity) else {
            return self.by_a_good_key(key, wanted, allowance).await;
        };
        intervals.begin(identity).map_err(TokenError::from)?;
        let outcome = match &self.shared {
            Some(shared) => match shared.begin_interval(&key, identity, intervals.least(), deadline, allowance).await {
                Ok(begun) => {
                    let outcome = self.by_a_good_key(Arc::clone(&key), wanted, allowance).await;
                    if let (Err(_), Some(interval)) = (&outcome, begun) {
                        shared.release(&key, interval, deadline, allowance).await;
                    }
                    outcome
                }
                Err(too_soon) => Err(TokenError::from(too_soon).into()),
            },
            None => self.by_a_good_key(key, wanted, allowance).await,
        };
        if outcome.is_err() {
            intervals.take_back(identity);
        }
        outcome
    }

    /// A new token by `key`. If Momento refuses that, it is replaced, and the call repeated; and once more where that key is
    /// no good by then either: it was known already, or its turn was waited for, and keys may be replaced in less time.
    async fn by_a_good_key(
        &self,
        mut key: Arc<ApiKey>,
        wanted: MintRequest<'_>,
        allowance: &mut TimeBudget,
    ) -> Result<FreshToken, IssueError<K::Error>> {
        let mut tried = Vec::with_capacity(KEYS_TRIED);
        loop {
            let refused = match self.paced(&key, wanted, allowance).await {
                Err(error @ TokenError::Refused { .. }) => error,
                answer => {
                    let (token, took) = answer?;
                    return Ok(FreshToken { token, by: key, origin: Origin::Minted, minted_in: Some(took) });
                }
            };
            tried.push(Arc::clone(&key));
            if tried.len() >= KEYS_TRIED {
                return Err(refused.into());
            }
            match wanted.deadline.bound(self.keys.after_refusal(&key)).await {
                // Of two that are no good, each is another than the other.
                Ok(Some(other)) if !tried.iter().any(|key| key.is_same(&other)) => key = other,
                Ok(_) | Err(_) => return Err(refused.into()),
            }
        }
    }

    /// A new token by `key` and how long Momento took for it, once it is this call's turn; and another try, with a turn of its
    /// own, where Momento says that the account is over its limit and the next turn is soon.
    async fn paced(
        &self,
        key: &ApiKey,
        wanted: MintRequest<'_>,
        allowance: &mut TimeBudget,
    ) -> Result<(DisposableToken, Duration), TokenError> {
        let MintRequest { grant, identity, deadline } = wanted;
        let mint = async || {
            let asked = Instant::now();
            Ok::<_, TokenError>((self.minter.mint(key, grant, deadline).await?, asked.elapsed()))
        };
        let Some(turns) = &self.turns else { return mint().await };
        let (caller, patience) = (turns.queue.caller(identity), RateLimiter::patience(deadline));
        let mut momentos_wish = None;
        loop {
            if let Err(refused) = self.turn(turns, caller, key, patience, allowance).await {
                let retry_after = Some(momentos_wish.unwrap_or(refused.spread().after));
                return Err(TokenError::RateLimited { retry_after });
            }
            let answer = mint().await;
            if answer.is_err() {
                turns.queue.take_back(caller);
            }
            match answer {
                Err(TokenError::RateLimited { retry_after }) => {
                    turns.pace.refused();
                    momentos_wish = retry_after;
                }
                answer => {
                    if answer.is_ok() {
                        turns.pace.granted();
                    }
                    return answer;
                }
            }
        }
    }

    /// Waits until it is this call's turn: that of all processes where they can agree, else this one's own; and in either case when
    /// nobody in this process comes before.
    async fn turn(
        &self,
        Turns { queue, pace, slots }: &Turns,
        caller: Option<Caller>,
        key: &ApiKey,
        patience: Deadline,
        allowance: &mut TimeBudget,
    ) -> Result<(), RateLimited> {
        let front = queue.front(caller, patience, |ahead| pace.wait_behind(ahead)).await?;
        let begun = Instant::now();
        match &self.shared {
            // This process's own turns are not touched: one that is taken for a moment at which all have none left is lost.
            Some(shared) => match slots.take(shared, key, self.minter.now(), pace.pause(), patience, allowance).await {
                Acquire::Turn(wait) => until(begun.checked_add(wait).unwrap_or(begun)).await,
                Acquire::None(refused) => return Err(refused),
                Acquire::Unknown => pace.turn(patience).await?,
            },
            None => pace.turn(patience).await?,
        }
        front.took_a_turn();
        Ok(())
    }
}

/// Waits until `turn`, and not at all where that is now or past: tokio's timer counts whole milliseconds and rounds up, so a sleep
/// until now costs up to one.
async fn until(turn: Instant) {
    if turn > Instant::now() {
        tokio::time::sleep_until(turn).await;
    }
}

/// Says nothing of who was minted what.
impl<K: fmt::Debug, M: fmt::Debug, S: fmt::Debug> fmt::Debug for Mint<K, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mint")
            .field("keys", &self.keys)
            .field("minter", &self.minter)
            .field("pace", &self.turns.as_ref().map(|turns| &turns.pace))
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests;
