//! `tvm config check --json`: what is wrong with a file, and what is seldom meant, for programs.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use tvm_config::{ConfigErrors, Region};

use crate::config_file::{CommandError, File};
use crate::form::write_json;

/// What is printed.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    accepted: bool,
    /// The region that it was checked for, if one was known.
    region: Option<String>,
    /// What is wrong, in the order of the file.
    errors: Vec<Place>,
    /// What is accepted, and seldom meant.
    warnings: Vec<Place>,
}

/// Something that is to be said of one line.
#[derive(Debug, Serialize)]
struct Place {
    /// From 1.
    line: usize,
    message: String,
}

/// Prints it. The exit code is 1 for a file that is not accepted; one that cannot be read is an error as ever.
pub(crate) fn print(file: &File, region: Option<&Region>, out: &mut impl Write) -> Result<ExitCode, CommandError> {
    let (mut errors, warnings) = match file.load() {
        Ok((_, warnings)) => (Vec::new(), warnings),
        Err(CommandError::NotAccepted(errors)) => (of(&errors), Vec::new()),
        Err(other) => return Err(other),
    };
    if errors.is_empty() {
        match file.check_in(region) {
            Ok(()) => {}
            Err(CommandError::NotAccepted(found)) => errors = of(&found),
            Err(other) => return Err(other),
        }
    }
    let warnings = warnings.iter().map(|it| Place { line: it.line(), message: it.message() }).collect();
    let accepted = errors.is_empty();
    let region = region.map(ToString::to_string);
    let checked = Checked { file: file.path().display().to_string(), accepted, region, errors, warnings };
    write_json(&checked, out)?;
    Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn of(errors: &ConfigErrors) -> Vec<Place> {
    errors.iter().map(|error| Place { line: error.line, message: error.problem.to_string() }).collect()
}
