//! Where in the file something stands, and what a deserializer's error means there.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{ConfigError, ConfigErrors, Problem};
use crate::path::{Path, Step};
use crate::rule::Rule;
use tvm_policy::nearest;

/// The text of a configuration file and what it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) file: &'s str,
    pub(crate) text: &'s str,
}

impl Source<'_> {
    /// The broken rules as errors, in the order of the file.
    pub(crate) fn broken_rules(&self, broken: Vec<(Path, Rule)>) -> ConfigErrors {
        let top = DeTable::parse(self.text).ok();
        let mut errors: Vec<ConfigError> = broken
            .into_iter()
            .map(|(path, mut rule)| {
                let offset = |path: &Path| top.as_ref().map_or(0, |top| offset_of(top.get_ref(), &path.0));
                if let Some(other) = rule.other_place() {
                    other.line = self.line(offset(&other.path));
                }
                self.error(offset(&path), Problem::Rule { path: path.to_string(), rule })
            })
            .collect();
        errors.sort_by_key(|error| error.line);
        ConfigErrors(errors)
    }

    /// The line on which `path` stands, from 1.
    pub(crate) fn line_of(&self, path: &Path) -> usize {
        self.line(DeTable::parse(self.text).map_or(0, |top| offset_of(top.get_ref(), &path.0)))
    }

    /// Whether the file itself says something at `path`.
    pub(crate) fn has(&self, path: &Path) -> bool {
        DeTable::parse(self.text).is_ok_and(|top| found(top.get_ref(), &path.0).count() == path.0.len())
    }

    /// What the deserializer could not read, with the path that it does not tell.
    pub(crate) fn unreadable(&self, error: &toml::de::Error) -> ConfigErrors {
        let (top, slips) = DeTable::parse_recoverable(self.text);
        if !slips.is_empty() {
            let start = |slip: &toml::de::Error| slip.span().map_or(0, |span| span.start);
            let mut errors: Vec<ConfigError> =
                slips.iter().map(|slip| self.error(start(slip), Problem::Syntax(one_line(slip.message())))).collect();
            errors.sort_by_key(|error| error.line);
            return ConfigErrors(errors);
        }
        let offset = error.span().map_or(0, |span| span.start);
        let mut path = Path::default();
        path_at(top.get_ref(), offset, &mut path);
        // serde has no structured form of these two; their wording has been the same since serde 1.0, and tests hold it.
        let problem = match words_in_backticks(error.message()) {
            Some((Unknown::Field, given, known)) => {
                if path.0.last() == Some(&Step::Key(given.clone())) {
                    path.0.pop();
                }
                Problem::UnknownKey {
                    table: if path.0.is_empty() { "the file's top level".to_owned() } else { format!("[{path}]") },
                    nearest: nearest(&given, known.iter().map(String::as_str)).map(ToOwned::to_owned),
                    known: known.join(", "),
                    key: given,
                }
            }
            Some((Unknown::Variant, given, known)) => Problem::UnknownValue {
                path: path.to_string(),
                nearest: nearest(&given, known.iter().map(String::as_str)).map(ToOwned::to_owned),
                known: known.join(", "),
                given,
            },
            None => Problem::Value {
                path: if path.0.is_empty() { "the file's top level".to_owned() } else { path.to_string() },
                message: one_line(error.message()),
            },
        };
        ConfigErrors(vec![self.error(offset, problem)])
    }

    fn error(&self, offset: usize, problem: Problem) -> ConfigError {
        ConfigError { file: self.file.to_owned(), line: self.line(offset), problem: problem.without_keys() }
    }

    fn line(&self, offset: usize) -> usize {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(self.text);
        before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1)
    }
}

enum Unknown {
    Field,
    Variant,
}

fn words_in_backticks(message: &str) -> Option<(Unknown, String, Vec<String>)> {
    let kind = if message.starts_with("unknown field `") {
        Unknown::Field
    } else if message.starts_with("unknown variant `") {
        Unknown::Variant
    } else {
        return None;
    };
    // The given word may itself hold backticks; what serde lists after it never does.
    let (given, list) = message.split_once('`')?.1.rsplit_once("`, expected ")?;
    Some((kind, given.to_owned(), list.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()))
}

fn one_line(message: &str) -> String {
    message.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Where the deepest existing step of `steps` begins.
fn offset_of(table: &DeTable<'_>, steps: &[Step]) -> usize {
    found(table, steps).last().map_or(0, |span| span.start)
}

/// Where each of `steps` stands, as far as they exist.
fn found<'t>(table: &'t DeTable<'_>, steps: &'t [Step]) -> impl Iterator<Item = Range<usize>> + 't {
    let mut here: Option<&DeValue<'_>> = None;
    steps.iter().map_while(move |step| {
        let (span, value) = match step {
            Step::Key(key) => here
                .map_or(Some(table), |value| value.as_table())
                .and_then(|table| table.get_key_value(key.as_str()))
                .map(|(key, value)| (key.span(), value)),
            Step::Index(index) => here
                .and_then(|value| value.as_array())
                .and_then(|list| list.get(*index))
                .map(|value| (value.span(), value)),
        }?;
        here = Some(value.get_ref());
        Some(span)
    })
}

/// Extends `path` to the innermost key or value that `offset` falls on; says whether there is one.
fn path_at(table: &DeTable<'_>, offset: usize, path: &mut Path) -> bool {
    table.iter().any(|(key, value)| {
        path.0.push(Step::Key(key.get_ref().to_string()));
        let found = key.span().contains(&offset) || value_at(value, offset, path);
        if !found {
            path.0.pop();
        }
        found
    })
}

/// As [`path_at`], for one value. A table's span may be its header alone, so its entries are looked at in any case.
fn value_at(value: &Spanned<DeValue<'_>>, offset: usize, path: &mut Path) -> bool {
    let inside = match value.get_ref() {
        DeValue::Table(table) => path_at(table, offset, path),
        DeValue::Array(list) => list.iter().enumerate().any(|(index, entry)| {
            path.0.push(Step::Index(index));
            let found = value_at(entry, offset, path);
            if !found {
                path.0.pop();
            }
            found
        }),
        _ => false,
    };
    inside || value.span().contains(&offset)
}
