//! Dictionaries: fields, each with a value.

use std::collections::BTreeMap;

use crate::{numbers, refusal::Refusal};

/// By field. Momento promises no order; here it is that of the bytes.
#[derive(Debug, Default)]
pub(crate) struct Dictionary(pub(super) BTreeMap<Vec<u8>, Vec<u8>>);

impl Dictionary {
    pub(crate) fn get(&self, field: &[u8]) -> Option<&[u8]> {
        self.0.get(field).map(Vec::as_slice)
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&Vec<u8>, &Vec<u8>)> {
        self.0.iter()
    }

    pub(crate) fn set(&mut self, field: Vec<u8>, value: Vec<u8>) {
        self.0.insert(field, value);
    }

    /// Adds `amount` to the number in a field; gives the sum.
    pub(crate) fn increment(&mut self, field: Vec<u8>, amount: i64) -> Result<i64, Refusal> {
        let sum = numbers::add(self.get(&field), amount)?;
        self.0.insert(field, sum.to_string().into_bytes());
        Ok(sum)
    }

    pub(crate) fn remove(&mut self, field: &[u8]) {
        self.0.remove(field);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn length(&self) -> u32 {
        super::length(self.0.len())
    }
}
