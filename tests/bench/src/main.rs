//! `make bench`: built Lambda functions beside each other, each in ratio to one that answers a constant.
//!
//! It measures and prints; it must never judge: no figure of it makes anything fail, since times belong to a machine and an
//! hour. What does end it is a contender that does not answer as it should, for then there is nothing to measure.

mod contender;
mod cores;
mod measure;
mod options;
mod process;
mod report;
mod size;
mod stand_ins;
mod statistics;
mod throttle;
mod tls;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::cores::Cores;
use crate::measure::Bench;
use crate::options::{Options, Share};
use crate::report::Report;
use crate::stand_ins::StandIns;
use crate::statistics::rotated;
use crate::throttle::Throttle;

// One thread for all stand-ins: contenders have the other core to themselves, whoever is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("tvm-bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if let Some(name) = options.shared_name() {
        return Err(format!("two contenders are called `{name}`; give each a name of its own").into());
    }
    let throttle = match options.share {
        Share::Full => None,
        Share::Both => Throttle::find().map_err(|error| say(&format!("not throttled: {error}"))).ok(),
    };
    let mut report = Report::new(&options, throttle.is_some());
    let cores = Cores::divide()?;
    let stand_ins = StandIns::start(options.transport, options.secret_delay()).await?;
    let bench = Bench { stand_ins, cores, throttle, warm_calls: options.warm_calls };
    let contenders: Vec<_> = options.contenders().collect();
    for contender in &contenders {
        report.add(&contender.name, size::measure(contender)?);
    }
    for round in 0..options.rounds {
        for contender in rotated(&contenders, round) {
            report.add(&contender.name, bench.round(contender).await?);
        }
        say(&format!("round {} of {}", round.saturating_add(1), options.rounds));
    }
    writeln!(std::io::stdout(), "{}", report.table())?;
    if let Some(file) = &options.json {
        std::fs::write(file, report.json()).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    Ok(())
}

/// To the standard error, for the table alone is the output. Who has closed it does not want to know.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
