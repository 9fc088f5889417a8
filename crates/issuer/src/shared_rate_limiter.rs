//! The turns of an account, shared out between instances by counters in the shared store.
//!
//! Time is cut into slots of a fifth of a second, counted from 1970, so that every instance means the same by a number.
//! Each slot has a counter and so many turns: who counts up to one of them has it; who counts beyond takes the next slot.
//! Nobody hands out turns, no lock is held, and an instance that dies loses its turn and nothing else. Clocks that differ
//! only spread the turns otherwise: each is still given once.
//!
//! Who can write to the store and does not have the API key finds no counter to spoil: their names are keyed. A counter that is spoiled
//! all the same counts as none, so that it costs the agreement between instances and never a mint.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use momento_client::ApiKey;
use tokio::sync::Mutex;

use crate::rate_limiter::RateLimited;
use crate::shared_store::SharedStore;
use crate::shared_token_cache::{SharedTokenCache, TimeBudget};
use crate::token_cipher::TokenCipher;
use momento_client::Deadline;

/// How many slots a second has: with Momento's own limit of five, each is one turn.
const PER_SECOND: u64 = 5;

/// How long a slot is.
const MILLISECONDS: u64 = 200;

/// The longest that anybody waits for one. Who waits keeps an instance busy, with nothing to do: so at most a second's turns
/// are waited for, by all instances together, and the others are free to tell everybody else when to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How long its counter is kept: longer than anybody waits for a slot, and than clocks differ.
const LIFE: Duration = Duration::from_secs(30);

/// Beyond its turns, how often a slot is counted at most: once by each instance, which knows it to be full from then on. Lambda runs a
/// thousand at once in an account ("Lambda quotas" in its developer guide), and a hundred times as many are no account of Momento's. Not
/// less: instances that took a true count for absurd would all ask Momento at once.
const MOST_INSTANCES: u64 = 100_000;

/// The slots as one process knows them.
pub(crate) struct SharedRateLimiter {
    /// How many turns a second has, over all instances.
    turns: NonZeroU32,
    /// Those to come that are known to have no turn left. Locked while one is looked for: two callers of one process need
    /// not both find out.
    full: Mutex<BTreeSet<u64>>,
}

/// What became of the search for a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acquire {
    /// There is one, after this wait.
    Turn(Duration),
    /// There is none soon enough.
    None(RateLimited),
    /// The store is of no help.
    Unknown,
}

impl SharedRateLimiter {
    /// So many turns in any second, give or take a slot's worth.
    pub(crate) fn new(turns: NonZeroU32) -> Self {
        Self { turns, full: Mutex::new(BTreeSet::new()) }
    }

    /// Takes a turn that comes no sooner than `earliest` from `now`, and before `patience` ends.
    pub(crate) async fn take<S: SharedStore>(
        &self,
        shared: &SharedTokenCache<S>,
        key: &ApiKey,
        now: SystemTime,
        earliest: Duration,
        patience: Deadline,
        allowance: &mut TimeBudget,
    ) -> Acquire {
        let patience = patience.min(Deadline::after(LONGEST_WAIT));
        let Ok(mut full) = patience.bound(self.full.lock()).await else { return Acquire::Unknown };
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let Some(cipher) = TokenCipher::of(key) else { return Acquire::Unknown };
        let current = slot_at(now);
        // What is over is of no use to anybody.
        *full = full.split_off(&current);
        let mut slot = slot_at(now.saturating_add(earliest));
        loop {
            let wait = start_of(slot).saturating_sub(now).max(earliest);
            if wait > patience.remaining() {
                return Acquire::None(RateLimited { after: wait });
            }
            let turns = self.turns_of(slot);
            if turns > 0 && !full.contains(&slot) {
                let Some(count) = shared.count(key, self.name(&cipher, slot), LIFE, patience, allowance).await else {
                    return Acquire::Unknown;
                };
                if count > turns.saturating_add(MOST_INSTANCES) {
                    tracing::warn!(
                        "a rate counter in the shared cache is not a number: something else writes to that cache"
                    );
                    return Acquire::Unknown;
                }
                if count >= turns {
                    full.insert(slot);
                }
                if count <= turns {
                    return Acquire::Turn(wait);
                }
            }
            slot = slot.saturating_add(1);
        }
    }

    /// How many turns a slot has: a second's, spread evenly, also where they do not divide by its slots.
    fn turns_of(&self, slot: u64) -> u64 {
        let within = slot.checked_rem(PER_SECOND).unwrap_or_default();
        let before = |slots: u64| u64::from(self.turns.get()).saturating_mul(slots).checked_div(PER_SECOND);
        let (begin, end) = (before(within), before(within.saturating_add(1)));
        end.unwrap_or_default().saturating_sub(begin.unwrap_or_default())
    }

    /// The counter's name. Who counts by another limit counts for themselves, and so does who has another key of the account, as every
    /// instance does for minutes after a rotation: Momento keeps the limit meanwhile, and what it refuses is waited for.
    fn name(&self, cipher: &TokenCipher, slot: u64) -> Bytes {
        cipher.name("turns", format!("{}/{slot}", self.turns).as_bytes())
    }
}

fn slot_at(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).checked_div(MILLISECONDS).unwrap_or_default()
}

fn start_of(slot: u64) -> Duration {
    Duration::from_millis(slot.saturating_mul(MILLISECONDS))
}

impl fmt::Debug for SharedRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slots").field("turns", &self.turns).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use tokio::task::JoinSet;
    use tokio::time::Instant;

    use super::*;
    use crate::model::{ModelStore, key};
    use crate::rate_limiter::RateLimiter;

    /// A second of 2026, and what tokio's clock has gone on since `start`.
    fn wall(start: Instant) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_000_000) + start.elapsed()
    }

    fn limit(turns: u32) -> NonZeroU32 {
        NonZeroU32::new(turns).unwrap()
    }

    /// So many instances, all of whose callers come at once and come back after a refusal until all have had a turn: when
    /// each had it.
    async fn crowd(instances: usize, callers: usize, turns: u32, store: &ModelStore) -> Vec<Duration> {
        let start = Instant::now();
        let mut crowd = JoinSet::new();
        for _ in 0..instances {
            let slots = std::sync::Arc::new(SharedRateLimiter::new(limit(turns)));
            let shared = std::sync::Arc::new(SharedTokenCache::new(store.clone(), Duration::from_secs(5)));
            for _ in 0..callers {
                let (slots, shared) = (slots.clone(), shared.clone());
                crowd.spawn(async move {
                    loop {
                        let patience = RateLimiter::patience(Deadline::default());
                        let now = wall(start);
                        let zero = Duration::ZERO;
                        match slots.take(&shared, &key("key"), now, zero, patience, &mut shared.allowance()).await {
                            Acquire::Turn(wait) => {
                                tokio::time::sleep(wait).await;
                                return start.elapsed();
                            }
                            Acquire::None(RateLimited { after }) => tokio::time::sleep(after).await,
                            Acquire::Unknown => panic!("the store works"),
                        }
                    }
                });
            }
        }
        let mut had = crowd.join_all().await;
        had.sort();
        had
    }

    #[tokio::test(start_paused = true)]
    async fn instances_together_have_no_more_turns_than_the_limit_and_leave_none_unused() {
        let store = ModelStore::slow(Duration::from_millis(1));
        for turns in [1, 3, 5, 7, 50] {
            let count = usize::try_from(turns).unwrap() * 10;
            let had = crowd(10, count / 10, turns, &store).await;
            let per_second = usize::try_from(turns).unwrap();
            // A slot's worth more where a second begins within a slot.
            let slot = count.div_ceil(50);
            for window in had.windows(per_second + slot + 1) {
                let lasted = *window.last().unwrap() - window[0];
                assert!(lasted >= Duration::from_millis(990), "{turns}/s: {window:?}");
            }
            let took = had.last().unwrap().as_secs_f64();
            assert!(took <= 12.0, "{turns}/s: ten seconds' worth took {took:.1} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lone_caller_has_a_turn_at_once_for_one_call() {
        let store = ModelStore::default();
        let had = crowd(1, 1, 5, &store).await;
        assert_eq!((had, store.asked()), (vec![Duration::ZERO], 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_known_to_be_full_is_not_asked_for_again() {
        let store = ModelStore::default();
        let start = Instant::now();
        let (shared, slots) =
            (SharedTokenCache::new(store.clone(), Duration::from_secs(5)), SharedRateLimiter::new(limit(5)));
        let patience = || Deadline::after(Duration::from_millis(1_000));
        let key = key("key");
        let take = async || {
            let (earliest, mut allowance) = (Duration::ZERO, shared.allowance());
            slots.take(&shared, &key, wall(start), earliest, patience(), &mut allowance).await
        };
        for turn in 0..6_u32 {
            assert_eq!(take().await, Acquire::Turn(Duration::from_millis(200) * turn));
        }
        let refused = Acquire::None(RateLimited { after: Duration::from_millis(1_200) });
        for _ in 0..100 {
            assert_eq!(take().await, refused);
        }
        assert_eq!(store.asked(), 6);
    }

    #[test]
    fn a_seconds_slots_have_its_turns() {
        for turns in [1, 2, 3, 4, 5, 6, 7, 99, 100, u32::MAX] {
            let slots = SharedRateLimiter::new(limit(turns));
            let each: Vec<_> = (10..15).map(|slot| slots.turns_of(slot)).collect();
            assert_eq!(each.iter().sum::<u64>(), u64::from(turns));
            assert!(each.iter().max().unwrap() - each.iter().min().unwrap() <= 1, "{each:?}");
        }
    }
}
