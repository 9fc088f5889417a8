//! Topics: who hears what, in which order, from whom, and for how long.
//!
//! Real: the stage, the official Rust SDK, and the protocol's own client where the SDK would subscribe again by
//! itself. The clock is set by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use momento::topics::ValueKind;
use momento_emulator::Running;
use momento_protos::{
    cache_client::pubsub::{
        SubscriptionItem, SubscriptionRequest, TopicItem, pubsub_client::PubsubClient, subscription_item::Kind,
    },
    permission_messages::TopicRole,
};
use support::*;
use tokio_stream::StreamExt;
use tonic::{Code, Request, Status, Streaming};

/// Subscribes as the protocol has it, without the SDK's subscribing again.
async fn subscribe(stage: &Running, credential: &str, topic: &str) -> Result<Streaming<SubscriptionItem>, Status> {
    resume(stage, credential, topic, 0, 0).await
}

/// Subscribes from the message of this number on.
async fn resume(
    stage: &Running,
    credential: &str,
    topic: &str,
    resume_at_topic_sequence_number: u64,
    sequence_page: u64,
) -> Result<Streaming<SubscriptionItem>, Status> {
    let mut request = Request::new(SubscriptionRequest {
        cache_name: CACHE.to_owned(),
        topic: topic.to_owned(),
        resume_at_topic_sequence_number,
        sequence_page,
    });
    request.metadata_mut().insert("authorization", credential.parse().unwrap());
    PubsubClient::new(channel(stage)).subscribe(request).await.map(tonic::Response::into_inner)
}

/// A token that may do everything with topics for 60 seconds.
async fn token(stage: &Running, id: &str) -> String {
    let mut request = request(stage, vec![topics(TopicRole::TopicReadWrite, Some(CACHE), None)]);
    request.token_id = id.to_owned();
    request.expires.as_mut().unwrap().valid_for_seconds = 60;
    generate(stage, request).await.unwrap().api_key
}

#[tokio::test]
async fn subscribers_hear_every_message_in_order_with_the_id_of_the_publishers_token() {
    let (stage, _) = stage().await;
    let ada = topic_client(credentials(&stage, &token(&stage, "ada").await));
    let owner = topic_client(credentials(&stage, &inner_key(&stage)));
    let mut first = ada.subscribe(CACHE, "room").await.unwrap();
    let mut second = owner.subscribe(CACHE, "room").await.unwrap();

    ada.publish(CACHE, "another-room", "not for you").await.unwrap();
    ada.publish(CACHE, "room", "hello").await.unwrap();
    owner.publish(CACHE, "room", vec![0, 255]).await.unwrap();

    for subscription in [&mut first, &mut second] {
        let hello = subscription.next().await.unwrap();
        assert_eq!(hello.kind, ValueKind::Text("hello".to_owned()));
        assert_eq!((hello.topic_sequence_number, hello.publisher_id.as_str()), (1, "ada"));
        let bytes = subscription.next().await.unwrap();
        assert_eq!(bytes.kind, ValueKind::Binary(vec![0, 255]));
        assert_eq!((bytes.topic_sequence_number, bytes.publisher_id.as_str()), (2, ""));
        assert_eq!(bytes.topic_sequence_page, hello.topic_sequence_page);
        assert_ne!(hello.topic_sequence_page, 0);
    }
}

#[tokio::test]
async fn the_first_item_of_a_subscription_is_a_heartbeat() {
    let (stage, _) = stage().await;
    let mut stream = subscribe(&stage, &inner_key(&stage), "room").await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert!(matches!(first.kind, Some(Kind::Heartbeat(_))));
}

#[tokio::test]
async fn a_subscription_ends_when_its_token_expires_and_cannot_be_made_again() {
    let (stage, clock) = stage().await;
    let token = token(&stage, "ada").await;
    let mut stream = subscribe(&stage, &token, "room").await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());

    clock.advance(Duration::from_secs(58));
    let owner = topic_client(credentials(&stage, &inner_key(&stage)));
    owner.publish(CACHE, "room", "still here").await.unwrap();
    assert!(matches!(stream.next().await.unwrap().unwrap().kind, Some(Kind::Item(_))));

    clock.advance(Duration::from_secs(2));
    owner.publish(CACHE, "room", "too late").await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Code::Unauthenticated);
    assert!(stream.next().await.is_none());
    assert_eq!(subscribe(&stage, &token, "room").await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_subscription_ends_with_its_cache_and_with_the_stage() {
    let (stage, _) = stage().await;
    let mut stream = subscribe(&stage, &inner_key(&stage), "room").await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    key_holder(&stage).delete_cache(CACHE).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Code::NotFound);

    key_holder(&stage).create_cache(CACHE).await.unwrap();
    let mut stream = subscribe(&stage, &inner_key(&stage), "room").await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    stage.shutdown().await;
    assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn a_subscriber_who_fell_far_behind_is_told_of_the_gap() {
    let (stage, _) = stage().await;
    let owner = topic_client(credentials(&stage, &inner_key(&stage)));
    owner.publish(CACHE, "room", "before").await.unwrap();
    let mut stream = resume(&stage, &inner_key(&stage), "room", 2, 0).await.unwrap();
    let large = "x".repeat(16 * 1024);
    for _ in 0..1400 {
        owner.publish(CACHE, "room", large.clone()).await.unwrap();
    }
    let mut next = 2;
    let mut gaps = 0;
    while next <= 1401 {
        match stream.next().await.unwrap().unwrap().kind {
            Some(Kind::Item(item)) => {
                assert_eq!(item.topic_sequence_number, next);
                next += 1;
            }
            Some(Kind::Discontinuity(gap)) => {
                assert_eq!(gap.last_topic_sequence + 1, next);
                next = gap.new_topic_sequence + 1;
                gaps += 1;
            }
            _ => {}
        }
    }
    assert_eq!(gaps, 1);
}

/// What comes next, other than heartbeats.
async fn next(stream: &mut Streaming<SubscriptionItem>) -> Kind {
    loop {
        match stream.next().await.unwrap().unwrap().kind.unwrap() {
            Kind::Heartbeat(_) => {}
            kind => return kind,
        }
    }
}

async fn next_item(stream: &mut Streaming<SubscriptionItem>) -> TopicItem {
    match next(stream).await {
        Kind::Item(item) => item,
        other => panic!("no message: {other:?}"),
    }
}

#[tokio::test]
async fn who_resumes_loses_nothing_and_who_does_not_begins_with_the_latest_message() {
    let (stage, _) = stage().await;
    let (key, owner) = (inner_key(&stage), topic_client(credentials(&stage, &inner_key(&stage))));
    for message in ["one", "two", "three"] {
        owner.publish(CACHE, "room", message).await.unwrap();
    }
    let page = next_item(&mut subscribe(&stage, &key, "room").await.unwrap()).await.sequence_page;
    for (number, page, expected) in [(2, page, 2..=4), (2, 0, 2..=4), (4, page, 4..=4), (0, 0, 4..=4)] {
        let mut stream = resume(&stage, &key, "room", number, page).await.unwrap();
        assert!(matches!(stream.next().await.unwrap().unwrap().kind, Some(Kind::Heartbeat(_))));
        if number == 2 && page != 0 {
            owner.publish(CACHE, "room", "four").await.unwrap();
        }
        for expected in expected {
            assert_eq!(next_item(&mut stream).await.topic_sequence_number, expected);
        }
    }
}

#[tokio::test]
async fn the_official_sdk_loses_no_message_when_its_connection_breaks() {
    let (stage, _) = stage().await;
    let client = topic_client(credentials(&stage, &inner_key(&stage)));
    let mut subscription = client.subscribe(CACHE, "room").await.unwrap();
    let owner = topic_client(credentials(&stage, &inner_key(&stage)));
    owner.publish(CACHE, "room", "1").await.unwrap();
    assert_eq!(subscription.next().await.unwrap().kind, ValueKind::Text("1".to_owned()));
    stage.cut_connections();
    let owner = topic_client(credentials(&stage, &inner_key(&stage)));
    for message in ["2", "3"] {
        owner.publish(CACHE, "room", message).await.unwrap();
    }
    let mut numbers = Vec::new();
    while numbers.last() != Some(&3) {
        numbers.push(subscription.next().await.unwrap().topic_sequence_number);
    }
    // It asks for the last message that it has once more.
    assert_eq!(numbers, [1, 2, 3]);
}

#[tokio::test]
async fn who_resumes_a_topic_that_is_no_more_is_told_of_a_gap_and_of_the_new_page() {
    let (stage, _) = stage().await;
    let (key, client) = (inner_key(&stage), key_holder(&stage));
    let owner = topic_client(credentials(&stage, &key));
    let mut pages = Vec::new();
    for _ in 0..2 {
        owner.publish(CACHE, "room", "hello").await.unwrap();
        pages.push(next_item(&mut subscribe(&stage, &key, "room").await.unwrap()).await.sequence_page);
        client.delete_cache(CACHE).await.unwrap();
        client.create_cache(CACHE).await.unwrap();
    }
    assert!(pages[0] < pages[1], "{pages:?}");

    owner.publish(CACHE, "room", "hello").await.unwrap();
    let mut stream = resume(&stage, &key, "room", 2, pages[1]).await.unwrap();
    let Kind::Discontinuity(gap) = next(&mut stream).await else { panic!("no gap") };
    assert_eq!((gap.last_topic_sequence, gap.new_topic_sequence), (1, 0));
    let item = next_item(&mut stream).await;
    assert_eq!((item.topic_sequence_number, item.sequence_page), (1, gap.new_sequence_page));
    assert!(gap.new_sequence_page > pages[1]);
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let (stage, _) = stage().await;
    let owner = topic_client(credentials(&stage, &inner_key(&stage)));
    assert_eq!(code(owner.publish(CACHE, "", "hello").await), Code::InvalidArgument);
    assert_eq!(code(owner.publish("no-such-cache", "room", "hello").await), Code::NotFound);
    assert_eq!(subscribe(&stage, "sesame", "room").await.unwrap_err().code(), Code::Unauthenticated);
}
