//! The built function between its neighbours: the Runtime API, Secrets Manager, Momento.
#![allow(dead_code, reason = "each test file uses its share")]

pub(crate) mod clock;
pub(crate) mod environments;

use lambda_emulator::{Function, Outcome, Secrets};
use momento_emulator::{Running, Stage};
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

/// The function as it was built, with everything it talks to.
pub(crate) struct Deployed {
    pub(crate) momento: Running,
    pub(crate) secrets: Secrets,
    pub(crate) function: Function,
    /// Its folder is this test's alone: another test must not rewrite the file while the function reads it.
    _config: TempDir,
}

impl Deployed {
    /// With the shipped configuration in this mode, and a good key in the secret.
    pub(crate) async fn shipped(mode: &str) -> Self {
        let shipped = include_str!("../../../../config/tvm.toml");
        Self::start(&shipped.replace("auth = \"Open\"", &format!("auth = \"{mode}\"")), &[]).await
    }

    /// With this configuration, a good key in the secret, and more variables.
    pub(crate) async fn start(config: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_with_secret("the-key", config, variables).await
    }

    /// The same, with the secret of this name or ARN.
    pub(crate) async fn start_with_secret(secret: &str, config: &str, variables: &[(&str, &str)]) -> Self {
        let momento = Stage::builder().start().await.unwrap();
        let secrets = Secrets::start().await.unwrap();
        secrets.put(secret, momento.api_key_v1().expose_secret());
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("tvm.toml");
        std::fs::write(&file, config).unwrap();
        let (momento_url, secrets_url) = (momento.url(), secrets.url().to_owned());
        let mut environment = vec![
            ("TVM_CONFIG", file.to_str().unwrap()),
            ("MOMENTO_API_KEY_SECRET_ID", secret),
            ("MOMENTO_TOKEN_ENDPOINT", &momento_url),
            ("AWS_ENDPOINT_URL", &secrets_url),
        ];
        environment.extend(variables);
        let function = Function::start(env!("CARGO_BIN_EXE_tvm-vending"), &environment).await.unwrap();
        Self { momento, secrets, function, _config: folder }
    }

    /// The response to `event`. Anything else than a response fails the test: an answer is owed.
    pub(crate) async fn answer(&mut self, event: &str) -> Answer {
        match self.function.invoke(event).await {
            Some(Outcome::Response(response)) => Answer::read(&response),
            other => panic!("no response but {other:?} to {}", event.chars().take(400).collect::<String>()),
        }
    }
}

/// A response, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    pub(crate) headers: Value,
    pub(crate) body: Value,
}

impl Answer {
    fn read(response: &str) -> Self {
        let response: Value = serde_json::from_str(response).unwrap();
        let headers = response["headers"].clone();
        assert_eq!(headers["access-control-allow-origin"], "*", "{response}");
        assert_eq!(headers["cache-control"], "no-store", "{response}");
        assert_eq!(headers["content-type"], "application/json", "{response}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{response}");
        assert_eq!(response["isBase64Encoded"], false, "{response}");
        let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
        Self { status: response["statusCode"].as_u64().unwrap(), headers, body }
    }

    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }
}
