//! `tvm outputs`: what the stack says of itself.
//! Real: the built program and the AWS SDK. Not real: AWS, whose answers are made up here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::{Value, json};
use support::aws::{Aws, stack, stack_refused};
use support::{command, run};

#[tokio::test]
async fn each_output_has_a_line_or_a_member() {
    let aws = Aws::answering(|_| stack(&[("Region", "us-west-2"), ("Endpoint", "https://x.example/prod/")])).await;
    let plain = run(command(&aws.url, &["outputs", "--stack", "Chat"]), "").await.well();
    assert_eq!(plain.out, "Endpoint  https://x.example/prod/\nRegion    us-west-2\n");
    assert!(aws.calls()[0].body.as_str().unwrap().contains("StackName=Chat"));
    let printed = run(command(&aws.url, &["outputs", "--json"]), "").await.well();
    let printed: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(printed, json!({ "Endpoint": "https://x.example/prod/", "Region": "us-west-2" }));
}

/// Somebody else may have deployed the stack, and what says no may be anybody's server.
#[tokio::test]
async fn what_a_stack_or_a_server_says_hides_nothing() {
    let hidden = "a\u{202e}b\u{9b}2Jc\u{3164}d";
    let aws = Aws::answering(move |_| stack(&[("Endpoint", hidden)])).await;
    let plain = run(command(&aws.url, &["outputs"]), "").await.well().out;
    assert_eq!(plain, "Endpoint  a\\u202eb\\u009b2Jc\\u3164d\n");
    let printed = run(command(&aws.url, &["outputs", "--json"]), "").await.well().out;
    assert!(printed.is_ascii(), "{printed}");
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), json!({ "Endpoint": hidden }));
    let refusing = Aws::answering(move |_| stack_refused("Unknown", hidden)).await;
    let error = run(command(&refusing.url, &["outputs"]), "").await.error();
    assert!(error.contains("a\\u202eb\\u009b2Jc\\u3164d") && error.is_ascii(), "{error}");
}

#[tokio::test]
async fn no_stack_is_an_error_with_what_to_do() {
    let aws = Aws::answering(|_| stack_refused("ValidationError", "Stack with id x does not exist")).await;
    let error = run(command(&aws.url, &["outputs"]), "").await.error();
    assert!(error.contains("there is no stack `TokenVendingMachine` in us-west-2; name yours with --stack"), "{error}");
}
