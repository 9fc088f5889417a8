//! What time it is, and waiting for a time: the one place where the stage looks at a clock.
//!
//! Nothing that a client sees goes by any other time, so that a test moves expiry, time to live, limits and delays by
//! hand and never waits for them.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

/// A wait for a moment on a [`Clock`].
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time. Moments are durations since the Unix epoch.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// This moment, since the Unix epoch.
    fn now(&self) -> Duration;

    /// Ends when the clock shows `moment` (since the Unix epoch) or later.
    fn wait_until(&self, moment: Duration) -> Wait;
}

/// The computer's own time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        // A computer whose clock stands before 1970 gets 1970: expiry then errs on the side of "expired".
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn wait_until(&self, moment: Duration) -> Wait {
        let left = moment.saturating_sub(self.now());
        Box::pin(tokio::time::sleep(left))
    }
}

/// A clock that moves only when it is told to. Clones show the same time.
///
/// It starts at the computer's time, so that tokens minted under it are in the future for code that looks at the
/// real clock; from there it moves by [`ManualClock::advance`] alone.
#[derive(Debug, Clone)]
pub struct ManualClock {
    time: Arc<watch::Sender<Duration>>,
}

impl ManualClock {
    /// A clock that stands at the computer's present time, cut to whole seconds: tokens expire at whole seconds, so
    /// that one for N seconds then expires when the clock has advanced by N seconds, to the nanosecond.
    #[must_use]
    pub fn starting_now() -> Self {
        Self::starting_at(Duration::from_secs(SystemClock.now().as_secs()))
    }

    /// A clock that stands at `moment` since the Unix epoch.
    #[must_use]
    pub fn starting_at(moment: Duration) -> Self {
        Self { time: Arc::new(watch::Sender::new(moment)) }
    }

    /// Moves the clock forward; whoever waited for a moment up to the new one goes on.
    pub fn advance(&self, by: Duration) {
        self.time.send_modify(|time| *time = time.saturating_add(by));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.time.borrow()
    }

    fn wait_until(&self, moment: Duration) -> Wait {
        let mut time = self.time.subscribe();
        Box::pin(async move {
            if time.wait_for(|now| *now >= moment).await.is_err() {
                // The clock is gone: it will never show that moment.
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_on_a_manual_clock_ends_when_the_clock_is_moved_there_and_not_before() {
        let clock = ManualClock::starting_at(Duration::from_secs(100));
        let mut wait = tokio::spawn(clock.wait_until(Duration::from_secs(110)));
        clock.advance(Duration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!wait.is_finished());
        clock.advance(Duration::from_secs(1));
        (&mut wait).await.unwrap();
    }

    #[tokio::test]
    async fn a_moment_that_has_passed_is_not_waited_for() {
        ManualClock::starting_at(Duration::from_secs(5)).wait_until(Duration::from_secs(5)).await;
        SystemClock.wait_until(Duration::ZERO).await;
    }
}
