//! Which system calls a warm call makes, counted by strace, and how many of them waited for a timer.
//!
//! A count of instructions does not see a wait: a function that sleeps for a millisecond before it sends executes next to nothing
//! meanwhile. Here it shows, as a wait that ended because its time was over.

use std::path::{Path, PathBuf};

use lambda_emulator::{Function, StartError};

use crate::bench::SETTLING_CALLS;
use crate::contender::{Contender, is_good};
use crate::stand_ins::StandIns;

/// Calls whose system calls are counted together.
pub(crate) const WARM_CALLS: u32 = 100;

/// The system calls of [`WARM_CALLS`] warm calls, of all threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SystemCalls {
    /// All of them.
    pub(crate) all: u64,
    /// Those that waited until a time was over: nothing came, and the function asked for nothing else.
    pub(crate) timer_waits: u64,
}

/// Why system calls were not counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TraceError {
    #[error("{source}; strace counts the system calls, and must be on the PATH (Debian's package `strace`)")]
    Start { source: StartError },
    #[error("{name} does not answer under strace as it should. It printed: {printed}")]
    NoGoodAnswer { name: String, printed: String },
    #[error("strace left nothing to read in {}: {reason}", file.display())]
    NoTrace { file: PathBuf, reason: std::io::Error },
}

/// Counts the system calls of a contender; the traces stay in `directory`.
pub(crate) async fn count(
    contender: &Contender,
    stand_ins: &StandIns,
    directory: &Path,
) -> Result<SystemCalls, TraceError> {
    let total = async |calls: u32, what: &str| {
        let file = directory.join(format!("{}.{what}.strace", contender.name));
        run(contender, stand_ins, calls, &file).await?;
        let trace = std::fs::read_to_string(&file).map_err(|reason| TraceError::NoTrace { file, reason })?;
        Ok::<_, TraceError>(counted(&trace))
    };
    let settled = total(SETTLING_CALLS, "settled").await?;
    let warm = total(SETTLING_CALLS.saturating_add(WARM_CALLS), "warm").await?;
    Ok(SystemCalls {
        all: warm.all.saturating_sub(settled.all),
        timer_waits: warm.timer_waits.saturating_sub(settled.timer_waits),
    })
}

async fn run(contender: &Contender, stand_ins: &StandIns, calls: u32, file: &Path) -> Result<(), TraceError> {
    // With an output file, strace blocks the signal that ends it (strace(1), `--interruptible`): each run would wait until it is killed.
    let options = ["--follow-forks", "--quiet=all", "--interruptible=waiting", "--output"];
    let mut arguments: Vec<String> = options.map(str::to_owned).into();
    arguments.extend([file.display().to_string(), contender.program.clone()]);
    arguments.extend(contender.arguments.iter().cloned());
    let environment = stand_ins.environment(contender.task());
    let started = Function::start_with("strace", &arguments, &environment).await;
    let mut function = started.map_err(|source| TraceError::Start { source })?;
    let event = contender.event(stand_ins.token());
    let mut answered = function.idle().await.is_some();
    for _ in 0..calls {
        answered = answered && function.invoke(&event).await.as_ref().is_some_and(is_good);
        answered = answered && function.idle().await.is_some();
    }
    let printed = function.terminate().await;
    if answered { Ok(()) } else { Err(TraceError::NoGoodAnswer { name: contender.name.clone(), printed }) }
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
