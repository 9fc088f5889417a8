//! Two callers of one configuration: any templates, and any values in them.
//!
//! Where both are granted something, neither permission selects what belongs to the values of the other, and neither token id is
//! the other's. A value is refused only for a character that stands in the templates, or for the form of Cognito's ids.
//!
//! An input is what [`FIELDS`] names, each after a NUL but the first. What is left out has a default.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use toml::{Table, Value};
use tvm_config::Config;
use tvm_fuzz::template::{filled, names};
use tvm_policy::{
    CacheSelector, Caller, FunctionSelector, Grant, Identity, ItemSelector, Permission, Refusal, Request, TopicSelector,
};

/// The fields of an input, with their defaults. `kind` is `MODE KEY SELECTOR`; what a caller has begins with their number.
const FIELDS: [(&str, &str); 19] = [
    ("kind", "LambdaAuthorizer key prefix"),
    ("cache", "c"),
    ("name", "{username}/"),
    ("id", "{username}:{query.name}"),
    ("caches", "c"),
    ("1 sub", "al"),
    ("1 principal", "al"),
    ("1 username", "al"),
    ("1 org", "acme"),
    ("1 plan", "gold"),
    ("1 cache", "c"),
    ("1 name", "phone"),
    ("2 sub", "alice"),
    ("2 principal", "alice"),
    ("2 username", "alice"),
    ("2 org", "acme-eu"),
    ("2 plan", "gold"),
    ("2 cache", "c"),
    ("2 name", "phone"),
];

fuzz_target!(init: can_tell(), |input: &str| {
    check(input);
});

/// Checks all that is said above; how many of the two were granted something.
fn check(input: &str) -> usize {
    let mut given = input.split('\0').filter(|_| !input.is_empty());
    let fields: BTreeMap<&str, &str> =
        FIELDS.iter().map(|(name, default)| (*name, given.next().unwrap_or(default))).collect();
    let mut kind = fields["kind"].split(' ');
    let mode = kind.next().filter(|mode| *mode == "AmazonCognito").unwrap_or("LambdaAuthorizer");
    let (key, selector) = (kind.next().unwrap_or("key"), kind.next().unwrap_or("prefix"));
    let Ok(config) = Config::parse("f", &file(mode, key, selector, &fields)) else { return 0 };

    let callers = ["1", "2"].map(|number| {
        let of = |field: &str| fields[format!("{number} {field}").as_str()];
        let principal = if mode == "AmazonCognito" { of("sub") } else { of("principal") };
        let caller = Caller {
            principal: principal.to_owned(),
            sub: Some(of("sub").to_owned()),
            username: Some(of("username").to_owned()),
            groups: Vec::new(),
            not_after: None,
            claims: [("org", of("org")), ("sub", of("sub"))]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            context: [("plan".to_owned(), of("plan").to_owned())].into(),
        };
        (caller, Request { name: Some(of("name")), group: None, cache: Some(of("cache")) })
    });
    let granted: Vec<(&Caller, Grant)> = callers
        .iter()
        .filter_map(|(caller, request)| match config.grant(&Identity::Verified(caller.clone()), *request) {
            Ok(grant) => Some((caller, grant)),
            Err(refusal) => {
                is_with_reason(&refusal, mode, caller, *request, &fields);
                None
            }
        })
        .collect();
    if let [(one, ones), (other, others)] = &granted[..] {
        let own = |templates: &[&str], caller: &Caller| -> Vec<Option<String>> {
            templates.iter().flat_map(|template| names(template)).map(|name| value(&name, caller)).collect()
        };
        // Where there is no name, it is not in the file.
        let selecting: &[&str] = if key == "cache" { &[fields["cache"]] } else { &[fields["cache"], fields["name"]] };
        if own(selecting, one) != own(selecting, other) {
            let meet = meet(&ones.permissions[0], &others.permissions[0]);
            assert!(!meet, "{:?} and {:?}", ones.permissions, others.permissions);
        }
        if own(&[fields["id"]], one) != own(&[fields["id"]], other) {
            assert_ne!(ones.token_id, others.token_id);
        }
    }
    granted.len()
}

/// A configuration with one permission, as TOML.
fn file(mode: &str, key: &str, selector: &str, fields: &BTreeMap<&str, &str>) -> String {
    let name =
        Table::from_iter([(if selector == "name" { "name" } else { "prefix" }.to_owned(), fields["name"].into())]);
    let mut entry = Table::from_iter([(
        "cache".to_owned(),
        Value::from(Table::from_iter([("name".to_owned(), fields["cache"].into())])),
    )]);
    let role = match key {
        "cache" => "ReadOnly",
        "topic" => "SubscribeOnly",
        "function" => "Invoke",
        _ => "ReadWrite",
    };
    if key != "cache" {
        let key = if ["topic", "function"].contains(&key) { key } else { "key" };
        entry.insert(key.to_owned(), name.into());
    }
    entry.insert("role".to_owned(), role.into());
    let caches: Vec<Value> = fields["caches"].split(',').map(Value::from).collect();
    let token = Table::from_iter([("id".to_owned(), fields["id"].into()), ("caches".to_owned(), caches.into())]);
    let file = Table::from_iter([
        ("auth".to_owned(), mode.into()),
        ("token".to_owned(), token.into()),
        ("permissions".to_owned(), Value::Array(vec![entry.into()])),
    ]);
    file.to_string()
}

/// What a caller has for a placeholder that is of their own.
fn value(name: &str, caller: &Caller) -> Option<String> {
    match name {
        "sub" => caller.sub.clone(),
        "principal" => Some(caller.principal.clone()),
        "username" => caller.username.clone(),
        _ => match name.split_once('.')? {
            ("claims", claim) => caller.claims.get(claim).cloned(),
            ("context", key) => caller.context.get(key).cloned(),
            _ => None,
        },
    }
}

/// That a value which is refused contains a character of the templates, or should have been a UUID.
fn is_with_reason(refusal: &Refusal, mode: &str, caller: &Caller, request: Request<'_>, fields: &BTreeMap<&str, &str>) {
    let Refusal::AmbiguousValue(placeholder) = refusal else { return };
    let shown = placeholder.to_string();
    let name = &shown[1..shown.len() - 1];
    let value = if name == "query.name" { request.name.map(str::to_owned) } else { value(name, caller) };
    let value = value.expect("a value that is there");
    let is_id = mode == "AmazonCognito" && ["sub", "principal", "claims.sub"].contains(&name);
    let texts =
        ["cache", "name", "id"].map(|field| filled(fields[field], |_| Some(" ".to_owned())).unwrap_or_default());
    assert!(is_id || value.contains(|character| texts.concat().contains(character)), "{name} {value:?} in {texts:?}");
}

/// Whether anything is selected by both.
fn meet(one: &Permission, other: &Permission) -> bool {
    let same_cache = |one: &CacheSelector, other: &CacheSelector| one == other;
    let alike = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
    match (one, other) {
        (Permission::Cache { cache: one, .. }, Permission::Cache { cache: other, .. }) => same_cache(one, other),
        (Permission::Item { cache, item, .. }, Permission::Item { cache: second, item: other, .. }) => {
            same_cache(cache, second)
                && match (item, other) {
                    (ItemSelector::KeyPrefix(one), ItemSelector::KeyPrefix(other)) => alike(one, other),
                    _ => item == other,
                }
        }
        (Permission::Topic { cache, topic, .. }, Permission::Topic { cache: second, topic: other, .. }) => {
            same_cache(cache, second)
                && match (topic, other) {
                    (TopicSelector::Prefix(one), TopicSelector::Prefix(other)) => alike(one, other),
                    _ => topic == other,
                }
        }
        (Permission::Function { cache, function, .. }, Permission::Function { cache: second, function: other, .. }) => {
            same_cache(cache, second)
                && match (function, other) {
                    (FunctionSelector::Prefix(one), FunctionSelector::Prefix(other)) => alike(one, other),
                    _ => function == other,
                }
        }
        _ => panic!("one permission of the file is of two kinds"),
    }
}

/// That files are not all refused, nor callers; and that those who could spell another's are.
fn can_tell() {
    assert_eq!(check(""), 2);
    assert_eq!(check(include_str!("../seeds/callers/uuids")), 2);
    assert_eq!(check(include_str!("../seeds/callers/names")), 2);
    assert_eq!(check(include_str!("../seeds/callers/tenants")), 2);
    assert_eq!(check(include_str!("../seeds/callers/dash")), 1);
    assert_eq!(check("LambdaAuthorizer key prefix\0c\0{sub}"), 0);
}
