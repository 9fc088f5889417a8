//! What is left to chance: how long a call takes. All of it comes from the scenario's seed.

use std::time::Duration;

use fastrand::Rng;

/// How long a call takes, as quantiles with straight lines between them: no tail is longer than its last figure, and no
/// function of a mathematics library, which differ from system to system, makes two runs differ.
#[derive(Debug)]
pub(crate) struct Latency(pub(crate) &'static [(f64, f64)]);

impl Latency {
    /// How long the next call takes.
    pub(crate) fn draw(&self, random: &mut Rng) -> Duration {
        let share = random.f64();
        let (mut from, mut milliseconds) = (0.0, 0.0);
        for &(to, until) in self.0 {
            if share <= to && to > from {
                let within = (share - from) / (to - from);
                milliseconds += (until - milliseconds) * within;
                break;
            }
            (from, milliseconds) = (to, until);
        }
        Duration::from_secs_f64(milliseconds / 1_000.0)
    }
}

/// A generator for one purpose or one user: the same whatever others draw meanwhile, so that two modes have the very
/// same users.
pub(crate) fn generator(seed: u64, purpose: u64) -> Rng {
    let mut seeds = Rng::with_seed(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Rng::with_seed(seeds.u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_calls_take_no_longer_than_the_median_and_none_longer_than_the_last_figure() {
        let latency = Latency(&[(0.0, 1.0), (0.5, 2.0), (0.99, 8.0), (1.0, 30.0)]);
        let mut random = generator(1, 1);
        let mut drawn: Vec<_> = (0..10_000).map(|_| latency.draw(&mut random).as_secs_f64() * 1_000.0).collect();
        drawn.sort_by(f64::total_cmp);
        assert!((1.9..2.1).contains(&drawn[5_000]) && (7.0..9.0).contains(&drawn[9_800]), "{}", drawn[9_800]);
        assert!(drawn[0] >= 1.0 && drawn[9_999] <= 30.0);
    }
}
