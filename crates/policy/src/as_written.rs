//! A grant as the file has it: which of its permissions apply, before any value of a caller was filled in.
//!
//! For a log that is to say what was granted, and not to whom: a permission may well be made of a user's name.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::Config;
use crate::file::PermissionEntry;
use crate::grant::{Decision, Request};
use crate::identity::Identity;
use crate::in_words::role;

/// Permissions to be printed, in the form of the configuration file.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Permissions<'c>(pub(crate) Vec<Cow<'c, PermissionEntry>>);

impl Config {
    /// The permissions that `identity` is granted for this request, one for each of the grant and in its order, each in the
    /// words that the file has for its selection first; `None` where they are refused.
    ///
    /// The role is the granted one: of permissions for the very same selection, the one that they were joined into.
    pub fn permissions_as_written(&self, identity: &Identity, request: Request<'_>) -> Option<Permissions<'_>> {
        let Decision { grant, sources, parts, .. } = self.decide(identity, request).ok()?;
        let mut written = Vec::with_capacity(sources.len());
        let mut last = None;
        for (group, _) in sources {
            // All permissions of a group stand one after another, and were made of a list of the file that is as long.
            if last == Some(group) {
                continue;
            }
            last = Some(group);
            written.extend(match group {
                None => &self.file.permissions,
                Some(group) => &self.file.groups.get(group.as_str())?.permissions,
            });
        }
        let mut entries = Vec::with_capacity(grant.permissions.len());
        for (entry, part) in written.into_iter().zip(parts) {
            // The first of a part is what made it another permission.
            if part == entries.len() {
                let role = role(grant.permissions.get(part)?)?;
                entries.push(match entry.role == role {
                    true => Cow::Borrowed(entry),
                    false => Cow::Owned(PermissionEntry { role, ..entry.clone() }),
                });
            }
        }
        Some(Permissions(entries))
    }
}
