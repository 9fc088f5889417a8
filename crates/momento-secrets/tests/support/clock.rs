//! A clock that goes when the test says so.
#![allow(clippy::arithmetic_side_effects, reason = "a helper of a test may fail the test")]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use momento_secrets::{Clock, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

/// Clones show the same time.
#[derive(Debug, Clone)]
pub(crate) struct ManualClock {
    began: Timestamp,
    passed: watch::Sender<Passed>,
    asleep: Arc<AtomicUsize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    steady: Duration,
    wall: Duration,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        let began = Timestamp { steady: Instant::now(), wall: SystemTime::now() };
        Self { began, passed: watch::Sender::default(), asleep: Arc::default() }
    }

    pub(crate) fn shared(&self) -> Arc<dyn Clock> {
        Arc::new(self.clone())
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.passed.send_modify(|passed| {
            passed.steady += by;
            passed.wall += by;
        });
    }

    /// As for a virtual machine that was paused: its steady clock did not notice.
    pub(crate) fn advance_the_wall_alone(&self, by: Duration) {
        self.passed.send_modify(|passed| passed.wall += by);
    }

    /// How many wait for a time that has not come.
    pub(crate) fn asleep(&self) -> usize {
        self.asleep.load(Ordering::SeqCst)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let passed = *self.passed.borrow();
        Timestamp { steady: self.began.steady + passed.steady, wall: self.began.wall + passed.wall }
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (until, asleep) = (self.passed.borrow().steady + duration, Asleep::count(&self.asleep));
        let mut passed = self.passed.subscribe();
        Box::pin(async move {
            passed.wait_for(|passed| passed.steady >= until).await.unwrap();
            drop(asleep);
        })
    }
}

struct Asleep(Arc<AtomicUsize>);

impl Asleep {
    fn count(sleepers: &Arc<AtomicUsize>) -> Self {
        sleepers.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(sleepers))
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
