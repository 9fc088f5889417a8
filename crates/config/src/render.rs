//! A grant in the form of the configuration file, for the client that holds the token.
//!
//! The same types as the file's are printed, so there is one form for "what may be done". The names are literal: a template was
//! filled before, and a brace in one is a brace.

use std::borrow::Cow;

use serde::Serialize;

use crate::file::{PermissionEntry, Role};
use crate::selector::Selector;
use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, Grant, ItemSelector, Permission, TopicRole, TopicSelector,
};

/// Permissions to be printed, in the form of the configuration file.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Permissions<'c>(pub(crate) Vec<Cow<'c, PermissionEntry>>);

/// What is printed, in this order.
#[derive(Serialize)]
struct RenderedGrant<'g> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'g str>,
    permissions: Permissions<'g>,
}

/// `{"id":"ada","permissions":[…]}`, in one line: each permission as [`Config::render_json`](crate::Config::render_json)
/// prints one, and no `id` for a token without one. `None` where a permission is one that no configuration file can ask for.
pub fn render_grant(grant: &Grant) -> Option<String> {
    // Texts and lists always have a JSON form.
    serde_json::to_string(&RenderedGrant { id: grant.token_id.as_deref(), permissions: render_permissions(grant)? })
        .ok()
}

/// The permissions of a grant alone, in the same form.
pub fn render_permissions(grant: &Grant) -> Option<Permissions<'static>> {
    Some(Permissions(
        grant.permissions.iter().map(|permission| entry(permission).map(Cow::Owned)).collect::<Option<_>>()?,
    ))
}

/// One permission, as [`render_grant`] prints it.
pub fn render_permission(permission: &Permission) -> Option<String> {
    serde_json::to_string(&entry(permission)?).ok()
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
