//! What a configuration permits a caller, read from its TOML each time.

use toml::{Table, Value};
use tvm_policy::{
    CacheRole, CacheSelector, Caller, FunctionRole, FunctionSelector, Identity, ItemSelector, Permission, Request,
    TopicRole, TopicSelector,
};

use crate::template::filled;

/// Just the permissions of a token for `identity`, one for each selection, in the order of the file; `None` where there may be
/// no token at all.
pub fn permissions(file: &Table, identity: &Identity, request: Request<'_>) -> Option<Vec<Permission>> {
    let value_of = |name: &str| value(file, identity, request, name);
    let written: Option<Vec<Permission>> =
        entries(file, identity, request)?.iter().map(|entry| permission(entry, &value_of)).collect();
    let mut selections: Vec<(Permission, Vec<&'static str>)> = Vec::new();
    for permission in written? {
        let (selection, rights) = taken_apart(permission);
        match selections.iter_mut().find(|(earlier, _)| *earlier == selection) {
            Some((_, all)) => all.extend(rights),
            None => selections.push((selection, rights.to_vec())),
        }
    }
    selections.into_iter().map(|(selection, rights)| put_together(selection, &rights)).collect()
}

/// A permission in its widest role, and what its own role allows.
fn taken_apart(mut permission: Permission) -> (Permission, &'static [&'static str]) {
    let rights: &[&str] = match &mut permission {
        Permission::Cache { role, .. } | Permission::Item { role, .. } => {
            match std::mem::replace(role, CacheRole::ReadWrite) {
                CacheRole::ReadWrite => &["read", "write", "write if"],
                CacheRole::ReadOnly => &["read"],
                CacheRole::WriteOnly => &["write"],
            }
        }
        Permission::Topic { role, .. } => match std::mem::replace(role, TopicRole::PublishSubscribe) {
            TopicRole::PublishSubscribe => &["subscribe", "publish"],
            TopicRole::SubscribeOnly => &["subscribe"],
            TopicRole::PublishOnly => &["publish"],
        },
        Permission::Function { .. } => &["invoke"],
    };
    (permission, rights)
}

/// The permission that allows just these; `None` where no role does.
fn put_together(mut selection: Permission, rights: &[&str]) -> Option<Permission> {
    let has = |right: &str| rights.contains(&right);
    match &mut selection {
        Permission::Cache { role, .. } | Permission::Item { role, .. } => {
            *role = match (has("read"), has("write"), has("write if")) {
                (true, true, true) => CacheRole::ReadWrite,
                (true, false, false) => CacheRole::ReadOnly,
                (false, true, false) => CacheRole::WriteOnly,
                _ => return None,
            }
        }
        Permission::Topic { role, .. } => {
            *role = match (has("subscribe"), has("publish")) {
                (true, true) => TopicRole::PublishSubscribe,
                (true, false) => TopicRole::SubscribeOnly,
                (false, _) => TopicRole::PublishOnly,
            }
        }
        Permission::Function { .. } => {}
    }
    Some(selection)
}

/// The text of `token.id`, filled, or its hash where the file says so; `None` for a token without one.
pub fn token_id(file: &Table, identity: &Identity, request: Request<'_>) -> Option<String> {
    let default = if file["auth"].as_str() == Some("Open") { "{query.name}" } else { "{username}" };
    let of_token = |key: &str| file.get("token").and_then(|token| token.get(key)).and_then(Value::as_str);
    let id = filled(of_token("id").unwrap_or(default), |name| value(file, identity, request, name))?;
    let is_long = id.encode_utf16().count() > 64;
    match of_token("id_too_long") {
        Some("omit") if is_long => None,
        Some("hash") if is_long || id.starts_with("sha256:") => {
            let hash = ring::digest::digest(&ring::digest::SHA256, id.as_bytes());
            let digits: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            Some(format!("sha256:{}", &digits[..56]))
        }
        _ => Some(id),
    }
}

/// The entries of the base or of the caller's groups.
fn entries<'f>(file: &'f Table, identity: &Identity, request: Request<'_>) -> Option<Vec<&'f Value>> {
    let list = |table: &'f Table| table.get("permissions").and_then(Value::as_array).into_iter().flatten();
    let base = || list(file).collect();
    let (caller, groups) = match (file["auth"].as_str()?, identity) {
        ("Open", _) => return request.group.is_none().then(base),
        (_, Identity::Anonymous) => return None,
        (_, Identity::Verified(caller)) => (caller, file.get("groups").and_then(Value::as_table)),
    };
    if request.group.is_some_and(|wanted| !caller.groups.iter().any(|own| own == wanted)) {
        return None;
    }
    let Some(groups) = groups.filter(|groups| !groups.is_empty()) else { return Some(base()) };
    let mut union = Vec::new();
    for (name, group) in groups {
        if caller.groups.contains(name) && request.group.is_none_or(|wanted| wanted == name) {
            union.extend(list(group.as_table()?));
        }
    }
    match union.is_empty() {
        false => Some(union),
        true if request.group.is_none() && file.get("ungrouped").and_then(Value::as_str) == Some("base") => {
            Some(base())
        }
        true => None,
    }
}

/// What a name in braces stands for.
fn value(file: &Table, identity: &Identity, request: Request<'_>, name: &str) -> Option<String> {
    let nobody = Caller::default();
    let caller = match identity {
        Identity::Verified(caller) if file["auth"].as_str() != Some("Open") => caller,
        _ => &nobody,
    };
    match name {
        "cache" => {
            let caches = file.get("token")?.get("caches")?.as_array()?;
            let names = || caches.iter().filter_map(Value::as_str);
            request
                .cache
                .map_or_else(|| names().next(), |wanted| names().find(|name| *name == wanted))
                .map(str::to_owned)
        }
        "query.name" => request.name.map(str::to_owned),
        "principal" => Some(caller.principal.clone()),
        "sub" => caller.sub.clone(),
        "username" => caller.username.clone(),
        _ => match name.split_once('.')? {
            ("claims", claim) => caller.claims.get(claim).cloned(),
            ("context", key) => caller.context.get(key).cloned(),
            _ => None,
        },
    }
}

/// An entry as the permission that it states. `"*"` means all but for a key, and means it only where it is written.
fn permission(entry: &Value, value_of: &impl Fn(&str) -> Option<String>) -> Option<Permission> {
    let fill = |text: &str| filled(text, value_of);
    let cache = match &entry["cache"] {
        Value::String(star) if star == "*" => CacheSelector::All,
        Value::String(name) => CacheSelector::Name(fill(name)?),
        named => CacheSelector::Name(fill(named["name"].as_str()?)?),
    };
    let role = entry["role"].as_str()?;
    let of_cache = || match role {
        "ReadWrite" => Some(CacheRole::ReadWrite),
        "ReadOnly" => Some(CacheRole::ReadOnly),
        "WriteOnly" => Some(CacheRole::WriteOnly),
        _ => None,
    };
    if let Some(topic) = entry.get("topic") {
        let role = match role {
            "PublishSubscribe" => TopicRole::PublishSubscribe,
            "SubscribeOnly" => TopicRole::SubscribeOnly,
            "PublishOnly" => TopicRole::PublishOnly,
            _ => return None,
        };
        let topic = match written(topic)? {
            Written::Text("*") => TopicSelector::All,
            Written::Text(name) | Written::Name(name) => TopicSelector::Name(fill(name)?),
            Written::Prefix(prefix) => TopicSelector::Prefix(fill(prefix)?),
        };
        return Some(Permission::Topic { role, cache, topic });
    }
    if let Some(function) = entry.get("function") {
        let function = match written(function)? {
            Written::Text("*") => FunctionSelector::All,
            Written::Text(name) | Written::Name(name) => FunctionSelector::Name(fill(name)?),
            Written::Prefix(prefix) => FunctionSelector::Prefix(fill(prefix)?),
        };
        return (role == "Invoke").then_some(Permission::Function { role: FunctionRole::Invoke, cache, function });
    }
    match entry.get("key").map(written) {
        None => Some(Permission::Cache { role: of_cache()?, cache }),
        Some(key) => {
            let item = match key? {
                Written::Text(key) | Written::Name(key) => ItemSelector::Key(fill(key)?),
                Written::Prefix(prefix) => ItemSelector::KeyPrefix(fill(prefix)?),
            };
            Some(Permission::Item { role: of_cache()?, cache, item })
        }
    }
}

enum Written<'f> {
    Text(&'f str),
    Name(&'f str),
    Prefix(&'f str),
}

fn written(selector: &Value) -> Option<Written<'_>> {
    match selector {
        Value::String(text) => Some(Written::Text(text)),
        Value::Table(table) => match table.get("name") {
            Some(name) => name.as_str().map(Written::Name),
            None => table.get("prefix")?.as_str().map(Written::Prefix),
        },
        _ => None,
    }
}
