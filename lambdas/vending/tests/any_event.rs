//! Any JSON at all may arrive: there is always an answer, never a panic, and never a token that was not granted.
//! Real: the built function, the events that `aws_lambda_events` carries, the local Momento. Not real: Secrets Manager.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::path::Path;

use lambda_emulator::events::{gateway_events, odd_values, replaced};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use support::{Answer, Deployed};

fn seeds() -> Vec<Value> {
    let seeds = gateway_events(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    assert!(seeds.len() > 20, "only {} events", seeds.len());
    seeds.into_iter().map(|(_, event)| event).collect()
}

fn expect_an_answer(answer: &Answer, event: &str) {
    let expected = match answer.status {
        200 => answer.body.get("authToken").is_some(),
        400 | 403 | 500 => !answer.code().is_empty() && answer.body.get("message").is_some(),
        _ => false,
    };
    assert!(expected, "{answer:?} to {}", event.chars().take(400).collect::<String>());
}

#[tokio::test]
async fn every_real_event_is_answered_and_in_a_verified_mode_with_no_token() {
    let (mut open, mut verified) = (Deployed::shipped("Open").await, Deployed::shipped("LambdaAuthorizer").await);
    for event in seeds() {
        let event = event.to_string();
        let answer = open.answer(&event).await;
        expect_an_answer(&answer, &event);
        // None of them is in a group of ours.
        let answer = verified.answer(&event).await;
        expect_an_answer(&answer, &event);
        assert_ne!(answer.status, 200, "{event}");
    }
}

#[tokio::test]
async fn every_mutated_event_is_answered() {
    let (mut open, mut verified) = (Deployed::shipped("Open").await, Deployed::shipped("AmazonCognito").await);
    let seeds = seeds();
    let (events, values) = (seeds.len(), odd_values().len());
    let odd = odd_values();
    // Deterministic, so that a failure can be had again.
    let mut runner = TestRunner::deterministic();
    let strategy = (0..events, proptest::collection::vec((0_usize..10_000, 0..values), 1..4));
    for _ in 0..600 {
        let (seed, changes) = strategy.new_tree(&mut runner).unwrap().current();
        let seed = seeds.get(seed).unwrap().clone();
        let event = changes
            .iter()
            .fold(seed, |event, (place, value)| replaced(&event, *place, odd.get(*value).unwrap()))
            .to_string();
        expect_an_answer(&open.answer(&event).await, &event);
        let answer = verified.answer(&event).await;
        expect_an_answer(&answer, &event);
        assert_ne!(answer.status, 200, "{event}");
    }
}

#[tokio::test]
async fn what_no_gateway_sends_is_answered_too() {
    let mut deployed = Deployed::shipped("Open").await;
    let mut events: Vec<String> = odd_values().iter().map(Value::to_string).collect();
    events.extend([
        "[".repeat(5_000) + &"]".repeat(5_000),
        r#"{"headers":{"cachename":"a"},"headers":null,"requestContext":5,"requestContext":{}}"#.to_owned(),
        r#"{"headers":{"cachename":"\ud800"}}"#.to_owned(),
        json!({ "queryStringParameters": { "name": "n".repeat(10_000_000) } }).to_string(),
        json!({ "headers": { "cachename": "n".repeat(10_000_000) } }).to_string(),
        json!({ "requestContext": { "requestId": "r".repeat(10_000_000) } }).to_string(),
    ]);
    for event in events {
        expect_an_answer(&deployed.answer(&event).await, &event);
    }
}
