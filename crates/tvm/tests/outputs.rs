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

#[tokio::test]
async fn no_stack_is_an_error_with_what_to_do() {
    let aws = Aws::answering(|_| stack_refused("ValidationError", "Stack with id x does not exist")).await;
    let error = run(command(&aws.url, &["outputs"]), "").await.error();
    assert!(error.contains("there is no stack `TokenVendingMachine` in us-west-2; name yours with --stack"), "{error}");
}
