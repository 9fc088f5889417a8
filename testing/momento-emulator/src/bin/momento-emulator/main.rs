//! `momento-emulator`: the local Momento as a program.
//!
//! It opens a [`Stage`], says where, and ends it on SIGTERM or SIGINT. It never prints a key: the key goes into a
//! file that its owner alone may read.

mod arguments;
mod files;

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use momento_emulator::{Running, Stage, StartError};
use secrecy::ExposeSecret;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    arguments::Arguments,
    files::{FileError, Readers},
};

/// Why the program ends without having run to its end.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the operating system does not let momento-emulator listen for SIGTERM and SIGINT: {0}")]
    Signals(io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            say(&mut io::stderr(), format_args!("momento-emulator: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Trouble> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Trouble::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Trouble::Signals)?;

    let stage = open(&arguments).await?;
    say(&mut io::stdout(), greeting(&arguments, &stage));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    if let Some(path) = &arguments.port_file {
        files::remove(path)?;
    }
    stage.shutdown().await;
    Ok(())
}

/// Opens the stage. The files that others wait for are written last, and the port file after the key.
async fn open(arguments: &Arguments) -> Result<Running, Trouble> {
    let mut stage = Stage::builder().listen(arguments.listen).endpoint(&arguments.endpoint);
    for name in &arguments.cache {
        stage = stage.cache(name);
    }
    for fault in &arguments.fault {
        stage = stage.fault(fault.clone());
    }
    if let Some(limit) = arguments.tokens_per_second {
        stage = stage.tokens_per_second(limit);
    }
    if let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) {
        let certificates = files::read_given(certificate)?.expose_secret().to_owned();
        stage = stage.tls(certificates, files::read_given(key)?);
    }
    if let Some(path) = &arguments.port_file {
        files::remove(path)?;
    }
    let known = arguments.api_key_file.as_deref().map(files::read_secret).transpose()?.flatten();
    let new_key_for = if known.is_none() { arguments.api_key_file.as_deref() } else { None };
    if let Some(key) = known {
        stage = stage.api_key(key);
    }

    let stage = stage.start().await?;
    if let Some(path) = new_key_for {
        files::write(path, stage.api_key_v1().expose_secret(), Readers::Owner)?;
    }
    if let Some(path) = &arguments.port_file {
        files::write(path, &stage.addr().to_string(), Readers::Everyone)?;
    }
    Ok(stage)
}

fn greeting(arguments: &Arguments, stage: &Running) -> String {
    let url = stage.url();
    match &arguments.api_key_file {
        Some(path) => format!("momento-emulator is ready at {url}; its API key is in {}", path.display()),
        None => format!("momento-emulator is ready at {url}; it has no API key that you know: use --api-key-file"),
    }
}

fn say(to: &mut impl Write, line: impl fmt::Display) {
    // Nobody reads: there is no one to tell that either.
    let _ = writeln!(to, "{line}").and_then(|()| to.flush());
}
