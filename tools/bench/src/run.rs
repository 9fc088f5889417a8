//! A contender that runs: what can be asked of it, and what is said where it cannot be measured.
//!
//! Only good answers are measured.

use std::io;
use std::time::{Duration, Instant};

use lambda_emulator::{Function, Outcome, StartError};

use crate::contender::{Contender, is_good};
use crate::cores::Cores;
use crate::stand_ins::StandIns;

/// Why a contender could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("no cgroup for a throttled start can be made: {source}; measure with --share full")]
    Group { source: io::Error },
    #[error("{name} cannot be measured{when}: {reason}. It printed: {printed}")]
    Unmeasured { name: String, when: String, reason: Reason, printed: String },
    #[error("a caller came to no end, which is a mistake of the bench: {0}")]
    Caller(#[from] tokio::task::JoinError),
}

/// What went wrong with a contender that runs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Reason {
    #[error("it ended, or asked for no event for a minute")]
    NeverIdle,
    #[error("its answer is not a good one: {0:?}")]
    NoGoodAnswer(Option<Outcome>),
    #[error("what it uses cannot be seen or limited: {0}")]
    Unseen(io::Error),
    #[error("it cannot be frozen or thawed: {0}")]
    Unfrozen(io::Error),
}

/// A process of a contender.
#[derive(Debug)]
pub(crate) struct Run {
    name: String,
    event: String,
    function: Function,
}

impl Run {
    /// Starts a process, on the cores that are the contenders'.
    pub(crate) async fn start(
        contender: &Contender,
        stand_ins: &StandIns,
        cores: &Cores,
    ) -> Result<Self, MeasureError> {
        let environment = stand_ins.environment(contender.task());
        let function = Function::start_with(&contender.program, &contender.arguments, &environment).await?;
        let run = Self { name: contender.name.clone(), event: contender.event(stand_ins.token()), function };
        match run.seen(|id| cores.take(id)) {
            Ok(()) => Ok(run),
            Err(reason) => Err(run.failed(reason, "").await),
        }
    }

    /// Ends it.
    pub(crate) async fn end(self) {
        self.function.stop().await;
    }

    /// Ends it, and makes an error of the reason, of what it printed, and of when it was: words that begin with a blank, or
    /// nothing.
    pub(crate) async fn failed(self, reason: Reason, when: &str) -> MeasureError {
        let printed = self.function.stop().await;
        MeasureError::Unmeasured { name: self.name, when: when.to_owned(), reason, printed }
    }

    /// How long its init phase took.
    pub(crate) async fn init(&mut self) -> Result<Duration, Reason> {
        let started = self.function.started();
        Ok(self.idle().await?.saturating_duration_since(started))
    }

    /// Waits until it waits for an event; since when it did.
    pub(crate) async fn idle(&mut self) -> Result<Instant, Reason> {
        self.function.idle().await.ok_or(Reason::NeverIdle)
    }

    /// How long one good answer took, of a function that waits for an event: a call of API Gateway's meets no other.
    pub(crate) async fn call(&mut self) -> Result<Duration, Reason> {
        self.idle().await?;
        self.answer(Instant::now()).await
    }

    /// Freezes it as it waits for an event, does something to its surroundings, and lets it go on with an event: how long a good
    /// answer took from then on.
    pub(crate) async fn thawed_call(&mut self, meanwhile: impl Future<Output = ()>) -> Result<Duration, Reason> {
        self.idle().await?;
        self.function.freeze().await.map_err(Reason::Unfrozen)?;
        meanwhile.await;
        let thawed = Instant::now();
        self.function.thaw().map_err(Reason::Unfrozen)?;
        self.answer(thawed).await
    }

    /// What the kernel says of its process.
    pub(crate) fn seen<T>(&self, look: impl FnOnce(u32) -> io::Result<T>) -> Result<T, Reason> {
        let id = self.function.id().ok_or_else(|| io::Error::other("the process has ended"));
        id.and_then(look).map_err(Reason::Unseen)
    }

    async fn answer(&mut self, since: Instant) -> Result<Duration, Reason> {
        let outcome = self.function.invoke(&self.event).await;
        let took = since.elapsed();
        if outcome.as_ref().is_some_and(is_good) { Ok(took) } else { Err(Reason::NoGoodAnswer(outcome)) }
    }
}
