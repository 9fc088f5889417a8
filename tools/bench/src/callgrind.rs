//! How many instructions a function executes, counted by valgrind's callgrind.
//!
//! A count does not depend on the machine's mood as a time does; what little it differs from run to run is what arrives in
//! one piece or in two, and the random numbers of a TLS handshake.

use std::path::Path;

use crate::bench::SETTLING_CALLS;
use crate::contender::Contender;
use crate::stand_ins::StandIns;
use crate::traced::{self, TraceError, WARM_CALLS};

/// The tool, and its package.
const TOOL: &str = "valgrind";
/// Cold starts, of which the one with the fewest instructions counts: on a busy machine one may meet a timeout and try again.
const COLD_STARTS: u32 = 3;

/// The instructions of a function, in user space, of all its threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// From the start of the process to its first answer.
    pub(crate) cold: u64,
    /// Of one warm call.
    pub(crate) warm_call: u64,
}

/// Counts the instructions of a contender; the profiles stay in `directory`.
pub(crate) async fn count(
    contender: &Contender,
    stand_ins: &StandIns,
    directory: &Path,
) -> Result<Instructions, TraceError> {
    let total = async |calls: u32, what: &str| {
        let file = directory.join(format!("{}.{what}.callgrind", contender.name));
        let options = vec!["--tool=callgrind".to_owned(), format!("--callgrind-out-file={}", file.display())];
        traced::run((TOOL, options), contender, stand_ins, calls).await?;
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

fn total(file: &Path) -> Result<u64, TraceError> {
    let failed = |reason: String| TraceError::NoCount { tool: TOOL, file: file.to_path_buf(), reason };
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
