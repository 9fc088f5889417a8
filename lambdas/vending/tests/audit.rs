//! What the log says of who was given a token, and what it may do.
//! Real: the built function and the local Momento. Not real: Secrets Manager and API Gateway.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::Deployed;
use support::environments::World;

/// Permissions that are made of whoever is asking.
const CONFIG: &str = r#"
auth = "AmazonCognito"
permissions = [
    { cache = "c", key = { prefix = "{sub}/" }, role = "ReadWrite" },
    { cache = "c", topic = "{username}", role = "SubscribeOnly" },
]
"#;

fn asking(sub: &str, username: &str) -> String {
    let claims = json!({ "sub": sub, "token_use": "id", "cognito:username": username });
    json!({ "requestContext": { "requestId": "gateway-1", "authorizer": { "claims": claims } } }).to_string()
}

/// The lines about tokens that were vended to these callers by a function with this table, and the tokens.
async fn lines(table: &str, callers: &[(&str, &str)]) -> (Vec<Value>, Vec<String>) {
    let mut deployed = Deployed::start(&format!("{CONFIG}\n{table}"), &[("AWS_LAMBDA_LOG_LEVEL", "TRACE")]).await;
    let mut tokens = vec![deployed.momento.api_key_v1().expose_secret().to_owned()];
    for (sub, username) in callers {
        let answer = deployed.answer(&asking(sub, username)).await;
        tokens.push(answer.body["authToken"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned());
    }
    let log = deployed.function.stop().await;
    for token in &tokens {
        assert!(!log.contains(token), "{log}");
    }
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    (lines.filter(|line| line["message"] == "a token was vended").collect(), tokens)
}

#[tokio::test]
async fn by_default_a_line_tells_callers_apart_and_names_none() {
    let callers = [("planted-1", "planted-ada"), ("planted-2", "planted-bob"), ("planted-1", "planted-ada")];
    let (lines, _) = lines("", &callers).await;
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| !line.to_string().contains("planted")), "{lines:?}");
    let said = |index: usize, key: &str| lines[index][key].as_str().unwrap_or_else(|| panic!("{lines:?}")).to_owned();
    for key in ["who", "tokenId"] {
        assert_eq!(said(0, key), said(2, key));
        assert_ne!(said(0, key), said(1, key));
        assert_eq!(said(0, key).len(), 22);
    }
    let written = json!([
        { "cache": "c", "key": { "prefix": "{sub}/" }, "role": "ReadWrite" },
        { "cache": "c", "topic": "{username}", "role": "SubscribeOnly" },
    ]);
    for line in &lines {
        assert_eq!(line["permissions"], written);
        assert_eq!(line["gatewayRequestId"], "gateway-1");
        assert!(line["expires_at"].is_u64() && line["requestId"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn in_clear_it_says_who_and_what_they_may_do() {
    let (lines, _) = lines("[monitoring]\naudit = \"plain\"", &[("s-1", "ada")]).await;
    let filled = json!([
        { "cache": "c", "key": { "prefix": "s-1/" }, "role": "ReadWrite" },
        { "cache": "c", "topic": "ada", "role": "SubscribeOnly" },
    ]);
    assert_eq!((&lines[0]["who"], &lines[0]["tokenId"]), (&json!("s-1"), &json!("ada")));
    assert_eq!(lines[0]["permissions"], filled);
}

#[tokio::test]
async fn switched_off_it_says_neither() {
    let (lines, _) = lines("[monitoring]\naudit = \"off\"", &[("s-1", "ada")]).await;
    for key in ["who", "tokenId", "permissions"] {
        assert!(lines[0].get(key).is_none(), "{lines:?}");
    }
    assert_eq!(lines[0]["origin"], "minted");
}

/// Instances have the key in common, and nothing else.
#[tokio::test]
async fn instances_call_a_caller_the_same_by_one_key_and_otherwise_by_another() {
    let config = format!("{CONFIG}\n[momento]\nendpoint = \"localhost\"");
    let world = World::new(None).await;
    let mut names = Vec::new();
    for key in [world.momento.api_key_v1(), world.momento.api_key_v1(), world.momento.api_key_v2()] {
        world.secrets.put("the-key", key.expose_secret());
        let mut instance = world.environments(1, &config).await;
        instance.first().invoke(&asking("s-1", "ada")).await.unwrap();
        let log = instance.log_of_first().await;
        let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
        names.push(line["who"].as_str().unwrap().to_owned());
    }
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);
}
