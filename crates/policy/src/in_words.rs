//! A grant in the words of the configuration file, for whoever holds the token.
//!
//! The same types as the file's are printed, so there is one form for "what may be done". The names are literal: a template was
//! filled before, and a brace in one is a brace.

use std::borrow::Cow;

use serde::Serialize;

use crate::as_written::Permissions;
use crate::file::{PermissionEntry, Role, Selector};
use crate::grant::Grant;
use crate::permission::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};

/// What is printed, in this order.
#[derive(Serialize)]
struct InWords<'g> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'g str>,
    permissions: Permissions<'g>,
}

impl Grant {
    /// `{"id":"ada","permissions":[…]}`, in one line: each permission as [`Config::render_json`](crate::Config::render_json)
    /// prints one, and no `id` for a token without one. `None` where a permission is one that no configuration file can ask for.
    pub fn render_json(&self) -> Option<String> {
        // Texts and lists always have a JSON form.
        serde_json::to_string(&InWords { id: self.token_id.as_deref(), permissions: entries(&self.permissions)? }).ok()
    }

    /// The permissions alone, in the same form.
    pub fn permissions_in_words(&self) -> Option<Permissions<'static>> {
        entries(&self.permissions)
    }
}

impl Permission {
    /// As [`Grant::render_json`] prints it.
    pub fn render_json(&self) -> Option<String> {
        serde_json::to_string(&entry(self)?).ok()
    }
}

fn entries(permissions: &[Permission]) -> Option<Permissions<'static>> {
    Some(Permissions(permissions.iter().map(|permission| entry(permission).map(Cow::Owned)).collect::<Option<_>>()?))
}

fn entry(permission: &Permission) -> Option<PermissionEntry> {
    let role = role(permission)?;
    Some(match permission {
        Permission::Cache { cache, .. } => of(cache, role),
        Permission::Item { cache, item, .. } => {
            let key = match item {
                // The file says it of the whole cache.
                ItemSelector::All => return None,
                // A key is never a wildcard, so a star needs no other form.
                ItemSelector::Key(key) => Selector::Text(key.clone()),
                ItemSelector::KeyPrefix(prefix) => Selector::Prefix { prefix: prefix.clone() },
            };
            PermissionEntry { key: Some(key), ..of(cache, role) }
        }
        Permission::Topic { cache, topic, .. } => {
            let topic = match topic {
                TopicSelector::All => every(),
                TopicSelector::Name(name) => named(name),
                TopicSelector::Prefix(prefix) => Selector::Prefix { prefix: prefix.clone() },
            };
            PermissionEntry { topic: Some(topic), ..of(cache, role) }
        }
        Permission::Function { cache, function, .. } => {
            let function = match function {
                FunctionSelector::All => every(),
                FunctionSelector::Name(name) => named(name),
                FunctionSelector::Prefix(prefix) => Selector::Prefix { prefix: prefix.clone() },
            };
            PermissionEntry { function: Some(function), ..of(cache, role) }
        }
    })
}

/// A permission for the whole cache.
fn of(cache: &CacheSelector, role: Role) -> PermissionEntry {
    let cache = match cache {
        CacheSelector::All => every(),
        CacheSelector::Name(name) => named(name),
    };
    PermissionEntry { cache, topic: None, key: None, function: None, role }
}

/// The file's word for what `permission` allows; `None` for a role that no file can ask for.
pub(crate) const fn role(permission: &Permission) -> Option<Role> {
    Some(match permission {
        Permission::Cache { role, .. } | Permission::Item { role, .. } => cache_role(*role),
        Permission::Topic { role, .. } => topic_role(*role),
        Permission::Function { role: FunctionRole::Invoke, .. } => Role::Invoke,
        Permission::Function { role: FunctionRole::PermitNone, .. } => return None,
    })
}

pub(crate) const fn cache_role(role: CacheRole) -> Role {
    match role {
        CacheRole::ReadWrite => Role::ReadWrite,
        CacheRole::ReadOnly => Role::ReadOnly,
        CacheRole::WriteOnly => Role::WriteOnly,
    }
}

pub(crate) const fn topic_role(role: TopicRole) -> Role {
    match role {
        TopicRole::PublishSubscribe => Role::PublishSubscribe,
        TopicRole::SubscribeOnly => Role::SubscribeOnly,
        TopicRole::PublishOnly => Role::PublishOnly,
    }
}

fn every() -> Selector {
    Selector::Text("*".to_owned())
}

fn named(name: &str) -> Selector {
    if name == "*" { Selector::Name { name: name.to_owned() } } else { Selector::Text(name.to_owned()) }
}
