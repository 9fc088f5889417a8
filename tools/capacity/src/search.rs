//! How many users there can be: the largest number with which next to nobody is refused.

use crate::figures::Figures;
use crate::fleet::REQUESTS_PER_INSTANCE;
use crate::scenario::{Arrival, Grants, Mode, Place, Scenario};
use crate::simulation::simulate_while;
use crate::world::Patience;

/// The share of requests that may be refused where the machine is said to serve its users.
pub const NEXT_TO_NOBODY: f64 = 0.001;

/// No more users than this are tried.
pub const MOST_USERS: u32 = 1_000_000;

/// How far the largest number that was found to do may be from the smallest that was found not to.
const PRECISION: f64 = 1.06;

/// A number of users that can be served, and what they get.
#[derive(Debug, Clone, PartialEq)]
pub struct Supported {
    /// How many; nothing where not even one was.
    pub users: u32,
    /// What came of the simulation with so many.
    pub figures: Option<Figures>,
}

/// The largest number of users that `scenario` can have, whatever number it says.
///
/// # Errors
/// Those of a simulation.
pub fn supported(scenario: Scenario) -> Result<Supported, String> {
    let mut users = likely(&scenario);
    let (mut most, mut too_many) = (Supported { users: 0, figures: None }, MOST_USERS.saturating_add(1));
    loop {
        match served(Scenario { users, ..scenario })? {
            Some(figures) => most = Supported { users, figures: Some(figures) },
            None => too_many = users,
        }
        let (low, high) = (f64::from(most.users), f64::from(too_many));
        if too_many <= most.users.saturating_add(1) || most.users > 0 && high < low * PRECISION {
            return Ok(most);
        }
        users = match (most.users, too_many > MOST_USERS) {
            (0, _) => whole(high / 1.6),
            (_, true) => whole(low * 1.3).min(MOST_USERS),
            (_, false) => whole((low * high).sqrt()),
        };
        users = users.clamp(most.users.saturating_add(1), too_many.saturating_sub(1));
    }
}

/// A number to begin with.
fn likely(scenario: &Scenario) -> u32 {
    let requests_per_second = match (scenario.grants, scenario.mode, scenario.place) {
        (Grants::Own, ..) | (_, Mode::Off, _) => return whole(scenario.formula() * 0.65).clamp(1, MOST_USERS),
        (Grants::Groups(_), _, Place::Server) => return MOST_USERS,
        (Grants::Groups(_), _, Place::Lambda(instances)) => REQUESTS_PER_INSTANCE * f64::from(instances.get()),
    };
    // Who has the same token comes back at about the same time: over the time that the clients' jitter is.
    let comes_back_within = scenario.hold().as_secs_f64() * scenario.jitter;
    whole(requests_per_second * comes_back_within * 0.5).clamp(1, MOST_USERS)
}

/// What these users get; `None` where too many are refused. That is found out long before the end.
fn served(scenario: Scenario) -> Result<Option<Figures>, String> {
    // As many as would be too many of twice the requests that there are without a refusal.
    let holds = scenario.time().seconds() / scenario.hold().as_secs_f64();
    let requests = match scenario.arrival {
        Arrival::Even | Arrival::Herd => f64::from(scenario.users) * holds * 2.0,
        Arrival::Day => f64::from(scenario.users) * 6.0,
    };
    let patience = Patience { counted: whole(requests * NEXT_TO_NOBODY + 5.0).into(), ever: scenario.users.into() };
    let figures = simulate_while(scenario, patience)?;
    Ok(figures.filter(|figures| figures.refused_share() < NEXT_TO_NOBODY))
}

fn whole(number: f64) -> u32 {
    number as u32
}
