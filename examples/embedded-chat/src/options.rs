//! What the server can be told. No secret is among it: arguments are seen by everybody on the machine.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

/// The chat from one Rust server. The Momento API key is in `MOMENTO_API_KEY`, or in the secret of AWS that
/// `MOMENTO_API_KEY_SECRET_ID` names.
#[derive(Debug, Parser)]
// The last of two counts, so that a script can put its own behind somebody else's.
#[command(version, about, args_override_self = true)]
pub(crate) struct Options {
    /// Where it listens; port 0 is one that is free.
    #[arg(long, default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,
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
        if self.listen.ip().is_loopback() { Reach::Loopback } else { Reach::Network }
    }
}
