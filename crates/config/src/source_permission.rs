//! A grant as the file has it: which of its permissions apply, before any value of a caller was filled in.
//!
//! For a log that is to say what was granted, and not to whom: a permission may well be made of a user's name.

use std::borrow::Cow;

use tvm_policy::{Grant, PermissionOrigin};

use crate::config::Config;
use crate::file::PermissionEntry;
use crate::render::{Permissions, role};

impl Config {
    /// The permissions of a grant that was decided by this configuration, in its order, each in the words that the file has for its
    /// selection first: where `origins` say. `None` where they are another configuration's.
    ///
    /// The role is the granted one: of permissions for the very same selection, the one that they were joined into.
    pub fn permissions_as_written(&self, grant: &Grant, origins: &[PermissionOrigin<'_>]) -> Option<Permissions<'_>> {
        let mut entries = Vec::with_capacity(grant.permissions.len());
        for (permission, origin) in grant.permissions.iter().zip(origins) {
            let list = match origin.group {
                None => &self.file.permissions,
                Some(group) => &self.file.groups.get(group.as_str())?.permissions,
            };
            let (entry, role) = (list.get(origin.index)?, role(permission)?);
            entries.push(match entry.role == role {
                true => Cow::Borrowed(entry),
                false => Cow::Owned(PermissionEntry { role, ..entry.clone() }),
            });
        }
        Some(Permissions(entries))
    }
}
