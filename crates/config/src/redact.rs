//! What looks like a key is in no error, wherever in the file it was written: errors go to terminals, logs of CI and reports.

use crate::error::Problem;
use crate::secret_id::is_like_a_key;

/// In place of it.
const NOT_SHOWN: &str = "(a key, which is not shown here)";

/// `text` with each word in it that looks like a key left out.
fn without_keys(text: &str) -> String {
    let is_of_a_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '.' | '=');
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.find(|c| !is_of_a_word(c)).unwrap_or(rest.len()));
        shown.push_str(if is_like_a_key(word) { NOT_SHOWN } else { word });
        let (between, behind) = behind.split_at(behind.find(is_of_a_word).unwrap_or(behind.len()));
        shown.push_str(between);
        rest = behind;
    }
    shown
}

impl Problem {
    /// The same, with nothing in it that looks like a key. What quotes a value by a [`Rule`](crate::Rule) looks for itself.
    pub(crate) fn without_keys(self) -> Self {
        match self {
            Self::Unreadable(message) => Self::Unreadable(without_keys(&message)),
            Self::Rule { path, rule } => Self::Rule { path: without_keys(&path), rule },
        }
    }
}
