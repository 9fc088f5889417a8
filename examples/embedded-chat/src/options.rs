//! What the server can be told. No secret is among it: arguments are seen by everybody on the machine.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Parser;
use http::uri::Authority;

/// The chat from one Rust server. The Momento API key is in `MOMENTO_API_KEY`, or in the secret of AWS that
/// `MOMENTO_API_KEY_SECRET_ID` names.
#[derive(Debug, Parser)]
// The last of two counts, so that a script can put its own behind somebody else's.
#[command(version, about, args_override_self = true)]
pub(crate) struct Options {
    /// Where it listens; port 0 is one that is free.
    #[arg(long, default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,
    /// The name by which others reach it over https, such as chat.example.com; may be given again. It answers under no other name.
    /// Left out: those of this computer, over http.
    #[arg(long = "host", env = "CHAT_HOST", value_delimiter = ',', value_parser = host_name)]
    pub(crate) hosts: Vec<String>,
    /// The address from which the proxy connects that speaks TLS for it. What that says last in X-Forwarded-For is the address of
    /// the caller.
    #[arg(long, env = "CHAT_PROXY")]
    pub(crate) proxy: Option<IpAddr>,
    /// What users may do.
    #[arg(long, env = "TVM_CONFIG", default_value = "examples/embedded-chat/tvm.toml")]
    pub(crate) config: PathBuf,
    /// The users, as the authorizer's secret lists them. Left out, on loopback alone: one for each group, with a new password.
    #[arg(long, env = "CHAT_USERS")]
    pub(crate) users: Option<PathBuf>,
    /// The built page.
    #[arg(long, env = "CHAT_DIST", default_value = "web/chat/dist")]
    pub(crate) dist: PathBuf,
}

/// Who can reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Whoever is on this machine.
    Loopback,
    /// Others, by what speaks TLS for it.
    Network,
}

impl Options {
    pub(crate) fn reach(&self) -> Reach {
        if self.listen.ip().is_loopback() && self.hosts.is_empty() { Reach::Loopback } else { Reach::Network }
    }
}

/// A name or an address as a `Host` header says it, without a port.
fn host_name(text: &str) -> Result<String, &'static str> {
    match text.parse::<Authority>() {
        Ok(authority) if authority.host() == text => Ok(text.to_ascii_lowercase()),
        _ => Err("it is no name of a host; write it without https:// and without a port"),
    }
}
