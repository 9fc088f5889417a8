//! How often a token is minted for one identity: a single caller, however many kinds of token they may ask for, must not use
//! up what everybody has.
//!
//! Each process counts for itself, and where they share a store they count there, too. Without one, what a caller can have
//! is a token an interval from each process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::token_error::TokenError;

/// For how many identities the last mint is remembered. With more at once, the one that was longest ago is forgotten.
const MOST_IDENTITIES: usize = 10_000;

/// When each identity was last minted a token.
pub(crate) struct CallerThrottle {
    least: Duration,
    last: Mutex<HashMap<String, Instant>>,
}

/// Too soon: so long until it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooSoon {
    pub(crate) after: Duration,
}

impl From<TooSoon> for TokenError {
    fn from(TooSoon { after }: TooSoon) -> Self {
        Self::TooSoon { retry_after: after }
    }
}

impl CallerThrottle {
    /// `least` between two tokens.
    pub(crate) fn new(least: Duration) -> Self {
        Self { least, last: Mutex::new(HashMap::new()) }
    }

    /// How long an interval is.
    pub(crate) const fn least(&self) -> Duration {
        self.least
    }

    /// Whether none is under way.
    pub(crate) fn is_over(&self, identity: &str) -> Result<(), TooSoon> {
        self.left(&self.last(), identity).map_or(Ok(()), |after| Err(TooSoon { after }))
    }

    /// Begins an interval, unless one is under way. To be [taken back](Self::take_back) where no token is minted.
    pub(crate) fn begin(&self, identity: &str) -> Result<(), TooSoon> {
        let now = Instant::now();
        let mut last = self.last();
        if let Some(after) = self.left(&last, identity) {
            return Err(TooSoon { after });
        }
        let left = |begun: &Instant| self.least.saturating_sub(now.saturating_duration_since(*begun));
        if last.len() >= MOST_IDENTITIES {
            last.retain(|_, begun| !left(begun).is_zero());
        }
        if last.len() >= MOST_IDENTITIES
            && let Some(oldest) = last.iter().min_by_key(|(_, begun)| **begun).map(|(identity, _)| identity.clone())
        {
            last.remove(&oldest);
        }
        last.insert(identity.to_owned(), now);
        Ok(())
    }

    /// No token was minted: the next try need not wait.
    pub(crate) fn take_back(&self, identity: &str) {
        self.last().remove(identity);
    }

    /// What is left of this identity's interval, if anything.
    fn left(&self, last: &HashMap<String, Instant>, identity: &str) -> Option<Duration> {
        let left = self.least.saturating_sub(last.get(identity)?.elapsed());
        (!left.is_zero()).then_some(left)
    }

    fn last(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        // Each change is one call on a map that is whole before and after.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says how many, never who.
impl fmt::Debug for CallerThrottle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intervals").field("least", &self.least).field("identities", &self.last().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn an_identity_waits_for_its_own_interval_alone() {
        let intervals = CallerThrottle::new(MINUTE);
        intervals.begin("ada").unwrap();
        intervals.begin("bob").unwrap();
        tokio::time::advance(MINUTE / 3).await;
        assert_eq!(intervals.begin("ada"), Err(TooSoon { after: MINUTE / 3 * 2 }));
        tokio::time::advance(MINUTE / 3 * 2).await;
        intervals.begin("ada").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_brought_no_token_does_not_count() {
        let intervals = CallerThrottle::new(MINUTE);
        intervals.begin("ada").unwrap();
        intervals.take_back("ada");
        intervals.begin("ada").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_memory_is_bounded_and_forgets_the_oldest() {
        let intervals = CallerThrottle::new(MINUTE);
        for number in 0..MOST_IDENTITIES {
            intervals.begin(&number.to_string()).unwrap();
            tokio::time::advance(Duration::from_micros(1)).await;
        }
        intervals.begin("one more").unwrap();
        assert_eq!(intervals.last().len(), MOST_IDENTITIES);
        intervals.begin("0").unwrap();
        assert!(intervals.begin("2").is_err());
        tokio::time::advance(MINUTE).await;
        intervals.begin("another").unwrap();
        assert_eq!(intervals.last().len(), 1);
    }
}
