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
mod output;
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

use crate::output::Output;

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

/// How a failure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// To people, on standard error.
    InWords,
    /// To a program as well, on standard output: `{"error": "…"}`.
    #[cfg(feature = "operate")]
    AsJson,
}

impl Command {
    fn failure_told(&self) -> Told {
        match self {
            #[cfg(feature = "operate")]
            Self::Config(command) if command.is_json() => Told::AsJson,
            #[cfg(feature = "operate")]
            Self::Operate(command) if command.is_json() => Told::AsJson,
            _ => Told::InWords,
        }
    }
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let (mut out, mut notes) = (Output::default(), io::stderr());
    let told = command.failure_told();
    let done = match command {
        Command::Config(command) => config::run(command, &mut out, &mut notes).map_err(|error| error.to_string()),
        #[cfg(feature = "operate")]
        Command::Operate(command) => command.run(&mut out, &mut notes).map_err(|error| error.to_string()),
    };
    done.unwrap_or_else(|error| {
        if out.is_closed() {
            return ExitCode::SUCCESS;
        }
        #[cfg(feature = "operate")]
        if told == Told::AsJson {
            // Nothing is left to do where it cannot be written; the words below are.
            let _ = form::write_json(&serde_json::json!({ "error": error }), &mut out);
        }
        #[cfg(not(feature = "operate"))]
        let Told::InWords = told;
        // Nor where even standard error cannot be written to.
        let _ = complain(&mut notes, &error);
        ExitCode::FAILURE
    })
}

/// Prints an error as a person reads it. It may quote what others wrote: a server, a file.
fn complain(notes: &mut impl Write, error: &impl Display) -> io::Result<()> {
    error.to_string().lines().try_for_each(|line| writeln!(notes, "error: {}", unseen::in_one_line(line)))
}
