//! What must hold in any simulation, on small ones.
//!
//! Real: the vendor. Time, Momento, its cache and Lambda are the simulation's models.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what cannot be had fails the test")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers")]

use std::num::NonZeroU32;
use std::time::Duration;

use tvm_capacity::{ALL_THE_SAME, Arrival, Figures, Grants, MOMENTOS_TOKENS, Mode, Place, Scenario, simulate};

const HUNDRED: Place = Place::Lambda(NonZeroU32::MIN.saturating_add(99));
const MODES: [Mode; 3] = [Mode::Off, Mode::Instance, Mode::Shared];

fn figures(scenario: Scenario) -> Figures {
    let figures = simulate(scenario).unwrap();
    assert_eq!((figures.wrong, figures.failed), (0, 0), "{scenario:?}: a wrong token, or a 5xx");
    // Momento's bucket holds a second's worth and fills at its rate: no six in a row are closer than that allows.
    let granted = &figures.mints.granted;
    let most = usize::try_from(MOMENTOS_TOKENS.get()).unwrap() * 2;
    for window in granted.windows(most + 1) {
        assert!(window[most] - window[0] >= Duration::from_millis(990), "{scenario:?}: {window:?}");
    }
    figures
}

fn herd(mode: Mode, grants: Grants, users: u32) -> Scenario {
    Scenario { arrival: Arrival::Herd, ..Scenario::new(mode, grants, HUNDRED, users) }
}

#[test]
fn the_same_scenario_comes_to_the_same_figures() {
    for mode in MODES {
        let scenario = herd(mode, Grants::Own, 300);
        assert_eq!(figures(scenario), figures(scenario));
        let other = Scenario { seed: 2, ..scenario };
        assert_ne!(figures(scenario), figures(other), "chance has no part in it");
    }
}

#[test]
fn a_herd_that_is_granted_the_same_is_one_mint_where_instances_share() {
    let shared = figures(herd(Mode::Shared, ALL_THE_SAME, 200));
    assert_eq!((shared.mints.granted.len(), shared.mints.refused.len()), (1, 0));
    assert!(figures(herd(Mode::Instance, ALL_THE_SAME, 200)).mints.granted.len() > 1);
}

#[test]
fn a_herd_with_tokens_of_its_own_is_served_by_the_quota_and_no_call_is_sent_to_be_refused() {
    let raised = Scenario {
        cache_operations_per_second: NonZeroU32::new(10_000).unwrap(),
        ..herd(Mode::Shared, Grants::Own, 300)
    };
    let shared = figures(raised);
    assert_eq!(shared.mints.refused.len(), 0);
    // Three hundred at five a second, and a little for those who were told to come back.
    assert!(shared.served_within(Duration::from_secs(90)) > 0.95, "{}", shared.served_within(Duration::from_secs(90)));
    assert!(!figures(herd(Mode::Instance, Grants::Own, 300)).mints.refused.is_empty());
}

#[test]
fn under_two_thirds_of_what_the_formula_allows_next_to_nobody_is_refused() {
    for mode in MODES {
        let scenario = Scenario::new(mode, Grants::Own, HUNDRED, 0);
        let users = scenario.formula() * 0.6;
        let figures = figures(Scenario { users: users as u32, ..scenario });
        assert!(figures.limited_share() < 0.001, "{mode:?}: {}", figures.limited_share());
    }
}
