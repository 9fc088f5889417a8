//! The form in which data is printed.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use crate::unseen::in_one_line;

/// How data is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// For eyes.
    Terminal,
    /// The same without emphasis.
    Plain,
    /// For programs.
    Json,
}

impl Form {
    /// What `--json`, or its absence, means for standard output. Emphasis is for terminals, and for nobody who set `NO_COLOR`
    /// (no-color.org: whatever its value, but for an empty one).
    pub(crate) fn of_output(json: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match (json, io::stdout().is_terminal() && !unwanted) {
            (true, _) => Self::Json,
            (false, true) => Self::Terminal,
            (false, false) => Self::Plain,
        }
    }
}

/// Prints `value` for programs: JSON, and the end of its last line. A person may look at it, too: what is unseen is escaped.
pub(crate) fn write_json(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    // In JSON a line never ends within a text.
    serde_json::to_string_pretty(value)?.lines().try_for_each(|line| writeln!(out, "{}", in_one_line(line)))
}
