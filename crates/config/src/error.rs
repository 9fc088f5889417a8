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
    /// Not TOML.
    #[error("this is not TOML: {0}")]
    Syntax(String),
    /// A key that no table has.
    #[error("`{key}` is not a key of {table}{}; its keys are {known}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        /// The key.
        key: String,
        /// The table it stands in, as the file writes it.
        table: String,
        /// The closest key that there is.
        nearest: Option<String>,
        /// Those that there are.
        known: String,
    },
    /// A word where only certain others may stand.
    #[error("`{path}` cannot be `{given}`{}; it is one of {known}", did_you_mean(nearest.as_deref()))]
    UnknownValue {
        /// Where it stands.
        path: String,
        /// The word.
        given: String,
        /// The closest one that may stand there.
        nearest: Option<String>,
        /// Those that may.
        known: String,
    },
    /// A value of the wrong type, or one that is missing.
    #[error("`{path}`: {message}")]
    Value {
        /// Where it stands.
        path: String,
        /// What was found and what was expected.
        message: String,
    },
    /// A rule that no single value breaks.
    #[error("`{path}`: {rule}")]
    Rule {
        /// Where it shows.
        path: String,
        /// Which one.
        rule: Rule,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
