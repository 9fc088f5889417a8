//! What a disposable token may do.
//!
//! A pure function of the permissions in the token: no clock, no state. Names and prefixes are literal bytes; there
//! is no wildcard but Momento's own "all". What no permission allows is refused.

use momento_protos::permission_messages::{
    CacheRole, ExplicitPermissions, FunctionRole, Permissions, PermissionsType, TopicRole, permissions,
    permissions_type as wire,
    permissions_type::{
        cache_item_selector, cache_permissions, cache_selector, function_permissions, function_selector,
        topic_permissions, topic_selector,
    },
};

/// Momento's limit of permissions in a token (Momento documentation, "Momento authorization service quotas").
const MOST_PERMISSIONS: usize = 20;

/// One thing that a client does to an object of a cache (an item, a topic, a function).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    ReadItem,
    WriteItem,
    /// Writes an item by what is there, and so tells something of it: conditional writes, increments.
    UpdateItem,
    Publish,
    Subscribe,
    Invoke,
}

/// Which caches, items, topics or functions.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    All,
    Named(Vec<u8>),
    Prefixed(Vec<u8>),
}

impl Scope {
    fn holds(&self, name: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Named(only) => only == name,
            Self::Prefixed(prefix) => name.starts_with(prefix),
        }
    }
}

/// What a permission's objects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Items,
    Topics,
    Functions,
}

/// One permission: these deeds, to these objects, in these caches.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Right {
    kind: Kind,
    deeds: &'static [Operation],
    cache: Scope,
    object: Scope,
}

impl Right {
    /// Whether both are for the very same selection, whatever their roles. One that only covers the other is another: the
    /// official example asks for `ReadWrite` on one cache and `ReadOnly` on all (JavaScript SDK, `access-control.ts`).
    fn selects_as(&self, other: &Self) -> bool {
        (self.kind, &self.cache, &self.object) == (other.kind, &other.cache, &other.object)
    }
}

/// All that a token may do: the union of its permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rights(Vec<Right>);

/// Why permissions are none that a disposable token can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RightsError {
    #[error("the token has no permissions: give it at least one")]
    None,
    #[error("a disposable token cannot be a super user: list what it may do")]
    SuperUser,
    #[error("the token has {0} permissions: Momento allows {MOST_PERMISSIONS}")]
    TooMany(usize),
    #[error("permission {0} says neither cache, topic nor function: leave it out or fill it in")]
    NoKind(usize),
    #[error("permission {0} has a role that Momento does not have")]
    UnknownRole(usize),
    #[error("permission {0} selects no cache: name one, or choose all caches")]
    NoCache(usize),
    #[error("permission {0} selects nothing in its cache: choose a name, a prefix, or all")]
    NoObject(usize),
    #[error("permission {0} has an empty name, key or prefix: leave the selector out to mean all")]
    EmptySelector(usize),
    /// The official suites assert it of caches and of topics: "cannot create token with duplicate/conflicting … permissions"
    /// (JavaScript SDK, `common-integration-tests/src/auth/auth-client.ts`; Go SDK, `momento/auth_client_test.go`).
    #[error("permissions {0} and {1} select the very same: write one permission for it")]
    SameSelection(usize, usize),
}

impl Rights {
    /// Reads the permissions of a token request, or of a token.
    pub(crate) fn read(permissions: Option<&Permissions>) -> Result<Self, RightsError> {
        let list = match permissions.and_then(|permissions| permissions.kind.as_ref()) {
            None => return Err(RightsError::None),
            Some(permissions::Kind::SuperUser(_)) => return Err(RightsError::SuperUser),
            Some(permissions::Kind::Explicit(ExplicitPermissions { permissions })) => permissions,
        };
        if list.is_empty() {
            return Err(RightsError::None);
        }
        if list.len() > MOST_PERMISSIONS {
            return Err(RightsError::TooMany(list.len()));
        }
        let mut rights: Vec<Right> = Vec::with_capacity(list.len());
        for (permission, at) in list.iter().zip(1..) {
            let right = right(permission, at)?;
            if let Some((_, first)) = rights.iter().zip(1..).find(|(earlier, _)| earlier.selects_as(&right)) {
                return Err(RightsError::SameSelection(first, at));
            }
            rights.push(right);
        }
        Ok(Self(rights))
    }

    /// Whether any permission allows `deed` to `object` in `cache`.
    pub(crate) fn allow(&self, deed: Operation, cache: &str, object: &[u8]) -> bool {
        self.0.iter().any(|right| {
            right.deeds.contains(&deed) && right.cache.holds(cache.as_bytes()) && right.object.holds(object)
        })
    }
}

/// The permission at position `at`, counted from 1.
fn right(permission: &PermissionsType, at: usize) -> Result<Right, RightsError> {
    match permission.kind.as_ref().ok_or(RightsError::NoKind(at))? {
        wire::Kind::CachePermissions(it) => Ok(Right {
            kind: Kind::Items,
            deeds: cache_deeds(it.role, at)?,
            cache: match it.cache.as_ref().ok_or(RightsError::NoCache(at))? {
                cache_permissions::Cache::AllCaches(_) => Scope::All,
                cache_permissions::Cache::CacheSelector(cache) => one_cache(cache, at)?,
            },
            object: match &it.cache_item {
                // A permission for a whole cache names no items: so the official SDKs send it.
                None | Some(cache_permissions::CacheItem::AllItems(_)) => Scope::All,
                Some(cache_permissions::CacheItem::ItemSelector(item)) => match &item.kind {
                    None => Err(RightsError::NoObject(at)),
                    Some(cache_item_selector::Kind::Key(key)) => named(key, at),
                    Some(cache_item_selector::Kind::KeyPrefix(prefix)) => prefixed(prefix, at),
                }?,
            },
        }),
        wire::Kind::TopicPermissions(it) => Ok(Right {
            kind: Kind::Topics,
            deeds: topic_deeds(it.role, at)?,
            cache: match it.cache.as_ref().ok_or(RightsError::NoCache(at))? {
                topic_permissions::Cache::AllCaches(_) => Scope::All,
                topic_permissions::Cache::CacheSelector(cache) => one_cache(cache, at)?,
            },
            object: match it.topic.as_ref().ok_or(RightsError::NoObject(at))? {
                topic_permissions::Topic::AllTopics(_) => Scope::All,
                topic_permissions::Topic::TopicSelector(topic) => match &topic.kind {
                    None => Err(RightsError::NoObject(at)),
                    Some(topic_selector::Kind::TopicName(name)) => named(name.as_bytes(), at),
                    Some(topic_selector::Kind::TopicNamePrefix(prefix)) => prefixed(prefix.as_bytes(), at),
                }?,
            },
        }),
        wire::Kind::FunctionPermissions(it) => Ok(Right {
            kind: Kind::Functions,
            deeds: function_deeds(it.role, at)?,
            cache: match it.cache.as_ref().ok_or(RightsError::NoCache(at))? {
                function_permissions::Cache::AllCaches(_) => Scope::All,
                function_permissions::Cache::CacheSelector(cache) => one_cache(cache, at)?,
            },
            object: match it.function.as_ref().ok_or(RightsError::NoObject(at))? {
                function_permissions::Function::AllFunctions(_) => Scope::All,
                function_permissions::Function::FunctionSelector(function) => match &function.kind {
                    None => Err(RightsError::NoObject(at)),
                    Some(function_selector::Kind::FunctionName(name)) => named(name.as_bytes(), at),
                    Some(function_selector::Kind::FunctionNamePrefix(prefix)) => prefixed(prefix.as_bytes(), at),
                }?,
            },
        }),
    }
}

fn cache_deeds(role: i32, at: usize) -> Result<&'static [Operation], RightsError> {
    Ok(match CacheRole::try_from(role).map_err(|_| RightsError::UnknownRole(at))? {
        CacheRole::CachePermitNone => &[],
        CacheRole::CacheReadWrite => &[Operation::ReadItem, Operation::WriteItem, Operation::UpdateItem],
        CacheRole::CacheReadOnly => &[Operation::ReadItem],
        // "Doesn't allow conditional write APIs (SetIfNotExists, IncreaseTTL etc)" (Momento's protocol, `CacheRole`); nor
        // those that tell what became of the value (Momento documentation, auth API reference until August 2026). A
        // read-only permission beside it changes nothing: what reads and writes needs both "in one rule" (the same,
        // "Roles and permissions", of databases; of caches it is silent).
        CacheRole::CacheWriteOnly => &[Operation::WriteItem],
    })
}

fn topic_deeds(role: i32, at: usize) -> Result<&'static [Operation], RightsError> {
    Ok(match TopicRole::try_from(role).map_err(|_| RightsError::UnknownRole(at))? {
        TopicRole::TopicPermitNone => &[],
        TopicRole::TopicReadWrite => &[Operation::Publish, Operation::Subscribe],
        TopicRole::TopicReadOnly => &[Operation::Subscribe],
        TopicRole::TopicWriteOnly => &[Operation::Publish],
    })
}

fn function_deeds(role: i32, at: usize) -> Result<&'static [Operation], RightsError> {
    Ok(match FunctionRole::try_from(role).map_err(|_| RightsError::UnknownRole(at))? {
        FunctionRole::FunctionPermitNone => &[],
        FunctionRole::FunctionInvoke => &[Operation::Invoke],
    })
}

fn one_cache(selector: &wire::CacheSelector, at: usize) -> Result<Scope, RightsError> {
    match &selector.kind {
        None => Err(RightsError::NoCache(at)),
        Some(cache_selector::Kind::CacheName(name)) => named(name.as_bytes(), at),
    }
}

fn named(name: &[u8], at: usize) -> Result<Scope, RightsError> {
    if name.is_empty() { Err(RightsError::EmptySelector(at)) } else { Ok(Scope::Named(name.to_vec())) }
}

fn prefixed(prefix: &[u8], at: usize) -> Result<Scope, RightsError> {
    if prefix.is_empty() { Err(RightsError::EmptySelector(at)) } else { Ok(Scope::Prefixed(prefix.to_vec())) }
}
