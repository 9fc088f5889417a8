//! A header or a parameter that a client sends twice, as API Gateway hands it on: the last value in `headers`, all of them in
//! `multiValueHeaders`. Real: the built function and the local Momento. Not real: Secrets Manager, and API Gateway, whose events are
//! written here.
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
use support::Deployed;
use tonic::Code;

const MINT: &str = "GenerateDisposableToken";

/// What a client sent under each name.
type Sent<'s> = &'s [(&'s str, &'s [&'s str])];

/// A proxy integration's event with these headers and parameters, in the form of the example of `multiValueHeaders` in "Lambda proxy
/// integrations in API Gateway" (API Gateway Developer Guide).
fn event(authorizer: &Value, headers: Sent<'_>, query: Sent<'_>) -> String {
    let last = |sent: Sent<'_>| -> Map<String, Value> {
        sent.iter().map(|(name, all)| ((*name).to_owned(), json!(all.last()))).collect()
    };
    let all = |sent: Sent<'_>| -> Map<String, Value> {
        sent.iter().map(|(name, all)| ((*name).to_owned(), json!(all))).collect()
    };
    json!({
        "resource": "/", "path": "/", "httpMethod": "GET", "headers": last(headers), "multiValueHeaders": all(headers),
        "queryStringParameters": last(query), "multiValueQueryStringParameters": all(query),
        "pathParameters": null, "stageVariables": null, "body": null, "isBase64Encoded": false,
        "requestContext": {
            "path": "/prod/", "accountId": "123456789012", "stage": "prod", "requestId": "gateway-1", "resourcePath": "/",
            "httpMethod": "GET", "apiId": "abc", "identity": { "sourceIp": "192.0.2.1" }, "authorizer": authorizer,
        },
    })
    .to_string()
}

#[tokio::test]
async fn what_is_there_twice_is_refused_whatever_it_says_and_momento_is_not_asked() {
    let groups = "ReadOnlyUserGroup,ReadWriteUserGroup";
    let user =
        json!({ "claims": { "sub": "s-1", "token_use": "id", "cognito:username": "ada", "cognito:groups": groups } });
    let bearer = "Bearer a.b.c";
    for (mode, authorizer, once) in [
        ("Open", Value::Null, &[("cachename", &["default-cache"][..])][..]),
        (
            "AmazonCognito",
            user,
            &[
                ("Authorization", &[bearer][..]),
                ("usergroup", &["ReadOnlyUserGroup"]),
                ("cachename", &["default-cache"]),
            ],
        ),
    ] {
        let mut deployed = Deployed::shipped(mode).await;
        for (headers, query) in [
            (&[("Authorization", &[bearer, bearer][..])][..], &[][..]),
            (&[("Authorization", &["Bearer x.y.z", bearer])], &[]),
            (&[("authorization", &["Bearer x.y.z"]), ("Authorization", &[bearer])], &[]),
            (&[("username", &["ada", "ada"])], &[]),
            (&[("password", &["a", "b"])], &[]),
            (&[("usergroup", &["ReadOnlyUserGroup", "ReadOnlyUserGroup"])], &[]),
            (&[("usergroup", &["ReadWriteUserGroup", "ReadOnlyUserGroup"])], &[]),
            (&[("UserGroup", &["", "ReadOnlyUserGroup"])], &[]),
            (&[("cachename", &["default-cache", "default-cache"])], &[]),
            (&[("cachename", &["other", "default-cache"])], &[]),
            (&[], &[("name", &["Taylor", "Robin"][..])]),
        ] {
            let answer = deployed.answer(&event(&authorizer, headers, query)).await;
            assert_eq!((answer.status, answer.code()), (400, "MalformedRequest"), "{mode} {headers:?} {query:?}");
        }
        assert_eq!(deployed.momento.stats().ended(MINT, Code::Ok), 0);
        // Each of them once is answered with a token, so what was refused was refused for the repetition alone.
        let answer = deployed.answer(&event(&authorizer, once, &[("name", &["Taylor"])])).await;
        assert_eq!(answer.status, 200, "{mode}: {answer:?}");
        assert_eq!(deployed.momento.stats().ended(MINT, Code::Ok), 1, "{mode}");
    }
}
