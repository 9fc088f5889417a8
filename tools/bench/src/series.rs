//! Figures of many rounds, by what they are of and whose they are, and what they come to: medians, spreads, ratios to the
//! floor's. It knows nothing of what they mean.

use std::collections::BTreeMap;

use crate::statistics::{extremes, median};

/// Figures by what they are of (`K`, in the order of a table) and by contender.
#[derive(Debug)]
pub(crate) struct Series<K> {
    /// Which contender the ratios are to.
    floor: Option<usize>,
    values: BTreeMap<(K, usize), Vec<f64>>,
}

/// What figures come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary<'a> {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    /// The median in floors; `None` where there is no floor, or it is nothing.
    pub(crate) times_floor: Option<f64>,
    /// Every figure, in the order in which they were measured.
    pub(crate) values: &'a [f64],
}

impl<K: Copy + Ord> Series<K> {
    /// None yet, of contenders that are numbered; `floor` is the number of the one that the ratios are to.
    pub(crate) fn new(floor: Option<usize>) -> Self {
        Self { floor, values: BTreeMap::new() }
    }

    /// Adds a figure of a contender.
    pub(crate) fn add(&mut self, key: K, contender: usize, value: f64) {
        self.values.entry((key, contender)).or_default().push(value);
    }

    /// Everything that there are figures of, with the contender.
    pub(crate) fn summaries(&self) -> impl Iterator<Item = (K, usize, Summary<'_>)> {
        self.values.iter().filter_map(|((key, contender), values)| {
            let (middle, (least, most)) = (median(values)?, extremes(values)?);
            let times_floor = self.floor_of(*key).map(|floor| middle / floor);
            Some((*key, *contender, Summary { median: middle, least, most, times_floor, values }))
        })
    }

    fn floor_of(&self, key: K) -> Option<f64> {
        median(self.values.get(&(key, self.floor?))?).filter(|floor| *floor > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_between_medians_of_the_same_thing() {
        let mut series = Series::new(Some(1));
        for (key, contender, value) in [('a', 0, 12.0), ('a', 1, 2.0), ('a', 1, 4.0), ('b', 0, 5.0), ('b', 1, 0.0)] {
            series.add(key, contender, value);
        }
        let ratios: Vec<_> =
            series.summaries().map(|(key, contender, all)| (key, contender, all.times_floor)).collect();
        assert_eq!(ratios, [('a', 0, Some(4.0)), ('a', 1, Some(1.0)), ('b', 0, None), ('b', 1, None)]);
        let (_, _, floor) = series.summaries().nth(1).unwrap();
        assert_eq!((floor.median, floor.least, floor.most, floor.values), (3.0, 2.0, 4.0, &[2.0, 4.0][..]));
    }

    #[test]
    fn without_a_floor_there_are_no_ratios() {
        let mut series = Series::new(None);
        series.add('a', 0, 1.0);
        assert_eq!(series.summaries().next().unwrap().2.times_floor, None);
    }
}
