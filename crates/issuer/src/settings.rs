//! How a vendor goes about it: plain values, each of which is off unless it is set.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::momento_cache::MomentoCache;

/// How much of its life a token must have left to be given to another caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinRemaining {
    /// A share of its lifetime, in percent.
    Percent(u8),
    /// A time.
    Time(Duration),
}

impl MinRemaining {
    /// As a time, for tokens of this lifetime.
    #[must_use]
    pub fn of(self, lifetime: Duration) -> Duration {
        match self {
            Self::Percent(percent) => lifetime.saturating_mul(u32::from(percent)).checked_div(100).unwrap_or_default(),
            Self::Time(time) => time,
        }
    }
}

/// When tokens are reused, shared and held back.
#[derive(Debug)]
pub struct Settings<S = MomentoCache> {
    /// How much of its life a token must have left to be given to another caller with the same grant; `None`: each request
    /// is a token of its own.
    pub reuse: Option<MinRemaining>,
    /// Where tokens are kept that other instances are to find. Needs [`reuse`](Self::reuse).
    pub shared: Option<SharedTokens<S>>,
    /// How many tokens a second Momento is asked for at most, and fewer once it says that these are too many: by this
    /// instance, or by all that share a store.
    pub tokens_per_second: Option<NonZeroU32>,
    /// The least time between two tokens that are minted for one identity.
    pub identity_interval: Option<Duration>,
}

/// A store of tokens that instances share.
#[derive(Debug)]
pub struct SharedTokens<S> {
    /// The store.
    pub store: S,
    /// The most that a request waits for it in all. Trouble with it costs this, and never the request.
    pub budget: Duration,
}

impl Settings {
    /// A mint for each request, as fast as they come.
    #[must_use]
    pub const fn new() -> Self {
        Self { reuse: None, shared: None, tokens_per_second: None, identity_interval: None }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_tokens_own_lifetime_and_a_time_is_a_time() {
        let time = |seconds| MinRemaining::Time(Duration::from_secs(seconds));
        for (remaining, seconds) in [
            (MinRemaining::Percent(50), 1_800),
            (MinRemaining::Percent(1), 36),
            (MinRemaining::Percent(99), 3_564),
            (time(600), 600),
            (time(45), 45),
        ] {
            assert_eq!(remaining.of(Duration::from_secs(3_600)), Duration::from_secs(seconds), "{remaining:?}");
        }
        assert_eq!(MinRemaining::Percent(99).of(Duration::from_secs(1)), Duration::from_millis(990));
    }
}
