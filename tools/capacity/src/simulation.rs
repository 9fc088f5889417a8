//! One simulation: users, instances, Momento and its cache, on one thread, with a clock that jumps from event to event.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::cache::Cache;
use crate::chance::generator;
use crate::client::User;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::fleet::{Fleet, Parts};
use crate::scenario::Scenario;
use crate::token_service::{Key, TokenService};
use crate::world::{Patience, World};

/// What chance decides besides the users, who have their numbers.
const TOKEN_SERVICE: u64 = u64::MAX;
const CACHE: u64 = u64::MAX - 1;
const VENDORS: u64 = u64::MAX - 2;

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
