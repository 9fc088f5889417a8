//! What one look at one thing came to.

use serde::Serialize;

/// Something that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) title: &'static str,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// What is to be said of it. Only trouble is in the way of a deployment.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// It is as it should be.
    Fine { note: String },
    /// It may be meant so, or cannot be told.
    Warning { what: String, fix: String },
    /// It is in the way.
    Trouble { what: String, fix: String },
    /// It was not looked at.
    Skipped { why: String },
}

impl Outcome {
    pub(crate) fn fine(note: impl Into<String>) -> Self {
        Self::Fine { note: note.into() }
    }

    pub(crate) fn warning(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Warning { what: what.into(), fix: fix.into() }
    }

    pub(crate) fn trouble(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Trouble { what: what.into(), fix: fix.into() }
    }

    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped { why: why.into() }
    }

    /// Of what was looked at under `title`.
    pub(crate) fn of(self, title: &'static str) -> Check {
        Check { title, outcome: self }
    }
}
