//! A grant as the file has it: which of its permissions apply, before any value of a caller was filled in.
//!
//! For a log that is to say what was granted, and not to whom: a permission may well be made of a user's name.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::Config;
use crate::file::PermissionEntry;
use crate::identity::Identity;

/// Permissions to be printed, in the form of the configuration file.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Permissions<'c>(pub(crate) Vec<Cow<'c, PermissionEntry>>);

impl Config {
    /// The permissions that `identity` is granted who asks for this `group` or for none in particular, in the order of the
    /// grant; `None` where they are refused.
    pub fn permissions_as_written(&self, identity: &Identity, group: Option<&str>) -> Option<Permissions<'_>> {
        let caller = self.counting(identity).ok()?;
        let (_, patterns) = self.patterns(caller, group).ok()?;
        let mut entries = Vec::with_capacity(patterns.len());
        let mut last = None;
        for (source, _) in patterns {
            // All permissions of a group stand one after another, and were made of a list of the file that is as long.
            if last == Some(source) {
                continue;
            }
            last = Some(source);
            let list = match source {
                None => &self.file.permissions,
                Some(group) => &self.file.groups.get(group.as_str())?.permissions,
            };
            entries.extend(list.iter().map(Cow::Borrowed));
        }
        Some(Permissions(entries))
    }
}
