//! Items that are numbers: `Increment`.
//!
//! Real: the stage and the official Rust SDK. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use momento::{
    MomentoErrorCode,
    cache::{GetResponse, IncrementRequest, ItemGetTtlResponse},
};
use support::*;
use tokio::task::JoinSet;
use tonic::Code;

#[tokio::test]
async fn an_increment_begins_at_its_amount_and_counts_on_in_decimal_text() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    for (amount, sum) in [(1, 1), (41, 42), (-1_042, -1_000), (0, -1_000)] {
        assert_eq!(client.increment(CACHE, "count", amount).await.unwrap().value, sum);
    }
    assert_eq!(client.get(CACHE, "count").await.unwrap(), GetResponse::from("-1000"));
    client.set(CACHE, "count", "10").await.unwrap();
    assert_eq!(client.increment(CACHE, "count", 90).await.unwrap().value, 100);
    assert_eq!(client.increment(OTHER_CACHE, "count", 0).await.unwrap().value, 0);
}

#[tokio::test]
async fn every_increment_gives_the_item_its_own_time_to_live() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    let add_for = async |seconds| {
        let request = IncrementRequest::new(CACHE, "count", 1).ttl(Duration::from_secs(seconds));
        client.send_request(request).await.unwrap().value
    };
    assert_eq!(add_for(10).await, 1);
    clock.advance(Duration::from_secs(9));
    assert_eq!(add_for(10).await, 2);
    let renewed = ItemGetTtlResponse::Hit { remaining_ttl: Duration::from_secs(10) };
    assert_eq!(client.item_get_ttl(CACHE, "count").await.unwrap(), renewed);
    // Also a shorter one, as Momento's own test has it.
    assert_eq!(add_for(1).await, 3);
    clock.advance(Duration::from_secs(1));
    assert_eq!(client.get(CACHE, "count").await.unwrap(), GetResponse::Miss);
    assert_eq!(add_for(10).await, 1);
}

#[tokio::test]
async fn what_is_no_number_or_would_be_none_is_a_failed_precondition_and_stays_as_it_is() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    for value in ["abcxyz", "", "1.5", "9223372036854775807"] {
        client.set(CACHE, "count", value).await.unwrap();
        clock.advance(Duration::from_secs(1));
        let error = client.increment(CACHE, "count", 1).await.unwrap_err();
        assert_eq!(error.error_code, MomentoErrorCode::FailedPreconditionError, "{value}");
        assert_eq!(client.get(CACHE, "count").await.unwrap(), GetResponse::from(value));
        let as_before = ItemGetTtlResponse::Hit { remaining_ttl: Duration::from_secs(599) };
        assert_eq!(client.item_get_ttl(CACHE, "count").await.unwrap(), as_before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_increments_at_once_give_two_hundred_sums() {
    let (stage, _) = stage().await;
    let clients = [(); 4].map(|()| key_holder(&stage));
    let mut calls = JoinSet::new();
    for call in 0..200 {
        let client = clients[call % clients.len()].clone();
        calls.spawn(async move { client.increment(CACHE, "count", 1).await.unwrap().value });
    }
    let mut sums = calls.join_all().await;
    sums.sort_unstable();
    assert_eq!(sums, (1..=200).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_time_to_live_of_nothing_or_no_cache_is_refused() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let brief = IncrementRequest::new(CACHE, "count", 1).ttl(Duration::ZERO);
    assert_eq!(code(client.send_request(brief).await), Code::InvalidArgument);
    let error = client.increment("no-such-cache", "count", 1).await.unwrap_err();
    assert_eq!(error.error_code, MomentoErrorCode::CacheNotFoundError);
}
