//! Medians, percentiles and the order of a round. It knows nothing of what the figures mean.

/// The middle one, or the mean of the two in the middle; `None` of nothing.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let middle = sorted.len().checked_div(2)?;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, upper))
}

/// The smallest value that at least `percent` of them do not exceed (nearest rank); `None` of nothing.
pub(crate) fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let sorted = sorted(values);
    let rank = sorted.len().saturating_mul(percent).div_ceil(100).max(1);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// The smallest and the largest; `None` of nothing.
pub(crate) fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let sorted = sorted(values);
    Some((*sorted.first()?, *sorted.last()?))
}

/// The same things, beginning `round` places later, so that nobody is always first, or always after the same.
pub(crate) fn rotated<T>(things: &[T], round: u32) -> impl Iterator<Item = &T> {
    let start = usize::try_from(round).unwrap_or(0).checked_rem(things.len()).unwrap_or(0);
    things.iter().cycle().skip(start).take(things.len())
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 100.0, 2.0]), Some(3.0));
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&hundred, 50), Some(50.0));
        assert_eq!(percentile(&hundred, 99), Some(99.0));
        assert_eq!(percentile(&hundred, 100), Some(100.0));
        assert_eq!(percentile(&[7.0], 1), Some(7.0));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn extremes_are_the_ends() {
        assert_eq!(extremes(&[2.0, -1.0, 5.0]), Some((-1.0, 5.0)));
        assert_eq!(extremes(&[]), None);
    }

    #[test]
    fn each_is_in_every_place_once_in_as_many_rounds_as_there_are() {
        let rounds: Vec<String> = (0..4).map(|round| rotated(&['a', 'b', 'c'], round).collect()).collect();
        assert_eq!(rounds, ["abc", "bca", "cab", "abc"]);
        assert_eq!(rotated::<char>(&[], 5).count(), 0);
    }
}
