//! The programs of this computer, asked who they are.

use std::io::ErrorKind;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// Each answers in a moment; one that waits for a person, or for a network, never does.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of asking a program.
#[derive(Debug)]
pub(crate) enum Asked {
    /// The first line that it wrote.
    Said(String),
    /// There is none of that name.
    Absent,
    /// It is there, and does not do what it was asked to.
    Broken(String),
}

/// Asks the first of `programs` that is there and answers: a name is looked for on the PATH, a path from here.
pub(crate) async fn ask(programs: &[&str], arguments: &[&str]) -> Asked {
    let mut last = Asked::Absent;
    for program in programs {
        match ask_one(program, arguments).await {
            Asked::Said(line) => return Asked::Said(line),
            Asked::Absent => {}
            broken @ Asked::Broken(_) => last = broken,
        }
    }
    last
}

async fn ask_one(program: &str, arguments: &[&str]) -> Asked {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(Output { status, stdout, .. })) if status.success() => {
            Asked::Said(String::from_utf8_lossy(&stdout).lines().next().unwrap_or_default().trim().to_owned())
        }
        Ok(Ok(Output { status, .. })) => {
            Asked::Broken(format!("`{program} {}` ended with {status}", arguments.join(" ")))
        }
        Ok(Err(error)) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Asked::Absent,
        Ok(Err(error)) => Asked::Broken(format!("{program} cannot be run: {error}")),
        Err(_) => Asked::Broken(format!("{program} did not answer within {} s", PATIENCE.as_secs())),
    }
}

/// A version, by what counts of it.
pub(crate) type Version = (u32, u32);

/// The version in what a program says of itself: `v22.1.0`, `rustc 1.90.0 (…)`.
pub(crate) fn version_in(said: &str) -> Option<Version> {
    said.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    })
}
