//! What a disposable token may do, and nothing else, as the official SDK sees it.
//!
//! Real: the stage, the official Rust SDK, tokens minted over gRPC. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use momento_emulator::Running;
use momento_protos::permission_messages::{
    CacheRole, FunctionRole, PermissionsType, TopicRole, permissions_type::function_selector,
};
use support::*;
use tonic::Code::{self, NotFound, Ok as Works, PermissionDenied as Refused};

/// What a token with these permissions gets for reading, writing and deleting an item.
async fn item_codes(stage: &Running, permissions: Vec<PermissionsType>, cache: &str, key: &str) -> [Code; 3] {
    let client = cache_client(credentials(stage, &mint(stage, permissions).await));
    [
        code(client.get(cache, key).await),
        code(client.set(cache, key, "value").await),
        code(client.delete(cache, key).await),
    ]
}

/// What a token with these permissions gets for publishing to a topic and subscribing to it.
async fn topic_codes(stage: &Running, permissions: Vec<PermissionsType>, cache: &str, topic: &str) -> [Code; 2] {
    let client = topic_client(credentials(stage, &mint(stage, permissions).await));
    [code(client.publish(cache, topic, "hello").await), code(client.subscribe(cache, topic).await)]
}

#[tokio::test]
async fn each_cache_role_allows_its_operations_and_no_other() {
    let (stage, _) = stage().await;
    for (role, expected) in [
        (CacheRole::CacheReadWrite, [Works, Works, Works]),
        (CacheRole::CacheReadOnly, [Works, Refused, Refused]),
        (CacheRole::CacheWriteOnly, [Refused, Works, Works]),
        (CacheRole::CachePermitNone, [Refused, Refused, Refused]),
    ] {
        for cache in [Some(CACHE), None] {
            let codes = item_codes(&stage, vec![items(role, cache, None)], CACHE, "key").await;
            assert_eq!(codes, expected, "{role:?} in {cache:?}");
        }
        let elsewhere = item_codes(&stage, vec![items(role, Some(CACHE), None)], OTHER_CACHE, "key").await;
        assert_eq!(elsewhere, [Refused; 3], "{role:?} in another cache");
        let topics = topic_codes(&stage, vec![items(role, Some(CACHE), None)], CACHE, "topic").await;
        assert_eq!(topics, [Refused; 2], "{role:?} does not reach topics");
    }
}

/// What a token with these permissions gets for writing the item by what is there, in each way that there is.
async fn update_codes(stage: &Running, permissions: Vec<PermissionsType>, key: &str) -> [Code; 4] {
    let token = mint(stage, permissions).await;
    let client = cache_client(credentials(stage, &token));
    let older = set_if_not_exists(stage, &token, key, "1", Duration::from_secs(1)).await;
    [
        code(client.set_if_absent(CACHE, key, "1").await),
        code(client.set_if_equal(CACHE, key, "1", "1").await),
        older.map_or_else(|status| status.code(), |_| Works),
        code(client.increment(CACHE, key, 1).await),
    ]
}

#[tokio::test]
async fn writing_an_item_by_what_is_there_needs_the_read_write_role() {
    let (stage, _) = stage().await;
    let role = |role| items(role, Some(CACHE), None);
    for (permissions, expected) in [
        (vec![role(CacheRole::CacheReadWrite)], Works),
        (vec![role(CacheRole::CacheReadOnly)], Refused),
        (vec![role(CacheRole::CacheWriteOnly)], Refused),
        // By two selections, since the very same one twice is refused.
        (vec![role(CacheRole::CacheReadOnly), items(CacheRole::CacheWriteOnly, Some(CACHE), key("mine"))], Refused),
        (vec![role(CacheRole::CachePermitNone)], Refused),
        (vec![items(CacheRole::CacheReadWrite, Some(OTHER_CACHE), None)], Refused),
        (vec![items(CacheRole::CacheReadWrite, Some(CACHE), key("mine"))], Works),
        (vec![items(CacheRole::CacheReadWrite, Some(CACHE), key("yours"))], Refused),
        (vec![topics(TopicRole::TopicReadWrite, Some(CACHE), None)], Refused),
    ] {
        assert_eq!(update_codes(&stage, permissions.clone(), "mine").await, [expected; 4], "{permissions:?}");
    }
}

#[tokio::test]
async fn the_time_that_an_item_has_left_is_read_as_the_item_is() {
    let (stage, _) = stage().await;
    for (role, expected) in [
        (CacheRole::CacheReadWrite, Works),
        (CacheRole::CacheReadOnly, Works),
        (CacheRole::CacheWriteOnly, Refused),
        (CacheRole::CachePermitNone, Refused),
    ] {
        let token = mint(&stage, vec![items(role, Some(CACHE), None)]).await;
        let client = cache_client(credentials(&stage, &token));
        assert_eq!(code(client.item_get_ttl(CACHE, "key").await), expected, "{role:?}");
    }
}

#[tokio::test]
async fn each_topic_role_allows_its_operations_and_no_other() {
    let (stage, _) = stage().await;
    for (role, expected) in [
        (TopicRole::TopicReadWrite, [Works, Works]),
        (TopicRole::TopicReadOnly, [Refused, Works]),
        (TopicRole::TopicWriteOnly, [Works, Refused]),
        (TopicRole::TopicPermitNone, [Refused, Refused]),
    ] {
        for (cache, topic) in
            [(Some(CACHE), topic_name("room")), (Some(CACHE), None), (None, topic_prefix("ro")), (None, None)]
        {
            let codes = topic_codes(&stage, vec![topics(role, cache, topic.clone())], CACHE, "room").await;
            assert_eq!(codes, expected, "{role:?} in {cache:?} for {topic:?}");
        }
        let elsewhere = topic_codes(&stage, vec![topics(role, Some(CACHE), None)], OTHER_CACHE, "room").await;
        assert_eq!(elsewhere, [Refused; 2], "{role:?} in another cache");
        let items = item_codes(&stage, vec![topics(role, Some(CACHE), None)], CACHE, "key").await;
        assert_eq!(items, [Refused; 3], "{role:?} does not reach items");
    }
}

#[tokio::test]
async fn an_item_permission_reaches_its_items_alone() {
    let (stage, _) = stage().await;
    for (selector, reached, not_reached) in [
        (key("ada"), &["ada"][..], &["ad", "adam", "Ada", "ada ", "*"][..]),
        (key_prefix("ada/"), &["ada/", "ada/1", "ada/1/2"], &["ada", "adam/1", "x/ada/1", "*"]),
        (key("*"), &["*"], &["ada", "**"]),
        (key_prefix("*"), &["*", "*a"], &["ada"]),
    ] {
        let permission = || vec![items(CacheRole::CacheReadWrite, Some(CACHE), selector.clone())];
        for key in reached {
            assert_eq!(item_codes(&stage, permission(), CACHE, key).await, [Works; 3], "{selector:?} reaches {key}");
        }
        for key in not_reached {
            assert_eq!(item_codes(&stage, permission(), CACHE, key).await, [Refused; 3], "{selector:?} not {key}");
        }
        assert_eq!(item_codes(&stage, permission(), OTHER_CACHE, "ada").await, [Refused; 3]);
    }
}

#[tokio::test]
async fn an_item_permission_stays_one_beside_topic_permissions() {
    let (stage, _) = stage().await;
    let both = || {
        vec![
            items(CacheRole::CacheReadWrite, Some(CACHE), key("mine")),
            topics(TopicRole::TopicReadWrite, Some(CACHE), None),
        ]
    };
    assert_eq!(item_codes(&stage, both(), CACHE, "mine").await, [Works; 3]);
    assert_eq!(item_codes(&stage, both(), CACHE, "yours").await, [Refused; 3]);
    assert_eq!(topic_codes(&stage, both(), CACHE, "any").await, [Works; 2]);
}

#[tokio::test]
async fn topic_names_and_prefixes_are_literal() {
    let (stage, _) = stage().await;
    for (selector, reached, not_reached) in [
        (topic_name("room-1"), &["room-1"][..], &["room-", "room-10", "Room-1", "*"][..]),
        (topic_prefix("room-"), &["room-", "room-1", "room-ü"], &["room", "xroom-1", "ROOM-1", "*"]),
        (topic_name("*"), &["*"], &["room-1"]),
        (topic_prefix("ü"), &["ü1"], &["u1", "ý"]),
    ] {
        let permission = || vec![topics(TopicRole::TopicReadWrite, None, selector.clone())];
        for topic in reached {
            assert_eq!(topic_codes(&stage, permission(), CACHE, topic).await, [Works; 2], "{selector:?} {topic}");
        }
        for topic in not_reached {
            assert_eq!(topic_codes(&stage, permission(), CACHE, topic).await, [Refused; 2], "{selector:?} {topic}");
        }
    }
}

#[tokio::test]
async fn a_cache_named_with_a_star_is_no_other_cache() {
    let (stage, _) = stage().await;
    code(key_holder(&stage).create_cache("*").await);
    let star = || vec![items(CacheRole::CacheReadWrite, Some("*"), None)];
    assert_eq!(item_codes(&stage, star(), "*", "key").await, [Works; 3]);
    assert_eq!(item_codes(&stage, star(), CACHE, "key").await, [Refused; 3]);
}

#[tokio::test]
async fn permissions_add_up() {
    let (stage, _) = stage().await;
    let union = || {
        vec![
            items(CacheRole::CacheReadOnly, Some(CACHE), None),
            items(CacheRole::CacheWriteOnly, Some(CACHE), key_prefix("mine/")),
            items(CacheRole::CachePermitNone, Some(CACHE), key("mine/1")),
        ]
    };
    assert_eq!(item_codes(&stage, union(), CACHE, "mine/1").await, [Works; 3]);
    assert_eq!(item_codes(&stage, union(), CACHE, "other").await, [Works, Refused, Refused]);
}

#[tokio::test]
async fn a_token_learns_of_a_missing_cache_only_where_it_has_permission() {
    let (stage, _) = stage().await;
    let everywhere = || vec![items(CacheRole::CacheReadWrite, None, None)];
    assert_eq!(item_codes(&stage, everywhere(), "no-such-cache", "key").await, [NotFound; 3]);
    let here = || vec![items(CacheRole::CacheReadWrite, Some(CACHE), None)];
    assert_eq!(item_codes(&stage, here(), "no-such-cache", "key").await, [Refused; 3]);
    let topics = || vec![topics(TopicRole::TopicReadWrite, None, None)];
    assert_eq!(topic_codes(&stage, topics(), "no-such-cache", "topic").await, [NotFound; 2]);
}

#[tokio::test]
async fn no_token_manages_caches_or_mints_tokens() {
    let (stage, _) = stage().await;
    let everything = vec![items(CacheRole::CacheReadWrite, None, None), topics(TopicRole::TopicReadWrite, None, None)];
    let token = mint(&stage, everything.clone()).await;
    let client = cache_client(credentials(&stage, &token));
    assert_eq!(code(client.create_cache("new").await), Refused);
    assert_eq!(code(client.delete_cache(CACHE).await), Refused);
    assert_eq!(code(client.list_caches().await), Refused);

    let mut request = request(&stage, everything);
    request.auth_token = token;
    assert_eq!(generate(&stage, request).await.unwrap_err().code(), Refused);
}

#[tokio::test]
async fn a_function_permission_lets_its_functions_be_invoked_and_no_other() {
    let (stage, _) = stage().await;
    let prefix = Some(function_selector::Kind::FunctionNamePrefix("pub-".to_owned()));
    let exact = Some(function_selector::Kind::FunctionName("greet".to_owned()));
    for (role, selector, function, expected) in [
        (FunctionRole::FunctionInvoke, None, "greet", 501),
        (FunctionRole::FunctionInvoke, exact.clone(), "greet", 501),
        (FunctionRole::FunctionInvoke, exact, "greeting", 403),
        (FunctionRole::FunctionInvoke, prefix.clone(), "pub-greet", 501),
        (FunctionRole::FunctionInvoke, prefix, "greet", 403),
        (FunctionRole::FunctionPermitNone, None, "greet", 403),
    ] {
        let token = mint(&stage, vec![functions(role, CACHE, selector.clone())]).await;
        let url = format!("{}/functions/{CACHE}/{function}", stage.url());
        let answer = reqwest::Client::new().post(url).header("authorization", token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{role:?} {selector:?} {function}");
    }
    let url = format!("{}/functions/{CACHE}/greet", stage.url());
    assert_eq!(reqwest::Client::new().post(url).send().await.unwrap().status().as_u16(), 401);
}
