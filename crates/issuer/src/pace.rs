//! How often this process asks Momento for a token: no oftener than the account may, and less often while Momento says so.
//!
//! Momento refuses what exceeds its limit, for everybody who uses the account. A request that would exceed it waits a
//! moment for its turn, or is told when to come back: it is never sent to be refused. There is no queue but the callers
//! who wait, and no timer but theirs. The turns of all instances together are shared out in `slots`.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use momento_client::Deadline;

/// The longest that a request waits for its turns. Longer, and the caller had better know. Two seconds let a crowd of
/// functions that start together have their first tokens one after the other.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The time that the limit is counted in.
const SECOND: Duration = Duration::from_secs(1);

/// The longest pause after a refusal, and up to as much again. The first is as long as one turn, each further one twice as
/// long, as with everything that shares a medium and cannot see the others: a thousand processes that are refused again
/// and again ask some two hundred times a second in all.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The turns of one process.
pub(crate) struct Pace {
    /// How many turns a second has.
    turns: NonZeroU32,
    state: Mutex<State>,
}

struct State {
    /// No turn before, since Momento refused one.
    pause: Option<Instant>,
    /// How often it did of late.
    refusals: u32,
    /// When the last turns were given for, oldest first; as many as a second has.
    given: VecDeque<Instant>,
}

/// There is no turn soon enough: when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) after: Duration,
}

impl TooMany {
    /// The same, up to twice as long, so that those who were refused together do not come back together.
    pub(crate) fn spread(self) -> Self {
        Self { after: spread(self.after) }
    }
}

/// Up to twice as long.
fn spread(wait: Duration) -> Duration {
    wait.saturating_add(wait.mul_f64(fastrand::f64()))
}

impl Pace {
    /// So many turns in any second.
    pub(crate) fn new(turns: NonZeroU32) -> Self {
        Self { turns, state: Mutex::new(State { pause: None, refusals: 0, given: VecDeque::new() }) }
    }

    /// The moment until which a request may wait for its turns: [`LONGEST_WAIT`] from now, and not beyond `deadline`.
    pub(crate) fn patience(deadline: Deadline) -> Deadline {
        deadline.min(Deadline::after(LONGEST_WAIT))
    }

    /// Takes the next turn, where that comes before `patience` ends, and gives the wait until then. A caller who leaves
    /// meanwhile loses it.
    pub(crate) fn take(&self, patience: Deadline) -> Result<Duration, TooMany> {
        self.reserve(Instant::now(), patience.remaining())
    }

    /// How long nothing is to be asked, since Momento refused.
    pub(crate) fn pause(&self) -> Duration {
        let pause = self.state().pause;
        pause.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }

    /// Momento refused: the account is used by others, too.
    pub(crate) fn refused(&self) {
        let now = Instant::now();
        let mut state = self.state();
        let turn = SECOND.checked_div(self.turns.get()).unwrap_or(SECOND);
        let pause = turn.saturating_mul(2_u32.saturating_pow(state.refusals)).min(LONGEST_PAUSE);
        state.pause = now.checked_add(spread(pause));
        state.refusals = state.refusals.saturating_add(1);
    }

    /// Momento gave a token.
    pub(crate) fn granted(&self) {
        let mut state = self.state();
        state.refusals = state.refusals.checked_div(2).unwrap_or_default();
    }

    /// The wait until the next turn, which is taken; refused where it is more than `most`.
    fn reserve(&self, now: Instant, most: Duration) -> Result<Duration, TooMany> {
        let turns = usize::try_from(self.turns.get()).unwrap_or(usize::MAX);
        let mut state = self.state();
        let full = state.given.len() >= turns;
        let free = match state.given.front() {
            Some(oldest) if full => oldest.checked_add(SECOND).unwrap_or(now),
            _ => now,
        };
        let next = state.pause.map_or(free, |pause| pause.max(free)).max(now);
        let wait = next.saturating_duration_since(now);
        if wait > most {
            return Err(TooMany { after: wait });
        }
        if full {
            state.given.pop_front();
        }
        state.given.push_back(next);
        Ok(wait)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way: what a poisoned one guards is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("turns", &self.turns).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use super::*;

    fn five() -> Pace {
        Pace::new(NonZeroU32::new(5).unwrap())
    }

    const HALF: Duration = Duration::from_millis(500);

    #[test]
    fn no_second_has_more_turns_than_the_limit_wherever_it_begins() {
        let (pace, start) = (five(), Instant::now());
        let mut given = Vec::new();
        for step in 0..2_000_u32 {
            // Unevenly, as callers come: gaps and crowds.
            let now = start + Duration::from_millis(u64::from(step * step % 7 + step * 3));
            if let Ok(wait) = pace.reserve(now, LONGEST_WAIT) {
                given.push(now + wait);
            }
        }
        assert!(given.windows(6).all(|six| six[5] - six[0] >= SECOND));
        let lasted = *given.last().unwrap() - start;
        let possible = lasted.as_secs_f64() * 5.0;
        assert!(given.len() as f64 >= possible, "{} of {possible} turns were given", given.len());
    }

    #[test]
    fn who_would_wait_too_long_is_told_how_long_and_takes_no_turn() {
        let (pace, now) = (five(), Instant::now());
        for _ in 0..5 {
            assert_eq!(pace.reserve(now, HALF), Ok(Duration::ZERO));
        }
        for _ in 0..100 {
            assert_eq!(pace.reserve(now, HALF), Err(TooMany { after: SECOND }));
        }
        assert_eq!(pace.reserve(now + HALF, HALF), Ok(HALF));
    }

    #[tokio::test(start_paused = true)]
    async fn each_refusal_in_a_row_is_a_longer_pause_and_tokens_make_them_short_again() {
        let pace = five();
        let until_the_next = || pace.reserve(Instant::now(), Duration::ZERO).map_err(|TooMany { after }| after);
        let turn = SECOND / 5;
        for longer in [1, 2, 4, 8] {
            pace.refused();
            let pause = until_the_next().unwrap_err();
            assert!((turn * longer..=turn * longer * 2).contains(&pause), "{pause:?}");
        }
        for _ in 0..40 {
            pace.refused();
        }
        let pause = until_the_next().unwrap_err();
        assert!((LONGEST_PAUSE..=LONGEST_PAUSE * 2).contains(&pause), "{pause:?}");
        tokio::time::advance(pause).await;
        assert_eq!(until_the_next(), Ok(Duration::ZERO));
        for _ in 0..6 {
            pace.granted();
        }
        pace.refused();
        assert!(until_the_next().unwrap_err() <= turn * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_is_taken_within_the_callers_patience_and_not_beyond() {
        let pace = five();
        let patience = || Pace::patience(Deadline::after(SECOND * 5));
        let waits: Vec<_> = (0..10).map(|_| pace.take(patience()).unwrap()).collect();
        assert_eq!(waits, [[Duration::ZERO; 5], [SECOND; 5]].concat());
        let refused = pace.take(Pace::patience(Deadline::after(HALF))).unwrap_err();
        assert_eq!(refused, TooMany { after: SECOND * 2 });
        assert!((SECOND * 2..=SECOND * 4).contains(&refused.spread().after));
    }
}
