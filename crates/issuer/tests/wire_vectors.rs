//! The message for every vector of the official JavaScript SDK, byte for byte.
//!
//! Real: the vectors (see vectors/README.md) and prost's encoding. No connection.
#![allow(clippy::expect_used, clippy::panic, reason = "a vector that does not parse fails the test")]

use momento_client::wire::GenerateDisposableTokenRequest;
use prost::Message;
use serde_json::Value;
use tvm_issuer::request::request;
use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};

const VECTORS: &str = include_str!("vectors/generate_disposable_token.json");

#[test]
fn every_request_of_the_javascript_sdk_is_matched_byte_for_byte() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let key = file["inner_api_key"].as_str().unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    for vector in vectors {
        let spec = &vector["spec"];
        let permissions: Vec<_> = spec["permissions"].as_array().unwrap().iter().map(permission).collect();
        let seconds = spec["valid_for_seconds"].as_u64().unwrap();
        let message = request(key, &permissions, seconds, spec["token_id"].as_str()).unwrap();
        assert_eq!(hex(&message.encode_to_vec()), vector["request_hex"], "{}", vector["name"]);
    }
    assert_eq!(vectors.len(), 81);
}

#[test]
fn an_item_permission_beside_a_topic_permission_stays_an_item_permission() {
    let cache = || CacheSelector::Name("c".into());
    let item =
        Permission::Item { role: CacheRole::ReadOnly, cache: cache(), item: ItemSelector::KeyPrefix("u/".into()) };
    let topic = Permission::Topic { role: TopicRole::PublishOnly, cache: cache(), topic: TopicSelector::All };
    let function = Permission::Function { role: FunctionRole::Invoke, cache: cache(), function: FunctionSelector::All };

    let alone = |one: &Permission| request("", std::slice::from_ref(one), 60, None).unwrap();
    let together = request("", &[item.clone(), topic.clone(), function.clone()], 60, None).unwrap();

    let explicit = |message: GenerateDisposableTokenRequest| {
        message.permissions.unwrap().explicit.expect("permissions are always said one by one").permissions
    };
    let each: Vec<_> = [&item, &topic, &function].into_iter().flat_map(|one| explicit(alone(one))).collect();
    assert_eq!(explicit(together), each);
}

/// The SDK's topic prefixes are younger than the vectors: `TopicSelector.topic_name_prefix`, field 2 of the message.
#[test]
fn a_topic_prefix_is_sent_as_a_prefix() {
    let topic = TopicSelector::Prefix("room-".into());
    let permission = Permission::Topic { role: TopicRole::SubscribeOnly, cache: CacheSelector::All, topic };
    let message = request("", &[permission], 60, None).unwrap();
    // expires {60}; permissions { explicit { { topic { role 2, all_caches, topic_selector { 2: "room-" } } } } }
    assert_eq!(hex(&message.encode_to_vec()), "0a02083c1a1312110a0f120d080212002a0712 05726f6f6d2d".replace(' ', ""));
}

#[test]
fn a_lifetime_over_32_bits_is_an_error_and_never_cut() {
    assert!(request("k", &[], u64::from(u32::MAX), None).is_ok());
    let error = request("k", &[], u64::from(u32::MAX) + 3_601, None).unwrap_err();
    assert!(error.to_string().contains("4294970896 s"), "{error}");
}

fn permission(spec: &Value) -> Permission {
    let cache = match name(&spec["cache"], "name") {
        None => CacheSelector::All,
        Some(name) => CacheSelector::Name(name),
    };
    let role = spec["role"].as_str().expect("a role");
    match (&spec["item"], &spec["topic"], &spec["func"]) {
        (Value::Null, Value::Null, Value::Null) => Permission::Cache { role: cache_role(role), cache },
        (item, Value::Null, Value::Null) => {
            let item = match (name(item, "key"), name(item, "keyPrefix")) {
                (Some(key), None) => ItemSelector::Key(key),
                (None, Some(prefix)) => ItemSelector::KeyPrefix(prefix),
                _ => ItemSelector::All,
            };
            Permission::Item { role: cache_role(role), cache, item }
        }
        (Value::Null, topic, Value::Null) => {
            let role = match role {
                "publishsubscribe" => TopicRole::PublishSubscribe,
                "subscribeonly" => TopicRole::SubscribeOnly,
                "publishonly" => TopicRole::PublishOnly,
                other => panic!("unknown topic role {other}"),
            };
            let topic = name(topic, "name").map_or(TopicSelector::All, TopicSelector::Name);
            Permission::Topic { role, cache, topic }
        }
        (Value::Null, Value::Null, function) => {
            let role = match role {
                "functioninvoke" => FunctionRole::Invoke,
                "functionpermitnone" => FunctionRole::PermitNone,
                other => panic!("unknown function role {other}"),
            };
            let function = match (name(function, "name"), name(function, "namePrefix")) {
                (Some(name), None) => FunctionSelector::Name(name),
                (None, Some(prefix)) => FunctionSelector::Prefix(prefix),
                _ => FunctionSelector::All,
            };
            Permission::Function { role, cache, function }
        }
        _ => panic!("a permission of two kinds: {spec}"),
    }
}

fn cache_role(role: &str) -> CacheRole {
    match role {
        "readwrite" => CacheRole::ReadWrite,
        "readonly" => CacheRole::ReadOnly,
        "writeonly" => CacheRole::WriteOnly,
        other => panic!("unknown cache role {other}"),
    }
}

/// What a selector says under `key`; `None` where it says something else, such as `{"all": true}`.
fn name(selector: &Value, key: &str) -> Option<String> {
    let name = selector.get(key)?.as_str().map(str::to_owned);
    assert!(name.is_some() && selector.get("all").is_none(), "an odd selector: {selector}");
    name
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
