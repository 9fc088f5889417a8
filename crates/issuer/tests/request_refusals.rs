//! The grants that are never asked for, whatever a configuration or a caller came up with.
//!
//! Real: the check. No connection; that nothing is sent for such a grant is shown in `deadline_and_retry.rs`.

use std::time::Duration;

use momento_client::UnusableKey;
use tvm_issuer::RequestError;
use tvm_issuer::request::{check, request_for};
use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, Grant, ItemSelector, Permission, TopicRole, TopicSelector,
};

fn cache(name: &str) -> Permission {
    Permission::Cache { role: CacheRole::ReadOnly, cache: CacheSelector::Name(name.into()) }
}

fn grant() -> Grant {
    Grant { permissions: vec![cache("c")], token_id: None, lifetime: Duration::from_secs(3_600), not_after: None }
}

#[test]
fn a_lifetime_is_from_one_second_to_25_hours() {
    let lifetimes: &[(Duration, Result<(), RequestError>)] = &[
        (Duration::ZERO, Err(RequestError::NoLifetime)),
        (Duration::from_millis(999), Err(RequestError::NoLifetime)),
        (Duration::from_secs(1), Ok(())),
        (Duration::from_secs(90_000), Ok(())),
        (Duration::from_secs(90_001), Err(RequestError::LifetimeTooLong { seconds: 90_001 })),
        (Duration::from_secs(4_294_970_896), Err(RequestError::LifetimeTooLong { seconds: 4_294_970_896 })),
        (Duration::MAX, Err(RequestError::LifetimeTooLong { seconds: u64::MAX })),
    ];
    for (lifetime, expected) in lifetimes {
        assert_eq!(check(&Grant { lifetime: *lifetime, ..grant() }), *expected, "{lifetime:?}");
    }
}

#[test]
fn a_token_has_one_to_twenty_permissions() {
    let counts: &[(usize, Result<(), RequestError>)] = &[
        (0, Err(RequestError::NoPermission)),
        (1, Ok(())),
        (20, Ok(())),
        (21, Err(RequestError::TooManyPermissions { count: 21 })),
    ];
    for (count, expected) in counts {
        assert_eq!(check(&Grant { permissions: vec![cache("c"); *count], ..grant() }), *expected, "{count}");
    }
}

#[test]
fn no_selector_is_empty_and_the_error_says_which() {
    let all = CacheSelector::All;
    let item = |item| Permission::Item { role: CacheRole::ReadWrite, cache: all.clone(), item };
    let topic = |topic| Permission::Topic { role: TopicRole::PublishSubscribe, cache: all.clone(), topic };
    let function = |function| Permission::Function { role: FunctionRole::Invoke, cache: all.clone(), function };
    let nameless = || CacheSelector::Name(String::new());
    let cases = [
        (cache(""), "cache name"),
        (Permission::Item { role: CacheRole::ReadOnly, cache: nameless(), item: ItemSelector::All }, "cache name"),
        (
            Permission::Topic { role: TopicRole::PublishOnly, cache: nameless(), topic: TopicSelector::All },
            "cache name",
        ),
        (
            Permission::Function { role: FunctionRole::Invoke, cache: nameless(), function: FunctionSelector::All },
            "cache name",
        ),
        (item(ItemSelector::Key(String::new())), "item key"),
        (item(ItemSelector::KeyPrefix(String::new())), "key prefix"),
        (topic(TopicSelector::Name(String::new())), "topic name"),
        (topic(TopicSelector::Prefix(String::new())), "topic prefix"),
        (function(FunctionSelector::Name(String::new())), "function name"),
        (function(FunctionSelector::Prefix(String::new())), "function prefix"),
    ];
    for (permission, what) in cases {
        let refused = check(&Grant { permissions: vec![cache("c"), permission], ..grant() });
        assert_eq!(refused, Err(RequestError::EmptySelector { position: 2, what }));
    }
}

#[test]
fn everything_is_said_by_all_and_a_blank_name_is_a_name() {
    let permissions = vec![
        cache("  "),
        Permission::Item { role: CacheRole::ReadOnly, cache: CacheSelector::All, item: ItemSelector::All },
        Permission::Topic { role: TopicRole::PublishOnly, cache: CacheSelector::All, topic: TopicSelector::All },
        Permission::Function { role: FunctionRole::Invoke, cache: CacheSelector::All, function: FunctionSelector::All },
    ];
    assert_eq!(check(&Grant { permissions, ..grant() }), Ok(()));
}

#[test]
fn a_token_id_is_counted_as_the_javascript_sdk_counts() {
    let ids: &[(String, Result<(), RequestError>)] = &[
        (String::new(), Ok(())),
        ("a".repeat(64), Ok(())),
        ("é".repeat(64), Ok(())),
        ("😀".repeat(32), Ok(())),
        ("a".repeat(65), Err(RequestError::TokenIdTooLong { units: 65 })),
        (format!("{}a", "😀".repeat(32)), Err(RequestError::TokenIdTooLong { units: 65 })),
    ];
    for (id, expected) in ids {
        assert_eq!(check(&Grant { token_id: Some(id.clone()), ..grant() }), *expected, "{id}");
    }
}

#[test]
fn nothing_is_asked_without_a_key() {
    assert_eq!(request_for(&grant(), "").unwrap_err(), UnusableKey::Key.into());
    assert!(request_for(&grant(), "k").is_ok());
}
