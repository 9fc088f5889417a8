//! Writes on a condition: `SetIf`, and `SetIfNotExists`, its older form.
//!
//! Real: the stage and the official Rust SDK; the older form, which that does not send, goes by the protocol's own
//! client. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use momento::{CacheClient, MomentoErrorCode, cache::*};
use momento_protos::{
    cache_client::{
        SetIfRequest,
        set_if_not_exists_response::{NotStored, Result as Answer, Stored},
        set_if_request::Condition,
    },
    common::Absent,
    permission_messages::CacheRole,
};
use support::*;
use tokio::task::JoinSet;
use tonic::Code;

/// Each condition on the value `old`: whether it stores where there is nothing, over `old`, over `other`.
const CONDITIONS: [(&str, [bool; 3]); 6] = [
    ("absent", [true, false, false]),
    ("present", [false, true, true]),
    ("equal", [false, true, false]),
    ("not equal", [true, false, true]),
    ("present and not equal", [false, false, true]),
    ("absent or equal", [true, true, false]),
];

/// Writes `new` as the official SDK does; whether it was stored.
async fn write(client: &CacheClient, condition: &str, key: &str) -> bool {
    match condition {
        "absent" => client.set_if_absent(CACHE, key, "new").await.unwrap() == SetIfAbsentResponse::Stored,
        "present" => client.set_if_present(CACHE, key, "new").await.unwrap() == SetIfPresentResponse::Stored,
        "equal" => client.set_if_equal(CACHE, key, "new", "old").await.unwrap() == SetIfEqualResponse::Stored,
        "not equal" => {
            client.set_if_not_equal(CACHE, key, "new", "old").await.unwrap() == SetIfNotEqualResponse::Stored
        }
        "present and not equal" => {
            let response = client.set_if_present_and_not_equal(CACHE, key, "new", "old").await.unwrap();
            response == SetIfPresentAndNotEqualResponse::Stored
        }
        _ => {
            let response = client.set_if_absent_or_equal(CACHE, key, "new", "old").await.unwrap();
            response == SetIfAbsentOrEqualResponse::Stored
        }
    }
}

fn found(value: Option<&str>) -> GetResponse {
    value.map_or(GetResponse::Miss, GetResponse::from)
}

fn left(seconds: u64) -> ItemGetTtlResponse {
    ItemGetTtlResponse::Hit { remaining_ttl: Duration::from_secs(seconds) }
}

#[tokio::test]
async fn each_condition_stores_by_what_is_there_and_otherwise_leaves_it_alone() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    for (condition, stores) in CONDITIONS {
        for (before, stored) in [None, Some("old"), Some("other")].into_iter().zip(stores) {
            let key = format!("{condition} {before:?}");
            if let Some(value) = before {
                client.set(CACHE, key.as_str(), value).await.unwrap();
            }
            clock.advance(Duration::from_secs(1));
            assert_eq!(write(&client, condition, &key).await, stored, "{key}");
            let after = if stored { Some("new") } else { before };
            assert_eq!(client.get(CACHE, key.as_str()).await.unwrap(), found(after), "{key}");
            // What was not stored gives no other time to live, either.
            let lives = after.map_or(ItemGetTtlResponse::Miss, |_| left(if stored { 600 } else { 599 }));
            assert_eq!(client.item_get_ttl(CACHE, key.as_str()).await.unwrap(), lives, "{key}");
        }
    }
}

#[tokio::test]
async fn the_older_form_stores_where_there_is_nothing() {
    let (stage, _) = stage().await;
    let key = inner_key(&stage);
    for (value, answer) in [("first", Answer::Stored(Stored {})), ("second", Answer::NotStored(NotStored {}))] {
        let response = set_if_not_exists(&stage, &key, "key", value, Duration::from_secs(1)).await.unwrap();
        assert_eq!(response.result, Some(answer));
    }
    assert_eq!(key_holder(&stage).get(CACHE, "key").await.unwrap(), GetResponse::from("first"));
}

#[tokio::test]
async fn an_item_past_its_time_to_live_is_absent_to_every_condition() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    for (condition, [stores_where_nothing_is, ..]) in CONDITIONS {
        client.set(CACHE, condition, "old").await.unwrap();
        clock.advance(Duration::from_secs(600));
        assert_eq!(write(&client, condition, condition).await, stores_where_nothing_is, "{condition}");
    }

    assert!(write(&client, "absent", "lease").await);
    clock.advance(Duration::from_secs(599));
    assert!(!write(&client, "absent", "lease").await);
    clock.advance(Duration::from_secs(1));
    assert!(write(&client, "absent", "lease").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_who_write_where_nothing_is_one_does() {
    let (stage, _) = stage().await;
    let clients = [(); 4].map(|()| key_holder(&stage));
    let mut calls = JoinSet::new();
    for call in 0..200 {
        let client = clients[call % clients.len()].clone();
        calls.spawn(async move {
            let value = call.to_string();
            (client.set_if_absent(CACHE, "leader", value.as_str()).await.unwrap(), value)
        });
    }
    let answers = calls.join_all().await;
    let mut stored = answers.iter().filter(|(answer, _)| *answer == SetIfAbsentResponse::Stored);
    let (_, leader) = stored.next().unwrap();
    assert!(stored.next().is_none());
    assert_eq!(clients[0].get(CACHE, "leader").await.unwrap(), GetResponse::from(leader.as_str()));
    assert_eq!(stage.stats().ended("SetIf", Code::Ok), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_who_replace_the_same_value_one_does() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    client.set(CACHE, "version", "0").await.unwrap();
    let mut calls = JoinSet::new();
    for number in 1..=200 {
        let client = client.clone();
        calls.spawn(async move { client.set_if_equal(CACHE, "version", number.to_string(), "0").await.unwrap() });
    }
    let answers = calls.join_all().await;
    assert_eq!(answers.into_iter().filter(|answer| *answer == SetIfEqualResponse::Stored).count(), 1);
}

#[tokio::test]
async fn a_write_without_a_condition_or_a_time_to_live_or_a_cache_is_refused() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let brief = SetIfAbsentRequest::new(CACHE, "key", "new").ttl(Duration::ZERO);
    assert_eq!(code(client.send_request(brief).await), Code::InvalidArgument);
    let refused = set_if_not_exists(&stage, &inner_key(&stage), "key", "new", Duration::ZERO).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);

    let unconditional = SetIfRequest {
        cache_key: b"key".to_vec(),
        cache_body: b"new".to_vec(),
        ttl_milliseconds: 1_000,
        condition: None,
    };
    let refused = scs(&stage).set_if(to_the_cache(&inner_key(&stage), unconditional.clone())).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("condition"), "{}", refused.message());
    assert_eq!(client.get(CACHE, "key").await.unwrap(), GetResponse::Miss);

    let error = client.set_if_absent("no-such-cache", "key", "new").await.unwrap_err();
    assert_eq!(error.error_code, MomentoErrorCode::CacheNotFoundError);
}

#[tokio::test]
async fn who_may_not_write_learns_neither_of_the_cache_nor_of_what_is_wrong_with_the_call() {
    let (stage, _) = stage().await;
    let token = mint(&stage, vec![items(CacheRole::CacheReadOnly, Some(CACHE), None)]).await;
    let client = cache_client(credentials(&stage, &token));
    assert_eq!(code(client.set_if_absent("no-such-cache", "key", "new").await), Code::PermissionDenied);
    let message = SetIfRequest { condition: Some(Condition::Absent(Absent {})), ..SetIfRequest::default() };
    let refused = scs(&stage).set_if(to_the_cache(&token, message)).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
