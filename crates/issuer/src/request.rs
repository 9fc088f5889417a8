//! The message `token._GenerateDisposableTokenRequest`: what is asked of Momento for a grant.
//!
//! Pure functions, and the only ones that turn a permission into bytes. A permission is never widened on the way: an
//! item permission stays one whatever stands beside it (the JavaScript SDK turns it into the whole cache when topic
//! permissions are in the list), and a lifetime is never cut to fit its field (the Rust SDK does that).

use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, Grant, ItemSelector, LONGEST_TOKEN_ID, Permission,
    TopicRole, TopicSelector,
};

use momento_client::UnusableKey;
use momento_client::wire::{
    self, Expires, ExplicitPermissions, GenerateDisposableTokenRequest, Permissions, PermissionsType,
};

/// Why a grant cannot be asked for. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A token with no lifetime.
    #[error("the lifetime of a token is zero; Momento allows 1 s to 25 h")]
    NoLifetime,
    /// A lifetime over [`Grant::LONGEST_LIFETIME`], or one that the message's 32 bits do not hold.
    #[error("the lifetime of a token is {seconds} s; Momento allows 1 s to 25 h")]
    LifetimeTooLong {
        /// What the grant says.
        seconds: u64,
    },
    /// A grant of nothing.
    #[error("the grant holds no permission; a token needs at least one")]
    NoPermission,
    /// A grant over [`Permission::MOST_PER_TOKEN`].
    #[error("the grant holds {count} permissions; Momento allows {} in one token", Permission::MOST_PER_TOKEN)]
    TooManyPermissions {
        /// How many it holds.
        count: usize,
    },
    /// An empty name, key or prefix: Momento's meaning of one is not documented, and "everything" must not be it.
    #[error("permission {position} of the grant has an empty {what}; name one, or select all of them")]
    EmptySelector {
        /// Which permission, counted from 1.
        position: usize,
        /// Which part of it.
        what: &'static str,
    },
    /// A token id over [`LONGEST_TOKEN_ID`].
    #[error("the token id has {units} UTF-16 units; Momento allows {LONGEST_TOKEN_ID}")]
    TokenIdTooLong {
        /// How many it has.
        units: usize,
    },
    /// The key cannot be sent, or says nothing of where to.
    #[error(transparent)]
    Key(#[from] UnusableKey),
}

/// The message for a grant. It holds the key.
///
/// # Errors
/// [`RequestError`] for a grant outside Momento's limits or with an empty selector, and for an empty key.
pub fn request_for(grant: &Grant, key: &str) -> Result<GenerateDisposableTokenRequest, RequestError> {
    check(grant)?;
    if key.is_empty() {
        return Err(UnusableKey::Key.into());
    }
    request(key, &grant.permissions, grant.lifetime.as_secs(), grant.token_id.as_deref())
}

/// Whether a grant can be asked for at all. Needs neither key nor connection, so it is the first thing to do.
///
/// # Errors
/// As [`request_for`], but for the key.
pub fn check(grant: &Grant) -> Result<(), RequestError> {
    // Parts of a second are cut off: a token that ends early harms nobody.
    match grant.lifetime.as_secs() {
        0 => return Err(RequestError::NoLifetime),
        seconds if seconds > Grant::LONGEST_LIFETIME.as_secs() => {
            return Err(RequestError::LifetimeTooLong { seconds });
        }
        _ => {}
    }
    match grant.permissions.len() {
        0 => return Err(RequestError::NoPermission),
        count if count > Permission::MOST_PER_TOKEN => return Err(RequestError::TooManyPermissions { count }),
        _ => {}
    }
    for (position, permission) in (1..).zip(&grant.permissions) {
        if let Some(what) = empty_selector(permission) {
            return Err(RequestError::EmptySelector { position, what });
        }
    }
    let units = grant.token_id.as_deref().map_or(0, |id| id.encode_utf16().count());
    if units > LONGEST_TOKEN_ID {
        return Err(RequestError::TokenIdTooLong { units });
    }
    Ok(())
}

/// The message for any permissions at all, also such as [`check`] refuses: the wire form and nothing else. It holds the key.
///
/// # Errors
/// [`RequestError::LifetimeTooLong`] for a lifetime that the message's 32 bits do not hold.
pub fn request(
    key: &str,
    permissions: &[Permission],
    lifetime_seconds: u64,
    token_id: Option<&str>,
) -> Result<GenerateDisposableTokenRequest, RequestError> {
    let valid_for_seconds =
        u32::try_from(lifetime_seconds).map_err(|_| RequestError::LifetimeTooLong { seconds: lifetime_seconds })?;
    let permissions = permissions.iter().map(permission_type).collect();
    Ok(GenerateDisposableTokenRequest {
        expires: Some(Expires { valid_for_seconds }),
        auth_token: key.to_owned(),
        permissions: Some(Permissions { explicit: Some(ExplicitPermissions { permissions }) }),
        token_id: token_id.unwrap_or_default().to_owned(),
    })
}

fn empty_selector(permission: &Permission) -> Option<&'static str> {
    let (Permission::Cache { cache, .. }
    | Permission::Item { cache, .. }
    | Permission::Topic { cache, .. }
    | Permission::Function { cache, .. }) = permission;
    if matches!(cache, CacheSelector::Name(name) if name.is_empty()) {
        return Some("cache name");
    }
    match permission {
        Permission::Item { item: ItemSelector::Key(text), .. } if text.is_empty() => Some("item key"),
        Permission::Item { item: ItemSelector::KeyPrefix(text), .. } if text.is_empty() => Some("key prefix"),
        Permission::Topic { topic: TopicSelector::Name(text), .. } if text.is_empty() => Some("topic name"),
        Permission::Topic { topic: TopicSelector::Prefix(text), .. } if text.is_empty() => Some("topic prefix"),
        Permission::Function { function: FunctionSelector::Name(text), .. } if text.is_empty() => Some("function name"),
        Permission::Function { function: FunctionSelector::Prefix(text), .. } if text.is_empty() => {
            Some("function prefix")
        }
        _ => None,
    }
}

fn permission_type(permission: &Permission) -> PermissionsType {
    let kind = match permission {
        Permission::Cache { role, cache } => wire::Kind::Cache(wire::CachePermissions {
            role: cache_role(*role).into(),
            cache: Some(caches(cache)),
            // Left unset, not "all items": that is what the SDK sends for a permission on a whole cache.
            item: None,
        }),
        Permission::Item { role, cache, item } => wire::Kind::Cache(wire::CachePermissions {
            role: cache_role(*role).into(),
            cache: Some(caches(cache)),
            item: Some(items(item)),
        }),
        Permission::Topic { role, cache, topic } => wire::Kind::Topic(wire::TopicPermissions {
            role: topic_role(*role).into(),
            cache: Some(caches(cache)),
            topic: Some(topics(topic)),
        }),
        Permission::Function { role, cache, function } => wire::Kind::Function(wire::FunctionPermissions {
            role: function_role(*role).into(),
            cache: Some(caches(cache)),
            function: Some(functions(function)),
        }),
    };
    PermissionsType { kind: Some(kind) }
}

// Roles are numbers on the wire. Zero, the number of "nothing", is reached by no role but `PermitNone`.

fn cache_role(role: CacheRole) -> wire::CacheRole {
    match role {
        CacheRole::ReadWrite => wire::CacheRole::ReadWrite,
        CacheRole::ReadOnly => wire::CacheRole::ReadOnly,
        CacheRole::WriteOnly => wire::CacheRole::WriteOnly,
    }
}

fn topic_role(role: TopicRole) -> wire::TopicRole {
    match role {
        TopicRole::PublishSubscribe => wire::TopicRole::ReadWrite,
        TopicRole::SubscribeOnly => wire::TopicRole::ReadOnly,
        TopicRole::PublishOnly => wire::TopicRole::WriteOnly,
    }
}

fn function_role(role: FunctionRole) -> wire::FunctionRole {
    match role {
        FunctionRole::Invoke => wire::FunctionRole::Invoke,
        FunctionRole::PermitNone => wire::FunctionRole::PermitNone,
    }
}

fn caches(selector: &CacheSelector) -> wire::Caches {
    match selector {
        CacheSelector::All => wire::Caches::All(wire::All {}),
        CacheSelector::Name(name) => wire::Caches::One(wire::CacheSelector { cache_name: Some(name.clone()) }),
    }
}

fn items(selector: &ItemSelector) -> wire::Items {
    let kind = match selector {
        ItemSelector::All => return wire::Items::All(wire::All {}),
        ItemSelector::Key(key) => wire::ItemKey::Key(key.as_bytes().to_vec()),
        ItemSelector::KeyPrefix(prefix) => wire::ItemKey::Prefix(prefix.as_bytes().to_vec()),
    };
    wire::Items::Some(wire::CacheItemSelector { kind: Some(kind) })
}

fn topics(selector: &TopicSelector) -> wire::Topics {
    let kind = match selector {
        TopicSelector::All => return wire::Topics::All(wire::All {}),
        TopicSelector::Name(name) => wire::Name::Is(name.clone()),
        TopicSelector::Prefix(prefix) => wire::Name::BeginsWith(prefix.clone()),
    };
    wire::Topics::Some(wire::NameSelector { kind: Some(kind) })
}

fn functions(selector: &FunctionSelector) -> wire::Functions {
    let kind = match selector {
        FunctionSelector::All => return wire::Functions::All(wire::All {}),
        FunctionSelector::Name(name) => wire::Name::Is(name.clone()),
        FunctionSelector::Prefix(prefix) => wire::Name::BeginsWith(prefix.clone()),
    };
    wire::Functions::Some(wire::NameSelector { kind: Some(kind) })
}
