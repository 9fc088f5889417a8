//! What can be said on the command line.
//!
//! No secret is an argument: every user of a computer may read those.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use clap::Parser;
use momento_emulator::Fault;

const WHAT_IT_DOES_NOT: &str = "\
It serves, over gRPC and gRPC-web (browsers): GenerateDisposableToken; create, delete and list caches; items \
with batches, conditional writes and increments; dictionaries, lists, sets and sorted sets; Publish, Subscribe and resuming; \
Ping. It enforces the permissions and the expiry of the tokens that it mints.

It does NOT: keep anything after its end; serve leaderboards and a few methods more (they answer UNIMPLEMENTED); limit \
anything but tokens a second; run functions. It is for development and tests on this computer, and listens on loopback \
addresses alone.

While it runs: curl http://127.0.0.1:8980/_stage/health (also /stats, /faults, /limits and /keys).";

/// A local Momento for development and tests: tokens, the cache and topics, in memory.
#[derive(Debug, Parser)]
#[command(version, after_help = WHAT_IT_DOES_NOT)]
pub(crate) struct Arguments {
    /// Where to listen: a loopback address with a port; port 0 takes a free one (see --port-file).
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8980")]
    pub(crate) listen: SocketAddr,

    /// Write the address into this file (`127.0.0.1:PORT`) once the port takes connections.
    #[arg(long, value_name = "PATH")]
    pub(crate) port_file: Option<PathBuf>,

    /// Take the API key (v1 or v2) from this file; if there is none yet, make a key and write it there (v1, mode
    /// 0600).
    #[arg(long, value_name = "PATH")]
    pub(crate) api_key_file: Option<PathBuf>,

    /// Speak TLS with the certificate in this PEM file; needs --tls-key. Without it there is no TLS.
    #[arg(long, value_name = "PATH", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The certificate's private key, a PEM file without a password.
    #[arg(long, value_name = "PATH", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// The endpoint to name in API keys and token responses.
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub(crate) endpoint: String,

    /// A cache to begin with; may be given more than once.
    #[arg(long, value_name = "NAME", default_value = "default-cache")]
    pub(crate) cache: Vec<String>,

    /// Mint at most this many tokens a second, as Momento does with 5; the default is no limit.
    #[arg(long, value_name = "N")]
    pub(crate) tokens_per_second: Option<NonZeroU32>,

    /// Something that goes wrong from the start, as JSON such as
    /// `{"rpc": "GenerateDisposableToken", "delay_ms": 250, "status": "UNAVAILABLE", "count": 3}`.
    /// `"rpc": "cache_client.Scs"` means every call of that service, `"*"` every call; `"hang": true` takes the place
    /// of the status; may be given more than once.
    #[arg(long, value_name = "JSON", value_parser = fault)]
    pub(crate) fault: Vec<Fault>,
}

fn fault(json: &str) -> Result<Fault, serde_json::Error> {
    serde_json::from_str(json)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
