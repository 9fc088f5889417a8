//! Which system calls a warm call makes, counted by strace, and how many of them waited for a timer.
//!
//! A count of instructions does not see a wait: a function that sleeps for a millisecond before it sends executes next to nothing
//! meanwhile. Here it shows, as a wait that ended because its time was over.

use std::path::Path;

use crate::bench::SETTLING_CALLS;
use crate::contender::Contender;
use crate::stand_ins::StandIns;
use crate::traced::{self, TraceError, WARM_CALLS};

/// The tool, and its package.
const TOOL: &str = "strace";

/// The system calls of [`WARM_CALLS`] warm calls, of all threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SystemCalls {
    /// All of them.
    pub(crate) all: u64,
    /// Those that waited until a time was over: nothing came, and the function asked for nothing else.
    pub(crate) timer_waits: u64,
}

/// Counts the system calls of a contender; the traces stay in `directory`.
pub(crate) async fn count(
    contender: &Contender,
    stand_ins: &StandIns,
    directory: &Path,
) -> Result<SystemCalls, TraceError> {
    let total = async |calls: u32, what: &str| {
        let file = directory.join(format!("{}.{what}.strace", contender.name));
        // With an output file, strace blocks the signal that ends it (strace(1), `--interruptible`): each run would wait until it is killed.
        let options = ["--follow-forks", "--quiet=all", "--interruptible=waiting", "--output"];
        let options = options.iter().map(ToString::to_string).chain([file.display().to_string()]).collect();
        traced::run((TOOL, options), contender, stand_ins, calls).await?;
        let trace = std::fs::read_to_string(&file);
        let failed = |reason: std::io::Error| TraceError::NoCount { tool: TOOL, file, reason: reason.to_string() };
        trace.map(|trace| counted(&trace)).map_err(failed)
    };
    let settled = total(SETTLING_CALLS, "settled").await?;
    let warm = total(SETTLING_CALLS.saturating_add(WARM_CALLS), "warm").await?;
    Ok(SystemCalls {
        all: warm.all.saturating_sub(settled.all),
        timer_waits: warm.timer_waits.saturating_sub(settled.timer_waits),
    })
}

/// The system calls of a trace (strace(1), "Examples": a call that another thread interrupts has a second line, `<... resumed>`).
fn counted(trace: &str) -> SystemCalls {
    let mut counted = SystemCalls::default();
    for line in trace.lines() {
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        if !call.starts_with(['<', '-', '+']) {
            counted.all = counted.all.saturating_add(1);
        }
        if waited_for_a_timer(call) {
            counted.timer_waits = counted.timer_waits.saturating_add(1);
        }
    }
    counted
}

/// Whether the line ends a wait that had a limit, and met it: `epoll_wait(3, [], 1024, 1) = 0`.
fn waited_for_a_timer(call: &str) -> bool {
    let Some((call, result)) = call.rsplit_once(" = ") else { return false };
    let of = |name: &str| call.starts_with(name) || call.starts_with(&format!("<... {name}"));
    let polled = of("epoll_wait") || of("epoll_pwait") || of("poll") || of("ppoll");
    // A wait without time only looks: it is `0)`, where the limit is said last.
    let only_looked = call.trim_end().ends_with(" 0)") || call.contains(", 0, NULL");
    (polled && result.starts_with('0') && !only_looked)
        || ((of("nanosleep") || of("clock_nanosleep")) && result.starts_with('0'))
        || (of("futex") && result.contains("ETIMEDOUT"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "\
12 epoll_wait(3, [], 1024, 1)          = 0
12 epoll_wait(3, [], 1024, 0)          = 0
12 epoll_wait(3,  <unfinished ...>
13 futex(0x7f, FUTEX_WAIT_PRIVATE, 1, {tv_sec=1}) = -1 ETIMEDOUT (Connection timed out)
12 <... epoll_wait resumed>[{events=EPOLLIN}], 1024, -1) = 1
12 recvfrom(5, \"\", 8192, 0, NULL, NULL) = 0
12 --- SIGCHLD {si_signo=SIGCHLD} ---
12 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0}, NULL) = 0
12 +++ exited with 0 +++
";

    #[test]
    fn each_call_is_counted_once_and_a_wait_whose_time_was_over_is_named() {
        assert_eq!(counted(TRACE), SystemCalls { all: 6, timer_waits: 3 });
    }
}
