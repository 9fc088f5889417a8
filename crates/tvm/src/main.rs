//! `tvm`, the command line of the Momento token vending machine.
//!
//! It reads files and prints; what a configuration means is said in `tvm-policy` alone, what a list of users may hold in
//! `tvm-users`.

#[cfg(feature = "operate")]
mod audit;
#[cfg(feature = "operate")]
mod aws;
#[cfg(feature = "operate")]
mod check_report;
mod config;
mod config_file;
#[cfg(feature = "operate")]
mod doctor;
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
mod operate;
#[cfg(feature = "operate")]
mod outputs;
#[cfg(feature = "operate")]
mod prompt;
#[cfg(feature = "operate")]
mod running;
mod source;
#[cfg(feature = "operate")]
mod token;
mod unseen;
#[cfg(feature = "operate")]
mod user;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The command line of the Momento token vending machine.
#[derive(Debug, Parser)]
#[command(name = "tvm", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the configuration file, print its canonical form or its JSON Schema, explain what it grants.
    #[command(subcommand)]
    Config(config::Command),
    #[cfg(feature = "operate")]
    #[command(flatten)]
    Operate(operate::Command),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let (mut out, mut notes) = (io::stdout(), io::stderr());
    match command {
        Command::Config(command) => ended(config::run(command, &mut out, &mut notes)),
        #[cfg(feature = "operate")]
        Command::Operate(command) => ended(command.run(&mut out, &mut notes)),
    }
}

fn ended(done: Result<ExitCode, impl Display>) -> ExitCode {
    done.unwrap_or_else(|error| {
        // Nothing is left to do where even standard error cannot be written to.
        let _ = complain(&mut io::stderr(), &error);
        ExitCode::FAILURE
    })
}

/// Prints an error as a person reads it. It may quote what others wrote: a server, a file.
fn complain(notes: &mut impl Write, error: &impl Display) -> io::Result<()> {
    error.to_string().lines().try_for_each(|line| writeln!(notes, "error: {}", unseen::in_one_line(line)))
}
