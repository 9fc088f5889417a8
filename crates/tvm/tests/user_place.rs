//! Where `tvm user` looks for the users, and what it says where there are none of ours.
//! Real: the built program and the AWS SDK. Not real: AWS, whose answers are made up here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::json;
use support::aws::{Answer, Aws, good, refused, stack, stack_refused};
use support::{Done, command, run};

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:users-AbCdEf";

async fn list(aws: &Aws, more: &[&str]) -> Done {
    let arguments: Vec<&str> = ["user", "list"].into_iter().chain(more.iter().copied()).collect();
    run(command(&aws.url, &arguments), "").await
}

async fn with_outputs(outputs: &'static [(&str, &str)]) -> Aws {
    Aws::answering(move |call| match call.action.as_str() {
        "DescribeStacks" => stack(outputs),
        "GetSecretValue" => good(&json!({ "VersionId": "v", "SecretString": r#"{"users":[]}"# })),
        "ListUsers" => good(&json!({ "Users": [] })),
        "ListGroups" => good(&json!({ "Groups": [] })),
        other => refused("Unexpected", other),
    })
    .await
}

#[tokio::test]
async fn the_outputs_of_the_stack_say_where_its_users_are() {
    let aws = with_outputs(&[("AuthMode", "LambdaAuthorizer"), ("CredentialsSecretArn", ARN)]).await;
    list(&aws, &[]).await.well();
    assert!(aws.calls()[0].body.as_str().unwrap().contains("StackName=TokenVendingMachine"));
    assert_eq!(aws.calls()[1].body["SecretId"], ARN);
    let aws = with_outputs(&[("AuthMode", "AmazonCognito"), ("UserPoolId", "eu-west-1_planted")]).await;
    list(&aws, &["--stack", "Chat"]).await.well();
    assert!(aws.calls()[0].body.as_str().unwrap().contains("StackName=Chat"));
    assert_eq!(aws.calls()[1].body["UserPoolId"], "eu-west-1_planted");
    // The stack is in us-west-2, and the pool, which was there already, where its id says.
    assert!(aws.calls()[0].authorization.contains("/us-west-2/cloudformation/"));
    assert!(aws.calls()[1].authorization.contains("/eu-west-1/cognito-idp/"), "{:?}", aws.calls());
}

#[tokio::test]
async fn a_secret_or_a_pool_that_is_named_is_looked_at_in_its_own_region_and_no_stack_is() {
    for (place, region) in [
        (["--secret", ARN], "/eu-central-1/secretsmanager/"),
        (["--secret", "users"], "/us-west-2/secretsmanager/"),
        (["--user-pool", "eu-west-1_planted"], "/eu-west-1/cognito-idp/"),
    ] {
        let aws = with_outputs(&[]).await;
        // Set, as for `make deploy`: what is named counts.
        let mut command = command(&aws.url, &["user", "list", place[0], place[1]]);
        command.env("TVM_STACK", "Chat");
        run(command, "").await.well();
        assert!(!aws.actions().contains(&"DescribeStacks".to_owned()), "{place:?}");
        assert!(aws.calls().iter().all(|call| call.authorization.contains(region)), "{place:?}");
    }
}

#[tokio::test]
async fn where_there_are_no_users_of_ours_it_says_where_they_are() {
    for (outputs, expected) in [
        (&[("AuthMode", "Open")] as &'static [(&str, &str)], "anyone who knows its URL may ask"),
        (&[("AuthMode", "LambdaAuthorizer")], "its callers bring tokens of your issuer"),
        (&[("AuthMode", "AmazonCognito")], "has no output UserPoolId; deploy it again"),
        (&[("Endpoint", "https://x.example")], "is not a token vending machine"),
    ] {
        let aws = with_outputs(outputs).await;
        let error = list(&aws, &[]).await.error();
        assert!(error.contains(expected) && error.contains("`TokenVendingMachine`"), "{error}");
        assert_eq!(aws.actions(), ["DescribeStacks"]);
    }
}

#[tokio::test]
async fn what_keeps_it_from_the_stack_is_said_with_what_to_do() {
    async fn said(answer: Answer) -> String {
        let aws = Aws::answering(move |_| answer.clone()).await;
        list(&aws, &[]).await.error()
    }
    let error = said(stack_refused("ValidationError", "Stack with id TokenVendingMachine does not exist")).await;
    assert!(
        error.starts_with("there is no stack `TokenVendingMachine` in us-west-2; name yours with --stack"),
        "{error}"
    );
    let error =
        said(stack_refused("AccessDenied", "User: x is not authorized to perform: cloudformation:DescribeStacks"))
            .await;
    assert!(error.contains("not authorized to perform") && error.contains("docs/command-line.md"), "{error}");
    // Its message quotes the session token: it is not shown.
    let error = said(stack_refused("SignatureDoesNotMatch", "x-amz-security-token:planted-token")).await;
    assert!(
        error.contains("SignatureDoesNotMatch") && error.contains("aws sso login") && !error.contains("planted"),
        "{error}"
    );
}

#[tokio::test]
async fn without_a_region_or_credentials_it_says_how_to_give_them() {
    let aws = with_outputs(&[("AuthMode", "Open")]).await;
    for (missing, expected) in [("AWS_REGION", "set AWS_REGION"), ("AWS_ACCESS_KEY_ID", "AWS_PROFILE")] {
        let mut command = command(&aws.url, &["user", "list"]);
        command.env_remove(missing);
        let error = run(command, "").await.error();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(aws.calls().len(), 0);
    let error = run(command("http://127.0.0.1:9", &["user", "list"]), "").await.error();
    assert!(error.contains("AWS cannot be reached"), "{error}");
}
