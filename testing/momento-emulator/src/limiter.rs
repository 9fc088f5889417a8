//! The limit of token operations a second, which Momento sets per account.
//!
//! A token bucket that holds one second's worth, driven by the injected clock alone. It counts and never waits.

use std::{num::NonZeroU32, time::Duration};

use parking_lot::Mutex;

/// How many tokens a second may be minted. Momento's own limit is 5 (Momento documentation, "Momento authorization
/// service quotas"); the stage has none unless told.
#[derive(Debug)]
pub struct Limiter {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    per_second: Option<NonZeroU32>,
    /// When the bucket will be full again (the "theoretical arrival time" of the generic cell rate algorithm).
    full_at: Duration,
}

const SECOND: Duration = Duration::from_secs(1);

impl Limiter {
    pub(crate) fn new(per_second: Option<NonZeroU32>) -> Self {
        Self { state: Mutex::new(State { per_second, full_at: Duration::ZERO }) }
    }

    /// Sets the limit, with a full bucket; `None` lifts it.
    pub fn set(&self, per_second: Option<NonZeroU32>) {
        *self.state.lock() = State { per_second, full_at: Duration::ZERO };
    }

    /// The present limit; `None`: there is none.
    #[must_use]
    pub fn per_second(&self) -> Option<NonZeroU32> {
        self.state.lock().per_second
    }

    /// Takes one operation out of the bucket at `now`, or says that it is empty.
    pub(crate) fn take(&self, now: Duration) -> Taken {
        let mut state = self.state.lock();
        let Some(per_second) = state.per_second else { return Taken::Yes };
        let share = SECOND.checked_div(per_second.get()).unwrap_or(SECOND);
        let full_at = state.full_at.max(now).saturating_add(share);
        if full_at.saturating_sub(now) > SECOND {
            return Taken::BucketEmpty;
        }
        state.full_at = full_at;
        Taken::Yes
    }
}

/// What became of a request for one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    Yes,
    BucketEmpty,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(limiter: &Limiter, now: Duration, tries: usize) -> usize {
        (0..tries).filter(|_| limiter.take(now) == Taken::Yes).count()
    }

    #[test]
    fn a_second_holds_its_limit_and_the_next_one_holds_it_again() {
        for limit in [1, 3, 5, 7, 100] {
            let limiter = Limiter::new(NonZeroU32::new(limit));
            let start = Duration::from_secs(1_000);
            assert_eq!(taken(&limiter, start, 500), limit as usize);
            assert_eq!(taken(&limiter, start + SECOND, 500), limit as usize);
        }
    }

    #[test]
    fn the_bucket_fills_by_its_rate_and_holds_no_more_than_a_second() {
        let limiter = Limiter::new(NonZeroU32::new(5));
        let start = Duration::from_secs(1_000);
        assert_eq!(taken(&limiter, start, 10), 5);
        assert_eq!(taken(&limiter, start + Duration::from_millis(199), 10), 0);
        assert_eq!(taken(&limiter, start + Duration::from_millis(400), 10), 2);
        assert_eq!(taken(&limiter, start + Duration::from_secs(3_600), 100), 5);
    }

    #[test]
    fn without_a_limit_everything_is_taken() {
        let limiter = Limiter::new(None);
        assert_eq!(taken(&limiter, Duration::ZERO, 1_000), 1_000);
        limiter.set(NonZeroU32::new(2));
        assert_eq!(taken(&limiter, Duration::ZERO, 1_000), 2);
        assert_eq!(limiter.per_second(), NonZeroU32::new(2));
    }
}
