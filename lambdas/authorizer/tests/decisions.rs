//! Who is let in, and what API Gateway is told.
//! Real: the built function. Not real: Secrets Manager, and API Gateway, whose events are written here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::{Value, json};
use support::{Decided, Deployed, event};

#[tokio::test]
async fn the_right_password_is_let_in_with_its_groups_on_every_route_of_the_stage() {
    let mut deployed = Deployed::start("headers", &[]).await;
    let decided = deployed.decide(&event(&json!({ "Username": "ada", "PASSWORD": "planted-ada" }))).await;
    assert_eq!(
        decided,
        Decided::Policy(json!({
            "principalId": "ada",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": ["execute-api:Invoke"],
                    "Effect": "Allow",
                    "Resource": ["arn:aws:execute-api:us-east-1:123456789012:abc/prod/*"],
                }],
            },
            "context": { "username": "ada", "groups": "A,B" },
        }))
    );
}

#[tokio::test]
async fn wrong_credentials_are_denied_and_told_nothing() {
    let mut deployed = Deployed::start("headers", &[]).await;
    let mut told = Vec::new();
    for (username, password) in
        [("ada", "planted-bob"), ("eve", "planted-ada"), ("ada", "planted-ada "), ("ADA", "planted-ada")]
    {
        let decided = deployed.decide(&event(&json!({ "username": username, "password": password }))).await;
        assert_eq!(decided.effect(), "Deny", "{username}:{password}");
        told.push(decided);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "an unknown user and a wrong password differ: {told:?}");
    let Decided::Policy(policy) = &told[0] else { panic!("no policy") };
    assert_eq!(policy.get("context"), None);
}

#[tokio::test]
async fn missing_credentials_are_unauthorized() {
    let mut headers = Deployed::start("headers", &[]).await;
    let mut basic = Deployed::start("basic", &[]).await;
    for sent in
        [json!(null), json!({}), json!({ "username": "ada" }), json!({ "username": "", "password": "planted-ada" })]
    {
        assert_eq!(headers.decide(&event(&sent)).await.effect(), "Unauthorized", "{sent}");
        assert_eq!(basic.decide(&event(&sent)).await.effect(), "Unauthorized", "{sent}");
    }
    // Where the configuration says the one place, the other does not count. "YWRhOnBsYW50ZWQtYWRh" is ada:planted-ada.
    let in_basic = json!({ "authorization": "Basic YWRhOnBsYW50ZWQtYWRh" });
    let in_headers = json!({ "username": "ada", "password": "planted-ada" });
    assert_eq!(headers.decide(&event(&in_basic)).await.effect(), "Unauthorized");
    assert_eq!(basic.decide(&event(&in_headers)).await.effect(), "Unauthorized");
    assert_eq!(basic.decide(&event(&in_basic)).await.effect(), "Allow");
}

#[tokio::test]
async fn without_its_secret_nobody_is_let_in_and_api_gateway_learns_no_reason() {
    let mut deployed = Deployed::start("headers", &[("AUTHORIZER_SECRET_ID", "another")]).await;
    let ask = event(&json!({ "username": "ada", "password": "planted-ada" }));
    assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable");
    deployed.secrets.put("another", "planted-no-json");
    assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable");
    // A mended secret is taken up by the next request.
    deployed.secrets.put("another", r#"{"username":"ada","password":"planted-ada"}"#);
    assert_eq!(deployed.decide(&ask).await.effect(), "Allow");
    let log = deployed.function.stop().await;
    assert!(log.contains("secret another") && log.contains("lists no users"), "{log}");
}

#[tokio::test]
async fn no_password_is_printed_or_answered() {
    let mut deployed = Deployed::start("headers", &[("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("RUST_LOG", "trace")]).await;
    let mut answers = Vec::new();
    for sent in [
        json!({ "username": "ada", "password": "planted-ada", "authorization": "Bearer planted-jwt" }),
        json!({ "username": "ada", "password": "planted-wrong" }),
        json!({ "username": "planted-stranger", "password": "planted-ada" }),
        json!({ "username": "ada", "cookie": "planted-cookie" }),
    ] {
        answers.push(format!("{:?}", deployed.decide(&event(&sent)).await));
    }
    let log = deployed.function.stop().await;
    assert!(log.lines().count() >= 4, "nothing was logged, so nothing is shown: {log}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["requestId"].is_string(), "{line}");
    }
    assert!(!log.contains("planted"), "{log}");
    assert!(!answers.concat().contains("planted"), "{answers:?}");
}
