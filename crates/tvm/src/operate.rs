//! The commands on a machine that is deployed, and those about this program: all but `config`, which `make local` and the CDK app
//! build alone.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use clap_complete::Shell;

use crate::{audit, doctor, help, key, logs, outputs, token, user};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what the log calls somebody, who is in it by a pseudonym.
    Audit(audit::Command),
    /// Say what is in the way of a deployment, all of it at once, each with its mend. The exit code is 1 where something is.
    Doctor(doctor::Command),
    /// The Momento API key that the machine mints with: replace it.
    #[command(subcommand)]
    Key(key::Command),
    /// Show what the functions logged lately, the oldest first.
    Logs(logs::Command),
    /// Show what the stack says of itself: its endpoint, its mode, where its secrets are.
    Outputs(outputs::Command),
    /// Ask an endpoint for a token, and say what it may do and for how long; the token itself only with --show.
    Token(token::Command),
    /// Who may ask for a token, where the machine has users: add, remove, list them, change their passwords.
    #[command(subcommand)]
    User(user::Command),
    /// Print what makes a shell complete this command.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or put one for each command into a folder.
    Man {
        /// The folder, which has to be there.
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
}

impl Command {
    /// Carries it out. The error is for people, as it is.
    pub(crate) fn run(self, out: &mut impl Write, notes: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
        match self {
            Self::Audit(command) => audit::run(&command, out)?,
            Self::Doctor(command) => return Ok(doctor::run(&command, out)?),
            Self::Key(command) => key::run(&command, notes)?,
            Self::Logs(command) => logs::run(&command, out, notes)?,
            Self::Outputs(command) => outputs::run(&command, out)?,
            Self::Completions { shell } => help::completions(shell, out)?,
            Self::Man { folder } => help::man(folder.as_deref(), out)?,
            Self::Token(command) => token::run(&command, out)?,
            Self::User(command) => user::run(command, out, notes)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
