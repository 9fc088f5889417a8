//! Where in the file something stands.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::error::{ConfigError, ConfigErrors, Problem};
use crate::path::{Path, Step};
use crate::rule::Broken;

/// The text of a configuration file and what it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) file: &'s str,
    pub(crate) text: &'s str,
}

impl<'s> Source<'s> {
    /// What the text says, if it is TOML.
    pub(crate) fn tree(&self) -> Option<DeValue<'s>> {
        DeTable::parse(self.text).ok().map(|top| DeValue::Table(top.into_inner()))
    }

    /// The broken rules as errors, in the order of the file.
    pub(crate) fn broken_rules(&self, broken: Broken) -> ConfigErrors {
        let root = self.tree().unwrap_or_else(|| DeValue::Table(DeTable::new()));
        in_order(self.errors_of(broken, &root).collect())
    }

    /// The broken rules as errors, each at its line in `root`.
    pub(crate) fn errors_of<'a>(
        &'a self,
        broken: Broken,
        root: &'a DeValue<'_>,
    ) -> impl Iterator<Item = ConfigError> + 'a {
        broken.into_iter().map(move |(path, mut rule)| {
            if let Some(other) = rule.other_place() {
                other.line = self.line(offset_of(root, &other.path));
            }
            self.error(self.line(offset_of(root, &path)), Problem::Rule { path: path.to_string(), rule })
        })
    }

    /// The line on which `path` stands, from 1.
    pub(crate) fn line_of(&self, path: &Path) -> usize {
        self.line(self.tree().map_or(0, |root| offset_of(&root, path)))
    }

    /// Whether the file itself says something at `path`.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.tree().is_some_and(|root| value_at(&root, path).is_some())
    }

    pub(crate) fn error(&self, line: usize, problem: Problem) -> ConfigError {
        ConfigError { file: self.file.to_owned(), line, problem: problem.without_keys() }
    }

    /// The line of this offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1)
    }
}

/// In the order of the file.
pub(crate) fn in_order(mut errors: Vec<ConfigError>) -> ConfigErrors {
    errors.sort_by_key(|error| error.line);
    ConfigErrors(errors)
}

/// Where the deepest existing step of `path` begins.
pub(crate) fn offset_of(root: &DeValue<'_>, path: &Path) -> usize {
    found(root, &path.0).last().map_or(0, |(span, _)| span.start)
}

/// The value at `path`, if there is one.
pub(crate) fn value_at<'r, 't>(root: &'r DeValue<'t>, path: &Path) -> Option<&'r DeValue<'t>> {
    if path.0.is_empty() {
        return Some(root);
    }
    path.0.iter().try_fold(root, |here, step| step_to(here, step).map(|(_, value)| value))
}

/// Each of `steps` as far as they exist.
fn found<'r, 't>(root: &'r DeValue<'t>, steps: &'r [Step]) -> impl Iterator<Item = (Range<usize>, &'r DeValue<'t>)> {
    let mut here = root;
    steps.iter().map_while(move |step| {
        let (span, value) = step_to(here, step)?;
        here = value;
        Some((span, value))
    })
}

fn step_to<'r, 't>(here: &'r DeValue<'t>, step: &Step) -> Option<(Range<usize>, &'r DeValue<'t>)> {
    match step {
        Step::Key(key) => {
            let (key, value) = here.as_table()?.get_key_value(key.as_str())?;
            Some((key.span(), value.get_ref()))
        }
        Step::Index(index) => here.as_array()?.get(*index).map(|value| (value.span(), value.get_ref())),
    }
}
