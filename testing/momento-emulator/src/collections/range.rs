//! Parts of an ordered collection: by position, and page by page.

use std::ops::Range;

/// From an index on, and up to before another. A negative one counts from the end, a missing one bounds nothing
/// (Momento's protocol, `_ListFetchRequest` and `_SortedSetFetchRequest._ByIndex`).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds {
    pub(crate) start: Option<i32>,
    pub(crate) end: Option<i32>,
}

/// So many after the first so many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) offset: u32,
    /// Negative: all that are left (Momento's protocol, `_SortedSetFetchRequest._ByScore`).
    pub(crate) count: i32,
}

impl Bounds {
    /// The positions in a collection of this `length`; never out of it.
    pub(crate) fn within(self, length: usize) -> Range<usize> {
        let end = self.end.map_or(length, |index| position(index, length));
        let start = self.start.map_or(0, |index| position(index, length)).min(end);
        start..end
    }
}

fn position(index: i32, length: usize) -> usize {
    let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 { length.saturating_sub(distance) } else { distance.min(length) }
}

impl Page {
    pub(crate) fn of<T>(self, all: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        all.skip(usize::try_from(self.offset).unwrap_or(usize::MAX))
            .take(usize::try_from(self.count).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_count_from_both_ends_and_stay_inside() {
        for (start, end, expected) in [
            (None, None, 0..5),
            (Some(1), Some(3), 1..3),
            (Some(-2), None, 3..5),
            (None, Some(-2), 0..3),
            (Some(-9), Some(9), 0..5),
            (Some(9), None, 5..5),
            (Some(3), Some(1), 1..1),
            (Some(i32::MIN), Some(i32::MAX), 0..5),
        ] {
            assert_eq!(Bounds { start, end }.within(5), expected, "{start:?} {end:?}");
        }
        assert_eq!(Bounds { start: Some(-1), end: Some(0) }.within(0), 0..0);
    }

    #[test]
    fn a_page_begins_after_its_offset_and_a_negative_count_bounds_nothing() {
        for (offset, count, expected) in
            [(0, -1, &[1, 2, 3][..]), (1, 1, &[2]), (2, 9, &[3]), (9, -1, &[]), (0, 0, &[])]
        {
            assert_eq!(Page { offset, count }.of([1, 2, 3].into_iter()).collect::<Vec<_>>(), expected);
        }
    }
}
