//! A grant as text, for who holds its token.
//! Real: the whole crate. There is nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

use std::time::Duration;

use serde_json::{Value, json};
use tvm_config::{Config, render_grant};
use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, Grant, Identity, ItemSelector, Permission, Request,
};

/// Every form that the file has, each as it is printed.
fn forms() -> Value {
    json!([
        { "cache": "*", "role": "ReadOnly" },
        { "cache": { "name": "*" }, "role": "ReadWrite" },
        { "cache": "a \"b\" \\ ü", "role": "WriteOnly" },
        { "cache": "c", "topic": "*", "role": "PublishSubscribe" },
        { "cache": "c", "topic": { "name": "*" }, "role": "SubscribeOnly" },
        { "cache": "*", "topic": "room", "role": "PublishOnly" },
        { "cache": "c", "topic": { "prefix": "room-" }, "role": "SubscribeOnly" },
        { "cache": "c", "key": "*", "role": "ReadOnly" },
        { "cache": "c", "key": "one", "role": "ReadWrite" },
        { "cache": "c", "key": { "prefix": "*" }, "role": "WriteOnly" },
        { "cache": "c", "function": "*", "role": "Invoke" },
        { "cache": "c", "function": { "name": "*" }, "role": "Invoke" },
        { "cache": "c", "function": "f", "role": "Invoke" },
        { "cache": "c", "function": { "prefix": "f-" }, "role": "Invoke" },
    ])
}

/// The configuration that grants `permissions` to everybody.
fn open(permissions: &Value) -> Config {
    let file = toml::Table::try_from(json!({ "auth": "Open", "permissions": permissions })).unwrap();
    Config::parse("f", &file.to_string()).unwrap()
}

fn granted(config: &Config, name: Option<&str>) -> Grant {
    config.grant(&Identity::Anonymous, Request { name, ..Request::default() }).unwrap()
}

#[test]
fn every_form_of_a_permission_is_printed_as_the_configuration_prints_it() {
    let config = open(&forms());
    let printed: Value = serde_json::from_str(&render_grant(&granted(&config, None)).unwrap()).unwrap();
    assert_eq!(printed["permissions"], forms());
    let rendered: Value = serde_json::from_str(&config.render_json()).unwrap();
    assert_eq!(printed["permissions"], rendered["permissions"]);
}

#[test]
fn the_id_is_there_where_the_token_has_one() {
    let config = open(&json!([{ "cache": "c", "role": "ReadOnly" }]));
    let text = |name| render_grant(&granted(&config, name));
    let permissions = r#""permissions":[{"cache":"c","role":"ReadOnly"}]}"#;
    assert_eq!(text(Some("ada")), Some(format!(r#"{{"id":"ada",{permissions}"#)));
    assert_eq!(text(None), Some(format!("{{{permissions}")));
}

#[test]
fn a_brace_is_a_brace_and_no_template() {
    let config = open(&json!([{ "cache": "c", "topic": "{{cache}}", "role": "PublishOnly" }]));
    let printed: Value = serde_json::from_str(&render_grant(&granted(&config, None)).unwrap()).unwrap();
    assert_eq!(printed["permissions"][0]["topic"], "{cache}");
}

#[test]
fn what_no_file_can_ask_for_has_no_words() {
    let cache = || CacheSelector::Name("c".to_owned());
    let (role, item) = (CacheRole::ReadOnly, ItemSelector::All);
    for permission in [
        Permission::Function { role: FunctionRole::PermitNone, cache: cache(), function: FunctionSelector::All },
        Permission::Item { role, cache: cache(), item },
    ] {
        let plain = Permission::Cache { role, cache: cache() };
        let permissions = vec![plain, permission];
        let grant = Grant { permissions, token_id: None, lifetime: Duration::from_secs(60), not_after: None };
        assert_eq!(render_grant(&grant), None, "{grant:?}");
    }
}
