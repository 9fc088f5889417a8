//! The token service: what is minted, for whom, and what is refused.
//!
//! Real: the stage and the protocol's token client. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{num::NonZeroU32, time::Duration};

use momento_emulator::{Clock, Running};
use momento_protos::{
    permission_messages::{
        CacheRole, FunctionRole, Permissions, PermissionsType, TopicRole, permissions,
        permissions_type::{self as wire, CachePermissions, TopicPermissions},
    },
    token::{GenerateDisposableTokenRequest, token_client::TokenClient},
};
use secrecy::ExposeSecret;
use support::*;
use tonic::{Code, Request};

fn read_everything() -> PermissionsType {
    items(CacheRole::CacheReadOnly, None, None)
}

/// The answer to a request that was changed before it was sent.
async fn changed(stage: &Running, change: impl FnOnce(&mut GenerateDisposableTokenRequest)) -> Code {
    let mut request = request(stage, vec![read_everything()]);
    change(&mut request);
    generate(stage, request).await.map_or_else(|status| status.code(), |_| Code::Ok)
}

#[tokio::test]
async fn a_token_is_good_for_its_lifetime_and_no_longer() {
    let (stage, clock) = stage().await;
    let mut request = request(&stage, vec![read_everything()]);
    request.expires.as_mut().unwrap().valid_for_seconds = 90_000;
    let answer = generate(&stage, request).await.unwrap();
    assert_eq!(answer.valid_until, clock.now().as_secs() + 90_000);
    assert_eq!(answer.endpoint, "localhost");

    let client = cache_client(credentials(&stage, &answer.api_key));
    clock.advance(Duration::from_secs(89_999));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
    clock.advance(Duration::from_secs(1));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Unauthenticated);
}

#[tokio::test]
async fn a_lifetime_is_between_one_second_and_25_hours() {
    let (stage, _) = stage().await;
    for (seconds, expected) in [
        (0, Code::InvalidArgument),
        (1, Code::Ok),
        (90_000, Code::Ok),
        (90_001, Code::InvalidArgument),
        (u32::MAX, Code::InvalidArgument),
    ] {
        let got = changed(&stage, |request| request.expires.as_mut().unwrap().valid_for_seconds = seconds).await;
        assert_eq!(got, expected, "{seconds} s");
    }
    assert_eq!(changed(&stage, |request| request.expires = None).await, Code::InvalidArgument);
}

#[tokio::test]
async fn a_token_id_has_at_most_64_utf_16_units() {
    let (stage, _) = stage().await;
    for (id, expected) in [
        ("x".repeat(64), Code::Ok),
        ("x".repeat(65), Code::InvalidArgument),
        ("ü".repeat(64), Code::Ok),
        ("🦀".repeat(32), Code::Ok),
        ("🦀".repeat(33), Code::InvalidArgument),
    ] {
        let got = changed(&stage, |request| request.token_id.clone_from(&id)).await;
        assert_eq!(got, expected, "{id}");
    }
}

#[tokio::test]
async fn a_token_has_between_one_and_20_permissions() {
    let (stage, _) = stage().await;
    for (count, expected) in [(0, Code::InvalidArgument), (20, Code::Ok), (21, Code::InvalidArgument)] {
        let of_each = |at: usize| items(CacheRole::CacheReadOnly, Some(&format!("cache-{at}")), None);
        let permissions = explicit((0..count).map(of_each).collect());
        assert_eq!(changed(&stage, |request| request.permissions = Some(permissions)).await, expected, "{count}");
    }
    assert_eq!(changed(&stage, |request| request.permissions = None).await, Code::InvalidArgument);
    let super_user = Permissions { kind: Some(permissions::Kind::SuperUser(0)) };
    assert_eq!(changed(&stage, |request| request.permissions = Some(super_user)).await, Code::InvalidArgument);
}

#[tokio::test]
async fn a_permission_that_selects_nothing_or_has_no_such_role_is_refused() {
    let (stage, _) = stage().await;
    let cache = |permission| PermissionsType { kind: Some(wire::Kind::CachePermissions(permission)) };
    let topic = |permission| PermissionsType { kind: Some(wire::Kind::TopicPermissions(permission)) };
    for permission in [
        PermissionsType { kind: None },
        cache(CachePermissions { role: 1, cache: None, cache_item: None }),
        cache(CachePermissions { role: 9, ..all_caches() }),
        topic(TopicPermissions {
            role: 1,
            cache: Some(wire::topic_permissions::Cache::AllCaches(wire::All {})),
            topic: None,
        }),
        items(CacheRole::CacheReadOnly, Some(""), None),
        items(CacheRole::CacheReadOnly, None, key("")),
        items(CacheRole::CacheReadOnly, None, key_prefix("")),
        topics(TopicRole::TopicReadOnly, None, topic_name("")),
        topics(TopicRole::TopicReadOnly, None, topic_prefix("")),
    ] {
        let request = request(&stage, vec![read_everything(), permission.clone()]);
        let status = generate(&stage, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{permission:?}");
        assert!(status.message().contains("permission 2"), "{}", status.message());
    }
    // So the official SDKs ask for a whole cache: without an item selector.
    assert!(generate(&stage, request(&stage, vec![cache(all_caches())])).await.is_ok());
}

fn all_caches() -> CachePermissions {
    CachePermissions { role: 2, cache: Some(wire::cache_permissions::Cache::AllCaches(wire::All {})), cache_item: None }
}

/// The official suites, for API keys, whose request has the same messages: "cannot create token with duplicate/conflicting cache
/// permissions - all caches", "… - cache name" and "… topic permissions - cache + topic name" all expect
/// `INVALID_ARGUMENT_ERROR` (JavaScript SDK, `packages/common-integration-tests/src/auth/auth-client.ts`, "Fine grained
/// authorization scenarios"; Go SDK, `momento/auth_client_test.go`, "Generate api keys"). Theirs are the first three; items,
/// functions and equal roles are read as the same rule.
#[tokio::test]
async fn the_very_same_selection_twice_is_refused_whatever_the_roles() {
    use CacheRole::{CacheReadOnly as ReadOnly, CacheReadWrite as ReadWrite, CacheWriteOnly as WriteOnly};
    use TopicRole::{TopicReadOnly as SubscribeOnly, TopicReadWrite as PublishSubscribe};
    let (stage, _) = stage().await;
    let named = |role| items(role, Some("i-am-groot"), None);
    let room = |role| topics(role, Some("i-am-groot"), topic_name("rocket-raccoon"));
    let all_items = |role: CacheRole| PermissionsType {
        kind: Some(wire::Kind::CachePermissions(CachePermissions {
            role: role.into(),
            cache_item: Some(wire::cache_permissions::CacheItem::AllItems(wire::All {})),
            ..all_caches()
        })),
    };
    for pair in [
        [items(ReadOnly, None, None), items(ReadWrite, None, None)],
        [named(ReadOnly), named(ReadWrite)],
        [room(SubscribeOnly), room(PublishSubscribe)],
        [room(SubscribeOnly), room(SubscribeOnly)],
        [named(ReadOnly), named(WriteOnly)],
        [items(ReadOnly, None, None), all_items(WriteOnly)],
        [items(ReadOnly, None, key("cow")), items(WriteOnly, None, key("cow"))],
        [
            functions(FunctionRole::FunctionInvoke, CACHE, None),
            functions(FunctionRole::FunctionPermitNone, CACHE, None),
        ],
    ] {
        // One between them, so that both are named by their place.
        let [first, second] = pair.clone();
        let request = request(&stage, vec![first, items(ReadOnly, Some("another"), None), second]);
        let status = generate(&stage, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{pair:?}");
        assert!(status.message().contains("permissions 1 and 3"), "{}", status.message());
    }
}

/// The first is what the official example asks for (JavaScript SDK, `examples/nodejs/access-control/access-control.ts`), the
/// second what its suite gets a token for ("can only read specific keys and key-prefixes from all caches").
#[tokio::test]
async fn a_selection_that_merely_covers_another_is_another() {
    use CacheRole::{CacheReadOnly as ReadOnly, CacheReadWrite as ReadWrite};
    let (stage, _) = stage().await;
    for permissions in [
        vec![
            items(ReadWrite, Some("open-door"), None),
            items(ReadOnly, None, None),
            topics(TopicRole::TopicReadWrite, Some("the-great-wall"), topic_name("highlights")),
            topics(TopicRole::TopicReadOnly, None, None),
        ],
        vec![items(ReadOnly, None, key("cow")), items(ReadOnly, None, key_prefix("pet"))],
        vec![items(ReadOnly, None, key("cow")), items(ReadWrite, None, key_prefix("cow"))],
        vec![items(ReadOnly, None, key_prefix("a")), items(ReadWrite, None, key_prefix("ab"))],
        vec![
            topics(TopicRole::TopicReadOnly, Some(CACHE), None),
            functions(FunctionRole::FunctionInvoke, CACHE, None),
            items(ReadOnly, Some(CACHE), None),
        ],
    ] {
        assert!(generate(&stage, request(&stage, permissions.clone())).await.is_ok(), "{permissions:?}");
    }
}

#[tokio::test]
async fn only_a_known_key_in_the_request_mints() {
    let (stage, _) = stage().await;
    let v2 = stage.api_key_v2().expose_secret().to_owned();
    assert_eq!(changed(&stage, |request| request.auth_token = v2).await, Code::Ok);
    for key in ["", "sesame", stage.api_key_v1().expose_secret()] {
        let got = changed(&stage, |request| request.auth_token = key.to_owned()).await;
        assert_eq!(got, Code::Unauthenticated, "{key}");
    }
}

#[tokio::test]
async fn the_key_in_the_metadata_may_be_left_out_but_not_be_another() {
    let (stage, _) = stage().await;
    let mut client = TokenClient::new(channel(&stage));
    let good = request(&stage, vec![read_everything()]);
    assert!(client.generate_disposable_token(good.clone()).await.is_ok());
    for other in ["sesame", stage.api_key_v2().expose_secret()] {
        let mut request = Request::new(good.clone());
        request.metadata_mut().insert("authorization", other.parse().unwrap());
        assert_eq!(client.generate_disposable_token(request).await.unwrap_err().code(), Code::Unauthenticated);
    }
}

#[tokio::test]
async fn a_revoked_key_mints_no_more_and_its_tokens_stay_good() {
    let (stage, _) = stage().await;
    let token = mint(&stage, vec![read_everything()]).await;
    stage.keys().revoke(stage.api_key_v1().expose_secret()).unwrap();
    assert_eq!(changed(&stage, |_| {}).await, Code::Unauthenticated);
    let client = cache_client(credentials(&stage, &token));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
    stage.keys().add(stage.api_key_v1().expose_secret()).unwrap();
    assert_eq!(changed(&stage, |_| {}).await, Code::Ok);
}

#[tokio::test]
async fn a_stage_with_the_same_key_knows_the_tokens_of_the_one_before() {
    let (first, _) = stage().await;
    let key = first.api_key_v1().clone();
    let token = mint(&first, vec![read_everything()]).await;
    first.shutdown().await;

    let second = momento_emulator::Stage::builder().api_key(key).start().await.unwrap();
    let client = cache_client(credentials(&second, &token));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
}

#[tokio::test]
async fn over_the_limit_the_answer_is_resource_exhausted_until_time_has_passed() {
    let (stage, clock) = stage().await;
    stage.limiter().set(NonZeroU32::new(5));
    for _ in 0..5 {
        assert_eq!(changed(&stage, |_| {}).await, Code::Ok);
    }
    let status = generate(&stage, request(&stage, vec![read_everything()])).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(status.metadata().get("err").unwrap(), "operations_rate_limit_exceeded");

    clock.advance(Duration::from_millis(200));
    assert_eq!(changed(&stage, |_| {}).await, Code::Ok);
    assert_eq!(changed(&stage, |_| {}).await, Code::ResourceExhausted);
    assert_eq!(stage.stats().ended("GenerateDisposableToken", Code::Ok), 6);
    assert_eq!(stage.stats().ended("GenerateDisposableToken", Code::ResourceExhausted), 2);

    // Who has no key does not use up the account's operations.
    clock.advance(Duration::from_millis(200));
    assert_eq!(changed(&stage, |request| request.auth_token = "sesame".to_owned()).await, Code::Unauthenticated);
    assert_eq!(changed(&stage, |_| {}).await, Code::Ok);
}
