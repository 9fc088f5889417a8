//! How many instructions a function executes, counted by valgrind's callgrind.
//!
//! A count does not depend on the machine's mood as a time does; what little it differs from run to run is what arrives in
//! one piece or in two, and the random numbers of a TLS handshake.

use std::path::{Path, PathBuf};

use lambda_emulator::{Function, StartError};

use crate::bench::SETTLING_CALLS;
use crate::contender::{Contender, is_good};
use crate::stand_ins::StandIns;

/// Cold starts, of which the one with the fewest instructions counts: on a busy machine one may meet a timeout and try again.
const COLD_STARTS: u32 = 3;
/// Calls whose mean is a warm call.
const WARM_CALLS: u32 = 100;

/// The instructions of a function, in user space, of all its threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// From the start of the process to its first answer.
    pub(crate) cold: u64,
    /// Of one warm call.
    pub(crate) warm_call: u64,
}

/// Why instructions were not counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CountError {
    #[error("{source}; valgrind counts the instructions, and must be on the PATH (Debian's package `valgrind`)")]
    Start { source: StartError },
    #[error("{name} does not answer under callgrind as it should. It printed: {printed}")]
    NoGoodAnswer { name: String, printed: String },
    #[error("callgrind left no total in {}: {reason}", file.display())]
    NoTotal { file: PathBuf, reason: String },
}

/// Counts the instructions of a contender; the profiles stay in `directory`.
pub(crate) async fn count(
    contender: &Contender,
    stand_ins: &StandIns,
    directory: &Path,
) -> Result<Instructions, CountError> {
    let total = async |calls: u32, what: &str| {
        let file = directory.join(format!("{}.{what}.callgrind", contender.name));
        run(contender, stand_ins, calls, &file).await?;
        total(&file)
    };
    let mut cold = u64::MAX;
    for _ in 0..COLD_STARTS {
        cold = cold.min(total(1, "cold").await?);
    }
    let settled = total(SETTLING_CALLS, "settled").await?;
    let warm = total(SETTLING_CALLS.saturating_add(WARM_CALLS), "warm").await?;
    let warm_call = warm.saturating_sub(settled).checked_div(u64::from(WARM_CALLS)).unwrap_or_default();
    Ok(Instructions { cold, warm_call })
}

async fn run(contender: &Contender, stand_ins: &StandIns, calls: u32, file: &Path) -> Result<(), CountError> {
    let mut arguments = vec![
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", file.display()),
        contender.program.clone(),
    ];
    arguments.extend(contender.arguments.iter().cloned());
    let environment = stand_ins.environment(contender.task());
    let started = Function::start_with("valgrind", &arguments, &environment).await;
    let mut function = started.map_err(|source| CountError::Start { source })?;
    let event = contender.event(stand_ins.token());
    let mut answered = function.idle().await.is_some();
    for _ in 0..calls {
        answered = answered && function.invoke(&event).await.as_ref().is_some_and(is_good);
        answered = answered && function.idle().await.is_some();
    }
    let printed = function.terminate().await;
    if answered { Ok(()) } else { Err(CountError::NoGoodAnswer { name: contender.name.clone(), printed }) }
}

fn total(file: &Path) -> Result<u64, CountError> {
    let failed = |reason: String| CountError::NoTotal { file: file.to_path_buf(), reason };
    let profile = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    total_of(&profile).ok_or_else(|| failed("no line `totals:`".to_owned()))
}

/// The total of a profile (valgrind manual, "Callgrind Format Specification").
fn total_of(profile: &str) -> Option<u64> {
    profile.lines().rev().find_map(|line| line.strip_prefix("totals:"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_of_a_profile_is_read() {
        assert_eq!(total_of("version: 1\nevents: Ir\nfn=(1)\n0 5\ntotals: 1234\n"), Some(1234));
        assert_eq!(total_of("events: Ir\n"), None);
        assert_eq!(total_of("totals: many\n"), None);
    }
}
