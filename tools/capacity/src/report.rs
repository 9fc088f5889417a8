//! The tables of the guide.

use std::time::Duration;

use tvm_table::aligned;

use crate::figures::Figures;
use crate::scenario::{AFTER_THE_HOUR, Grants, Scenario};
use crate::search::Supported;
use crate::study::{Searched, Simulated, Study};
use crate::words::{about, grants, hours, mode, number, place, rate, share, wait};

/// All tables, each under its heading.
#[must_use]
pub fn report(study: &Study) -> String {
    let parts = [
        "### Users with tokens of their own".to_owned(),
        "The most users for whom less than one request in a thousand is refused, tokens for 1 h of which \
         half must be left. The formula says 9,000."
            .to_owned(),
        own(&study.own),
        "### Other lifetimes, other limits".to_owned(),
        "The same for `shared` on 1,000 instances, with 10,000 cache operations a second.".to_owned(),
        knobs(&study.knobs),
        "### Users who are granted the same".to_owned(),
        "Tokens for 1 h of which half must be left.".to_owned(),
        same(&study.same),
        "### A day that is not the same all day".to_owned(),
        "Users *a day*, each for an hour or so; 1,000 instances.".to_owned(),
        day(&study.own_on_a_day, &study.same_on_a_day),
        "### Everybody on the hour".to_owned(),
        "All pages open within five seconds, and no instance is up yet. The last three columns: who has a token how long \
         after asking for it first."
            .to_owned(),
        herd(&study.herd),
    ];
    parts.join("\n\n")
}

fn texts<const N: usize>(texts: [&str; N]) -> [String; N] {
    texts.map(str::to_owned)
}

fn own(rows: &[Searched]) -> String {
    let mut lines = vec![texts([
        "mode",
        "instances",
        "users",
        "of the formula",
        "wait, p50",
        "p99",
        "Momento: tokens/s",
        "refused/s",
        "cache: op/s",
        "most op/s",
    ])];
    for (scenario, Supported { users, figures }) in rows {
        let of_the_formula = f64::from(*users) / scenario.formula();
        let figure = |show: fn(&Figures) -> String| figures.as_ref().map_or_else(|| "–".to_owned(), show);
        lines.push([
            mode(scenario),
            place(scenario),
            about(*users),
            share(of_the_formula),
            figure(|of| wait(of.wait(50))),
            figure(|of| wait(of.wait(99))),
            figure(|of| rate(of.granted_per_second())),
            figure(|of| rate(of.refused_per_second())),
            figure(|of| rate(of.operations_per_second())),
            figure(|of| number(of.most_operations().into())),
        ]);
    }
    aligned(2, &lines)
}

fn knobs(rows: &[Searched]) -> String {
    let mut lines =
        vec![texts(["tokens live", "must be left", "Momento's tokens/s", "formula", "users", "of the formula"])];
    for (scenario, Supported { users, .. }) in rows {
        let left = scenario.min_remaining.of(scenario.lifetime).as_secs_f64() / scenario.lifetime.as_secs_f64();
        lines.push([
            hours(scenario.lifetime),
            share(left),
            number(scenario.tokens_per_second.get().into()),
            number(scenario.formula()),
            about(*users),
            share(f64::from(*users) / scenario.formula()),
        ]);
    }
    aligned(0, &lines)
}

fn same(rows: &[Simulated]) -> String {
    let mut lines = vec![texts([
        "instances",
        "users",
        "mode",
        "wait, p50",
        "p99",
        "429",
        "AWS refuses",
        "Momento: tokens",
        "refused",
        "cache: op/s",
        "most op/s",
        "most instances",
    ])];
    for (scenario, figures) in rows {
        lines.push([
            place(scenario),
            number(scenario.users.into()),
            mode(scenario),
            wait(figures.wait(50)),
            wait(figures.wait(99)),
            share(figures.limited_share()),
            share(figures.turned_away_share()),
            number(count(figures.mints.granted.len())),
            number(count(figures.mints.refused.len())),
            rate(figures.operations_per_second()),
            number(figures.most_operations().into()),
            number(count(figures.starts.most)),
        ]);
    }
    aligned(3, &lines)
}

fn day(own: &[Searched], same: &[Simulated]) -> String {
    let mut lines = vec![texts([
        "tokens",
        "mode",
        "users a day",
        "wait, p50",
        "p99",
        "429",
        "Momento: tokens/s",
        "cache: most op/s",
        "cold starts",
        "most instances",
    ])];
    let mut line = |scenario: &Scenario, users: String, figures: &Figures| {
        lines.push([
            grants(scenario).to_owned(),
            mode(scenario),
            users,
            wait(figures.wait(50)),
            wait(figures.wait(99)),
            share(figures.limited_share()),
            rate(figures.granted_per_second()),
            number(figures.most_operations().into()),
            number(figures.starts.cold as f64),
            number(count(figures.starts.most)),
        ]);
    };
    for (scenario, Supported { users, figures }) in own {
        if let Some(figures) = figures {
            line(scenario, format!("{} at most", about(*users)), figures);
        }
    }
    for (scenario, figures) in same {
        line(scenario, number(scenario.users.into()), figures);
    }
    aligned(2, &lines)
}

fn herd(rows: &[Simulated]) -> String {
    let mut lines = vec![texts([
        "instances",
        "users",
        "tokens",
        "mode",
        "wait, p50",
        "p99",
        "429",
        "AWS refuses",
        "Momento: tokens/s",
        "refused/s",
        "cache: op/s",
        "most op/s",
        "after 10 s",
        "1 min",
        "2 min",
    ])];
    for (scenario, figures) in rows {
        let mode = if scenario.grants == Grants::Own && mode(scenario) == "off" {
            "off, instance".to_owned()
        } else {
            mode(scenario)
        };
        lines.push([
            place(scenario),
            number(scenario.users.into()),
            grants(scenario).to_owned(),
            mode,
            wait(figures.wait(50)),
            wait(figures.wait(99)),
            share(figures.limited_share()),
            share(figures.turned_away_share()),
            rate(figures.granted_per_second()),
            rate(figures.refused_per_second()),
            rate(figures.operations_per_second()),
            number(figures.most_operations().into()),
            share(figures.served_within(Duration::from_secs(10))),
            share(figures.served_within(Duration::from_secs(60))),
            share(figures.served_within(AFTER_THE_HOUR)),
        ]);
    }
    aligned(4, &lines)
}

fn count(count: usize) -> f64 {
    count as f64
}
