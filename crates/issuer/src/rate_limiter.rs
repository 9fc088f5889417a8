//! How often this process asks Momento for a token: no oftener than the account may, and less often while Momento says so.
//!
//! Momento refuses what exceeds its limit, for everybody who uses the account. A request that would exceed it waits a
//! moment for its turn, or is told when to come back: it is never sent to be refused. There is no timer but that of the one
//! who waits for the next turn; whose that is, `queue` decides. The turns of all instances together are shared out in `slots`.

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
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// The longest pause after a refusal, and up to as much again. The first is as long as one turn, each further one twice as
/// long, as with everything that shares a medium and cannot see the others: a thousand processes that are refused again
/// and again ask some two hundred times a second in all.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The turns of one process.
pub(crate) struct RateLimiter {
    /// How many turns a second has.
    turns: NonZeroU32,
    state: Mutex<State>,
}

struct State {
    /// No turn before, since Momento refused one.
    pause: Option<Instant>,
    /// How often it did of late.
    refusals: u32,
    /// When the last turns were taken, oldest first; as many as a second has.
    given: VecDeque<Instant>,
}

/// There is no turn soon enough: when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateLimited {
    pub(crate) after: Duration,
}

impl RateLimited {
    /// The same, up to twice as long, so that those who were refused together do not come back together.
    pub(crate) fn spread(self) -> Self {
        Self { after: spread(self.after) }
    }
}

/// Up to twice as long.
fn spread(wait: Duration) -> Duration {
    wait.saturating_add(wait.mul_f64(fastrand::f64()))
}

impl RateLimiter {
    /// So many turns in any second.
    pub(crate) fn new(turns: NonZeroU32) -> Self {
        Self { turns, state: Mutex::new(State { pause: None, refusals: 0, given: VecDeque::new() }) }
    }

    /// The moment until which a request may wait for its turns: [`LONGEST_WAIT`] from now, and not beyond `deadline`.
    pub(crate) fn patience(deadline: Deadline) -> Deadline {
        deadline.min(Deadline::after(LONGEST_WAIT))
    }

    /// Waits for the next turn and takes it, where that comes before `patience` ends. Nothing is taken before: who leaves meanwhile
    /// leaves the turn to the others. For one caller at a time.
    pub(crate) async fn turn(&self, patience: Deadline) -> Result<(), RateLimited> {
        loop {
            let now = Instant::now();
            // Another wait after the first only where Momento refused a call meanwhile.
            match self.take(now) {
                Err(refused) if refused.after > patience.remaining() => return Err(refused),
                Err(RateLimited { after }) => tokio::time::sleep_until(now.checked_add(after).unwrap_or(now)).await,
                Ok(()) => return Ok(()),
            }
        }
    }

    /// How long it is until a turn that so many others come before.
    pub(crate) fn wait_behind(&self, ahead: usize) -> Duration {
        let now = Instant::now();
        self.state().next(self.turns_of_a_second(), ahead, now).saturating_duration_since(now)
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

    /// Takes the next turn, if that is now.
    fn take(&self, now: Instant) -> Result<(), RateLimited> {
        let turns = self.turns_of_a_second();
        let mut state = self.state();
        let after = state.next(turns, 0, now).saturating_duration_since(now);
        if !after.is_zero() {
            return Err(RateLimited { after });
        }
        if state.given.len() >= turns {
            state.given.pop_front();
        }
        state.given.push_back(now);
        Ok(())
    }

    fn turns_of_a_second(&self) -> usize {
        usize::try_from(self.turns.get()).unwrap_or(usize::MAX)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way: what a poisoned one guards is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When the next turn is that so many others come `ahead` of, where a second has `turns`.
    fn next(&self, turns: usize, ahead: usize, now: Instant) -> Instant {
        let soonest = self.pause.map_or(now, |pause| pause.max(now));
        // A turn is free a second after the one that was so many turns before it: one of those given, or one of those ahead.
        let (rounds, within) =
            (ahead.checked_div(turns).unwrap_or_default(), ahead.checked_rem(turns).unwrap_or_default());
        let before = self.given.len().saturating_add(within).checked_sub(turns).and_then(|index| self.given.get(index));
        let first = before.and_then(|given| given.checked_add(SECOND)).map_or(soonest, |free| free.max(soonest));
        let rounds = SECOND.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX));
        first.checked_add(rounds).unwrap_or(first)
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("turns", &self.turns).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use super::*;

    fn five() -> RateLimiter {
        RateLimiter::new(NonZeroU32::new(5).unwrap())
    }

    const HALF: Duration = Duration::from_millis(500);

    #[test]
    fn no_second_has_more_turns_than_the_limit_wherever_it_begins() {
        let (pace, start) = (five(), Instant::now());
        let mut given = Vec::new();
        for step in 0..2_000_u32 {
            // Unevenly, as callers come: gaps and crowds, but never more than 9 ms of a gap.
            let now = start + Duration::from_millis(u64::from(step * step % 7 + step * 3));
            if pace.take(now).is_ok() {
                given.push(now);
            }
        }
        assert!(given.windows(6).all(|six| six[5] - six[0] >= SECOND));
        let lasted = *given.last().unwrap() - start;
        let possible = lasted.as_secs_f64() / 1.009 * 5.0;
        assert!(given.len() as f64 >= possible, "{} of {possible} turns were given", given.len());
    }

    #[test]
    fn who_would_have_to_wait_is_told_how_long_and_takes_no_turn() {
        let (pace, now) = (five(), Instant::now());
        for _ in 0..5 {
            assert_eq!(pace.take(now), Ok(()));
        }
        for _ in 0..100 {
            assert_eq!(pace.take(now), Err(RateLimited { after: SECOND }));
        }
        assert_eq!(pace.take(now + HALF), Err(RateLimited { after: HALF }));
        assert_eq!(pace.take(now + SECOND), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_behind_others_is_the_one_that_it_is_then() {
        for (turns, gap) in [(1, 0), (3, 0), (5, 0), (5, 130), (7, 290)] {
            let pace = RateLimiter::new(NonZeroU32::new(turns).unwrap());
            for had in 0..9 {
                for ahead in 0..12 {
                    let (began, said) = (Instant::now(), pace.wait_behind(ahead));
                    for _ in 0..=ahead {
                        pace.turn(Deadline::after(SECOND * 60)).await.unwrap();
                    }
                    assert_eq!(said, began.elapsed(), "{turns} a second, {had} rounds, {ahead} ahead");
                    tokio::time::advance(Duration::from_millis(gap)).await;
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_refusal_in_a_row_is_a_longer_pause_and_tokens_make_them_short_again() {
        let pace = five();
        let until_the_next = || pace.take(Instant::now()).map_err(|RateLimited { after }| after);
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
        assert_eq!(until_the_next(), Ok(()));
        for _ in 0..6 {
            pace.granted();
        }
        pace.refused();
        assert!(until_the_next().unwrap_err() <= turn * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_is_waited_for_within_the_callers_patience_and_not_beyond() {
        let (pace, began) = (five(), Instant::now());
        for expected in [[Duration::ZERO; 5], [SECOND; 5]].concat() {
            pace.turn(RateLimiter::patience(Deadline::after(SECOND * 5))).await.unwrap();
            assert_eq!(began.elapsed(), expected);
        }
        let refused = pace.turn(RateLimiter::patience(Deadline::after(HALF))).await.unwrap_err();
        assert_eq!((refused, began.elapsed()), (RateLimited { after: SECOND }, SECOND));
        assert!((SECOND..=SECOND * 2).contains(&refused.spread().after));
        // Who leaves while they wait takes nothing.
        tokio::time::timeout(HALF, pace.turn(Deadline::after(SECOND * 5))).await.unwrap_err();
        for _ in 0..5 {
            pace.turn(Deadline::after(SECOND * 5)).await.unwrap();
        }
        assert_eq!(began.elapsed(), SECOND * 2);
    }
}
