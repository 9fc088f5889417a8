//! The time in the simulation: tokio's paused clock, which jumps to the next timer whenever nobody has anything to do.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// When every simulation begins, in seconds since 1970: an hour's first second, as tokens end by the calendar.
const BEGINNING: u64 = 1_800_000_000;

/// Tells the simulated time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// Begins now. Only inside a runtime whose clock is paused.
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// The time since the beginning.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// What the calendar says.
    pub(crate) fn now(self) -> SystemTime {
        let since_1970 = Duration::from_secs(BEGINNING).saturating_add(self.elapsed());
        UNIX_EPOCH.checked_add(since_1970).unwrap_or(UNIX_EPOCH)
    }

    /// Sleeps until so long after the beginning.
    pub(crate) async fn until(self, moment: Duration) {
        tokio::time::sleep(moment.saturating_sub(self.elapsed())).await;
    }
}
