//! Simple cache items and the caches they are in.
//!
//! Real: the stage and the official Rust SDK. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use momento::{
    MomentoErrorCode,
    cache::{CreateCacheResponse, GetResponse, ItemGetTtlResponse},
};
use momento_protos::cache_client::GetRequest;
use secrecy::ExposeSecret;
use support::*;
use tonic::Code;

#[tokio::test]
async fn an_item_that_was_set_is_found_until_it_is_deleted() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    assert_eq!(client.get(CACHE, "code").await.unwrap(), GetResponse::Miss);
    client.set(CACHE, "code", "12345").await.unwrap();
    assert_eq!(client.get(CACHE, "code").await.unwrap(), GetResponse::from("12345"));
    assert_eq!(client.get(OTHER_CACHE, "code").await.unwrap(), GetResponse::Miss);
    client.delete(CACHE, "code").await.unwrap();
    assert_eq!(client.get(CACHE, "code").await.unwrap(), GetResponse::Miss);
    client.delete(CACHE, "code").await.unwrap();
}

#[tokio::test]
async fn an_item_is_gone_at_the_end_of_its_time_to_live_and_not_before() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    client.set(CACHE, "code", "12345").await.unwrap();
    clock.advance(Duration::from_secs(599));
    assert_eq!(client.get(CACHE, "code").await.unwrap(), GetResponse::from("12345"));
    clock.advance(Duration::from_secs(1));
    assert_eq!(client.get(CACHE, "code").await.unwrap(), GetResponse::Miss);
}

#[tokio::test]
async fn an_item_says_how_long_it_has_still_to_live() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    assert_eq!(client.item_get_ttl(CACHE, "code").await.unwrap(), ItemGetTtlResponse::Miss);
    client.set(CACHE, "code", "12345").await.unwrap();
    clock.advance(Duration::from_millis(599_999));
    let last = ItemGetTtlResponse::Hit { remaining_ttl: Duration::from_millis(1) };
    assert_eq!(client.item_get_ttl(CACHE, "code").await.unwrap(), last);
    clock.advance(Duration::from_millis(1));
    assert_eq!(client.item_get_ttl(CACHE, "code").await.unwrap(), ItemGetTtlResponse::Miss);
    assert_eq!(code(client.item_get_ttl("no-such-cache", "code").await), Code::NotFound);
}

#[tokio::test]
async fn a_time_to_live_of_nothing_is_refused() {
    let (stage, _) = stage().await;
    let request = momento::cache::SetRequest::new(CACHE, "code", "12345").ttl(Duration::ZERO);
    let refused = key_holder(&stage).send_request(request).await;
    assert_eq!(code(refused), Code::InvalidArgument);
}

#[tokio::test]
async fn an_item_of_five_megabytes_is_kept_as_it_was() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let value = vec![0x5a; 5 * 1024 * 1024 - 100];
    client.set(CACHE, "big", value.clone()).await.unwrap();
    // The SDK itself reads no more than 4 MB in its default configuration.
    let mut scs = scs(&stage).max_decoding_message_size(6 * 1024 * 1024);
    let get = to_the_cache(&inner_key(&stage), GetRequest { cache_key: b"big".to_vec() });
    assert_eq!(scs.get(get).await.unwrap().into_inner().cache_body, value);
}

#[tokio::test]
async fn a_cache_that_does_not_exist_is_an_error_that_the_sdk_knows() {
    let (stage, _) = stage().await;
    let error = key_holder(&stage).get("no-such-cache", "code").await.unwrap_err();
    assert_eq!(error.error_code, MomentoErrorCode::CacheNotFoundError);
    let details = error.details().unwrap();
    assert_eq!(details.metadata.get("err").unwrap(), "cache_not_found");
    assert!(details.message.contains("no-such-cache"));
}

#[tokio::test]
async fn caches_are_created_listed_and_deleted_with_what_is_in_them() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    assert_eq!(client.create_cache("new").await.unwrap(), CreateCacheResponse::Created);
    assert_eq!(client.create_cache("new").await.unwrap(), CreateCacheResponse::AlreadyExists);
    client.set("new", "code", "12345").await.unwrap();
    let listed = client.list_caches().await.unwrap();
    let names: Vec<_> = listed.caches.into_iter().map(|cache| cache.name).collect();
    assert_eq!(names, [CACHE, "new", OTHER_CACHE]);

    client.delete_cache("new").await.unwrap();
    assert_eq!(code(client.get("new", "code").await), Code::NotFound);
    assert_eq!(code(client.delete_cache("new").await), Code::NotFound);
    client.create_cache("new").await.unwrap();
    assert_eq!(client.get("new", "code").await.unwrap(), GetResponse::Miss);
}

#[tokio::test]
async fn a_v2_key_works_as_a_v1_key_does() {
    let (stage, _) = stage().await;
    let v2 = momento::CredentialProvider::from_api_key_v2(stage.api_key_v2().expose_secret(), "localhost")
        .unwrap()
        .insecure_endpoint_override(&stage.url());
    cache_client(v2).set(CACHE, "code", "12345").await.unwrap();
}

#[tokio::test]
async fn a_credential_that_is_no_good_is_unauthenticated() {
    let (stage, _) = stage().await;
    let sealed =
        mint(&stage, vec![items(momento_protos::permission_messages::CacheRole::CacheReadWrite, None, None)]).await;
    let (elsewhere, _) = support::stage().await;
    for credential in ["sesame", "a.b.c", &sealed[..sealed.len() - 1]] {
        let client = cache_client(credentials(&stage, credential));
        assert_eq!(code(client.get(CACHE, "code").await), Code::Unauthenticated);
    }
    let client = cache_client(credentials(&elsewhere, &sealed));
    assert_eq!(code(client.get(CACHE, "code").await), Code::Unauthenticated, "a token of another stage");
}

#[tokio::test]
async fn what_is_not_served_says_so() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let error = client.key_exists(CACHE, "code").await.unwrap_err();
    assert_eq!(error.error_code, MomentoErrorCode::BadRequestError);
    let details = error.details().unwrap();
    assert_eq!(details.code, Code::Unimplemented);
    assert!(details.message.contains("does not serve cache_client.Scs/KeysExist"), "{}", details.message);

    let error = client.flush_cache(CACHE).await.unwrap_err();
    assert_eq!(error.details().unwrap().code, Code::Unimplemented);

    // A service that the stage has never heard of.
    let mut leaderboards = momento_protos::leaderboard::leaderboard_client::LeaderboardClient::new(channel(&stage));
    let request = momento_protos::leaderboard::DeleteLeaderboardRequest::default();
    let status = leaderboards.delete_leaderboard(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("leaderboard.Leaderboard/DeleteLeaderboard"), "{}", status.message());
}
