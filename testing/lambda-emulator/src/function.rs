//! A function's process.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::process::{Child, Command};

use crate::printed::Printed;
use crate::runtime_api::{Outcome, RuntimeApi};

/// The longest that an invocation may take before the stage gives the function up: well over any deadline it is given.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest that a signal, or the last words of a process that has ended, may take: both are there at once, unless a child
/// of the process keeps its streams open.
const SHORT_PATIENCE: Duration = Duration::from_secs(3);

/// A running function.
#[derive(Debug)]
pub struct Function {
    process: Child,
    api: RuntimeApi,
    started: Instant,
    printed: [Printed; 2],
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
        let printed = [Printed::keep(process.stdout.take()), Printed::keep(process.stderr.take())];
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
        self.send(event);
        self.outcome().await
    }

    /// Sends one event and leaves the function to it, to be frozen meanwhile, say: [`outcome`](Self::outcome) waits for what
    /// it makes of that. One at a time: another that is sent before is lost.
    pub fn send(&mut self, event: &str) {
        self.api.send(event.to_owned());
    }

    /// Waits for what the function makes of the event that was [sent](Self::send); `None` where it ended, or answers nothing
    /// for a minute.
    pub async fn outcome(&mut self) -> Option<Outcome> {
        tokio::select! {
            outcome = self.api.outcome() => outcome,
            _ = self.process.wait() => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    }

    /// Freezes the function, as Lambda does between two events: it stands still, and knows nothing of the time that passes.
    /// Its process alone; a child of it runs on. Gives back once it stands still, also in the middle of an event that was
    /// [sent](Self::send).
    ///
    /// # Errors
    /// When it has ended, or still runs after a few seconds.
    pub async fn freeze(&self) -> io::Result<()> {
        let id = self.signal(Signal::STOP)?;
        let stopped = async {
            // The kernel says so once every thread stands still. Left in place, the news is there for the next to ask.
            let news = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            while waitid(WaitId::Pid(id), news)?.is_none() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            Ok(())
        };
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "the process does not stop by SIGSTOP");
        tokio::time::timeout(SHORT_PATIENCE, stopped).await.map_err(late)?
    }

    /// Lets a frozen function go on; nothing changes where it is not frozen.
    ///
    /// # Errors
    /// When it has ended.
    pub fn thaw(&self) -> io::Result<()> {
        self.signal(Signal::CONT).map(drop)
    }

    /// Ends the function by `SIGTERM`, so that a tool around it (valgrind) can write what it knows, and waits for its end;
    /// gives everything it printed, on either stream.
    pub async fn terminate(mut self) -> String {
        // A frozen one hears the signal once it is thawed.
        if self.signal(Signal::TERM).and_then(|_| self.thaw()).is_ok() {
            // One that does not end by it is killed below.
            let _ = tokio::time::timeout(PATIENCE, self.process.wait()).await;
        }
        self.stop().await
    }

    /// Ends the function; gives everything it printed, on either stream. A child of it that lives on is waited for no longer
    /// than a few seconds.
    pub async fn stop(mut self) -> String {
        // A tool around the function may have to let it go, which it cannot while it is frozen. It may also have ended by
        // itself, which is all that is wanted.
        let _ = self.thaw();
        let _ = self.process.kill().await;
        // Where the process was a script around the function, the function ends by this.
        drop(self.api);
        let [output, errors] = self.printed;
        let (output, errors) = tokio::join!(output.all(SHORT_PATIENCE), errors.all(SHORT_PATIENCE));
        output + &errors
    }

    /// Sends the signal; the process id, which is nobody else's as long as the process has not been waited for.
    fn signal(&self, signal: Signal) -> io::Result<Pid> {
        let id = self.process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let id = id.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the process has ended"))?;
        kill_process(id, signal)?;
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell in the place of a function, once it has printed something.
    async fn shell(script: &str) -> Function {
        let function = Function::start_with("/bin/sh", ["-c", script], &[]).await.unwrap();
        while function.printed[0].text().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        function
    }

    #[tokio::test]
    async fn a_child_that_keeps_the_streams_open_does_not_keep_the_stage() {
        let function = shell("sleep 20 & echo printed; wait").await;
        let stopped = tokio::time::timeout(Duration::from_secs(15), function.stop()).await;
        assert_eq!(stopped.unwrap(), "printed\n");
    }

    #[tokio::test]
    async fn a_frozen_function_stands_still_until_it_is_thawed() {
        let function = shell("while :; do echo tick; done").await;
        function.freeze().await.unwrap();
        // What is in the pipe still arrives.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let frozen = function.printed[0].text().len();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(function.printed[0].text().len(), frozen);
        function.thaw().unwrap();
        let going_on = async {
            while function.printed[0].text().len() == frozen {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), going_on).await.unwrap();
    }

    #[tokio::test]
    async fn a_frozen_function_can_be_ended_either_way() {
        for by_signal in [true, false] {
            let function = shell("trap 'echo ended; exit' TERM; echo started; while :; do sleep 0.01; done").await;
            function.freeze().await.unwrap();
            let ending = async { if by_signal { function.terminate().await } else { function.stop().await } };
            let printed = tokio::time::timeout(Duration::from_secs(30), ending).await.unwrap();
            assert_eq!(printed.contains("ended"), by_signal, "{printed}");
        }
    }

    #[tokio::test]
    async fn what_has_ended_cannot_be_frozen() {
        let mut function = shell("echo over").await;
        assert_eq!(function.idle().await, None);
        assert_eq!(function.freeze().await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
