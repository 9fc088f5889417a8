//! `tvm`, the command line of the Momento token vending machine.
//!
//! It reads files and prints; what a configuration means is said in `tvm-policy` alone, what a list of users may hold in
//! `tvm-users`.

#[cfg(feature = "operate")]
mod aws;
mod config;
#[cfg(feature = "operate")]
mod explain;
#[cfg(feature = "operate")]
mod form;
#[cfg(feature = "operate")]
mod help;
#[cfg(feature = "operate")]
mod in_words;
#[cfg(feature = "operate")]
mod key;
#[cfg(feature = "operate")]
mod logs;
#[cfg(feature = "operate")]
mod outputs;
#[cfg(feature = "operate")]
mod prompt;
#[cfg(feature = "operate")]
mod running;
#[cfg(feature = "operate")]
mod token;
#[cfg(feature = "operate")]
mod user;

use std::fmt::Display;
use std::io::{self, Write};
#[cfg(feature = "operate")]
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
#[cfg(feature = "operate")]
use clap_complete::Shell;

/// The command line of the Momento token vending machine.
#[derive(Debug, Parser)]
#[command(name = "tvm", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The configuration file: check it, print its canonical form or its JSON Schema.
    #[command(subcommand)]
    Config(config::Command),
    /// The Momento API key that the machine mints with: replace it.
    #[cfg(feature = "operate")]
    #[command(subcommand)]
    Key(key::Command),
    /// Show what the functions logged lately, the oldest first.
    #[cfg(feature = "operate")]
    Logs(logs::Command),
    /// Show what the stack says of itself: its endpoint, its mode, where its secrets are.
    #[cfg(feature = "operate")]
    Outputs(outputs::Command),
    /// Ask an endpoint for a token, and say what it may do and for how long; the token itself only with --show.
    #[cfg(feature = "operate")]
    Token(token::Command),
    /// Who may ask for a token, where the machine has users: add, remove, list them, change their passwords.
    #[cfg(feature = "operate")]
    #[command(subcommand)]
    User(user::Command),
    /// Print what makes a shell complete this command.
    #[cfg(feature = "operate")]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or put one for each command into a folder.
    #[cfg(feature = "operate")]
    Man {
        /// The folder, which has to be there.
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let (mut out, mut notes) = (io::stdout(), io::stderr());
    match command {
        Command::Config(command) => ended(config::run(command, &mut out, &mut notes)),
        #[cfg(feature = "operate")]
        Command::Key(command) => ended(key::run(&command, &mut notes).map(|()| ExitCode::SUCCESS)),
        #[cfg(feature = "operate")]
        Command::Logs(command) => ended(logs::run(&command, &mut out, &mut notes).map(|()| ExitCode::SUCCESS)),
        #[cfg(feature = "operate")]
        Command::Outputs(command) => ended(outputs::run(&command, &mut out).map(|()| ExitCode::SUCCESS)),
        #[cfg(feature = "operate")]
        Command::Completions { shell } => ended(help::completions(shell, &mut out).map(|()| ExitCode::SUCCESS)),
        #[cfg(feature = "operate")]
        Command::Man { folder } => ended(help::man(folder.as_deref(), &mut out).map(|()| ExitCode::SUCCESS)),
        #[cfg(feature = "operate")]
        Command::Token(command) => ended(token::run(&command, &mut out).map(|()| ExitCode::SUCCESS)),
        #[cfg(feature = "operate")]
        Command::User(command) => ended(user::run(command, &mut out, &mut notes).map(|()| ExitCode::SUCCESS)),
    }
}

fn ended(done: Result<ExitCode, impl Display>) -> ExitCode {
    done.unwrap_or_else(|error| {
        // Nothing is left to do where even standard error cannot be written to.
        let _ = complain(&mut io::stderr(), &error);
        ExitCode::FAILURE
    })
}

/// Prints an error as a person reads it.
fn complain(notes: &mut impl Write, error: &impl Display) -> io::Result<()> {
    error.to_string().lines().try_for_each(|line| writeln!(notes, "error: {line}"))
}
