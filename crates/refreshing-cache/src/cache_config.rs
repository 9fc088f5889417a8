//! How long a value counts, and how long to leave its source alone that cannot be read again.
//!
//! Numbers only: nothing here reads a value or knows one.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock, Timestamp};

/// How long a value read counts unless told otherwise, give or take a tenth: 5 minutes.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// The least time between two reads that were forced, unless told otherwise, so that a value which is refused each time
/// cannot hammer its source: 500 ms.
pub const FORCED_READS_APART: Duration = Duration::from_millis(500);

/// How long the last good value serves on, untried, after a read that failed, and the most that this grows to: an outage
/// then costs one request in so many seconds a wait, and the source little when it comes back.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The parts that a lifetime is divided into to vary it: fine enough that thousands of instances do not share one.
const PARTS: u32 = 1_000_000;
/// The most that a lifetime is varied by, either way: a tenth.
const SPREAD: u32 = 100_000;
/// How many lifetimes there are to draw from.
const CHOICES: u64 = 200_001;

/// How one value is kept.
#[derive(Debug, Clone)]
pub struct CacheConfig {
    /// What it is, as a log line says it: "a secret".
    pub(crate) what: &'static str,
    /// Varied already.
    pub(crate) lifetime: Duration,
    pub(crate) forced_apart: Duration,
    /// How long it serves on beyond its lifetime while it cannot be read again; `None`: for as long as that takes.
    pub(crate) max_stale: Option<Duration>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl CacheConfig {
    /// For [`DEFAULT_LIFETIME`], with forced reads [`FORCED_READS_APART`], by the machine's clock. `what` is said in the log
    /// where the value cannot be read again: "a secret".
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        let (forced_apart, clock) = (FORCED_READS_APART, Arc::new(SystemClock));
        Self { what, lifetime: DEFAULT_LIFETIME, forced_apart, max_stale: None, clock }.for_lifetime(DEFAULT_LIFETIME)
    }

    /// For `lifetime`, varied by up to a tenth either way: a thousand instances that start together must not read together
    /// for ever after.
    #[must_use]
    pub fn for_lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime: varied(lifetime, random()), ..self }
    }

    /// Serving on for no longer than this beyond its lifetime, while it cannot be read again (as `stale-if-error` of RFC 5861).
    #[must_use]
    pub fn stale_for(self, max_stale: Duration) -> Self {
        Self { max_stale: Some(max_stale), ..self }
    }

    /// With so much time between two reads that were forced.
    #[must_use]
    pub fn forced_apart(self, forced_apart: Duration) -> Self {
        Self { forced_apart, ..self }
    }

    /// By another clock.
    #[must_use]
    pub fn by(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Whether a value that was read `age` ago still counts.
    #[must_use]
    pub fn counts_at(&self, age: Duration) -> bool {
        age < self.lifetime
    }

    /// The age at which it serves no more, whether or not it can be read again; `None`: there is none.
    pub(crate) fn max_age(&self) -> Option<Duration> {
        Some(self.lifetime.saturating_add(self.max_stale?))
    }

    /// Now, by its clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn varied(lifetime: Duration, random: u64) -> Duration {
    let share = random.checked_rem(CHOICES).and_then(|share| u32::try_from(share).ok()).unwrap_or(SPREAD);
    let parts = PARTS.saturating_sub(SPREAD).saturating_add(share);
    // What is too long to multiply is as good as for ever.
    lifetime.checked_mul(parts).and_then(|all| all.checked_div(PARTS)).unwrap_or(lifetime)
}

/// Good enough to spread instances, and no reason to link a generator: the standard library seeds its hash maps from the
/// system, once a process, and differs from map to map.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

/// A source that could not be read again is left alone until the pause is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pause {
    since: Timestamp,
    length: Duration,
}

impl Pause {
    /// The pause from `now` on, after the one before: twice as long.
    pub(crate) fn after(before: Option<Self>, now: Timestamp) -> Self {
        let length = before.map_or(FIRST_PAUSE, |before| before.length.saturating_mul(2).min(LONGEST_PAUSE));
        Self { since: now, length }
    }

    /// The same pause, from `now` on.
    pub(crate) fn from(self, now: Timestamp) -> Self {
        Self { since: now, ..self }
    }

    pub(crate) fn is_over(&self, now: &Timestamp) -> bool {
        now.since(&self.since) >= self.length
    }

    pub(crate) fn length(&self) -> Duration {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    proptest! {
        #[test]
        fn a_lifetime_is_varied_by_a_tenth_at_most(random in any::<u64>(), millis in 0..=u64::from(u32::MAX)) {
            let lifetime = Duration::from_millis(millis);
            let varied = varied(lifetime, random);
            prop_assert!(varied.abs_diff(lifetime) <= Duration::from_micros(millis.saturating_mul(100)), "{varied:?}");
        }
    }

    #[test]
    fn the_whole_tenth_is_used_either_way_and_nought_and_for_ever_stay() {
        let span = CHOICES - 1;
        assert_eq!(varied(DEFAULT_LIFETIME, 0), Duration::from_secs(270));
        assert_eq!(varied(DEFAULT_LIFETIME, span / 2), DEFAULT_LIFETIME);
        assert_eq!(varied(DEFAULT_LIFETIME, span), Duration::from_secs(330));
        assert_eq!(varied(Duration::ZERO, span), Duration::ZERO);
        assert_eq!(varied(Duration::MAX, span), Duration::MAX);
    }

    #[test]
    fn instances_differ() {
        let lifetimes: std::collections::BTreeSet<_> = (0..100).map(|_| CacheConfig::new("a value").lifetime).collect();
        assert!(lifetimes.len() > 90, "{} different lifetimes of 100", lifetimes.len());
        let (shortest, longest) = (lifetimes.first().unwrap(), lifetimes.last().unwrap());
        assert!(*longest - *shortest > Duration::from_secs(30), "{shortest:?} to {longest:?}");
    }

    #[test]
    fn a_pause_grows_to_a_minute() {
        let now = SystemClock.now();
        let pauses =
            std::iter::successors(Some(Pause::after(None, now)), |pause| Some(Pause::after(Some(*pause), now)));
        assert_eq!(pauses.map(|pause| pause.length().as_secs()).take(5).collect::<Vec<_>>(), [10, 20, 40, 60, 60]);
    }
}
