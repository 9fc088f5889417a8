//! `tvm outputs`: what the deployed stack says of itself.

use std::io::{self, Write};

use clap::Args;

use crate::aws::{self, StackError, StackName};
use crate::form::write_json;
use crate::running::{self, Stopped};
use crate::unseen::in_one_line;

/// Which stack, and in which form.
#[derive(Debug, Args)]
pub(crate) struct Command {
    #[command(flatten)]
    stack: StackName,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputsError {
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Prints the outputs, in the order of their names.
pub(crate) fn run(command: &Command, out: &mut impl Write) -> Result<(), OutputsError> {
    running::until_done(async {
        let outputs = command.stack.outputs(&aws::settings(None).await?).await?;
        if command.json {
            return Ok(write_json(&outputs, out)?);
        }
        let width = outputs.keys().map(|name| name.chars().count()).max().unwrap_or(0);
        Ok(outputs.iter().try_for_each(|(name, value)| writeln!(out, "{name:width$}  {}", in_one_line(value)))?)
    })
}
