//! Any JSON at all may arrive: there is always a decision, never a panic, and nobody is let in without a password.
//! Real: the built function, the events that `aws_lambda_events` carries. Not real: Secrets Manager.
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
use support::{Deployed, METHOD_ARN};

#[tokio::test]
async fn no_event_without_a_password_lets_anybody_in() {
    let mut deployed = Deployed::start("headers", &[]).await;
    let mut events: Vec<Value> = gateway_events(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .unwrap()
        .into_iter()
        .map(|(_, event)| event)
        .collect();
    assert!(events.len() > 20, "only {} events", events.len());
    events.push(json!({ "methodArn": METHOD_ARN, "headers": { "username": "ada", "password": "x" } }));
    let odd = odd_values();
    let mut runner = TestRunner::deterministic();
    let strategy = (0..events.len(), proptest::collection::vec((0_usize..10_000, 0..odd.len()), 0..4));
    for _ in 0..800 {
        let (seed, changes) = strategy.new_tree(&mut runner).unwrap().current();
        let event =
            changes.iter().fold(events[seed].clone(), |event, (place, value)| replaced(&event, *place, &odd[*value]));
        let effect = deployed.decide(&event.to_string()).await.effect().to_owned();
        assert!(effect == "Deny" || effect == "Unauthorized", "{effect} for {event}");
    }
}

#[tokio::test]
async fn what_no_gateway_sends_is_decided_too() {
    let mut deployed = Deployed::start("basic", &[]).await;
    let mut events: Vec<String> = odd_values().iter().map(Value::to_string).collect();
    events.extend([
        "[".repeat(5_000) + &"]".repeat(5_000),
        r#"{"headers":null,"headers":{"authorization":"Basic YQ=="},"methodArn":5}"#.to_owned(),
        json!({ "methodArn": METHOD_ARN, "headers": { "authorization": "B".repeat(10_000_000) } }).to_string(),
        json!({ "methodArn": "a:".repeat(1_000_000), "headers": { "authorization": "Basic YWRhOnBsYW50ZWQtYWRh" } })
            .to_string(),
    ]);
    for event in events {
        assert_eq!(
            deployed.decide(&event).await.effect(),
            "Unauthorized",
            "{}",
            event.chars().take(200).collect::<String>()
        );
    }
}
