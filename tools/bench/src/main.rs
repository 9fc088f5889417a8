//! `make bench`: built Lambda functions beside each other, each in ratio to one that answers a constant. And `make budget`:
//! whether they have grown, in bytes and in instructions. And `make timing`: whether the time of a refused sign-in tells why.
//!
//! The bench measures and prints; it must never judge: no time makes anything fail, since times belong to a machine and an
//! hour. What does end it is a contender that does not answer as it should, for then there is nothing to measure. `timing`
//! alone judges times, of one process beside each other, and no build depends on it.

mod bench;
mod budget;
mod callgrind;
mod contender;
mod cores;
mod crowd;
mod difference;
mod measure;
mod options;
mod process;
mod proxy;
mod report;
mod run;
mod series;
mod size;
mod stand_ins;
mod statistics;
mod stopwatch;
mod strace;
mod throttle;
mod timing;
mod tls;
mod traced;
mod unit;
mod warm;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::bench::{Bench, stood};
use crate::cores::Cores;
use crate::options::{Command, Options, Share};
use crate::report::Report;
use crate::stand_ins::StandIns;
use crate::statistics::rotated;
use crate::throttle::Throttle;

// One thread for all stand-ins: contenders have the other core to themselves, whoever is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match Command::parse() {
        Command::Race(options) => race(options).await,
        Command::Budget(options) => budget::check(&options).await,
        Command::Timing(options) => timing::check(&options).await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("tvm-bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn race(options: Options) -> Result<(), Box<dyn Error>> {
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
    for repeat in 0..crowd::REPEATS {
        for &callers in &options.callers.0 {
            for contender in rotated(&contenders, repeat) {
                let figures = stood(contender, bench.crowd(contender, callers).await)?;
                report.add_crowd(&contender.name, callers, figures);
            }
            say(&format!("{callers} at the same moment, {} of {}", repeat.saturating_add(1), crowd::REPEATS));
        }
    }
    writeln!(std::io::stdout(), "{}", report.tables())?;
    if let Some(file) = &options.json {
        std::fs::write(file, report.json()).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    Ok(())
}

/// To the standard error, for the table alone is the output. Who has closed it does not want to know.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
