//! A word to the operator about callers who are in none of the file's groups: the most frequent cause of a 403.

use std::sync::atomic::{AtomicBool, Ordering};

use tvm_config::UnmatchedGroups;

/// Says it of the first such caller since the function started: what is wrong is seldom about one caller, and a line for each
/// would cost.
#[derive(Debug, Default)]
pub struct UngroupedCallers {
    is_told: AtomicBool,
}

impl UngroupedCallers {
    /// Notes a caller, of whom `unmatched` says what they have where that is none of the groups: it is asked until one was told of.
    pub fn note(&self, unmatched: impl FnOnce() -> Option<UnmatchedGroups>) {
        if !self.is_told.load(Ordering::Relaxed)
            && let Some(unmatched) = unmatched()
            && !self.is_told.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                %unmatched,
                "a caller is in none of the configured groups (docs/verified-callers.md#groups); other such callers are not logged until \
                 this function starts again"
            );
        }
    }
}
