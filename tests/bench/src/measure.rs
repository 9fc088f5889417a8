//! One round of one contender: a cold start, its first answer, warm calls; and a cold start at 128 MB's share of a CPU.
//!
//! Each begins with a new process and ends with its death. Only good answers are measured.

use std::io;
use std::time::{Duration, Instant};

use lambda_stage::{Function, Outcome, StartError};
use serde::Serialize;

use crate::contender::{Contender, is_good};
use crate::cores::Cores;
use crate::process::{cpu_time, peak_memory};
use crate::size::as_float;
use crate::stand_ins::StandIns;
use crate::statistics::percentile;
use crate::throttle::{Group, Throttle};

/// Calls after the first answer that are not measured, so that what is measured is warm.
const SETTLING_CALLS: u32 = 20;

/// What is measured. Times in milliseconds, sizes in bytes, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    /// From the start of the process to its first answer, with an event waiting as soon as it asks for one.
    Cold,
    /// From the start of the process to the first time that it asks for an event.
    Init,
    /// The first answer alone.
    FirstAnswer,
    /// [`Cold`](Self::Cold) with 128 MB's share of a CPU after init.
    ThrottledCold,
    /// [`FirstAnswer`](Self::FirstAnswer) with 128 MB's share of a CPU.
    ThrottledFirstAnswer,
    /// CPU time until the process waits for its second event.
    ColdCpu,
    /// One warm call, as the Runtime API sees it: the median of a round's.
    WarmMedian,
    /// The 99th percentile of a round's.
    WarmP99,
    /// CPU time of one warm call.
    WarmCpu,
    /// Tokens minted for one warm call: what a warm call was.
    Mints,
    /// The most memory that was ever resident.
    PeakMemory,
    /// The program.
    Program,
    /// The zip of it.
    Zip,
}

/// What is needed to measure anybody.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) stand_ins: StandIns,
    pub(crate) cores: Cores,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) warm_calls: u32,
}

/// Why a contender could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("no cgroup for a throttled start can be made: {source}; measure with --share full")]
    Group { source: io::Error },
    #[error("{name} cannot be measured: {reason}. It printed: {printed}")]
    Unmeasured { name: String, reason: Reason, printed: String },
}

/// What went wrong with a contender that runs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Reason {
    #[error("it ended, or asked for no event for a minute")]
    NeverIdle,
    #[error("its answer is not a good one: {0:?}")]
    NoGoodAnswer(Option<Outcome>),
    #[error("what it uses cannot be seen or limited: {0}")]
    Unseen(#[from] io::Error),
}

impl Bench {
    /// Starts and measures a contender: at its own pace and, where that is possible and wanted, throttled.
    pub(crate) async fn round(&self, contender: &Contender) -> Result<Vec<(Measure, f64)>, MeasureError> {
        let mut run = self.start(contender).await?;
        let figures = self.at_full_speed(&mut run).await;
        let mut measured = run.end(figures).await?;
        if let Some(throttle) = &self.throttle {
            // Declared first, so that it is removed last: a group with a process in it stays.
            let group = throttle.group().map_err(|source| MeasureError::Group { source })?;
            let mut run = self.start(contender).await?;
            let figures = throttled(&mut run, &group).await;
            measured.extend(run.end(figures).await?);
        }
        Ok(measured)
    }

    async fn start(&self, contender: &Contender) -> Result<Run, MeasureError> {
        let environment = self.stand_ins.environment();
        let function = Function::start_with(&contender.program, &contender.arguments, &environment).await?;
        let run = Run { name: contender.name.clone(), event: contender.event(), function };
        match run.seen(|id| self.cores.take(id)) {
            Ok(()) => Ok(run),
            Err(error) => run.end(Err(error.into())).await,
        }
    }

    async fn at_full_speed(&self, run: &mut Run) -> Result<Vec<(Measure, f64)>, Reason> {
        let init = run.init().await?;
        let first = run.call().await?;
        run.idle().await?;
        let cold_cpu = run.seen(cpu_time)?;
        for _ in 0..SETTLING_CALLS {
            run.idle().await?;
            run.call().await?;
        }
        run.idle().await?;
        let (cpu_before, mints_before) = (run.seen(cpu_time)?, self.stand_ins.mints());
        let mut warm = Vec::new();
        for _ in 0..self.warm_calls {
            // A call of API Gateway's meets a function that waits, not one that is still on its way back.
            run.idle().await?;
            warm.push(milliseconds(run.call().await?));
        }
        run.idle().await?;
        let cpu = run.seen(cpu_time)?.saturating_sub(cpu_before);
        let mints = self.stand_ins.mints().saturating_sub(mints_before);
        let peak = run.seen(peak_memory)?;

        let calls = f64::from(self.warm_calls);
        Ok(vec![
            (Measure::Cold, milliseconds(init.saturating_add(first))),
            (Measure::Init, milliseconds(init)),
            (Measure::FirstAnswer, milliseconds(first)),
            (Measure::ColdCpu, milliseconds(cold_cpu)),
            (Measure::WarmMedian, percentile(&warm, 50).unwrap_or_default()),
            (Measure::WarmP99, percentile(&warm, 99).unwrap_or_default()),
            (Measure::WarmCpu, milliseconds(cpu) / calls),
            (Measure::Mints, as_float(mints) / calls),
            (Measure::PeakMemory, as_float(peak)),
        ])
    }
}

/// A contender that runs.
struct Run {
    name: String,
    event: String,
    function: Function,
}

impl Run {
    /// Ends it. What it printed is said where something went wrong.
    async fn end<T>(self, measured: Result<T, Reason>) -> Result<T, MeasureError> {
        let printed = self.function.stop().await;
        measured.map_err(|reason| MeasureError::Unmeasured { name: self.name, reason, printed })
    }

    /// How long its init phase took.
    async fn init(&mut self) -> Result<Duration, Reason> {
        let started = self.function.started();
        Ok(self.idle().await?.saturating_duration_since(started))
    }

    /// Waits until it waits for an event; since when it did.
    async fn idle(&mut self) -> Result<Instant, Reason> {
        self.function.idle().await.ok_or(Reason::NeverIdle)
    }

    /// How long one good answer took.
    async fn call(&mut self) -> Result<Duration, Reason> {
        let asked = Instant::now();
        let outcome = self.function.invoke(&self.event).await;
        let took = asked.elapsed();
        if outcome.as_ref().is_some_and(is_good) { Ok(took) } else { Err(Reason::NoGoodAnswer(outcome)) }
    }

    fn seen<T>(&self, look: impl FnOnce(u32) -> io::Result<T>) -> io::Result<T> {
        look(self.function.id().ok_or_else(|| io::Error::other("the process has ended"))?)
    }
}

/// Lambda gives a function a whole CPU for its init phase, and its share afterwards.
async fn throttled(run: &mut Run, group: &Group) -> Result<Vec<(Measure, f64)>, Reason> {
    let init = run.init().await?;
    run.seen(|id| group.take(id))?;
    let first = run.call().await?;
    Ok(vec![
        (Measure::ThrottledCold, milliseconds(init.saturating_add(first))),
        (Measure::ThrottledFirstAnswer, milliseconds(first)),
    ])
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
