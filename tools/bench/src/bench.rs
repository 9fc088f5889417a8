//! One round of one contender: a cold start, its first answer, warm calls and a thaw; and all but the thaw at 128 MB's share
//! of a CPU.
//!
//! Each begins with a new process and ends with its death.

use std::time::Duration;

use crate::contender::{Contender, KeysRead, Standing, Task};
use crate::cores::Cores;
use crate::measure::Measure;
use crate::process::{cpu_time, peak_memory};
use crate::run::{MeasureError, Reason, Run};
use crate::size::as_float;
use crate::stand_ins::StandIns;
use crate::statistics::percentile;
use crate::throttle::{Group, Throttle};
use crate::warm::{self, WarmCall, milliseconds};

/// Calls after the first answer that are not measured, so that what is measured is warm.
pub(crate) const SETTLING_CALLS: u32 = 20;

/// Warm calls that are measured at 128 MB's share: fewer than at full speed, for a slow contender takes a second for each.
const THROTTLED_CALLS: u32 = 30;

/// What is needed to measure anybody.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) stand_ins: StandIns,
    pub(crate) cores: Cores,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) warm_calls: u32,
}

impl Bench {
    /// Starts and measures a contender: at its own pace and, where that is possible and wanted, throttled.
    pub(crate) async fn round(&self, contender: &Contender) -> Result<Vec<(Measure, f64)>, MeasureError> {
        let mut run = self.start_cold(contender).await?;
        let mut measured = match self.at_full_speed(&mut run).await {
            Ok(figures) => figures,
            Err(reason) => return Err(run.failed(reason, "").await),
        };
        measured.extend(stood(contender, self.after_a_thaw(run).await)?);
        if let Some(throttle) = &self.throttle {
            // Declared first, so that it is removed last: a group with a process in it stays.
            let group = throttle.group().map_err(|source| MeasureError::Group { source })?;
            let mut run = self.start_cold(contender).await?;
            match self.throttled(&mut run, &group).await {
                Ok(figures) => measured.extend(figures),
                Err(reason) => return Err(run.failed(reason, " at 128 MB's share of a CPU").await),
            }
            run.end().await;
        }
        Ok(measured)
    }

    pub(crate) async fn start(&self, contender: &Contender) -> Result<Run, MeasureError> {
        Run::start(contender, &self.stand_ins, &self.cores).await
    }

    /// Starts a process whose cold start is measured: where the issuer's keys are for the first request to read, out of reach of
    /// the issuer until [`init`](Self::init) is over.
    async fn start_cold(&self, contender: &Contender) -> Result<Run, MeasureError> {
        if contender.task() == Task::Token(KeysRead::Late) {
            self.stand_ins.keep_from_the_issuer();
        }
        self.start(contender).await
    }

    /// How long its init phase took.
    async fn init(&self, run: &mut Run) -> Result<Duration, Reason> {
        let init = run.init().await;
        self.stand_ins.let_to_the_issuer();
        init
    }

    async fn at_full_speed(&self, run: &mut Run) -> Result<Vec<(Measure, f64)>, Reason> {
        let init = self.init(run).await?;
        let first = run.call().await?;
        run.idle().await?;
        let cold_cpu = run.seen(cpu_time)?;
        settle(run).await?;
        run.idle().await?;
        let (cpu_before, mints_before) = (run.seen(cpu_time)?, self.stand_ins.mints());
        let mut warm = Vec::new();
        for _ in 0..self.warm_calls {
            let before = self.stand_ins.token_service_time();
            let took = run.call().await?;
            let token_service = self.stand_ins.token_service_time().saturating_sub(before);
            warm.push(WarmCall { took, token_service });
        }
        run.idle().await?;
        let cpu = run.seen(cpu_time)?.saturating_sub(cpu_before);
        let mints = self.stand_ins.mints().saturating_sub(mints_before);
        let peak = run.seen(peak_memory)?;

        let calls = f64::from(self.warm_calls);
        let mut figures = vec![
            (Measure::Cold, milliseconds(init.saturating_add(first))),
            (Measure::Init, milliseconds(init)),
            (Measure::FirstAnswer, milliseconds(first)),
            (Measure::ColdCpu, milliseconds(cold_cpu)),
            (Measure::WarmCpu, milliseconds(cpu) / calls),
            (Measure::Mints, as_float(mints) / calls),
            (Measure::PeakMemory, as_float(peak)),
        ];
        figures.extend(warm::figures(&warm));
        Ok(figures)
    }

    /// Lambda gives a function a whole CPU for its init phase, and its share afterwards.
    async fn throttled(&self, run: &mut Run, group: &Group) -> Result<Vec<(Measure, f64)>, Reason> {
        let init = self.init(run).await?;
        run.seen(|id| group.take(id))?;
        let first = run.call().await?;
        settle(run).await?;
        let mut warm = Vec::new();
        for _ in 0..THROTTLED_CALLS {
            warm.push(milliseconds(run.call().await?));
        }
        let mut figures = vec![
            (Measure::ThrottledCold, milliseconds(init.saturating_add(first))),
            (Measure::ThrottledFirstAnswer, milliseconds(first)),
        ];
        figures.extend(percentile(&warm, 50).map(|figure| (Measure::ThrottledWarmMedian, figure)));
        Ok(figures)
    }

    /// What an environment meets that Lambda has kept frozen for longer than servers keep idle connections open.
    async fn after_a_thaw(&self, mut run: Run) -> Result<Vec<(Measure, f64)>, MeasureError> {
        match run.thawed_call(self.stand_ins.cut_token_service()).await {
            Ok(took) => {
                run.end().await;
                Ok(vec![(Measure::Thawed, milliseconds(took))])
            }
            Err(reason) => Err(run.failed(reason, " after a thaw").await),
        }
    }
}

/// What was measured of a contender; of a peer that did not stand what was done to it nothing, which is said.
pub(crate) fn stood<T>(contender: &Contender, measured: Result<Vec<T>, MeasureError>) -> Result<Vec<T>, MeasureError> {
    match (measured, contender.standing) {
        (Err(error), Standing::Peer) => {
            crate::say(&format!("left out: {error}"));
            Ok(Vec::new())
        }
        (measured, _) => measured,
    }
}

async fn settle(run: &mut Run) -> Result<(), Reason> {
    for _ in 0..SETTLING_CALLS {
        run.call().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_does_not_stand_is_left_out_and_what_a_function_does_not_is_an_error() {
        let failed = || {
            let (name, when, printed) = ("x".to_owned(), " after a thaw".to_owned(), String::new());
            Err::<Vec<u32>, _>(MeasureError::Unmeasured { name, when, reason: Reason::NoGoodAnswer(None), printed })
        };
        let (peer, function) = (Contender::peer("x=y").unwrap(), "x=y".parse().unwrap());
        assert!(stood(&peer, failed()).unwrap().is_empty());
        assert!(stood(&function, failed()).is_err());
        assert_eq!(stood(&peer, Ok(vec![1])).unwrap(), [1]);
    }
}
