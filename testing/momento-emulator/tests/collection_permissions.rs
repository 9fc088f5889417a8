//! What a disposable token may do to collections and in batches, and nothing else, as the official SDK sees it.
//!
//! Real: the stage, the official Rust SDK, tokens minted over gRPC. The clock stands still.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::collections::HashMap;

use momento::{CacheClient, cache::SortedSetOrder::Ascending};
use momento_emulator::Running;
use momento_protos::permission_messages::{CacheRole, PermissionsType};
use support::*;
use tonic::Code::{self, Ok as Works, PermissionDenied as Refused};

/// What each call on collections comes to whose answer tells what is there, and changes nothing.
async fn reads(client: &CacheClient, key: &str) -> Vec<Code> {
    vec![
        code(client.dictionary_fetch(CACHE, format!("{key}d")).await),
        code(client.dictionary_get_field(CACHE, format!("{key}d"), "a").await),
        code(client.dictionary_length(CACHE, format!("{key}d")).await),
        code(client.list_fetch(CACHE, format!("{key}l")).await),
        code(client.list_length(CACHE, format!("{key}l")).await),
        code(client.set_fetch(CACHE, format!("{key}s")).await),
        code(client.sorted_set_fetch_by_rank(CACHE, format!("{key}z"), Ascending, None, None).await),
        code(client.sorted_set_get_score(CACHE, format!("{key}z"), "a").await),
        code(client.sorted_set_get_rank(CACHE, format!("{key}z"), "a").await),
        code(client.sorted_set_length(CACHE, format!("{key}z")).await),
        code(client.sorted_set_length_by_score(CACHE, format!("{key}z")).await),
        code(client.get_batch(CACHE, vec![format!("{key}1"), format!("{key}2")]).await),
    ]
}

/// … and changes something, while its answer tells nothing.
async fn writes(client: &CacheClient, key: &str) -> Vec<Code> {
    vec![
        code(client.dictionary_set_field(CACHE, format!("{key}d"), "a", "1").await),
        code(client.dictionary_remove_field(CACHE, format!("{key}d"), "b").await),
        code(client.set_add_elements(CACHE, format!("{key}s"), vec!["a"]).await),
        code(client.sorted_set_put_element(CACHE, format!("{key}z"), "a", 1.0).await),
        code(client.sorted_set_remove_elements(CACHE, format!("{key}z"), vec!["b"]).await),
        code(client.set_batch(CACHE, HashMap::from([(format!("{key}1"), "1"), (format!("{key}2"), "2")])).await),
    ]
}

/// … and does both.
async fn updates(client: &CacheClient, key: &str) -> Vec<Code> {
    vec![
        code(client.dictionary_increment(CACHE, format!("{key}d"), "n", 1).await),
        code(client.list_push_back(CACHE, format!("{key}l"), "a").await),
        code(client.list_push_front(CACHE, format!("{key}l"), "a").await),
        code(client.list_concatenate_back(CACHE, format!("{key}l"), vec!["a"]).await),
        code(client.list_concatenate_front(CACHE, format!("{key}l"), vec!["a"]).await),
        code(client.list_pop_back(CACHE, format!("{key}l")).await),
        code(client.list_pop_front(CACHE, format!("{key}l")).await),
        code(client.list_remove_value(CACHE, format!("{key}l"), "b").await),
        code(client.list_retain(CACHE, format!("{key}l"), 0, 1).await),
        code(client.set_remove_elements(CACHE, format!("{key}s"), vec!["b"]).await),
        code(client.sorted_set_increment_score(CACHE, format!("{key}z"), "n", 1.0).await),
        code(client.sorted_set_union_store(CACHE, format!("{key}u"), vec![(format!("{key}z"), 1.0)]).await),
    ]
}

/// What a token with these permissions gets for reading, writing, and both; the same for every call of a kind.
async fn codes(stage: &Running, permissions: Vec<PermissionsType>, key: &str) -> [Code; 3] {
    let client = cache_client(credentials(stage, &mint(stage, permissions).await));
    [reads(&client, key).await, writes(&client, key).await, updates(&client, key).await].map(|codes| {
        let first = codes.first().copied().unwrap();
        assert!(codes.iter().all(|code| *code == first), "{codes:?}");
        first
    })
}

#[tokio::test]
async fn each_cache_role_allows_its_calls_on_collections_and_no_other() {
    let (stage, _) = stage().await;
    for (role, expected) in [
        (CacheRole::CacheReadWrite, [Works, Works, Works]),
        (CacheRole::CacheReadOnly, [Works, Refused, Refused]),
        (CacheRole::CacheWriteOnly, [Refused, Works, Refused]),
        (CacheRole::CachePermitNone, [Refused, Refused, Refused]),
    ] {
        assert_eq!(codes(&stage, vec![items(role, Some(CACHE), None)], "key-").await, expected, "{role:?}");
        let prefixed = vec![items(role, Some(CACHE), key_prefix("key-"))];
        assert_eq!(codes(&stage, prefixed.clone(), "key-").await, expected, "{role:?}, by prefix");
        assert_eq!(codes(&stage, prefixed, "other-").await, [Refused; 3], "{role:?}, of another key");
        let elsewhere = vec![items(role, Some(OTHER_CACHE), None)];
        assert_eq!(codes(&stage, elsewhere, "key-").await, [Refused; 3], "{role:?}, in another cache");
    }
}

#[tokio::test]
async fn a_batch_with_one_item_that_is_not_allowed_does_and_tells_nothing() {
    let (stage, _) = stage().await;
    let owner = key_holder(&stage);
    owner.set(CACHE, "mine", "1").await.unwrap();
    owner.set(CACHE, "yours", "1").await.unwrap();
    let token = mint(&stage, vec![items(CacheRole::CacheReadWrite, Some(CACHE), key("mine"))]).await;
    let client = cache_client(credentials(&stage, &token));
    assert_eq!(code(client.get_batch(CACHE, vec!["mine", "yours"]).await), Refused);
    assert_eq!(code(client.set_batch(CACHE, HashMap::from([("mine", "2"), ("yours", "2")])).await), Refused);
    let left: HashMap<String, String> =
        owner.get_batch(CACHE, vec!["mine", "yours"]).await.unwrap().try_into().unwrap();
    assert!(left.values().all(|value| value == "1"), "{left:?}");
    assert_eq!(code(client.get_batch(CACHE, vec!["mine"]).await), Works);
}

#[tokio::test]
async fn a_union_tells_nothing_of_a_set_that_may_not_be_read() {
    let (stage, _) = stage().await;
    key_holder(&stage).sorted_set_put_element(CACHE, "yours", "a", 1.0).await.unwrap();
    let token = mint(&stage, vec![items(CacheRole::CacheReadWrite, Some(CACHE), key("mine"))]).await;
    let client = cache_client(credentials(&stage, &token));
    assert_eq!(code(client.sorted_set_union_store(CACHE, "mine", vec![("mine", 1.0), ("yours", 1.0)]).await), Refused);
    assert_eq!(code(client.sorted_set_union_store(CACHE, "mine", vec![("mine", 1.0)]).await), Works);
}
