//! A function under a tool that counts what it does: valgrind, or strace.

use std::path::PathBuf;

use lambda_emulator::{Function, StartError};

use crate::contender::{Contender, is_good};
use crate::stand_ins::StandIns;

/// Calls after those that settle a function, counted together: the mean of them, or their sum, is a warm call's.
pub(crate) const WARM_CALLS: u32 = 100;

/// Why nothing was counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TraceError {
    #[error("{source}; {tool} counts, and must be on the PATH (Debian's package `{tool}`)")]
    Start { tool: &'static str, source: StartError },
    #[error("{name} does not answer under {tool} as it should. It printed: {printed}")]
    NoGoodAnswer { tool: &'static str, name: String, printed: String },
    #[error("{tool} left no count in {}: {reason}", file.display())]
    NoCount { tool: &'static str, file: PathBuf, reason: String },
}

/// Starts a contender under `tool`, which is given `options`, makes `calls` calls, and ends it.
pub(crate) async fn run(
    (tool, options): (&'static str, Vec<String>),
    contender: &Contender,
    stand_ins: &StandIns,
    calls: u32,
) -> Result<(), TraceError> {
    let program = std::iter::once(contender.program.clone());
    let arguments: Vec<String> =
        options.into_iter().chain(program).chain(contender.arguments.iter().cloned()).collect();
    let environment = stand_ins.environment(contender.task());
    let started = Function::start_with(tool, &arguments, &environment).await;
    let mut function = started.map_err(|source| TraceError::Start { tool, source })?;
    let event = contender.event(stand_ins.token());
    let mut answered = function.idle().await.is_some();
    for _ in 0..calls {
        answered = answered && function.invoke(&event).await.as_ref().is_some_and(is_good);
        answered = answered && function.idle().await.is_some();
    }
    let printed = function.terminate().await;
    if answered { Ok(()) } else { Err(TraceError::NoGoodAnswer { tool, name: contender.name.clone(), printed }) }
}
