//! Sets: values, each at most once.

use std::collections::BTreeSet;

/// Momento promises no order; here it is that of the bytes.
#[derive(Debug, Default)]
pub(crate) struct Set(pub(super) BTreeSet<Vec<u8>>);

impl Set {
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.0.iter()
    }

    pub(crate) fn contains(&self, element: &[u8]) -> bool {
        self.0.contains(element)
    }

    pub(crate) fn add(&mut self, elements: Vec<Vec<u8>>) {
        self.0.extend(elements);
    }

    pub(crate) fn remove(&mut self, element: &[u8]) {
        self.0.remove(element);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// At most `most` elements, by chance.
    pub(crate) fn sample(&self, most: usize) -> Vec<Vec<u8>> {
        fastrand::choose_multiple(self.0.iter().cloned(), most.min(self.0.len()))
    }

    /// Takes at most `most` elements, by chance.
    pub(crate) fn pop(&mut self, most: usize) -> Vec<Vec<u8>> {
        let taken = self.sample(most);
        for element in &taken {
            self.0.remove(element);
        }
        taken
    }

    pub(crate) fn length(&self) -> u32 {
        super::length(self.0.len())
    }
}
