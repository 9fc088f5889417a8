//! What a caller is told, and what the operator, where the caller's own values are the reason that there is no token.
//! Real: the built function and the local Momento. Not real: Secrets Manager and API Gateway.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::{Value, json};
use support::Deployed;

fn asking(sub: &str, others: &Value) -> String {
    let mut claims = json!({ "sub": sub, "token_use": "id", "cognito:username": sub });
    claims.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    json!({ "requestContext": { "requestId": "gateway-1", "authorizer": { "claims": claims } } }).to_string()
}

fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn who_sent_no_name_is_not_asked_for_a_shorter_one() {
    let base = "auth = \"AmazonCognito\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"";
    let long = "a-federated-user-of-another-identity-provider-with-a-name-longer-than-momento-takes";
    let mut deployed = Deployed::start(base, &[]).await;
    let answer = deployed.answer(&asking(long, &json!({}))).await;
    assert_eq!((answer.status, answer.code()), (400, "TokenIdTooLong"));
    let message = answer.body["message"].as_str().unwrap();
    assert!(message.contains("Tell the operator") && !message.contains("`name`"), "{message}");
    let log = lines(&deployed.function.stop().await);
    assert!(log[0]["reason"].as_str().unwrap().contains("`token.id_too_long`"), "{log:?}");

    for (option, begins) in [("hash", Some("sha256:")), ("omit", None)] {
        let text = format!("{base}\n[token]\nid_too_long = \"{option}\"");
        let mut deployed = Deployed::start(&text, &[]).await;
        let answer = deployed.answer(&asking(long, &json!({}))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let granted: Value = serde_json::from_str(answer.headers["token-grant"].as_str().unwrap()).unwrap();
        let id = granted["id"].as_str();
        assert!(id.map(|id| &id[..7]) == begins && id.is_none_or(|id| id.len() == 63), "{granted}");
    }
}

#[tokio::test]
async fn a_claim_that_a_caller_lacks_is_named_in_the_log_and_not_to_the_caller() {
    let text = "auth = \"AmazonCognito\"\n[[permissions]]\ncache = \"c\"\nkey = \"{claims.custom:tenant}\"\nrole = \"ReadOnly\"";
    let mut deployed = Deployed::start(text, &[]).await;
    let answer = deployed.answer(&asking("ada", &json!({ "custom:tenant": "" }))).await;
    assert_eq!((answer.status, answer.code()), (403, "IdentityIncomplete"));
    assert!(!answer.body.to_string().contains("tenant"), "{answer:?}");
    let log = lines(&deployed.function.stop().await);
    assert!(log[0]["reason"].as_str().unwrap().contains("`{claims.custom:tenant}`"), "{log:?}");
}

#[tokio::test]
async fn callers_in_no_group_are_logged_once_with_the_groups_that_they_have() {
    let text = "auth = \"AmazonCognito\"\n[groups.Admins]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
    for (groups, named) in [(json!("admins,Staff"), r#""admins", "Staff""#), (json!("[Admins]"), r#""[Admins]""#)] {
        let mut deployed = Deployed::start(text, &[]).await;
        for groups in [json!("Admins"), groups, json!("Others")] {
            deployed.answer(&asking("planted", &json!({ "cognito:groups": groups, "email": "planted" }))).await;
        }
        let log = deployed.function.stop().await;
        assert!(!log.contains("planted"), "{log}");
        let said: Vec<Value> = lines(&log).into_iter().filter(|line| line["unmatched"].is_string()).collect();
        let [line] = &said[..] else { panic!("not one line in {log}") };
        assert_eq!(line["unmatched"], format!("the caller's groups are {named}; the file's groups are \"Admins\""));
        assert_eq!(line["level"], "WARN");
    }
}
