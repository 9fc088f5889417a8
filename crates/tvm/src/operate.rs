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
    /// Print the pseudonym that the log has for a caller or a token id, with the current API key and with the previous
    /// one.
    Audit(audit::Command),
    /// List everything that prevents a deployment, on this computer and in the AWS account, with a fix for each. The exit
    /// code is 1 if there is something.
    Doctor(doctor::Command),
    /// Replace the Momento API key that the machine mints tokens with.
    #[command(subcommand)]
    Key(key::Command),
    /// Print the recent log lines of all functions, the oldest first.
    Logs(logs::Command),
    /// Print the outputs of the stack: its endpoint, its mode, its secrets.
    Outputs(outputs::Command),
    /// Request a token, and print what it may do and how long it lives. The token itself is printed only with --show.
    Token(token::Command),
    /// Add, remove, list, disable and enable users, and change their passwords.
    #[command(subcommand)]
    User(user::Command),
    /// Print the completions of this command for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or write one for each command into a folder.
    Man {
        /// The folder, which must exist.
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
        /// Print all commands with their options as Markdown instead.
        #[arg(long, conflicts_with = "folder")]
        markdown: bool,
    },
}

impl Command {
    /// Whether a program reads what it prints.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Audit(audit::Command { json, .. })
            | Self::Doctor(doctor::Command { json, .. })
            | Self::Logs(logs::Command { json, .. })
            | Self::Outputs(outputs::Command { json, .. })
            | Self::Token(token::Command { json, .. })
            | Self::User(user::Command::List { json, .. }) => *json,
            _ => false,
        }
    }

    /// Carries it out. The error is for people, as it is.
    pub(crate) fn run(self, out: &mut impl Write, notes: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
        match self {
            Self::Audit(command) => audit::run(&command, out)?,
            Self::Doctor(command) => return Ok(doctor::run(&command, out)?),
            Self::Key(command) => key::run(&command, notes)?,
            Self::Logs(command) => logs::run(&command, out, notes)?,
            Self::Outputs(command) => outputs::run(&command, out)?,
            Self::Completions { shell } => help::completions(shell, out)?,
            Self::Man { markdown: true, .. } => help::markdown(out)?,
            Self::Man { folder, markdown: false } => help::man(folder.as_deref(), out)?,
            Self::Token(command) => token::run(&command, out)?,
            Self::User(command) => user::run(command, out, notes)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
