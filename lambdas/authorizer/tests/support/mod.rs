//! The built authorizer between the Runtime API and what it knows its callers by: Secrets Manager, or an issuer of tokens.
#![allow(dead_code, reason = "each test file uses its share")]

pub(crate) mod tokens;

use std::path::PathBuf;

use lambda_emulator::{Function, Outcome, Secrets};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The shipped configuration.
pub(crate) const SHIPPED: &str = include_str!("../../../../config/tvm.toml");

pub(crate) const METHOD_ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/";

/// The function as it was built, with everything it talks to.
pub(crate) struct Deployed {
    pub(crate) secrets: Secrets,
    pub(crate) function: Function,
    /// Its folder is this test's alone: another test must not rewrite the file while the function reads it.
    _config: TempDir,
}

impl Deployed {
    /// With two users, and credentials read from the headers or from `Authorization: Basic`.
    pub(crate) async fn start(credentials: &str, variables: &[(&str, &str)]) -> Self {
        let users = json!({ "users": [
            { "username": "ada", "password": "planted-ada", "groups": ["A", "B"] },
            { "username": "bob", "password": "planted-bob" },
        ] });
        Self::start_with(&users, credentials, variables).await
    }

    /// With these users.
    pub(crate) async fn start_with(users: &Value, credentials: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_on(users, &format!("credentials = \"{credentials}\""), variables).await
    }

    /// With these users, and `further` lines of `[authorizer]`.
    pub(crate) async fn start_on(users: &Value, further: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_of(users, &format!("{SHIPPED}\n[authorizer]\n{further}\n"), variables).await
    }

    /// With these users, and this configuration.
    pub(crate) async fn start_of(users: &Value, config: &str, variables: &[(&str, &str)]) -> Self {
        let secrets = Secrets::start().await.unwrap();
        secrets.put("the-users", &users.to_string());
        let (folder, file) = file_of(config);
        let url = secrets.url().to_owned();
        let mut environment = vec![
            ("TVM_CONFIG", file.to_str().unwrap()),
            ("AUTHORIZER_SECRET_ID", "the-users"),
            ("AWS_ENDPOINT_URL", &url),
        ];
        environment.extend(variables);
        let function = Function::start(env!("CARGO_BIN_EXE_tvm-authorizer"), &environment).await.unwrap();
        Self { secrets, function, _config: folder }
    }

    pub(crate) async fn decide(&mut self, event: &str) -> Decided {
        decided(&mut self.function, event).await
    }
}

/// The configuration in a file, and the folder that goes with it.
pub(crate) fn file_of(config: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("tvm.toml");
    std::fs::write(&file, config).unwrap();
    (folder, file)
}

/// What the function makes of an event. A decision is owed.
pub(crate) async fn decided(function: &mut Function, event: &str) -> Decided {
    match function.invoke(event).await {
        Some(Outcome::Response(policy)) => Decided::Policy(serde_json::from_str(&policy).unwrap()),
        Some(Outcome::Error(error)) => {
            let error: Value = serde_json::from_str(&error).unwrap();
            Decided::Error(error["errorMessage"].as_str().unwrap().to_owned())
        }
        None => panic!("no decision on {}", event.chars().take(400).collect::<String>()),
    }
}

/// What the authorizer told API Gateway.
#[derive(Debug, PartialEq)]
pub(crate) enum Decided {
    /// A policy: 403, or a call of the vending function.
    Policy(Value),
    /// An error: `Unauthorized` is a 401, anything else a 500.
    Error(String),
}

impl Decided {
    pub(crate) fn effect(&self) -> &str {
        match self {
            Self::Policy(policy) => policy["policyDocument"]["Statement"][0]["Effect"].as_str().unwrap(),
            Self::Error(message) => message,
        }
    }
}

pub(crate) fn event(headers: &Value) -> String {
    json!({ "type": "REQUEST", "methodArn": METHOD_ARN, "headers": headers }).to_string()
}
