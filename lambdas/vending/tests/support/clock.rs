//! A Momento whose clock is wrong.

use std::time::Duration;

use momento_emulator::{Clock, SystemClock, Wait};

/// The computer's time, and so much more or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skewed {
    Ahead(Duration),
    Behind(Duration),
}

impl Clock for Skewed {
    fn now(&self) -> Duration {
        match *self {
            Self::Ahead(by) => SystemClock.now().saturating_add(by),
            Self::Behind(by) => SystemClock.now().saturating_sub(by),
        }
    }

    fn wait_until(&self, moment: Duration) -> Wait {
        SystemClock.wait_until(match *self {
            Self::Ahead(by) => moment.saturating_sub(by),
            Self::Behind(by) => moment.saturating_add(by),
        })
    }
}
