//! `make capacity`: simulates, and writes the tables into docs/capacity.md and the picture beside it.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use tvm_capacity::{Study, picture, report, with_tables};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [document, image] = arguments.as_slice() else {
        say("usage: tvm-capacity GUIDE.md PICTURE.svg");
        return ExitCode::from(2);
    };
    match write(document, image) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("tvm-capacity: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn write(document: &str, image: &str) -> Result<(), String> {
    let failed = |path: &str, error| format!("{path}: {error}");
    // Before minutes of work, what it is for.
    let before = fs::read_to_string(document).map_err(|error| failed(document, error))?;
    with_tables(&before, "")?;
    let begun = Instant::now();
    let study = Study::make(|part| say(&format!("{:4.0} s: {part}", begun.elapsed().as_secs_f64())))?;
    let after = with_tables(&before, &report(&study))?;
    fs::write(document, after).map_err(|error| failed(document, error))?;
    fs::write(image, picture(&study)).map_err(|error| failed(image, error))
}

/// To standard error; a closed one is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
