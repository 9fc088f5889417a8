//! A credential header that a client sends twice, as API Gateway hands it to the authorizer: the last value in `headers`, all of
//! them in `multiValueHeaders`. Real: the built function. Not real: Secrets Manager, and API Gateway, whose events are written here.
//!
//! The emulator of the deployed tests joins the values to one text, so the deployed tests cannot show this.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::{Map, Value, json};
use support::{Deployed, METHOD_ARN};

/// "ada:planted-ada" and "bob:planted-bob" in base64.
const ADA: &str = "Basic YWRhOnBsYW50ZWQtYWRh";
const BOB: &str = "Basic Ym9iOnBsYW50ZWQtYm9i";

/// An authorizer's event with these headers, each with all the values that the client sent (API Gateway Developer Guide, "Input to an
/// API Gateway Lambda authorizer", and the example of `multiValueHeaders` in "Lambda proxy integrations").
fn event(headers: &[(&str, &[&str])]) -> String {
    let last: Map<String, Value> = headers.iter().map(|(name, all)| ((*name).to_owned(), json!(all.last()))).collect();
    let all: Map<String, Value> = headers.iter().map(|(name, all)| ((*name).to_owned(), json!(all))).collect();
    json!({
        "type": "REQUEST", "methodArn": METHOD_ARN, "resource": "/", "path": "/", "httpMethod": "GET",
        "headers": last, "multiValueHeaders": all, "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "pathParameters": null, "stageVariables": null,
        "requestContext": {
            "path": "/prod/", "accountId": "123456789012", "stage": "prod", "requestId": "gateway-1", "resourcePath": "/",
            "httpMethod": "GET", "apiId": "abc", "identity": { "sourceIp": "192.0.2.1" },
        },
    })
    .to_string()
}

#[tokio::test]
async fn a_credential_header_that_is_there_twice_lets_nobody_in_whichever_value_is_right() {
    let mut by_headers = Deployed::start("headers", &[]).await;
    // The same event with each header once lets its user in, so what follows is refused for the repetition alone.
    let once = event(&[("username", &["ada"]), ("password", &["planted-ada"])]);
    assert_eq!(by_headers.decide(&once).await.effect(), "Allow");
    for (usernames, passwords) in [
        (&["ada", "ada"][..], &["planted-ada"][..]),
        (&["bob", "ada"], &["planted-ada"]),
        (&["ada", "bob"], &["planted-ada"]),
        (&["", "ada"], &["planted-ada"]),
        (&["ada"], &["planted-ada", "planted-ada"]),
        (&["ada"], &["wrong", "planted-ada"]),
        (&["ada"], &["planted-ada", "wrong"]),
        (&["ada", "bob"], &["planted-ada", "planted-bob"]),
    ] {
        let twice = event(&[("username", usernames), ("password", passwords)]);
        assert_eq!(by_headers.decide(&twice).await.effect(), "Unauthorized", "{usernames:?} {passwords:?}");
    }
    let other_case = event(&[("username", &["bob"]), ("Username", &["ada"]), ("password", &["planted-ada"])]);
    assert_eq!(by_headers.decide(&other_case).await.effect(), "Unauthorized");

    let mut basic = Deployed::start("basic", &[]).await;
    assert_eq!(basic.decide(&event(&[("Authorization", &[ADA])])).await.effect(), "Allow");
    for values in [[ADA, ADA], [BOB, ADA], [ADA, "Basic"]] {
        assert_eq!(basic.decide(&event(&[("Authorization", &values)])).await.effect(), "Unauthorized", "{values:?}");
    }
}
