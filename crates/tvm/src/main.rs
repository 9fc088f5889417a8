//! `tvm`, the command line of the Momento token vending machine.
//!
//! It reads files and prints; what a configuration means is said in `tvm-policy` alone.

mod config;

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
    /// The configuration file: check it, print its canonical form or its JSON Schema.
    #[command(subcommand)]
    Config(config::Command),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let done = match command {
        Command::Config(command) => config::run(command, &mut std::io::stdout(), &mut std::io::stderr()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where even standard error cannot be written to.
            let _ = config::complain(&mut std::io::stderr(), &error);
            ExitCode::FAILURE
        }
    }
}
