//! What the metric `AuthorizerTrouble` counts: trouble of ours, and nothing that a stranger can send.
//! Real: the built function, its secret and its issuer over HTTP, keys and signatures. Not real: Secrets Manager itself, API
//! Gateway, and CloudWatch, whose rules are written down in `lambda_emulator::emf`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use lambda_emulator::emf::{self, Datum};
use lambda_emulator::{Answer, Function, Issuer, Mac, Secrets, SignedBy, Trouble, token_by_secret};
use serde_json::{Value, json};
use support::tokens::{DeployedByToken, bearing, claims, config, in_seconds};
use support::{Deployed, decided, event, file_of};

/// Behind the lines of `[authorizer]`.
const MEASURED: &str = "\n[monitoring]\nmetrics = true";

const SECRET: &str = "planted-signing-secret-planted-signing-secret";

/// The lines about requests, and what CloudWatch counts in each.
async fn lines(function: Function) -> Vec<(Value, Option<Datum>)> {
    let log = function.stop().await;
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")));
    let lines = lines.filter(|line: &Value| line["requestId"].is_string());
    lines
        .map(|line| {
            let mut data = emf::data(&line).unwrap_or_else(|broken| panic!("{broken}: {line}"));
            let trouble = data.remove("AuthorizerTrouble");
            assert!(data.is_empty(), "another metric in {line}");
            (line, trouble)
        })
        .collect()
}

/// Fails unless each of so many requests was refused, or let in, without a metric.
async fn nothing_is_counted(function: Function, requests: usize) {
    let lines = lines(function).await;
    assert_eq!(lines.len(), requests);
    for (line, trouble) in lines {
        assert_eq!(trouble, None, "{line}");
        assert_ne!(line["level"], "ERROR", "{line}");
    }
}

/// Fails unless each of so many requests was counted as one trouble of this code.
async fn each_is_counted(function: Function, requests: usize, code: &str) {
    let lines = lines(function).await;
    assert_eq!(lines.len(), requests);
    for (line, trouble) in lines {
        let trouble = trouble.unwrap_or_else(|| panic!("no metric in {line}"));
        assert_eq!((trouble.value, trouble.unit.as_str()), (1.0, "Count"), "{line}");
        assert_eq!(trouble.namespace, "TokenVendingMachine");
        assert_eq!(trouble.dimensions.keys().collect::<Vec<_>>(), ["function", "mode"]);
        assert_eq!(trouble.dimensions["mode"], "LambdaAuthorizer");
        assert_eq!((&line["level"], &line["code"]), (&json!("ERROR"), &json!(code)), "{line}");
        assert!(line["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{line}");
    }
}

fn users() -> Value {
    json!({ "users": [
        { "username": "ada", "password": "planted-ada" },
        { "username": "eve", "password": "planted-eve", "disabled": true },
        { "username": "dan", "password": "planted-dan", "disable": true },
    ] })
}

async fn by_credentials(place: &str, variables: &[(&str, &str)]) -> Deployed {
    Deployed::start_on(&users(), &format!("credentials = \"{place}\"{MEASURED}"), variables).await
}

async fn by_token(issuer: Issuer) -> DeployedByToken {
    DeployedByToken::start_with(issuer, MEASURED, &[]).await
}

#[tokio::test]
async fn no_credentials_that_a_stranger_sends_are_trouble() {
    let sent = [
        json!(null),
        json!({}),
        json!({ "username": "ada" }),
        json!({ "username": "", "password": "" }),
        json!({ "username": "ada", "password": "planted-wrong" }),
        json!({ "username": "stranger", "password": "planted-ada" }),
        json!({ "username": "eve", "password": "planted-eve" }),
        json!({ "username": "dan", "password": "planted-dan" }),
        json!({ "username": "\u{0}", "password": "x".repeat(9_000) }),
        json!({ "authorization": "Bearer planted" }),
        json!({ "authorization": "Basic" }),
        json!({ "authorization": "Basic !" }),
        // "stranger:planted"
        json!({ "authorization": "Basic c3RyYW5nZXI6cGxhbnRlZA==" }),
    ];
    for place in ["headers", "basic"] {
        let mut deployed = by_credentials(place, &[]).await;
        for headers in &sent {
            let effect = deployed.decide(&event(headers)).await.effect().to_owned();
            assert!(effect == "Unauthorized" || effect == "Deny", "{effect} for {headers}");
        }
        nothing_is_counted(deployed.function, sent.len()).await;
    }
}

/// What strangers and callers send by an issuer that is there; all but the last are refused.
fn tokens(issuer: &Issuer) -> Vec<Value> {
    let token = |others: Value| issuer.token(&claims(issuer, &others)).unwrap();
    let saying = |header: Value| issuer.token_saying(SignedBy::ES256, &header, &claims(issuer, &json!({}))).unwrap();
    let good = token(json!({}));
    let bearer = |token: &str| json!({ "authorization": format!("Bearer {token}") });
    vec![
        json!({}),
        json!({ "authorization": "" }),
        json!({ "authorization": format!("Basic {good}") }),
        json!({ "authorization": good }),
        bearer("planted"),
        bearer("a.b.c"),
        bearer(&"x".repeat(9_000)),
        bearer(&token(json!({ "exp": in_seconds(-3_600) }))),
        bearer(&token(json!({ "nbf": in_seconds(3_600) }))),
        bearer(&token(json!({ "aud": "planted" }))),
        bearer(&token(json!({ "iss": "https://planted.example" }))),
        bearer(&token(json!({ "sub": null }))),
        bearer(&token(json!({ "groups": (0..201).map(|group| group.to_string()).collect::<Vec<_>>() }))),
        bearer(&saying(json!({ "alg": "none" }))),
        bearer(&saying(json!({ "alg": "ES256", "kid": "nobodys-1" }))),
        bearer(&saying(json!({ "alg": "ES256", "kid": "nobodys-2" }))),
        bearer(&saying(json!({ "alg": "ES256", "jku": "https://planted.example" }))),
        bearer(&format!("{}.AAAA", good.rsplit_once('.').unwrap().0)),
        bearer(&good),
    ]
}

#[tokio::test]
async fn no_token_that_a_stranger_sends_is_trouble() {
    let mut deployed = by_token(Issuer::start().await.unwrap()).await;
    let sent = tokens(&deployed.issuer);
    for headers in &sent {
        deployed.decide(&event(headers)).await;
    }
    nothing_is_counted(deployed.function, sent.len()).await;
}

/// An unknown `kid` has the function ask the issuer again, and anybody can send one.
#[tokio::test]
async fn no_token_is_trouble_while_an_issuer_whose_keys_are_known_is_away() {
    for away in
        [Answer::Closed, Answer::Silence, Answer::Body(503, String::new()), Answer::Body(200, "<html>".to_owned())]
    {
        let mut deployed = by_token(Issuer::start().await.unwrap()).await;
        let sent = tokens(&deployed.issuer);
        assert_eq!(deployed.decide(&event(sent.last().unwrap())).await.effect(), "Allow");
        deployed.issuer.trouble(away);
        for headers in &sent {
            deployed.decide(&event(headers)).await;
        }
        nothing_is_counted(deployed.function, sent.len().checked_add(1).unwrap()).await;
    }
}

#[tokio::test]
async fn a_secret_with_users_that_cannot_be_read_is_trouble() {
    let ask = event(&json!({ "username": "ada", "password": "planted-ada" }));
    for trouble in [Trouble::AccessDenied, Trouble::Kms] {
        // Whatever the function had time to read as it started is another secret.
        let mut deployed = by_credentials("headers", &[("AUTHORIZER_SECRET_ID", "absent")]).await;
        deployed.secrets.trouble(trouble);
        assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable");
        each_is_counted(deployed.function, 1, "SecretUnavailable").await;
    }
    let mut absent = by_credentials("headers", &[("AUTHORIZER_SECRET_ID", "absent")]).await;
    for _ in 0..2 {
        assert_eq!(absent.decide(&ask).await.effect(), "SecretUnavailable");
    }
    each_is_counted(absent.function, 2, "SecretUnavailable").await;
}

#[tokio::test]
async fn a_secret_that_lists_no_users_is_trouble_for_those_alone_who_bring_credentials() {
    let further = format!("credentials = \"headers\"{MEASURED}");
    let mut deployed = Deployed::start_on(&json!({ "users": "planted" }), &further, &[]).await;
    let ask = event(&json!({ "username": "ada", "password": "planted-ada" }));
    assert_eq!(deployed.decide(&event(&json!({}))).await.effect(), "Unauthorized");
    assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable");
    let lines = lines(deployed.function).await;
    let counted: Vec<_> = lines.iter().map(|(_, trouble)| trouble.is_some()).collect();
    assert_eq!(counted, [false, true]);
    assert!(!lines.iter().any(|(line, _)| line.to_string().contains("planted")), "{lines:?}");
}

#[tokio::test]
async fn an_issuer_whose_keys_were_never_had_is_trouble() {
    let another = json!({ "issuer": "https://planted.example", "jwks_uri": "https://planted.example" });
    for trouble in [
        Answer::Closed,
        Answer::Silence,
        Answer::Body(503, String::new()),
        Answer::Moved("/elsewhere"),
        Answer::Body(200, "<html>".to_owned()),
        Answer::Body(200, another.to_string()),
    ] {
        let issuer = Issuer::start().await.unwrap();
        issuer.trouble(trouble);
        let mut deployed = by_token(issuer).await;
        let token = deployed.token(&json!({}));
        assert_eq!(deployed.present(&token).await.effect(), "IssuerUnavailable");
        each_is_counted(deployed.function, 1, "IssuerUnavailable").await;
    }
}

#[tokio::test]
async fn a_shared_secret_that_is_none_is_trouble_and_a_token_by_another_secret_is_not() {
    for (value, code) in [("too-short", Some("SecretUnavailable")), (SECRET, None)] {
        let (issuer, secrets) = (Issuer::start().await.unwrap(), Secrets::start().await.unwrap());
        secrets.put("the-signing-secret", value);
        let lines = format!("algorithms = [\"HS256\"]\nhmac_secret = \"as-deployed\"{MEASURED}");
        let (_folder, file) = file_of(&config(&issuer, &lines));
        let url = secrets.url().to_owned();
        let environment = [
            ("TVM_CONFIG", file.to_str().unwrap()),
            ("AUTHORIZER_SECRET_ID", "the-signing-secret"),
            ("AWS_ENDPOINT_URL", &url),
        ];
        let mut function = Function::start(env!("CARGO_BIN_EXE_tvm-authorizer"), &environment).await.unwrap();
        let said = claims(&issuer, &json!({}));
        let forged = token_by_secret("x".repeat(32).as_bytes(), Mac::HS256, &json!({ "alg": "HS256" }), &said);
        let effect = decided(&mut function, &bearing(&forged)).await.effect().to_owned();
        assert_eq!(effect, code.unwrap_or("Unauthorized"));
        match code {
            Some(code) => each_is_counted(function, 1, code).await,
            None => nothing_is_counted(function, 1).await,
        }
    }
}

/// Also where the configuration cannot be read, which would say whether metrics are wanted: an alarm may wait for this one.
#[tokio::test]
async fn a_function_that_cannot_work_as_it_was_deployed_is_trouble_for_every_request() {
    for variables in [
        [("AUTHORIZER_SECRET_ID", "")],
        [("TVM_CONFIG", "/nowhere/tvm.toml")],
        // A file that is no configuration.
        [("TVM_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))],
    ] {
        let mut deployed = by_credentials("headers", &variables).await;
        for headers in [json!({}), json!({ "username": "ada", "password": "planted-ada" })] {
            assert_eq!(deployed.decide(&event(&headers)).await.effect(), "Misconfigured", "{variables:?}");
        }
        each_is_counted(deployed.function, 2, "Misconfigured").await;
    }
}

#[tokio::test]
async fn where_no_metrics_are_wanted_trouble_is_a_line_without_one() {
    let further = "credentials = \"headers\"";
    let mut deployed = Deployed::start_on(&json!({ "users": "planted" }), further, &[]).await;
    let ask = event(&json!({ "username": "ada", "password": "planted-ada" }));
    assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable");
    let lines = lines(deployed.function).await;
    let [(line, None)] = &lines[..] else { panic!("{lines:?}") };
    assert!(line["code"] == "SecretUnavailable" && line.get("_aws").is_none(), "{line}");
}
