//! A rotation by the built function, and that nothing secret is printed or answered, at the highest log level.
//! Real: the built function and the local Momento. Not real: Secrets Manager, a stand-in that begins rotations and moves labels
//! by AWS's rules; what it then sends, the test sends. What fails at each step is in `crates/key-rotation/tests/steps.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::time::Duration;

use lambda_emulator::{Function, Outcome, Secrets, TestVersion, Trouble};
use momento_emulator::{Running, Stage};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

struct Deployed {
    momento: Running,
    secrets: Secrets,
    function: Function,
}

impl Deployed {
    async fn start() -> Self {
        let (momento, secrets) = (Stage::builder().start().await.unwrap(), Secrets::start().await.unwrap());
        let key = momento.issue_key(Duration::from_secs(86_400)).unwrap();
        let (api_key, refresh) = (key.api_key.expose_secret(), key.refresh_token.expose_secret());
        let value = json!({ "apiKey": api_key, "refreshToken": refresh, "validUntil": key.valid_until });
        secrets.put("the-key", &value.to_string());
        secrets.rotate_every("the-key", Some(30));
        let environment = [
            ("MOMENTO_TOKEN_ENDPOINT", momento.url()),
            ("MOMENTO_CACHE_ENDPOINT", momento.url()),
            ("AWS_ENDPOINT_URL", secrets.url().to_owned()),
            ("AWS_LAMBDA_LOG_LEVEL", "TRACE".to_owned()),
            ("RUST_LOG", "trace".to_owned()),
        ];
        let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
        let function = Function::start(env!("CARGO_BIN_EXE_tvm-rotation"), &environment).await.unwrap();
        Self { momento, secrets, function }
    }

    /// What the function answers to a step; its error as text.
    async fn step(&mut self, step: &str, token: &str) -> Result<(), String> {
        let event = json!({ "Step": step, "SecretId": "the-key", "ClientRequestToken": token });
        self.send(&event.to_string()).await
    }

    async fn send(&mut self, event: &str) -> Result<(), String> {
        match self.function.invoke(event).await {
            Some(Outcome::Response(response)) => {
                assert_eq!(response, "null");
                Ok(())
            }
            Some(Outcome::Error(error)) => Err(error),
            None => panic!("the function ended at {event}"),
        }
    }

    /// Every secret text that is about.
    fn secret_texts(&self) -> Vec<String> {
        let values = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"].map(|stage| self.secrets.value("the-key", stage));
        let members = values.into_iter().flatten().flat_map(|value| {
            let value: Value = serde_json::from_str(&value).unwrap();
            ["apiKey", "refreshToken"].map(|name| value[name].as_str().unwrap().to_owned())
        });
        members.collect()
    }
}

#[tokio::test]
async fn the_function_rotates_the_key_and_prints_none() {
    let mut deployed = Deployed::start().await;
    let before = deployed.secrets.value("the-key", "AWSCURRENT").unwrap();
    let token = deployed.secrets.begin_rotation("the-key");
    let mut errors = Vec::new();
    let mut secrets = deployed.secret_texts();
    for step in STEPS {
        let action = if step == "createSecret" { "PutSecretValue" } else { "GetSecretValue" };
        deployed.secrets.trouble_next(action, Trouble::AccessDenied);
        errors.push(deployed.step(step, &token).await.unwrap_err());
        assert_eq!(deployed.secrets.value("the-key", "AWSCURRENT").unwrap(), before);
        deployed.step(step, &token).await.unwrap();
        secrets.extend(deployed.secret_texts());
    }
    assert_ne!(deployed.secrets.value("the-key", "AWSCURRENT").unwrap(), before);
    assert_eq!(deployed.secrets.stages("the-key"), ["AWSCURRENT", "AWSPREVIOUS"]);
    assert!(errors[0].contains("tvm key set"), "{}", errors[0]);

    for event in ["null", "[]", "\"planted\"", r#"{"Step":"planted","SecretId":"x","ClientRequestToken":"y"}"#] {
        errors.push(deployed.send(event).await.unwrap_err());
    }
    deployed.momento.shutdown().await;
    let token = deployed.secrets.begin_rotation("the-key");
    let event = json!({ "Step": "createSecret", "SecretId": "the-key", "ClientRequestToken": token });
    let Some(Outcome::Error(error)) = deployed.function.invoke(&event.to_string()).await else { panic!("no error") };
    assert!(error.contains("is unavailable"), "{error}");
    errors.push(error);

    let log = deployed.function.stop().await;
    assert_eq!(log.matches("a step of the rotation is done").count(), STEPS.len(), "{log}");
    assert_eq!(log.matches("a step of the rotation failed").count(), errors.len(), "{log}");
    assert!(log.contains("valid_until") && log.contains("set a smaller `momento.rotate_every`"), "{log}");
    for secret in secrets.iter().map(String::as_str).chain(["planted"]) {
        assert!(!log.contains(secret) && !errors.concat().contains(secret), "{secret} is in {log} or {errors:?}");
    }
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
}

/// Secrets Manager calls `testSecret` alone when a deployment sets the schedule, and the secret may have no value by then.
#[tokio::test]
async fn the_test_of_a_new_schedule_succeeds_and_says_that_there_is_no_key_yet() {
    let mut deployed = Deployed::start().await;
    deployed.secrets.empty("the-key");
    deployed.secrets.rotate_every("the-key", Some(30));
    let token = deployed.secrets.begin_rotation_test("the-key", TestVersion::WithoutValue);
    deployed.step("testSecret", &token).await.unwrap();
    let log = deployed.function.stop().await;
    assert!(log.contains("there is nothing to renew yet") && log.contains("tvm key set"), "{log}");
}

#[tokio::test]
async fn a_function_that_cannot_work_says_why_each_time() {
    let mut function = Function::start(env!("CARGO_BIN_EXE_tvm-rotation"), &[("AWS_REGION", "")]).await.unwrap();
    for _ in 0..2 {
        let Some(Outcome::Error(error)) = function.invoke("{}").await else { panic!("no error") };
        assert!(error.contains("this deployment cannot work") && error.contains("AWS_REGION"), "{error}");
    }
}
