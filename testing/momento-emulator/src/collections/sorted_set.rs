//! Sorted sets: values, each at most once and with a score, in the order of the scores.

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    ops::{Bound, RangeBounds},
};

use super::range::{Bounds, Page};
use crate::refusal::Refusal;

/// The scores by value. They are put into order when they are asked for: no collection here is large.
#[derive(Debug, Default)]
pub(crate) struct SortedSet(pub(super) BTreeMap<Vec<u8>, f64>);

/// From which end the order begins. Where scores are equal, that of the values' bytes decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

/// A value and its score.
pub(crate) type Element = (Vec<u8>, f64);

impl SortedSet {
    pub(crate) fn put(&mut self, elements: Vec<Element>) -> Result<(), Refusal> {
        if elements.iter().any(|(_, score)| score.is_nan()) {
            return Err(Refusal::NoScore);
        }
        self.0.extend(elements);
        Ok(())
    }

    /// Adds `amount` to the score of a value, which is 0 where there is none; gives the sum.
    pub(crate) fn increment(&mut self, value: Vec<u8>, amount: f64) -> Result<f64, Refusal> {
        let sum = self.score(&value).unwrap_or_default() + amount;
        self.put(vec![(value, sum)])?;
        Ok(sum)
    }

    pub(crate) fn remove(&mut self, value: &[u8]) {
        self.0.remove(value);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn score(&self, value: &[u8]) -> Option<f64> {
        self.0.get(value).copied()
    }

    /// How many elements come before that of `value`.
    pub(crate) fn rank(&self, value: &[u8], order: Order) -> Option<u64> {
        let position = self.ordered(order).into_iter().position(|(known, _)| known == value)?;
        u64::try_from(position).ok()
    }

    pub(crate) fn by_rank(&self, bounds: Bounds, order: Order) -> Vec<Element> {
        let ordered = self.ordered(order);
        let range = bounds.within(ordered.len());
        ordered.get(range).unwrap_or_default().iter().map(|(value, score)| (value.to_vec(), *score)).collect()
    }

    pub(crate) fn by_score(&self, scores: (Bound<f64>, Bound<f64>), page: Page, order: Order) -> Vec<Element> {
        let within = self.ordered(order).into_iter().filter(|(_, score)| scores.contains(score));
        page.of(within).map(|(value, score)| (value.to_vec(), score)).collect()
    }

    pub(crate) fn length(&self) -> u32 {
        super::length(self.0.len())
    }

    pub(crate) fn length_by_score(&self, scores: (Bound<f64>, Bound<f64>)) -> u32 {
        super::length(self.0.values().filter(|score| scores.contains(score)).count())
    }

    /// Takes the elements of `other` in, their scores times `weight`; where both have a value, `aggregate` makes one score
    /// of two.
    pub(crate) fn unite(&mut self, other: &Self, weight: f64, aggregate: fn(f64, f64) -> f64) -> Result<(), Refusal> {
        let weighted = other.0.iter().map(|(value, score)| {
            let score = score * weight;
            (value.clone(), self.score(value).map_or(score, |known| aggregate(known, score)))
        });
        self.put(weighted.collect())
    }

    fn ordered(&self, order: Order) -> Vec<(&[u8], f64)> {
        let mut elements: Vec<_> = self.0.iter().map(|(value, score)| (value.as_slice(), *score)).collect();
        elements.sort_by(|(value, score), (other, others)| match score.total_cmp(others) {
            Ordering::Equal => value.cmp(other),
            unequal => unequal,
        });
        if order == Order::Descending {
            elements.reverse();
        }
        elements
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(elements: &[(&str, f64)]) -> SortedSet {
        SortedSet(elements.iter().map(|(value, score)| (value.as_bytes().to_vec(), *score)).collect())
    }

    fn values(elements: Vec<Element>) -> String {
        elements.into_iter().map(|(value, _)| String::from_utf8(value).unwrap()).collect()
    }

    #[test]
    fn elements_are_ordered_by_score_then_by_value_and_ranks_count_in_that_order() {
        let set = set(&[("c", 1.0), ("a", 2.0), ("b", 1.0), ("d", -3.5)]);
        let all = Bounds::default();
        assert_eq!(values(set.by_rank(all, Order::Ascending)), "dbca");
        assert_eq!(values(set.by_rank(all, Order::Descending)), "acbd");
        assert_eq!(values(set.by_rank(Bounds { start: Some(1), end: Some(-1) }, Order::Ascending)), "bc");
        assert_eq!(values(set.by_rank(Bounds { start: Some(0), end: Some(1) }, Order::Descending)), "a");
        assert_eq!([set.rank(b"d", Order::Ascending), set.rank(b"d", Order::Descending)], [Some(0), Some(3)]);
        assert_eq!(set.rank(b"e", Order::Ascending), None);
    }

    #[test]
    fn scores_are_bounded_with_and_without_the_bounds_and_then_paged() {
        use Bound::{Excluded, Included, Unbounded};
        let set = set(&[("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)]);
        let all = Page { offset: 0, count: -1 };
        for (scores, expected) in [
            ((Unbounded, Unbounded), "abcd"),
            ((Included(2.0), Unbounded), "bcd"),
            ((Excluded(2.0), Included(4.0)), "cd"),
            ((Unbounded, Excluded(4.0)), "abc"),
            ((Included(9.0), Unbounded), ""),
        ] {
            assert_eq!(values(set.by_score(scores, all, Order::Ascending)), expected);
            assert_eq!(set.length_by_score(scores) as usize, expected.len());
        }
        let page = Page { offset: 1, count: 2 };
        assert_eq!(values(set.by_score((Unbounded, Excluded(4.0)), page, Order::Descending)), "ba");
    }

    #[test]
    fn a_union_weighs_scores_and_makes_one_of_two() {
        for (aggregate, expected) in [
            ((|a, b| a + b) as fn(f64, f64) -> f64, &[("a", 1.0), ("b", -4.0), ("c", -8.0)]),
            (f64::max, &[("a", 1.0), ("b", 2.0), ("c", -8.0)]),
        ] {
            let mut union = SortedSet::default();
            union.unite(&set(&[("a", 1.0), ("b", 2.0)]), 1.0, aggregate).unwrap();
            union.unite(&set(&[("b", 3.0), ("c", 4.0)]), -2.0, aggregate).unwrap();
            assert_eq!(union.0, set(expected).0);
        }
    }

    #[test]
    fn a_score_is_a_number() {
        let mut set = set(&[("a", f64::INFINITY)]);
        assert_eq!(set.increment(b"a".to_vec(), f64::NEG_INFINITY), Err(Refusal::NoScore));
        assert_eq!(set.put(vec![(b"b".to_vec(), 1.0), (b"c".to_vec(), f64::NAN)]), Err(Refusal::NoScore));
        assert_eq!(set.increment(b"b".to_vec(), -1.5), Ok(-1.5));
        assert_eq!(set.length(), 2);
    }
}
