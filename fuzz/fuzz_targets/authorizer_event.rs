//! The authorizer's events, up to its decision: any text, with credentials in headers and in `Authorization: Basic`.
//!
//! Somebody is let in just if the event names a method of a stage and carries a user's own name and password, each written
//! once; and then for that stage alone, as that user, with that user's groups. A bearer token is what the header ends with.
#![no_main]

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_runtime::{Context, Diagnostic};
use libfuzzer_sys::fuzz_target;
use momento_secrets::{Clock, SecretReader, Timestamp};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;
use tvm_authorizer::by_token::bearer;
use tvm_authorizer::{Authorizer, ByCredentials, Rejection};
use tvm_common::event::Event;
use tvm_config::CredentialsIn;
use tvm_fuzz::header::{Found, header};

/// Who may be let in: name, password, groups. Nobody has a hash of argon2id, which is slow on purpose.
const USERS: [(&str, &str, &str); 3] = [("ada", "planted-ada", "A,B"), ("b", "p", ""), ("ä:b", "p:ß ", "C")];

/// The secret itself; two more are in it who may not.
fn secret() -> Value {
    let user = |(username, password, groups): (&str, &str, &str)| json!({ "username": username, "password": password, "groups": groups.split_terminator(',').collect::<Vec<_>>() });
    let mut users: Vec<Value> = USERS.map(user).into();
    users.push(json!({ "username": "eve", "password": "p", "disabled": true }));
    users.push(json!({ "username": "dan", "password": "p", "disable": true }));
    json!({ "users": users })
}

struct Authorizers {
    runtime: Runtime,
    by: [(CredentialsIn, Authorizer); 2],
}

thread_local! {
    static AUTHORIZERS: Authorizers = {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        let by = [CredentialsIn::Headers, CredentialsIn::Basic]
            .map(|place| (place, Authorizer::by_credentials(ByCredentials::new(place, Vec::new(), reader()))));
        Authorizers { runtime, by }
    };
}

fuzz_target!(init: can_tell(), |text: &str| {
    AUTHORIZERS.with(|authorizers| {
        for (place, authorizer) in &authorizers.by {
            decide(&authorizers.runtime, *place, authorizer, text);
        }
    });
    bears(text);
});

/// Has the event decided, and compares; whether somebody was let in.
fn decide(runtime: &Runtime, place: CredentialsIn, authorizer: &Authorizer, text: &str) -> bool {
    let event: Value = serde_json::from_str(text).unwrap_or_default();
    let arn = event["methodArn"].as_str().unwrap_or_default();
    let claimed = stage(arn).and_then(|_| claimed(&event, place));
    let user = claimed.as_ref().map(|(name, password)| USERS.iter().find(|user| (user.0, user.1) == (name, password)));
    match (runtime.block_on(authorizer.decide(text, &Context::default())), user) {
        (Err(rejection), None) => {
            assert!(matches!(rejection, Rejection::NoCredentials), "{rejection}");
            assert_eq!(Diagnostic::from(rejection).error_message, "Unauthorized");
            false
        }
        (Ok(decision), Some(user)) => {
            let policy = serde_json::to_value(&decision).expect("a decision is JSON");
            let statement = &policy["policyDocument"]["Statement"];
            assert_eq!(statement.as_array().map(Vec::len), Some(1));
            assert_eq!(statement[0]["Effect"], if user.is_some() { "Allow" } else { "Deny" });
            assert_eq!(statement[0]["Action"], json!(["execute-api:Invoke"]));
            assert_eq!(statement[0]["Resource"], json!([stage(arn)]));
            let context = user.map(|(name, _, groups)| json!({ "username": name, "groups": groups }));
            assert_eq!(policy.get("context"), context.as_ref());
            assert_eq!(policy["principalId"], user.map_or("denied", |(name, ..)| name));
            user.is_some()
        }
        (Ok(decision), None) => panic!("decided without credentials: {decision:?}"),
        (Err(rejection), Some(user)) => panic!("{user:?} is turned away: {rejection}"),
    }
}

/// Every method and path of the stage that an ARN names.
fn stage(arn: &str) -> Option<String> {
    let fields: Vec<&str> = arn.split(':').collect();
    let (head, resource) = (fields.get(..5)?, fields.get(5..)?.join(":"));
    let [api, stage, _, ..] = resource.split('/').collect::<Vec<_>>()[..] else { return None };
    let names = |part: &str| !part.is_empty() && !part.contains('*');
    let is_stage = head[0] == "arn" && head[2] == "execute-api" && fields.len() > 5 && names(api) && names(stage);
    is_stage.then(|| format!("{}:{api}/{stage}/*", head.join(":")))
}

/// The name and password that an event carries; `None` where either is missing, empty or unclear.
fn claimed(event: &Value, place: CredentialsIn) -> Option<(String, String)> {
    let one = |name| if let Found::One(text) = header(event, name) { Some(text.to_owned()) } else { None };
    let (name, password) = match place {
        CredentialsIn::Headers => (one("username")?, one("password")?),
        CredentialsIn::Basic => {
            let header = one("authorization")?;
            let (scheme, encoded) = header.trim().split_once(' ')?;
            let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
            let (name, password) = text.split_once(':').filter(|_| scheme.to_lowercase() == "basic")?;
            (name.to_owned(), password.to_owned())
        }
    };
    (!name.is_empty() && !password.is_empty()).then_some((name, password))
}

fn bears(text: &str) {
    let Some(event) = Event::parse(text) else { return };
    let value: Value = serde_json::from_str(text).expect("an event is JSON");
    let header = header(&value, "authorization");
    let words = if let Found::One(header) = header { header.trim().split(' ').collect() } else { Vec::new() };
    let is_bearer = words.first().is_some_and(|scheme| scheme.to_lowercase() == "bearer");
    let rest = words.get(1..).unwrap_or_default().join(" ");
    assert_eq!(bearer(&event), Some(rest.trim()).filter(|rest| is_bearer && !rest.is_empty()));
}

/// That the events are not all turned away: each place lets each user in who may be, and nobody else.
fn can_tell() {
    AUTHORIZERS.with(|Authorizers { runtime, by: [headers, basic] }| {
        for (name, password, _) in USERS.into_iter().chain([("eve", "p", ""), ("dan", "p", "")]) {
            let arn = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/";
            let event = json!({ "methodArn": arn, "headers": { "Username": name, "password": password } });
            let expected = USERS.iter().any(|user| user.0 == name);
            assert_eq!(decide(runtime, headers.0, &headers.1, &event.to_string()), expected);
            let authorization = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
            let event = json!({ "methodArn": arn, "multiValueHeaders": { "Authorization": [authorization] } });
            // The first colon ends the name (RFC 7617).
            let expected = expected && !name.contains(':');
            assert_eq!(decide(runtime, basic.0, &basic.1, &event.to_string()), expected);
        }
    });
}

/// A reader of the secret that opens no connection and, at the one moment that there is, never reads again.
fn reader() -> SecretReader {
    let client = http_client_fn(|_, _| SharedHttpConnector::new(SecretsManager));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "key", None, None, "a target"))
        .http_client(client)
        .build();
    let moment = Timestamp { steady: Instant::now(), wall: SystemTime::now() };
    SecretReader::new(Client::from_conf(config), "the-users").with_clock(std::sync::Arc::new(Stopped(moment)))
}

#[derive(Debug)]
struct SecretsManager;

impl HttpConnector for SecretsManager {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let body = json!({ "SecretString": secret().to_string(), "VersionStages": ["AWSCURRENT"] }).to_string();
        let status = 200_u16.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

#[derive(Debug)]
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}
