//! Whether two samples of times are of one kind: the Mann-Whitney U test, and by how much the one lies above the other
//! (Hodges-Lehmann). Both go by ranks, so that a few calls that the machine held up weigh as much as any others. It knows nothing of
//! what the times mean.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::stats_tests::Alternative;
use statrs::stats_tests::mannwhitneyu::{MannWhitneyUMethod, mannwhitneyu};

use crate::statistics::median;

/// How seldom chance alone may pass for a difference: once in a thousand comparisons. The interval is as sure.
const CHANCE: f64 = 0.001;

/// What lies between two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Difference {
    /// How far the second lies above the first: the median of all differences between one of the one and one of the other.
    pub(crate) shift: f64,
    /// Where that may be in truth.
    pub(crate) interval: (f64, f64),
    /// How likely chance alone makes a difference like this (two-sided).
    pub(crate) p: f64,
    /// The median of both, which a share is of.
    pub(crate) median: f64,
}

/// What a difference comes to, for a bound below which none matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They can be told apart: not by chance, and by more than the bound.
    Apart,
    /// If there is a difference, then one within the bound.
    Alike,
    /// Too few or too restless times: a difference beyond the bound need not have shown.
    Unclear,
}

impl Difference {
    /// What lies between `first` and `second`; `None` where there is nothing to compare.
    pub(crate) fn between(first: &[f64], second: &[f64]) -> Option<Self> {
        let (_, p) =
            mannwhitneyu(first, second, MannWhitneyUMethod::AsymptoticInclContinuityCorrection, Alternative::TwoSided)
                .ok()?;
        let mut shifts: Vec<f64> =
            second.iter().flat_map(|above| first.iter().map(move |below| above - below)).collect();
        shifts.sort_by(f64::total_cmp);
        let cut = cut(first.len(), second.len());
        let interval = (*shifts.get(cut)?, *shifts.get(shifts.len().checked_sub(cut)?.checked_sub(1)?)?);
        Some(Self { shift: median(&shifts)?, interval, p, median: median(&[first, second].concat())? })
    }

    /// `bound` is a share of the median.
    pub(crate) fn verdict(&self, bound: f64) -> Verdict {
        let is_within = |shift: f64| self.share(shift).abs() <= bound;
        if self.p < CHANCE && !is_within(self.shift) {
            Verdict::Apart
        } else if is_within(self.interval.0) && is_within(self.interval.1) {
            Verdict::Alike
        } else {
            Verdict::Unclear
        }
    }

    /// A difference as a share of the median.
    pub(crate) fn share(&self, shift: f64) -> f64 {
        shift / self.median
    }
}

/// How many of the sorted differences lie beyond each end of the interval, by the normal approximation of U (Hollander, Wolfe and
/// Chicken, "Nonparametric Statistical Methods", section 4.3). None of a few, where the interval is all there is.
fn cut(first: usize, second: usize) -> usize {
    let (n, m) = (first as f64, second as f64);
    let deviations = Normal::standard().inverse_cdf(1.0 - CHANCE / 2.0);
    let cut = n * m / 2.0 - deviations * (n * m * (n + m + 1.0) / 12.0).sqrt();
    // Nothing below zero is left by the cast.
    cut.floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many of them, from `start` on, one apart, in an order of their own.
    fn times(start: f64, count: u32) -> Vec<f64> {
        let mut times: Vec<f64> = (0..count).map(|step| start + f64::from(step)).collect();
        times.reverse();
        times
    }

    /// scipy 1.17.1: `mannwhitneyu(range(60), [x + distance for x in range(60)], method="asymptotic")`.
    #[test]
    fn chance_is_what_scipy_says() {
        for (distance, p) in [
            (0.0, 1.0),
            (1.0, 0.756_788_025_451_465_8),
            (5.5, 0.098_800_479_920_034_85),
            (12.0, 0.000_676_879_078_884_543),
            (25.0, 4.649_105_537_889_457e-10),
        ] {
            let found = Difference::between(&times(0.0, 60), &times(distance, 60)).unwrap();
            assert!((found.p - p).abs() < p * 1e-5, "{distance}: {} instead of {p}", found.p);
        }
    }

    #[test]
    fn the_shift_is_how_far_the_one_lies_above_the_other_whatever_a_few_are() {
        let mut second = times(107.0, 300);
        let found = Difference::between(&times(100.0, 300), &second).unwrap();
        assert_eq!((found.shift, found.median), (7.0, 253.0));
        assert!(found.interval.0 < 7.0 && 7.0 < found.interval.1, "{found:?}");
        second[..3].fill(1e9);
        let with_a_few = Difference::between(&times(100.0, 300), &second).unwrap();
        assert!((with_a_few.shift - 7.0).abs() < 3.0, "{with_a_few:?}");
        let the_other_way = Difference::between(&times(107.0, 300), &times(100.0, 300)).unwrap();
        assert_eq!((the_other_way.shift, the_other_way.p), (-7.0, found.p));
    }

    #[test]
    fn the_interval_holds_zero_where_chance_is_likely_and_only_there() {
        let first = times(1000.0, 200);
        for distance in 0..60 {
            let found = Difference::between(&first, &times(1000.0 + f64::from(distance), 200)).unwrap();
            let holds_zero = found.interval.0 <= 0.0 && 0.0 <= found.interval.1;
            // Both are approximations, which part at the edge.
            let at_the_edge = (0.0005..0.002).contains(&found.p);
            assert!(at_the_edge || holds_zero == (found.p >= CHANCE), "{distance}: {found:?}");
        }
    }

    #[test]
    fn a_verdict_needs_a_difference_that_is_neither_chance_nor_small_and_an_interval_to_say_there_is_none() {
        let found = |shift, interval, p| Difference { shift, interval, p, median: 100.0 }.verdict(0.01);
        assert_eq!(found(1.1, (0.9, 1.3), 1e-6), Verdict::Apart);
        assert_eq!(found(-1.1, (-1.3, -0.9), 1e-6), Verdict::Apart);
        assert_eq!(found(0.9, (0.8, 1.0), 1e-6), Verdict::Alike);
        assert_eq!(found(0.9, (0.7, 1.1), 1e-6), Verdict::Unclear);
        assert_eq!(found(2.0, (-1.0, 5.0), 0.4), Verdict::Unclear);
        assert_eq!(found(0.0, (-0.1, 0.1), 0.9), Verdict::Alike);
    }

    #[test]
    fn nothing_is_between_nothing_and_of_a_few_the_interval_is_all() {
        assert_eq!(Difference::between(&[], &[1.0]), None);
        assert_eq!(Difference::between(&[1.0], &[]), None);
        assert_eq!(Difference::between(&[1.0, 2.0], &[5.0, 7.0]).unwrap().interval, (3.0, 6.0));
    }
}
