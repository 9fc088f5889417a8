//! A function's process.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::runtime_api::{Outcome, RuntimeApi};

/// The longest that an invocation may take before the stage gives the function up: well over any deadline it is given.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running function.
#[derive(Debug)]
pub struct Function {
    process: Child,
    api: RuntimeApi,
    started: Instant,
    printed: [JoinHandle<String>; 2],
}

/// Why a function could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the function {program} does not start: {source}; build it first")]
pub struct StartError {
    program: String,
    source: io::Error,
}

impl Function {
    /// Starts `program` with just what Lambda sets and `environment`, and a timeout of 10 s.
    ///
    /// # Errors
    /// [`StartError`] when there is no such program.
    pub async fn start(program: impl AsRef<Path>, environment: &[(&str, &str)]) -> Result<Self, StartError> {
        Self::start_with(program, std::iter::empty::<&OsStr>(), environment).await
    }

    /// As [`start`](Self::start), with command line arguments, for a program that runs the function: an interpreter, say.
    ///
    /// # Errors
    /// [`StartError`] when there is no such program.
    pub async fn start_with(
        program: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        environment: &[(&str, &str)],
    ) -> Result<Self, StartError> {
        let failed = |source| StartError { program: program.as_ref().display().to_string(), source };
        let api = RuntimeApi::start(Duration::from_secs(10)).await.map_err(failed)?;
        let started = Instant::now();
        let mut process = Command::new(program.as_ref())
            .args(arguments)
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", api.address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "staged"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "planted-secret-access-key"),
                ("AWS_SESSION_TOKEN", "planted-session-token"),
            ])
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let printed = [keep(process.stdout.take()), keep(process.stderr.take())];
        Ok(Self { process, api, started, printed })
    }

    /// When its process was started: just before, so that what starting costs is counted.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Its process id; `None` once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits until it has nothing to do but to wait for an event: the first time, until its init phase is over.
    ///
    /// When it asked for the event, or `None` where it ended, or asks for none for a minute.
    pub async fn idle(&mut self) -> Option<Instant> {
        tokio::select! {
            asked = self.api.idle() => asked,
            _ = self.process.wait() => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    }

    /// Sends one event and waits for what the function makes of it; `None` where it ended, or answers nothing for a minute.
    pub async fn invoke(&mut self, event: &str) -> Option<Outcome> {
        tokio::select! {
            outcome = self.api.invoke(event.to_owned()) => outcome,
            _ = self.process.wait() => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    }

    /// Ends the function; gives everything it printed, on either stream.
    pub async fn stop(mut self) -> String {
        // It may have ended by itself, which is all that is wanted.
        let _ = self.process.kill().await;
        let mut all = String::new();
        for stream in self.printed {
            all.push_str(&stream.await.unwrap_or_default());
        }
        all
    }
}

fn keep(stream: Option<impl AsyncRead + Unpin + Send + 'static>) -> JoinHandle<String> {
    tokio::spawn(async move {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What came before a broken pipe is kept.
            let _ = stream.read_to_end(&mut bytes).await;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
