//! Nothing secret is printed or answered, at the highest log level, on every way through the function.
//! Real: the built function and the local Momento. Not real: Secrets Manager and API Gateway.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use momento_emulator::Fault;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use support::Deployed;
use tonic::Code;

/// What a client might send that must not come back, each to be found by "planted".
fn event() -> String {
    json!({
        "headers": {
            "Authorization": "Bearer planted-jwt", "username": "planted-username", "password": "planted-password",
            "usergroup": "planted-group", "cachename": "planted-cache", "Cookie": "planted-cookie",
        },
        "queryStringParameters": { "name": "planted-name", "token": "planted-token" },
        "body": "planted-body",
        "requestContext": { "requestId": "gateway-1", "authorizer": { "claims": { "sub": "planted-sub", "token_use": "id" } } },
    })
    .to_string()
}

#[tokio::test]
async fn whatever_happens_neither_the_log_nor_an_error_holds_a_secret() {
    let shipped = include_str!("../../../config/tvm.toml");
    for mode in ["Open", "LambdaAuthorizer", "AmazonCognito"] {
        let config = shipped.replace("auth = \"Open\"", &format!("auth = \"{mode}\""));
        let mut deployed = Deployed::start(&config, &[("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("RUST_LOG", "trace")]).await;
        let mut answers = vec![deployed.answer(&event()).await.body];
        let vended =
            deployed.answer(&json!({ "queryStringParameters": { "name": "planted-name" } }).to_string()).await.body;
        for code in [Code::Unauthenticated, Code::Internal, Code::ResourceExhausted] {
            deployed.momento.faults().set(Fault::status("GenerateDisposableToken", code));
            answers.push(deployed.answer("{}").await.body);
            deployed.momento.faults().clear();
        }
        deployed.secrets.put("the-key", "planted-not-a-key");
        answers.push(deployed.answer("\"planted\"").await.body);

        let key = deployed.momento.api_key_v1().expose_secret().to_owned();
        let log = deployed.function.stop().await;
        let answers = Value::from(answers).to_string();
        assert!(log.lines().count() >= 5, "nothing was logged, so nothing is shown: {log}");
        let mut secrets = vec!["planted".to_owned(), key.clone(), inner(&key)];
        if let Some(token) = vended["authToken"].as_str() {
            secrets.extend([token.to_owned(), inner(token)]);
        }
        for secret in secrets {
            // A name is no secret, but nobody asked for it to be logged either.
            assert!(!log.contains(&secret), "the log holds {secret}: {log}");
            assert!(!answers.contains(&secret), "an answer holds {secret}: {answers}");
        }
    }
}

#[tokio::test]
async fn every_line_of_a_request_is_json_with_its_id() {
    let mut deployed = Deployed::shipped("Open").await;
    deployed.answer(&json!({ "requestContext": { "requestId": "gateway-1" } }).to_string()).await;
    deployed.answer(&json!({ "headers": { "cachename": "other" } }).to_string()).await;
    let log = deployed.function.stop().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{log}");
    for line in &lines {
        assert_eq!(line["requestId"], "00000000-0000-4000-8000-000000000001", "{line}");
        assert!(line["message"].is_string() && line["level"].is_string() && line["timestamp"].is_string(), "{line}");
    }
    assert_eq!(lines[0]["gatewayRequestId"], "gateway-1");
    assert_eq!(lines[1]["code"], "CacheNotAllowed");
}

/// The key inside a credential.
fn inner(credential: &str) -> String {
    use base64::Engine;
    let json = base64::engine::general_purpose::STANDARD.decode(credential).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    json["api_key"].as_str().unwrap().to_owned()
}
