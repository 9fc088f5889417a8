//! One simulation: users, instances, Momento and its cache, on one thread, with a clock that jumps from event to event.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tvm_policy::Grant;

use crate::cache::Cache;
use crate::chance::generator;
use crate::client::User;
use crate::clock::Clock;
use crate::figures::{Figures, Tally};
use crate::fleet::{Answer, Fleet, Parts};
use crate::scenario::Scenario;
use crate::token_service::{Key, TokenService};

/// What chance decides besides the users, who have their numbers.
const TOKEN_SERVICE: u64 = u64::MAX;
const CACHE: u64 = u64::MAX - 1;
const VENDORS: u64 = u64::MAX - 2;

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
    tally: Mutex<Tally>,
    patience: Patience,
    /// Of all time, whether that counts or not.
    refused: AtomicU64,
    hopeless: Notify,
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

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Simulates `scenario`. The same scenario always comes to the same figures.
///
/// # Errors
/// Where there is no runtime, or no key: never, but the libraries leave it open.
pub fn simulate(scenario: Scenario) -> Result<Figures, String> {
    let endless = Patience { counted: u64::MAX, ever: u64::MAX };
    simulate_while(scenario, endless)?.ok_or_else(|| "endless patience had an end".to_owned())
}

/// The same; `None` where patience ended before.
pub(crate) fn simulate_while(scenario: Scenario, patience: Patience) -> Result<Option<Figures>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    let key = Key::made_up().ok_or("the made-up key is none")?;
    // The vendor spreads its waits by the generator of its thread.
    fastrand::seed(generator(scenario.seed, VENDORS).u64(..));
    Ok(runtime.block_on(run(scenario, key, patience)))
}

async fn run(scenario: Scenario, key: Key, patience: Patience) -> Option<Figures> {
    let clock = Clock::begin();
    let chance = |purpose| generator(scenario.seed, purpose);
    let tokens = TokenService::new(clock, scenario.tokens_per_second.get(), chance(TOKEN_SERVICE));
    let cache = Cache::new(clock, scenario.cache_operations_per_second.get(), chance(CACHE));
    let parts = Parts { scenario, key, tokens: tokens.clone(), cache: cache.clone() };
    let world = Arc::new(World {
        scenario,
        clock,
        fleet: Fleet::new(clock, parts),
        tally: Mutex::default(),
        patience,
        refused: AtomicU64::new(0),
        hopeless: Notify::new(),
    });
    for number in 0..scenario.users {
        let user = User::new(&scenario, number);
        if user.opens() < scenario.time().to {
            let world = Arc::clone(&world);
            tokio::spawn(async move { user.lives(&world).await });
        }
    }
    // Nothing is left to wait for once it is hopeless.
    if tokio::time::timeout(scenario.time().to, world.hopeless.notified()).await.is_ok() {
        return None;
    }
    let tally = std::mem::take(&mut *world.tally());
    Some(Figures::new(tally, tokens.mints(), cache.operations(), world.fleet.starts(), scenario.time()))
}
