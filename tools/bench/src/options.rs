//! What the bench is told on its command line. The defaults are what `make bench` has built.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use serde::Serialize;

use crate::contender::Contender;

/// What the bench is to do.
#[derive(Debug, Parser)]
#[command(name = "tvm-bench")]
pub(crate) enum Command {
    /// Measures built Lambda functions beside each other, in ratios to one that answers a constant.
    Race(Options),
    /// Whether built Lambda functions have grown beyond what is recorded: in bytes, and in instructions by callgrind.
    Budget(BudgetOptions),
    /// Whether the time of a refused sign-in tells why it is refused. Exit code 1 if it does.
    Timing(TimingOptions),
}

/// What `tvm-bench timing` is told.
#[derive(Debug, Args)]
pub(crate) struct TimingOptions {
    /// The authorizer.
    #[arg(long, value_name = "NAME=COMMAND", default_value = "authorizer=.local/functions/tvm-authorizer/bootstrap")]
    pub(crate) function: Contender,

    /// How many refusals of each kind are compared.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(20..=5_000))]
    pub(crate) requests: u32,

    /// The difference that may not show, in percent of the median.
    #[arg(long, default_value_t = 1.0, value_name = "PERCENT")]
    pub(crate) bound: f64,
}

/// What `tvm-bench budget` is told.
#[derive(Debug, Args)]
pub(crate) struct BudgetOptions {
    /// A function; may be given again.
    #[arg(
        long = "function",
        value_name = "NAME=COMMAND",
        default_values = [
            "vending=.local/functions/tvm-vending/bootstrap",
            "vending-reuse=.local/functions/tvm-vending/bootstrap",
            "authorizer=.local/functions/tvm-authorizer/bootstrap",
        ],
    )]
    pub(crate) functions: Vec<Contender>,

    /// Where the recorded figures are.
    #[arg(long, value_name = "FILE", default_value = "tools/bench/budget.json")]
    pub(crate) file: PathBuf,

    /// Write what is measured to that file, as the new record.
    #[arg(long)]
    pub(crate) record: bool,

    /// Keep callgrind's profiles in this directory, for `callgrind_annotate`.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) profiles: Option<PathBuf>,
}

/// What `tvm-bench race` is told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A function to measure; may be given again. The one named `floor` is what the ratios are against; those whose name
    /// begins with `authorizer` get an authorizer's event, all others a request for a token; those whose name ends in `-reuse`
    /// may give a token again (the shipped configuration), all others mint one for each request.
    #[arg(
        long = "function",
        value_name = "NAME=COMMAND",
        default_values = [
            "floor=.local/bench/tvm-floor/bootstrap",
            "vending=.local/functions/tvm-vending/bootstrap",
            "vending-reuse=.local/functions/tvm-vending/bootstrap",
            "authorizer=.local/functions/tvm-authorizer/bootstrap",
        ],
    )]
    pub(crate) functions: Vec<Contender>,

    /// Another program that speaks the Lambda Runtime API, to be raced in the same run; may be given again.
    #[arg(long = "peer", value_name = "NAME=COMMAND", value_parser = Contender::peer)]
    pub(crate) peers: Vec<Contender>,

    /// How often each is started and measured; each round begins with another of them.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,

    /// How many calls to a warm function are measured in each round.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) warm_calls: u32,

    /// How the functions reach the stand-ins.
    #[arg(long, value_enum, default_value_t = Transport::Tls)]
    pub(crate) transport: Transport,

    /// How long the stand-in of Secrets Manager takes for an answer, in milliseconds, beyond what it needs.
    #[arg(long, default_value_t = 1, value_name = "MILLISECONDS")]
    pub(crate) secret_delay: u64,

    /// The share of a CPU after the init phase: all of it, or also the 7.2 % that a function of 128 MB has.
    #[arg(long, value_enum, default_value_t = Share::Full)]
    pub(crate) share: Share,

    /// How many processes of each are started and called at the same moment, for a table of their own: numbers with commas
    /// between them, or `none`.
    #[arg(long, value_name = "N,N,…", default_value = "1,8,64")]
    pub(crate) callers: Callers,

    /// Also write every figure to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// How the functions reach the stand-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transport {
    /// With a certificate of an authority made for the run; as in AWS, but for the distance.
    Tls,
    /// In the clear, to see what TLS costs.
    Plain,
}

/// The share of a CPU that a function has after its init phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Share {
    /// All of it.
    Full,
    /// All of it, and in another start of the same round what 128 MB buy.
    Both,
}

/// How many at the same moment: numbers from 1 on, each once; none where that is not to be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Callers(pub(crate) Vec<u32>);

/// Why callers were not understood.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` says no numbers of callers; write different numbers from 1 on, such as 1,8,64, or none")]
pub(crate) struct CallersError(String);

impl FromStr for Callers {
    type Err = CallersError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let unclear = || CallersError(text.to_owned());
        let mut numbers = Vec::new();
        for number in text.split(',') {
            let number = number.trim().parse().map_err(|_| unclear())?;
            if number == 0 || numbers.contains(&number) {
                return Err(unclear());
            }
            numbers.push(number);
        }
        Ok(Self(numbers))
    }
}

impl Options {
    /// Everybody who is measured, in the order in which they are reported.
    pub(crate) fn contenders(&self) -> impl Iterator<Item = &Contender> {
        self.functions.iter().chain(&self.peers)
    }

    /// A name that two of them have: their figures would be one.
    pub(crate) fn shared_name(&self) -> Option<&str> {
        let names: Vec<&str> = self.contenders().map(|contender| contender.name.as_str()).collect();
        names
            .iter()
            .enumerate()
            .find(|(place, name)| names.iter().take(*place).any(|other| other == *name))
            .map(|(_, name)| *name)
    }

    pub(crate) fn secret_delay(&self) -> Duration {
        Duration::from_millis(self.secret_delay)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::contender::Standing;

    /// The options of a race, as these arguments say them.
    pub(crate) fn race(arguments: &[&str]) -> Options {
        match Command::parse_from(["tvm-bench", "race"].iter().chain(arguments)) {
            Command::Race(options) => options,
            Command::Budget(_) | Command::Timing(_) => panic!("no race"),
        }
    }

    #[test]
    fn peers_race_beside_the_functions_that_are_deployed() {
        let options = race(&["--peer", "js=node index.mjs"]);
        let names: Vec<&str> = options.contenders().map(|contender| contender.name.as_str()).collect();
        assert_eq!(names, ["floor", "vending", "vending-reuse", "authorizer", "js"]);
        assert_eq!(options.shared_name(), None);
        let peers = options.contenders().filter(|contender| contender.standing == Standing::Peer);
        assert_eq!(peers.map(|contender| contender.name.as_str()).collect::<Vec<_>>(), ["js"]);
    }

    #[test]
    fn callers_are_numbers_or_none() {
        assert_eq!(race(&[]).callers, Callers(vec![1, 8, 64]));
        assert_eq!(race(&["--callers", "64, 2"]).callers, Callers(vec![64, 2]));
        assert_eq!(race(&["--callers", "none"]).callers, Callers(Vec::new()));
        for unclear in ["", "0", "1,,8", "8,8", "-1", "many"] {
            assert!(unclear.parse::<Callers>().is_err(), "{unclear}");
        }
    }

    #[test]
    fn a_name_is_one_contenders() {
        let options = race(&["--peer", "js=node a.mjs", "--peer", "js=node b.mjs"]);
        assert_eq!(options.shared_name(), Some("js"));
    }
}
