//! From the times of warm calls to figures. It measures nothing itself.

use std::time::Duration;

use crate::measure::Measure;
use crate::statistics::percentile;

/// What one warm call took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WarmCall {
    /// From handing out the event to its answer.
    pub(crate) took: Duration,
    /// Of that, the token service's own time.
    pub(crate) token_service: Duration,
}

/// The percentiles of the calls, and of what is left of each without the token service.
pub(crate) fn figures(calls: &[WarmCall]) -> Vec<(Measure, f64)> {
    let whole = times(calls, |call| call.took);
    let beyond = times(calls, |call| call.took.saturating_sub(call.token_service));
    [
        (Measure::WarmMedian, percentile(&whole, 50)),
        (Measure::WarmP99, percentile(&whole, 99)),
        (Measure::BeyondMedian, percentile(&beyond, 50)),
        (Measure::BeyondP99, percentile(&beyond, 99)),
    ]
    .into_iter()
    .filter_map(|(measure, figure)| Some((measure, figure?)))
    .collect()
}

/// A time as the figures have it.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn times(calls: &[WarmCall], time: impl Fn(&WarmCall) -> Duration) -> Vec<f64> {
    calls.iter().map(|call| milliseconds(time(call))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(took: u64, token_service: u64) -> WarmCall {
        WarmCall { took: Duration::from_millis(took), token_service: Duration::from_millis(token_service) }
    }

    #[test]
    fn the_token_services_time_is_taken_off_each_call_before_they_are_sorted() {
        // The slowest call is slow by the token service, the second slowest by itself.
        let calls = [call(10, 1), call(50, 45), call(30, 2)];
        let expected = [
            (Measure::WarmMedian, 30.0),
            (Measure::WarmP99, 50.0),
            (Measure::BeyondMedian, 9.0),
            (Measure::BeyondP99, 28.0),
        ];
        assert_eq!(figures(&calls), expected);
    }

    #[test]
    fn who_calls_no_token_service_has_the_same_figure_twice() {
        let calls = [call(3, 0), call(5, 0)];
        assert_eq!(figures(&calls).iter().map(|(_, figure)| *figure).collect::<Vec<_>>(), [3.0, 5.0, 3.0, 5.0]);
        assert!(figures(&[]).is_empty());
    }
}
