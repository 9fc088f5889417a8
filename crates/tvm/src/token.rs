//! `tvm token`: asks an endpoint for a token, as a client of any mode does, and says what the token may do.
//!
//! The token itself is printed with `--show` alone, and then nothing else is.

mod access;
mod answer;
mod endpoint;
mod error;
mod report;

use std::io::Write;
use std::time::SystemTime;

use clap::Args;
use http::HeaderMap;
use secrecy::ExposeSecret as _;

use crate::running;
use access::Access;
use answer::Vended;
use endpoint::Endpoint;
pub(crate) use error::TokenError;

/// Whom to ask, and for what.
#[derive(Debug, Args)]
pub(crate) struct Command {
    /// The URL of the endpoint: the stack's output `Endpoint`.
    #[arg(value_name = "ENDPOINT", env = "TVM_ENDPOINT", value_parser = Endpoint::parse)]
    endpoint: Endpoint,
    #[command(flatten)]
    access: Access,
    /// The name to send as `?name=`, which becomes the token id in Open mode.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Request the permissions of only this group (the header `usergroup`).
    #[arg(long, value_name = "GROUP")]
    usergroup: Option<String>,
    /// Choose this cache (the header `cachename`).
    #[arg(long, value_name = "CACHE")]
    cachename: Option<String>,
    /// Print the token, and nothing else.
    #[arg(long, conflicts_with = "json")]
    show: bool,
    /// Print JSON, for programs, without the token.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Asks, and prints what came to `out`.
pub(crate) fn run(command: &Command, out: &mut impl Write) -> Result<(), TokenError> {
    running::until_done(async {
        let headers = headers(command)?;
        let vended = Vended::read(endpoint::get(&command.endpoint, command.name.as_deref(), headers).await?)?;
        if command.show {
            return Ok(writeln!(out, "{}", vended.token.expose_secret())?);
        }
        let now = SystemTime::now();
        if command.json {
            report::print_json(&vended, now, out)?;
        } else {
            report::print(&vended, now, out)?;
        }
        Ok(())
    })
}

fn headers(command: &Command) -> Result<HeaderMap, TokenError> {
    let mut headers = command.access.headers()?;
    for (name, value) in [("usergroup", &command.usergroup), ("cachename", &command.cachename)] {
        if let Some(value) = value {
            headers.insert(name, access::sendable(value)?);
        }
    }
    Ok(headers)
}
