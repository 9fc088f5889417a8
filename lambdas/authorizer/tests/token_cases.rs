//! What the functions make of the tokens in `crates/config/tests/token_cases.toml`, of ten issuers among them. `crates/tvm/tests/token_cases.rs` has
//! `tvm config explain` make the same of them.
//! Real: the built authorizer, HTTP to the issuer, its keys and signatures, and the vending function's code up to the grant. Not real: TLS to
//! the issuer, and API Gateway, which hands on the context as it is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::convert::Infallible;

use lambda_emulator::{Function, Issuer};
use serde_json::{Value, json};
use support::tokens::{bearing, in_seconds};
use support::{Decided, decided, file_of};
use tvm_common::event::Event;
use tvm_config::Config;
use tvm_machine::Failure;
use tvm_policy::{Grant, Request};
use tvm_vending::identity::identity;

const CASES: &str = include_str!("../../../crates/config/tests/token_cases.toml");

fn cases() -> Vec<Value> {
    let table: toml::Table = CASES.parse().unwrap();
    serde_json::to_value(table).unwrap()["case"].as_array().unwrap().clone()
}

fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_default()
}

/// A file with tokens of this issuer, and lines of `[authorizer]`.
fn config(issuer: &Issuer, file: &str, authorizer: &str) -> String {
    let audience = if authorizer.contains("audience = ") { "" } else { "audience = [\"tvm\"]" };
    let url = issuer.url();
    format!(
        "auth = \"LambdaAuthorizer\"\n{file}\n[authorizer]\nkind = \"jwt\"\nissuer = \"{url}\"\n{audience}\n{authorizer}"
    )
}

/// A token of this issuer that says so, now.
fn token(issuer: &Issuer, claims: &str) -> String {
    let mut claims: Value = serde_json::from_str(claims).unwrap();
    let map = claims.as_object_mut().unwrap();
    if !map.contains_key("aud") && !map.contains_key("azp") && !map.contains_key("client_id") {
        map.insert("aud".to_owned(), json!("tvm"));
    }
    map.insert("iss".to_owned(), json!(issuer.url()));
    map.insert("iat".to_owned(), json!(in_seconds(-10)));
    map.insert("exp".to_owned(), json!(in_seconds(600)));
    issuer.token(&claims).unwrap()
}

/// What who brings this token is granted; or the code of the response.
async fn granted(function: &mut Function, config: &Config, token: &str) -> Result<Grant, &'static str> {
    let Decided::Policy(mut policy) = decided(function, &bearing(token)).await else { return Err("Unauthorized") };
    // API Gateway adds the principal to the context ("Input to a Lambda function for proxy integration").
    let mut context = policy["context"].take();
    context["principalId"] = policy["principalId"].take();
    let values = context.as_object().unwrap().values();
    assert!(values.clone().all(Value::is_string), "API Gateway hands on texts, numbers and truth values: {context}");
    let event = json!({ "requestContext": { "authorizer": context } }).to_string();
    let who = identity(&Event::parse(&event).unwrap(), config, None).unwrap();
    config.grant(&who, Request::default()).map_err(|refusal| Failure::<Infallible>::from(refusal).answer().code)
}

#[tokio::test]
async fn every_token_gets_what_the_table_has() {
    let issuer = Issuer::start().await.unwrap();
    for case in cases() {
        let name = format!("{}{}", text(&case, "provider"), text(&case, "name"));
        let text_of_file = config(&issuer, text(&case, "file"), text(&case, "authorizer"));
        let config = Config::parse("tvm.toml", &text_of_file).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let (_folder, file) = file_of(&text_of_file);
        let environment = [("TVM_CONFIG", file.to_str().unwrap())];
        let mut function = Function::start(env!("CARGO_BIN_EXE_tvm-authorizer"), &environment).await.unwrap();
        let granted = granted(&mut function, &config, &token(&issuer, text(&case, "claims"))).await;
        if let Some(code) = case["refused"].as_str() {
            assert_eq!(granted, Err(code), "{name}");
            continue;
        }
        let grant = granted.unwrap_or_else(|code| panic!("{name}: {code}"));
        assert_eq!(grant.token_id.as_deref(), case["id"].as_str(), "{name}");
        let rendered = grant.permissions.iter().map(|one| tvm_config::render_permission(one).unwrap());
        let permissions: Vec<Value> = rendered.map(|json| serde_json::from_str(&json).unwrap()).collect();
        let listed = case["permissions"].as_array().unwrap().iter();
        let expected: Vec<Value> = listed.map(|json| serde_json::from_str(json.as_str().unwrap()).unwrap()).collect();
        assert_eq!(permissions, expected, "{name}");
    }
}

#[tokio::test]
async fn callers_in_no_group_are_logged_once_with_what_they_have_and_with_nothing_else_of_theirs() {
    let issuer = Issuer::start().await.unwrap();
    let group = "[groups.admins]\nnames = [\"Chat Admins\"]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
    let (_folder, file) = file_of(&config(&issuer, group, ""));
    let environment = [("TVM_CONFIG", file.to_str().unwrap())];
    let mut function = Function::start(env!("CARGO_BIN_EXE_tvm-authorizer"), &environment).await.unwrap();
    for groups in [json!(["Chat Admins"]), json!(["chat admins", "Staff"]), json!(["Others"]), json!([])] {
        let claims = json!({ "sub": "planted-sub", "email": "planted-email", "groups": groups }).to_string();
        assert_eq!(decided(&mut function, &bearing(&token(&issuer, &claims))).await.effect(), "Allow", "{groups}");
    }
    let log = function.stop().await;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("in none of the configured groups")).collect();
    let [line] = lines[..] else { panic!("not one line in {log}") };
    let line: Value = serde_json::from_str(line).unwrap();
    let said = line["unmatched"].as_str().unwrap();
    assert_eq!(line["level"], "WARN");
    assert!(said.contains(r#"claim `groups` has "chat admins", "Staff""#), "{said}");
    assert!(said.contains(r#"the file's groups are "Chat Admins""#), "{said}");
    assert!(!log.contains("planted"), "{log}");
}
