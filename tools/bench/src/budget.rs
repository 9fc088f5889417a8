//! `make budget`: whether the functions have grown beyond what is recorded, in bytes, instructions and system calls.
//!
//! None of them depends on the machine's mood, so that these may fail a build where times must not. What grew on purpose is
//! recorded anew, in the commit that made it grow.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::callgrind;
use crate::contender::Contender;
use crate::options::{BudgetOptions, Transport};
use crate::size;
use crate::stand_ins::StandIns;
use crate::strace;

/// How far over its record a figure may be, in percent.
const TOLERANCE_PERCENT: u128 = 5;

/// The figures of one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figures {
    zip_bytes: u64,
    cold_start_instructions: u64,
    warm_call_instructions: u64,
    /// Of a hundred warm calls.
    system_calls: u64,
    /// Those of them that waited until a time was over. There is nothing to wait for.
    timer_waits: u64,
}

/// How many timer waits a hundred calls may have beyond the record: the runtime's own, on a busy machine.
const TIMER_WAITS: u64 = 3;

/// Measures every function, and compares with the record or writes it.
pub(crate) async fn check(options: &BudgetOptions) -> Result<(), Box<dyn Error>> {
    let stand_ins = StandIns::start(Transport::Tls, Duration::ZERO).await?;
    let scratch = tempfile::tempdir()?;
    let profiles = options.profiles.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(profiles)?;
    let mut measured = BTreeMap::new();
    for function in &options.functions {
        measured.insert(function.name.clone(), measure(function, &stand_ins, profiles).await?);
    }
    if options.record {
        let text = format!("{}\n", serde_json::to_string_pretty(&measured)?);
        std::fs::write(&options.file, text)
            .map_err(|error| format!("cannot write {}: {error}", options.file.display()))?;
    }
    let (lines, grown) = compare(&measured, &recorded(&options.file)?)?;
    writeln!(std::io::stdout(), "{}", lines.join("\n"))?;
    if grown {
        let hint = "find out what grew (BUDGET='--profiles DIR', then callgrind_annotate); if it is meant, record it: \
                    make budget BUDGET=--record";
        return Err(format!("over the budget of {}; {hint}", options.file.display()).into());
    }
    Ok(())
}

async fn measure(function: &Contender, stand_ins: &StandIns, profiles: &Path) -> Result<Figures, Box<dyn Error>> {
    let zip_bytes = size::of(function)?.ok_or("a command with arguments has no size; give the program alone")?.zip;
    let instructions = callgrind::count(function, stand_ins, profiles).await?;
    let system_calls = strace::count(function, stand_ins, profiles).await?;
    Ok(Figures {
        zip_bytes,
        cold_start_instructions: instructions.cold,
        warm_call_instructions: instructions.warm_call,
        system_calls: system_calls.all,
        timer_waits: system_calls.timer_waits,
    })
}

fn recorded(file: &Path) -> Result<BTreeMap<String, Figures>, Box<dyn Error>> {
    let hint = "record what there is: make budget BUDGET=--record";
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("cannot read the budget {}: {error}; {hint}", file.display()))?;
    let figures = serde_json::from_str(&text);
    Ok(figures.map_err(|error| format!("the budget {} is not as expected: {error}; {hint}", file.display()))?)
}

/// One line for each figure, and whether any is over its budget.
fn compare(
    measured: &BTreeMap<String, Figures>,
    recorded: &BTreeMap<String, Figures>,
) -> Result<(Vec<String>, bool), Box<dyn Error>> {
    let (mut lines, mut grown) = (Vec::new(), false);
    for (name, now) in measured {
        let then = recorded.get(name).ok_or_else(|| format!("no figures of `{name}` are recorded"))?;
        for (what, now, then, over) in [
            figure("bytes of zip", now.zip_bytes, then.zip_bytes),
            figure("instructions of a cold start", now.cold_start_instructions, then.cold_start_instructions),
            figure("instructions of a warm call", now.warm_call_instructions, then.warm_call_instructions),
            figure("system calls of 100 warm calls", now.system_calls, then.system_calls),
            (
                "waits for a timer in 100 warm calls",
                now.timer_waits,
                then.timer_waits,
                now.timer_waits > then.timer_waits.saturating_add(TIMER_WAITS),
            ),
        ] {
            grown |= over;
            let verdict = if over { "OVER" } else { "ok" };
            lines.push(format!("{verdict:<4} {name:<13} {now:>11} {what} ({then} recorded)"));
        }
    }
    Ok((lines, grown))
}

fn figure(what: &'static str, now: u64, then: u64) -> (&'static str, u64, u64, bool) {
    (what, now, then, is_over(now, then))
}

fn is_over(now: u64, then: u64) -> bool {
    const ALL: u128 = 100;
    let allowed = u128::from(then).saturating_mul(ALL.saturating_add(TOLERANCE_PERCENT));
    u128::from(now).saturating_mul(ALL) > allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(warm_call_instructions: u64) -> BTreeMap<String, Figures> {
        let figures = Figures {
            zip_bytes: 1_000,
            cold_start_instructions: 100,
            warm_call_instructions,
            system_calls: 1_200,
            timer_waits: 0,
        };
        BTreeMap::from([("vending".to_owned(), figures)])
    }

    #[test]
    fn a_twentieth_over_the_record_is_allowed_and_no_more() {
        assert!(!compare(&one(1_050), &one(1_000)).unwrap().1);
        let (lines, grown) = compare(&one(1_051), &one(1_000)).unwrap();
        assert!(grown);
        assert!(lines[2].starts_with("OVER vending") && lines[1].starts_with("ok"), "{lines:?}");
        assert!(!compare(&one(1), &one(1_000)).unwrap().1);
    }

    #[test]
    fn a_wait_in_each_call_is_over_the_budget_and_a_few_of_the_runtime_are_not() {
        let waiting = |timer_waits| {
            let mut figures = one(1_000);
            figures.values_mut().for_each(|figures| figures.timer_waits = timer_waits);
            figures
        };
        assert!(!compare(&waiting(3), &one(1_000)).unwrap().1);
        assert!(compare(&waiting(100), &one(1_000)).unwrap().1);
    }

    #[test]
    fn a_function_without_a_record_is_no_function_within_its_budget() {
        assert!(compare(&one(1), &BTreeMap::new()).is_err());
    }
}
