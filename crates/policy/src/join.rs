//! One permission for each selection, which is all that Momento takes in one token.
//!
//! Momento refuses two for the very same selection, whatever their roles: "cannot create token with duplicate/conflicting cache
//! permissions" and "… topic permissions" (JavaScript SDK, `packages/common-integration-tests/src/auth/auth-client.ts`; Go SDK,
//! `momento/auth_client_test.go`). Here they become one, which allows what either allows and nothing else. A selection that
//! merely covers another stays apart: Momento's own example asks for `ReadWrite` on one cache and `ReadOnly` on all (JavaScript
//! SDK, `examples/nodejs/access-control/access-control.ts`).

use crate::permission::{CacheRole, Permission};

/// Permissions, one for each selection, in the order in which the selections came.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    pub(crate) permissions: Vec<Permission>,
    /// Which of `permissions` each one that was added is part of.
    pub(crate) parts: Vec<usize>,
    /// Those of `permissions` that met one with which they have no role in common.
    met_without_role: Vec<usize>,
}

impl Joined {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            permissions: Vec::with_capacity(capacity),
            parts: Vec::with_capacity(capacity),
            met_without_role: Vec::new(),
        }
    }

    /// Adds `permission` to the one for its selection, or as the first for it.
    pub(crate) fn add(&mut self, permission: Permission) {
        for (at, earlier) in self.permissions.iter_mut().enumerate() {
            match earlier.join(&permission) {
                Join::OtherSelection => continue,
                Join::Joined => {}
                Join::NoRole => self.met_without_role.push(at),
            }
            self.parts.push(at);
            return;
        }
        self.parts.push(self.permissions.len());
        self.permissions.push(permission);
    }

    /// The permission that was to read and to write apart, for which there is no role. One that is `ReadWrite` in the end
    /// allows both anyway.
    pub(crate) fn without_role(&self) -> Option<usize> {
        let covers_both = |at: usize| match self.permissions.get(at) {
            Some(Permission::Cache { role, .. } | Permission::Item { role, .. }) => *role == CacheRole::ReadWrite,
            _ => false,
        };
        self.met_without_role.iter().copied().find(|at| !covers_both(*at))
    }
}

/// What became of two permissions.
enum Join {
    /// They are for different selections, and stay two.
    OtherSelection,
    /// The first is both.
    Joined,
    /// They are for the very same selection, and no role is the two and nothing else. The first is as it was.
    NoRole,
}

impl Permission {
    /// Takes `other` into this one, if both are for the very same selection.
    fn join(&mut self, other: &Self) -> Join {
        match (self, other) {
            (Self::Cache { role, cache }, Self::Cache { role: more, cache: same }) if cache == same => {
                join_roles(role, *more)
            }
            (Self::Item { role, cache, item }, Self::Item { role: more, cache: same, item: items })
                if cache == same && item == items =>
            {
                join_roles(role, *more)
            }
            (Self::Topic { role, cache, topic }, Self::Topic { role: more, cache: same, topic: topics })
                if cache == same && topic == topics =>
            {
                *role = role.union(*more);
                Join::Joined
            }
            (
                Self::Function { role, cache, function },
                Self::Function { role: more, cache: same, function: functions },
            ) if cache == same && function == functions => {
                *role = role.union(*more);
                Join::Joined
            }
            _ => Join::OtherSelection,
        }
    }
}

fn join_roles(role: &mut CacheRole, more: CacheRole) -> Join {
    match role.union(more) {
        Some(both) => {
            *role = both;
            Join::Joined
        }
        None => Join::NoRole,
    }
}
