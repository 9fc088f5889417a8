//! Where the time comes from: the machine, or a test.
//!
//! Everything here that asks the time or waits does so through a [`Clock`]. The limits of a read alone are kept by the AWS
//! client, which has a clock of its own.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A point in time, on two clocks: each can stand still while the other does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// Never goes back; may stand still while a virtual machine is paused.
    pub steady: Instant,
    /// Goes on while a machine is paused; may be set, back or ahead.
    pub wall: SystemTime,
}

impl Timestamp {
    /// How long ago `earlier` was: the longer of what the two clocks say. A Lambda is frozen between calls, for hours, and
    /// what was read before that is old, whichever clock noticed. A clock that was set ahead costs a read.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Duration {
        let steady = self.steady.saturating_duration_since(earlier.steady);
        steady.max(self.wall.duration_since(earlier.wall).unwrap_or_default())
    }
}

/// The time, and waiting.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Waits this long.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The time of the machine, and of tokio's runtime (which a test may pause).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp { steady: Instant::now(), wall: SystemTime::now() }
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_clock_that_went_further_counts_and_none_goes_back() {
        let then = Timestamp { steady: Instant::now(), wall: SystemTime::now() };
        let later = |steady, wall: SystemTime| Timestamp { steady: then.steady + steady, wall };
        assert_eq!(later(MINUTE, then.wall + MINUTE).since(&then), MINUTE);
        assert_eq!(later(Duration::ZERO, then.wall + MINUTE).since(&then), MINUTE, "paused for a minute");
        assert_eq!(later(MINUTE, then.wall - MINUTE).since(&then), MINUTE, "set back");
        assert_eq!(then.since(&later(MINUTE, then.wall + MINUTE)), Duration::ZERO);
    }
}
