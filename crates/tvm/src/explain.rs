//! `tvm config explain`: which token somebody would get, and why; or why none.
//!
//! It decides nothing. The caller of the command line goes to [`Policy::explain`](tvm_policy::Policy::explain), which is the machine's own decision, and a
//! refusal is answered by the code that answers it over HTTP.

pub(crate) mod caller;
mod refusal;
mod report;
mod token;

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use tvm_config::Config;
use tvm_policy::Request;

use crate::config_file::CommandError;
use caller::Who;
use report::Report;

/// Whose token, and what they ask for.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    #[command(flatten)]
    who: Who,
    /// What the client sends as `?name=`.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What the client sends as `usergroup`: one of the caller's groups.
    #[arg(long, value_name = "GROUP")]
    usergroup: Option<String>,
    /// What the client sends as `cachename`: one of `token.caches`.
    #[arg(long, value_name = "CACHE")]
    cachename: Option<String>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints what `config` has for who is asked about.
pub(crate) fn run(config: &Config, asked: &Asked, out: &mut impl Write) -> Result<ExitCode, CommandError> {
    let (identity, unmatched) = asked.who.identity(config)?;
    let request =
        Request { name: asked.name.as_deref(), group: asked.usergroup.as_deref(), cache: asked.cachename.as_deref() };
    let decided = config.policy().explain(&identity, request);
    let report = Report::of(config, &identity, request, &decided, unmatched.as_ref());
    if asked.json {
        report.print_json(out)?;
    } else {
        report.print(out)?;
    }
    Ok(if decided.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
