//! How a command that waits for others runs: to its end, or until it is interrupted.

use std::future::Future;
use std::io;

/// The program could not begin.
#[derive(Debug, thiserror::Error)]
#[error("this program cannot start: {0}")]
pub(crate) struct NoRuntime(io::Error);

/// Why a command did not come to its end. One that changes something has words of its own for the first: what to look at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// By Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// It did not begin.
    #[error(transparent)]
    NotStarted(NoRuntime),
}

/// What `work` comes to.
pub(crate) fn until_done<T, E: From<Stopped>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stopped::NotStarted(NoRuntime(error)))?;
    let done = runtime.block_on(async {
        // Asked first, and so heard from then on: an interrupted prompt would else end the process before the terminal shows
        // again what is typed.
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => Err(Stopped::Interrupted.into()),
            done = work => done,
        }
    });
    // Else it would wait for what was given up: a name that is looked up where no network is takes half a minute.
    runtime.shutdown_background();
    done
}
