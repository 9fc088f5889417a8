//! Lists: values in an order, added and taken at both ends.

use std::collections::VecDeque;

use super::range::Bounds;

#[derive(Debug, Default)]
pub(crate) struct List(pub(super) VecDeque<Vec<u8>>);

/// One of the two ends of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Front,
    Back,
}

impl List {
    /// Adds `values` at one end, in their order, and drops from the other what goes beyond `most` (0: no limit); gives the
    /// length.
    pub(crate) fn add(&mut self, at: End, values: Vec<Vec<u8>>, most: u32) -> u32 {
        match at {
            End::Back => self.0.extend(values),
            End::Front => values.into_iter().rev().for_each(|value| self.0.push_front(value)),
        }
        let most = if most == 0 { usize::MAX } else { usize::try_from(most).unwrap_or(usize::MAX) };
        let beyond = self.0.len().saturating_sub(most);
        match at {
            End::Back => drop(self.0.drain(..beyond)),
            End::Front => self.0.truncate(most),
        }
        self.length()
    }

    /// Takes the value at one end.
    pub(crate) fn pop(&mut self, at: End) -> Option<Vec<u8>> {
        match at {
            End::Back => self.0.pop_back(),
            End::Front => self.0.pop_front(),
        }
    }

    pub(crate) fn slice(&self, bounds: Bounds) -> Vec<Vec<u8>> {
        self.0.range(bounds.within(self.0.len())).cloned().collect()
    }

    /// Drops what is out of bounds; gives the length.
    pub(crate) fn retain(&mut self, bounds: Bounds) -> u32 {
        let kept = bounds.within(self.0.len());
        self.0.truncate(kept.end);
        drop(self.0.drain(..kept.start));
        self.length()
    }

    /// Removes every value that is this one; gives the length.
    pub(crate) fn remove(&mut self, value: &[u8]) -> u32 {
        self.0.retain(|known| known != value);
        self.length()
    }

    pub(crate) fn length(&self) -> u32 {
        super::length(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &str) -> List {
        List(values.bytes().map(|byte| vec![byte]).collect())
    }

    fn text(list: &List) -> String {
        String::from_utf8(list.0.iter().flatten().copied().collect()).unwrap()
    }

    #[test]
    fn what_is_added_at_one_end_pushes_out_at_the_other() {
        for (end, most, expected) in [
            (End::Back, 0, "123456"),
            (End::Back, 10, "123456"),
            (End::Back, 5, "23456"),
            (End::Back, 1, "6"),
            (End::Front, 0, "456123"),
            (End::Front, 5, "45612"),
            (End::Front, 2, "45"),
        ] {
            let mut list = list("123");
            let length = list.add(end, "456".bytes().map(|byte| vec![byte]).collect(), most);
            assert_eq!((text(&list).as_str(), length as usize), (expected, expected.len()), "{end:?} {most}");
        }
    }

    #[test]
    fn a_slice_is_what_is_kept_when_the_rest_is_dropped() {
        for (start, end, expected) in
            [(None, None, "abcdef"), (Some(2), Some(4), "cd"), (Some(-2), None, "ef"), (Some(4), Some(2), "")]
        {
            let bounds = Bounds { start, end };
            let mut list = list("abcdef");
            assert_eq!(list.slice(bounds).concat(), expected.as_bytes());
            list.retain(bounds);
            assert_eq!(text(&list), expected);
        }
    }
}
