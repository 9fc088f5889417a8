//! The vending function's events, up to the grant and the answer: any text, in every mode.
//!
//! Nobody is verified but by `requestContext.authorizer`, whatever else the event says. What is granted is what the
//! configuration says for that caller. A header that can be read in two ways is read in none. Each answer is one of the HTTP
//! contract.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use toml::Table;
use tvm_common::event::{Event, Field};
use tvm_config::Config;
use tvm_fuzz::grant;
use tvm_fuzz::header::{Found, header};
use tvm_policy::{AuthMode, Caller, Identity};
use tvm_vending::failure::Failure;
use tvm_vending::identity::identity;
use tvm_vending::request::request;
use tvm_vending::response::response;

/// One machine: a file with templates of everything that is known of a caller, in one mode.
struct Machine {
    config: Config,
    file: Table,
}

/// An existing user pool, of which the access tokens of one app client count.
const EXISTING: &str = "token_use = \"access\"\nuser_pool = \"eu-west-1_a\"\nclients = [\"app\"]";

static MACHINES: LazyLock<Vec<Machine>> = LazyLock::new(|| {
    let kinds = [("Open", ""), ("LambdaAuthorizer", ""), ("AmazonCognito", ""), ("AmazonCognito", EXISTING)];
    Vec::from(kinds.map(|(mode, cognito)| {
        let id = if mode == "Open" { "{query.name}" } else { "{principal}:{query.name}" };
        let rest = include_str!("../vending_event.toml").replace("ID", id);
        let text = format!("auth = \"{mode}\"\n{rest}\n[cognito]\n{cognito}\n");
        Machine { config: Config::parse("f", &text).expect("a configuration"), file: text.parse().expect("TOML") }
    }))
});

fuzz_target!(init: can_tell(), |text: &str| answer(text));

fn answer(text: &str) {
    let event = Event::parse(text);
    let value: Option<Value> = serde_json::from_str(text).ok();
    assert_eq!(event.is_some(), value.is_some());
    let (Some(event), Some(value)) = (event, value) else { return is_an_answer(&Failure::NoEvent, "none") };
    for name in ["authorization", "username", "password", "usergroup", "cachename"] {
        let same = match (event.header(name), header(&value, name)) {
            (Field::Absent, Found::Absent) | (Field::Repeated | Field::NotText, Found::Unclear) => true,
            (Field::One(one), Found::One(other)) => one == other,
            _ => false,
        };
        assert!(same, "{name}");
    }
    let id = event.request_id().unwrap_or("lambda");
    assert!(id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    for machine in MACHINES.iter() {
        let who = match identity(&event, &machine.config, None) {
            Ok(who) => who,
            Err(wrong) => {
                assert!(is_another_token(machine, &value), "{wrong}");
                is_an_answer(&Failure::from(wrong), id);
                continue;
            }
        };
        assert!(!is_another_token(machine, &value), "a token that does not count");
        is_by_the_gateway_alone(&who, &machine.config, &value);
        if let Err(failure) = vend(machine, &event, &value, &who) {
            is_an_answer(&failure, id);
            let ours = who == Identity::Anonymous && machine.config.auth() != AuthMode::Open;
            assert_eq!(failure.is_ours(), ours && !matches!(failure, Failure::Malformed(_)), "{failure}");
        }
    }
}

fn vend(machine: &Machine, event: &Event, value: &Value, who: &Identity) -> Result<(), Failure> {
    let request = request(event)?;
    for name in ["authorization", "username", "password"] {
        assert!(header(value, name) != Found::Unclear, "{name} can be read in two ways");
    }
    let of = |found| if let Found::One(text) = found { Some(text) } else { None };
    assert_eq!((request.group, request.cache), (of(header(value, "usergroup")), of(header(value, "cachename"))));
    let granted = machine.config.grant(who, request).map_err(tvm_machine::Failure::from)?;
    assert_eq!(Some(granted.permissions), grant::permissions(&machine.file, who, request));
    assert_eq!(granted.token_id, grant::token_id(&machine.file, who, request));
    Ok(())
}

/// Whether the claims are of somebody, and of a token that this machine does not take: the other one of a user's two, or one for
/// another app.
fn is_another_token(machine: &Machine, event: &Value) -> bool {
    let claims = &event["requestContext"]["authorizer"]["claims"];
    if machine.config.auth() != AuthMode::AmazonCognito || claims["sub"].as_str().is_none_or(str::is_empty) {
        return false;
    }
    let existing = machine.file["cognito"].get("user_pool").is_some();
    let (token_use, client) = if existing { ("access", "client_id") } else { ("id", "aud") };
    claims["token_use"] != token_use || existing && claims[client] != "app"
}

/// Takes away what API Gateway wrote, and all that it did not: the one leaves nobody verified, the other changes nothing.
fn is_by_the_gateway_alone(who: &Identity, config: &Config, event: &Value) {
    let Identity::Verified(Caller { principal, groups, .. }) = who else { return };
    let again = |event: &Value| identity(&Event::parse(&event.to_string()).expect("JSON"), config, None);
    let authorizer = &event["requestContext"]["authorizer"];
    assert_eq!(Ok(who.clone()), again(&json!({ "requestContext": { "authorizer": authorizer } })));
    let mut without = event.clone();
    without["requestContext"].as_object_mut().and_then(|context| context.remove("authorizer"));
    assert_eq!(again(&without), Ok(Identity::Anonymous));
    let (named, listed) = match config.auth() {
        AuthMode::Open => unreachable!("nobody is verified in Open mode"),
        AuthMode::LambdaAuthorizer => (&authorizer["principalId"], &authorizer["groups"]),
        AuthMode::AmazonCognito => (&authorizer["claims"]["sub"], &authorizer["claims"]["cognito:groups"]),
    };
    assert!(!principal.is_empty() && named == principal);
    // The text is the list of just these, or of none.
    if !groups.is_empty() {
        assert_eq!(listed.as_str(), Some(groups.join(",").as_str()));
    }
    for group in groups {
        assert!(!group.is_empty() && !group.contains([',', ' ']), "{group:?} of {listed}");
    }
}

fn is_an_answer(failure: &Failure, id: &str) {
    let response = response(Err(failure), id);
    let response = serde_json::to_value(&response).expect("a response is JSON");
    let body: Map<String, Value> = serde_json::from_str(response["body"].as_str().expect("a body")).expect("JSON");
    let status = response["statusCode"].as_i64().expect("a status");
    assert!([400, 401, 403, 500].contains(&status), "{status}");
    assert!(body["code"].as_str().is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_alphabetic())));
    assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()) && body["requestId"] == id);
    assert_eq!(response["headers"]["cache-control"], "no-store");
    assert_eq!(response["headers"]["x-content-type-options"], "nosniff");
    assert_eq!(response["headers"]["access-control-allow-origin"], "*");
}

/// That the events above are not all refused: each mode gives somebody something.
fn can_tell() {
    let authorizer = json!({ "principalId": "ada", "groups": "Room", "plan": "gold",
        "claims": { "sub": "s-1", "cognito:username": "ada", "cognito:groups": "Room", "tenant": "acme", "token_use": "id" } });
    for machine in MACHINES.iter() {
        let mut authorizer = authorizer.clone();
        if machine.config.auth() == AuthMode::LambdaAuthorizer {
            authorizer["claims"] = json!(r#"{"tenant":"acme"}"#);
        } else if machine.file["cognito"].get("user_pool").is_some() {
            authorizer["claims"]["token_use"] = json!("access");
            authorizer["claims"]["client_id"] = json!("app");
        }
        let event = json!({ "requestContext": { "authorizer": authorizer }, "queryStringParameters": { "name": "n" } });
        let text = event.to_string();
        answer(&text);
        let read = Event::parse(&text).expect("JSON");
        let who = identity(&read, &machine.config, None).expect("a token that counts");
        assert!(vend(machine, &read, &event, &who).is_ok(), "{:?}", machine.config.auth());
    }
}
