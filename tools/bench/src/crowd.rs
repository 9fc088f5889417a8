//! Many callers at the same moment. An environment of Lambda answers one request at a time, so that as many callers are as
//! many processes.
//!
//! All of them are started before any is called, and all have answered once before any is called again.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::contender::Contender;
use crate::measure::CrowdMeasure;
use crate::process::peak_memory;
use crate::run::{MeasureError, Reason, Run};
use crate::size::as_float;
use crate::statistics::{median, percentile};
use crate::warm::milliseconds;

/// Warm calls of each caller.
pub(crate) const WARM_CALLS: u32 = 20;

/// How often each crowd is measured.
pub(crate) const REPEATS: u32 = 3;

/// What was measured of a crowd.
#[derive(Debug, Default)]
struct Crowd {
    /// From the start of each process to its first answer.
    cold: Vec<Duration>,
    /// Every warm call of every process.
    warm: Vec<Duration>,
    /// From the first warm call's beginning to the last one's end.
    warm_phase: Duration,
    /// Of each process, in bytes.
    peak_memory: Vec<u64>,
}

impl Bench {
    /// Starts as many processes of a contender as there are callers, and calls them all at once.
    pub(crate) async fn crowd(
        &self,
        contender: &Contender,
        callers: u32,
    ) -> Result<Vec<(CrowdMeasure, f64)>, MeasureError> {
        let when = format!(" as one of {callers} at the same moment");
        let mut runs = Vec::new();
        for _ in 0..callers {
            runs.push(self.start(contender).await?);
        }
        let (runs, cold) = all(runs, &when, cold).await?;
        let begun = Instant::now();
        let (runs, warm) = all(runs, &when, warm).await?;
        let warm_phase = begun.elapsed();
        let (runs, peak_memory) = all(runs, &when, peak).await?;
        let mut ending: JoinSet<_> = runs.into_iter().map(Run::end).collect();
        while let Some(ended) = ending.join_next().await {
            ended?;
        }
        Ok(figures(&Crowd { cold, warm: warm.concat(), warm_phase, peak_memory }))
    }
}

async fn cold(mut run: Run) -> (Run, Result<Duration, Reason>) {
    let measured = async { Ok(run.init().await?.saturating_add(run.call().await?)) };
    let measured = measured.await;
    (run, measured)
}

async fn warm(mut run: Run) -> (Run, Result<Vec<Duration>, Reason>) {
    let measured = async {
        let mut times = Vec::new();
        for _ in 0..WARM_CALLS {
            times.push(run.call().await?);
        }
        Ok(times)
    };
    let measured = measured.await;
    (run, measured)
}

async fn peak(run: Run) -> (Run, Result<u64, Reason>) {
    let measured = run.seen(peak_memory);
    (run, measured)
}

/// Does the same with all of them at once, and waits for all; where one fails, the others are ended.
async fn all<T, F>(runs: Vec<Run>, when: &str, act: fn(Run) -> F) -> Result<(Vec<Run>, Vec<T>), MeasureError>
where
    T: Send + 'static,
    F: Future<Output = (Run, Result<T, Reason>)> + Send + 'static,
{
    let mut acting: JoinSet<_> = runs.into_iter().map(act).collect();
    let (mut runs, mut measured) = (Vec::new(), Vec::new());
    while let Some(acted) = acting.join_next().await {
        let (run, one) = acted?;
        match one {
            Ok(one) => measured.push(one),
            Err(reason) => {
                acting.shutdown().await;
                return Err(run.failed(reason, when).await);
            }
        }
        runs.push(run);
    }
    Ok((runs, measured))
}

fn figures(crowd: &Crowd) -> Vec<(CrowdMeasure, f64)> {
    let times = |times: &[Duration]| times.iter().copied().map(milliseconds).collect::<Vec<_>>();
    let warm = times(&crowd.warm);
    let seconds = crowd.warm_phase.as_secs_f64();
    let peak = crowd.peak_memory.iter().fold(0, |sum: u64, peak| sum.saturating_add(*peak));
    [
        (CrowdMeasure::Cold, median(&times(&crowd.cold))),
        (CrowdMeasure::WarmMedian, percentile(&warm, 50)),
        (CrowdMeasure::WarmP99, percentile(&warm, 99)),
        (CrowdMeasure::Rate, (seconds > 0.0).then(|| warm.len() as f64 / seconds)),
        (CrowdMeasure::PeakMemory, Some(as_float(peak))),
    ]
    .into_iter()
    .filter_map(|(measure, figure)| Some((measure, figure?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowds_figures_are_over_all_of_its_processes() {
        let milliseconds = |times: &[u64]| times.iter().copied().map(Duration::from_millis).collect();
        let crowd = Crowd {
            cold: milliseconds(&[40, 10, 20]),
            warm: milliseconds(&[1, 2, 3, 4, 5, 90]),
            warm_phase: Duration::from_millis(500),
            peak_memory: vec![1_000, 2_000, 4_000],
        };
        let expected = [
            (CrowdMeasure::Cold, 20.0),
            (CrowdMeasure::WarmMedian, 3.0),
            (CrowdMeasure::WarmP99, 90.0),
            (CrowdMeasure::Rate, 12.0),
            (CrowdMeasure::PeakMemory, 7_000.0),
        ];
        assert_eq!(figures(&crowd), expected);
    }
}
