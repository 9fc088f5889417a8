//! Which scenarios the guide tells of, and what came of each.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tvm_issuer::MinRemaining;

use crate::figures::Figures;
use crate::scenario::{ALL_THE_SAME, Arrival, Grants, Mode, Place, Scenario};
use crate::search::{Supported, supported};
use crate::simulation::simulate;

/// A scenario and what came of it.
pub(crate) type Simulated = (Scenario, Figures);

/// A scenario and how many users it can have.
pub(crate) type Searched = (Scenario, Supported);

/// All that is told of.
#[derive(Debug)]
pub struct Study {
    /// How many users with tokens of their own there can be, at any time and on a day.
    pub(crate) own: Vec<Searched>,
    pub(crate) own_on_a_day: Vec<Searched>,
    /// The same for other lifetimes and limits.
    pub(crate) knobs: Vec<Searched>,
    /// Users who share tokens.
    pub(crate) same: Vec<Simulated>,
    pub(crate) same_on_a_day: Vec<Simulated>,
    /// Everybody on the hour.
    pub(crate) herd: Vec<Simulated>,
    /// More and more users with tokens of their own.
    pub(crate) knee: Vec<Simulated>,
}

const ONE: NonZeroU32 = NonZeroU32::MIN;
const HUNDRED: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
const THOUSAND: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);

/// What an account with support has of the cache.
const RAISED: NonZeroU32 = NonZeroU32::MIN.saturating_add(9_999);

const PLACES: [Place; 4] = [Place::Lambda(ONE), Place::Lambda(HUNDRED), Place::Lambda(THOUSAND), Place::Server];
const USUAL: Place = Place::Lambda(THOUSAND);

impl Study {
    /// Simulates all of it, on all cores, and tells `progress` of each part that is done.
    ///
    /// # Errors
    /// Those of a simulation.
    pub fn make(progress: impl Fn(&str)) -> Result<Self, String> {
        let part = |name: &str, scenarios: Vec<Scenario>| {
            let done = each(&scenarios, simulate).map(|figures| scenarios.into_iter().zip(figures).collect());
            progress(name);
            done
        };
        let search = |name: &str, scenarios: Vec<Scenario>| {
            let done = each(&scenarios, supported).map(|found| scenarios.into_iter().zip(found).collect());
            progress(name);
            done
        };
        Ok(Self {
            knobs: search("other lifetimes and limits", knobs())?,
            knee: part("more and more users", knee())?,
            own_on_a_day: search("tokens of one's own, on a day", own_on_a_day())?,
            own: search("tokens of one's own", own())?,
            same_on_a_day: part("users who are granted the same, on a day", same_on_a_day())?,
            same: part("users who are granted the same", same())?,
            herd: part("everybody on the hour", herd())?,
        })
    }
}

fn raised(scenario: Scenario) -> Scenario {
    Scenario { cache_operations_per_second: RAISED, ..scenario }
}

/// The modes with the default limit for cache operations, and the shared one with a raised limit as well.
fn modes(base: impl Fn(Mode) -> Scenario) -> Vec<Scenario> {
    let shared = base(Mode::Shared);
    vec![base(Mode::Instance), shared, raised(shared)]
}

fn own() -> Vec<Scenario> {
    let of = |mode, place| Scenario::new(mode, Grants::Own, place, 0);
    // Without reuse, and with reuse that finds nothing to use, is the same: once will do.
    let mut rows = vec![of(Mode::Off, USUAL)];
    for mode in [Mode::Instance, Mode::Shared] {
        rows.extend(PLACES.map(|place| of(mode, place)));
    }
    rows
}

fn own_on_a_day() -> Vec<Scenario> {
    let of = |mode| Scenario { arrival: Arrival::Day, ..Scenario::new(mode, Grants::Own, USUAL, 0) };
    vec![of(Mode::Instance), of(Mode::Shared)]
}

fn knobs() -> Vec<Scenario> {
    const HOURS: u64 = 3_600;
    let of = |hours: u64, percent, tokens_per_second: u32| Scenario {
        lifetime: Duration::from_secs(hours.saturating_mul(HOURS)),
        min_remaining: MinRemaining::Percent(percent),
        tokens_per_second: NonZeroU32::new(tokens_per_second).unwrap_or(ONE),
        ..raised(Scenario::new(Mode::Shared, Grants::Own, USUAL, 0))
    };
    vec![of(1, 50, 5), of(1, 10, 5), of(6, 25, 5), of(25, 10, 5), of(1, 50, 50)]
}

fn same() -> Vec<Scenario> {
    let mut rows = Vec::new();
    for place in PLACES {
        for users in [1_000, 10_000, 100_000, 1_000_000] {
            // More than the one instance may be asked at all.
            if place != Place::Lambda(ONE) || users <= 10_000 {
                let mut modes = modes(|mode| Scenario::new(mode, ALL_THE_SAME, place, users));
                // One process asks next to nothing of the cache.
                modes.truncate(if place == Place::Server { 2 } else { 3 });
                rows.extend(modes);
            }
        }
    }
    rows
}

fn same_on_a_day() -> Vec<Scenario> {
    let of = |mode| Scenario { arrival: Arrival::Day, ..Scenario::new(mode, ALL_THE_SAME, USUAL, 1_000_000) };
    vec![of(Mode::Instance), of(Mode::Shared)]
}

fn herd() -> Vec<Scenario> {
    let of =
        |mode, grants, place, users| Scenario { arrival: Arrival::Herd, ..Scenario::new(mode, grants, place, users) };
    let mut rows = Vec::new();
    for (place, users) in
        [(USUAL, 1_000_000), (USUAL, 100_000), (USUAL, 10_000), (USUAL, 1_000), (Place::Lambda(HUNDRED), 100_000)]
    {
        let own = |mode| of(mode, Grants::Own, place, users);
        rows.extend([own(Mode::Off), own(Mode::Shared)]);
        // What would follow of a raised limit with so many is the same as with fewer, and takes long.
        if users < 1_000_000 {
            rows.push(raised(own(Mode::Shared)));
        }
        rows.extend(modes(|mode| of(mode, ALL_THE_SAME, place, users)));
    }
    for (place, users) in [(Place::Lambda(ONE), 1_000), (Place::Server, 1_000), (Place::Server, 100_000)] {
        rows.extend([Mode::Off, Mode::Shared].map(|mode| of(mode, Grants::Own, place, users)));
        rows.extend([Mode::Instance, Mode::Shared].map(|mode| of(mode, ALL_THE_SAME, place, users)));
    }
    rows
}

fn knee() -> Vec<Scenario> {
    let mut rows = Vec::new();
    for mode in [Mode::Off, Mode::Shared] {
        for percent in [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100, 105, 110, 115, 120_u32] {
            let scenario = Scenario::new(mode, Grants::Own, USUAL, 0);
            let users = scenario.formula() * f64::from(percent) / 100.0;
            rows.push(raised(Scenario { users: users as u32, ..scenario }));
        }
    }
    rows
}

/// What `work` makes of each of these, on all cores. The order is theirs, whoever is done first.
fn each<T: Sync + Copy, R: Send>(items: &[T], work: impl Fn(T) -> Result<R, String> + Sync) -> Result<Vec<R>, String> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, *item))
                } {
                    let result = work(item);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_are_in_the_order_of_the_questions() {
        let items: Vec<u64> = (0..100).collect();
        assert_eq!(each(&items, |item| Ok(item * 2)).unwrap(), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(each(&items, |item| if item == 50 { Err("no".to_owned()) } else { Ok(()) }), Err("no".to_owned()));
    }
}
