//! What all users of a simulation share, and what is counted there.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tvm_policy::Grant;

use crate::clock::Clock;
use crate::figures::Tally;
use crate::fleet::{Answer, Fleet};
use crate::scenario::Scenario;

/// How many refused requests are too many to go on: of those that count, and of all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) counted: u64,
    pub(crate) ever: u64,
}

/// What all users are in.
pub(crate) struct World {
    pub(crate) scenario: Scenario,
    pub(crate) clock: Clock,
    pub(crate) fleet: Fleet,
    pub(crate) tally: Mutex<Tally>,
    pub(crate) patience: Patience,
    /// Of all time, whether that counts or not.
    pub(crate) refused: AtomicU64,
    pub(crate) hopeless: Notify,
}

impl World {
    /// A user began to ask at `begun`.
    pub(crate) fn wanted(&self, begun: Duration) {
        if self.scenario.time().holds(begun) {
            self.tally().wanted();
        }
    }

    /// A request was answered at `now`.
    pub(crate) fn answered(&self, now: Duration, answer: &Answer, grant: &Grant) {
        let refused = u64::from(!matches!(answer, Answer::Token(_)));
        let ever = self.refused.fetch_add(refused, Ordering::Relaxed);
        let mut counted = 0;
        if self.scenario.time().holds(now) {
            let mut tally = self.tally();
            tally.answered(answer, grant);
            counted = tally.refused();
        }
        if counted > self.patience.counted || ever > self.patience.ever {
            self.hopeless.notify_one();
        }
    }

    /// A user who began to ask at `begun` has a token at `now`.
    pub(crate) fn came_by(&self, begun: Duration, now: Duration) {
        if self.scenario.time().holds(begun) {
            self.tally().came_by(now.saturating_sub(begun));
        }
    }

    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
