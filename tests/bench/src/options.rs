//! What the bench is told on its command line. The defaults are what `make bench` has built.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use serde::Serialize;

use crate::contender::Contender;

/// Measures built Lambda functions beside each other, in ratios to one that answers a constant.
#[derive(Debug, Parser)]
#[command(name = "tvm-bench")]
pub(crate) struct Options {
    /// A function to measure; may be given again. The one named `floor` is what the ratios are against; those whose name
    /// begins with `authorizer` get an authorizer's event, all others a request for a token.
    #[arg(
        long = "function",
        value_name = "NAME=COMMAND",
        default_values = [
            "floor=.local/bench/tvm-floor/bootstrap",
            "vending=.local/functions/tvm-vending/bootstrap",
            "authorizer=.local/functions/tvm-authorizer/bootstrap",
        ],
    )]
    pub(crate) functions: Vec<Contender>,

    /// Another program that speaks the Lambda Runtime API, to be raced in the same run; may be given again.
    #[arg(long = "peer", value_name = "NAME=COMMAND")]
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
mod tests {
    use super::*;

    #[test]
    fn peers_race_beside_the_functions_that_are_deployed() {
        let options = Options::parse_from(["tvm-bench", "--peer", "js=node index.mjs"]);
        let names: Vec<&str> = options.contenders().map(|contender| contender.name.as_str()).collect();
        assert_eq!(names, ["floor", "vending", "authorizer", "js"]);
        assert_eq!(options.shared_name(), None);
    }

    #[test]
    fn a_name_is_one_contenders() {
        let options = Options::parse_from(["tvm-bench", "--peer", "js=node a.mjs", "--peer", "js=node b.mjs"]);
        assert_eq!(options.shared_name(), Some("js"));
    }
}
