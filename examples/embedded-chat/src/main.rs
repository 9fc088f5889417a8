//! The chat from one Rust server, without AWS: it serves the page, signs its users in, and vends their tokens itself.
//!
//! What a user may do is the configuration's to say (`tvm.toml`), by the same code as in the deployed machine. The API key and
//! the passwords stay in this process: the browser gets a cookie, and tokens that end.

mod api;
mod demo;
mod options;
mod own_pages;
mod people;
mod places;
mod server;
mod sessions;
mod settings;
mod site;
mod start_error;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use options::Options;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    // This project's crates alone: what others log may hold a key. The server says on standard output where it listens.
    let ours = ["embedded_chat", "momento_secrets", "tvm_embed", "refreshing_cache", "tvm_issuer"];
    let filter = Targets::new().with_targets(ours.map(|target| (target, LevelFilter::INFO)));
    tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(io::stderr))
        .init();
    match server::run(&Options::parse(), &mut io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where even standard error cannot be written to.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
