//! A grant as the file has it: which of its permissions apply, before any value of a caller was filled in.
//!
//! For a log that is to say what was granted, and not to whom: a permission may well be made of a user's name.

use std::borrow::Cow;

use crate::config::Config;
use crate::file::PermissionEntry;
use crate::render::{Permissions, role};
use tvm_policy::{Identity, Request};

impl Config {
    /// The permissions that `identity` is granted for this request, one for each of the grant and in its order, each in the
    /// words that the file has for its selection first; `None` where they are refused.
    ///
    /// The role is the granted one: of permissions for the very same selection, the one that they were joined into.
    pub fn permissions_as_written(&self, identity: &Identity, request: Request<'_>) -> Option<Permissions<'_>> {
        let decision = self.policy.decide(identity, request).ok()?;
        let mut entries = Vec::with_capacity(decision.grant.permissions.len());
        for (permission, origin) in decision.grant.permissions.iter().zip(decision.origins()) {
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
