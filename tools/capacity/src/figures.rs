//! What is counted while a simulation runs, and what follows from it.

use std::time::Duration;

use tvm_issuer::Origin;
use tvm_policy::Grant;

use crate::cache::Operations;
use crate::fleet::{Answer, Starts};
use crate::scenario::Window;
use crate::token_service::{Mints, is_for};

/// Counted at the users.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    requests: u64,
    limited: u64,
    turned_away: u64,
    failed: u64,
    last_resorts: u64,
    wrong: u64,
    wanted: u64,
    waits: Vec<u32>,
}

impl Tally {
    /// A user began to ask.
    pub(crate) fn wanted(&mut self) {
        add_one(&mut self.wanted);
    }

    /// A request was answered.
    pub(crate) fn answered(&mut self, answer: &Answer, grant: &Grant) {
        add_one(&mut self.requests);
        match answer {
            Answer::Token(vended) => {
                if !is_for(&vended.token, grant) {
                    add_one(&mut self.wrong);
                }
                if vended.origin == Origin::LastResort {
                    add_one(&mut self.last_resorts);
                }
            }
            Answer::ComeBack(_) => add_one(&mut self.limited),
            Answer::TurnedAway => add_one(&mut self.turned_away),
            Answer::Failed => add_one(&mut self.failed),
        }
    }

    /// How many requests brought no token, for whatever reason.
    pub(crate) fn refused(&self) -> u64 {
        self.limited.saturating_add(self.turned_away).saturating_add(self.failed)
    }

    /// A user has a token, so long after they began to ask.
    pub(crate) fn came_by(&mut self, wait: Duration) {
        self.waits.push(u32::try_from(wait.as_millis()).unwrap_or(u32::MAX));
    }
}

fn add_one(count: &mut u64) {
    *count = count.saturating_add(1);
}

/// What came of a simulation. Shares are of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Requests that were answered while it counted.
    pub requests: u64,
    /// Of these, how many were answered 429 by the function.
    pub limited: u64,
    /// How many AWS turned away before the function.
    pub turned_away: u64,
    /// How many were answered 5xx by the function.
    pub failed: u64,
    /// How many were given a token with less of its life left than it must have: none could be minted.
    pub last_resorts: u64,
    /// How many were given a token of another grant.
    pub wrong: u64,
    /// How often a user began to ask.
    pub wanted: u64,
    /// How long those waited who came by a token, in milliseconds, the shortest first.
    pub waits: Vec<u32>,
    /// When Momento was asked for tokens, from the beginning on.
    pub mints: Mints,
    /// What the shared cache was asked for, from the beginning on.
    pub operations: Operations,
    /// What was started.
    pub starts: Starts,
    window: (Duration, Duration),
}

impl Figures {
    pub(crate) fn new(tally: Tally, mints: Mints, operations: Operations, starts: Starts, window: Window) -> Self {
        let Tally { requests, limited, turned_away, failed, last_resorts, wrong, wanted, mut waits } = tally;
        waits.sort_unstable();
        let window = (window.from, window.to);
        Self {
            requests,
            limited,
            turned_away,
            failed,
            last_resorts,
            wrong,
            wanted,
            waits,
            mints,
            operations,
            starts,
            window,
        }
    }

    /// The share of requests that the function answered 429.
    #[must_use]
    pub fn limited_share(&self) -> f64 {
        share(self.limited, self.requests)
    }

    /// The share of requests that AWS turned away.
    #[must_use]
    pub fn turned_away_share(&self) -> f64 {
        share(self.turned_away, self.requests)
    }

    /// The share of requests that brought no token, for whatever reason.
    #[must_use]
    pub fn refused_share(&self) -> f64 {
        share(self.limited.saturating_add(self.turned_away).saturating_add(self.failed), self.requests)
    }

    /// So many percent of those who asked had a token after this time; `None`: so many never had one.
    #[must_use]
    pub fn wait(&self, percent: u64) -> Option<Duration> {
        let rank = self.wanted.saturating_mul(percent).div_ceil(100).max(1).saturating_sub(1);
        let wait = self.waits.get(usize::try_from(rank).unwrap_or(usize::MAX))?;
        Some(Duration::from_millis((*wait).into()))
    }

    /// The share of those who asked that had a token after `time`.
    #[must_use]
    pub fn served_within(&self, time: Duration) -> f64 {
        let served = self.waits.partition_point(|wait| Duration::from_millis((*wait).into()) <= time);
        share(u64::try_from(served).unwrap_or(u64::MAX), self.wanted)
    }

    /// How many tokens Momento gave a second, on average while it counted.
    #[must_use]
    pub fn granted_per_second(&self) -> f64 {
        self.per_second(&self.mints.granted)
    }

    /// How many it refused a second.
    #[must_use]
    pub fn refused_per_second(&self) -> f64 {
        self.per_second(&self.mints.refused)
    }

    /// How many operations a second the shared cache was asked for.
    #[must_use]
    pub fn operations_per_second(&self) -> f64 {
        let second = |moment: Duration| usize::try_from(moment.as_secs()).unwrap_or(usize::MAX);
        let (from, to) = (second(self.window.0), second(self.window.1));
        let counted = self.operations.per_second.iter().take(to).skip(from);
        counted.map(|&count| f64::from(count)).sum::<f64>() / self.seconds()
    }

    /// The most that it was asked for in one second.
    #[must_use]
    pub fn most_operations(&self) -> u32 {
        self.operations.per_second.iter().copied().max().unwrap_or_default()
    }

    fn per_second(&self, moments: &[Duration]) -> f64 {
        let before = |moment: Duration| moments.partition_point(|at| *at < moment);
        let count = before(self.window.1).saturating_sub(before(self.window.0));
        to_f64(count) / self.seconds()
    }

    fn seconds(&self) -> f64 {
        Window { from: self.window.0, to: self.window.1 }.seconds()
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn to_f64(count: usize) -> f64 {
    count as f64
}
