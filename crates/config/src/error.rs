//! Why a configuration was not accepted: one sentence each, with the file, the line and what to write instead.

use std::fmt;

use crate::rule::Rule;

/// Everything that is wrong with a configuration file; at least one. `Display` is a line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub(crate) Vec<ConfigError>);

impl ConfigErrors {
    /// Each of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            error.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ConfigError {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It cannot be read: it is not TOML, or a key or a value is none that the file may have.
    #[error("{0}")]
    Unreadable(String),
    /// It can be read, and breaks a rule.
    #[error("`{path}`: {rule}")]
    Rule {
        /// Where it shows.
        path: String,
        /// Which one.
        rule: Rule,
    },
}
