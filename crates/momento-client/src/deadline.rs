//! The moment by which a request must be answered. Every wait of this crate ends there.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// A moment that all steps of one request share, so that their waits never add up to more than the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// The deadline passed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

impl Deadline {
    /// What a request may take when nobody knows better: long enough for a new connection and one retry, short enough
    /// to answer before API Gateway gives up on the function (29 s).
    pub const USUAL_BUDGET: Duration = Duration::from_secs(5);

    /// A deadline so far from now.
    #[must_use]
    pub fn after(budget: Duration) -> Self {
        // A budget too large for the clock can only mean "as long as it takes"; a day outlives every Lambda.
        let now = Instant::now();
        Self(now.checked_add(budget).or_else(|| now.checked_add(Duration::from_secs(86_400))).unwrap_or(now))
    }

    /// The earlier of this and [`Self::USUAL_BUDGET`] from now: what a single call is bounded by inside a longer budget.
    #[must_use]
    pub fn or_usual(self) -> Self {
        self.min(Self::after(Self::USUAL_BUDGET))
    }

    /// The time left; zero once it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// What `work` gives, if it does so in time.
    ///
    /// # Errors
    /// [`Elapsed`] when the deadline passes first.
    pub async fn bound<T>(self, work: impl Future<Output = T>) -> Result<T, Elapsed> {
        tokio::time::timeout_at(self.0, work).await.map_err(|_| Elapsed)
    }
}

impl Default for Deadline {
    /// [`Self::USUAL_BUDGET`] from now.
    fn default() -> Self {
        Self::after(Self::USUAL_BUDGET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_beyond_the_clock_is_a_long_wait_and_no_panic() {
        assert!(Deadline::after(Duration::MAX).remaining() > Duration::from_secs(3_600));
    }

    #[test]
    fn the_usual_budget_shortens_a_longer_one_and_lengthens_none() {
        assert!(Deadline::after(Duration::from_secs(60)).or_usual().remaining() <= Deadline::USUAL_BUDGET);
        assert!(Deadline::after(Duration::ZERO).or_usual().remaining().is_zero());
    }
}
