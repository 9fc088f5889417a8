//! Secrets Manager, as far as a function that reads one secret needs it: `GetSecretValue` alone, signatures unchecked.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// A Secrets Manager on a loopback port; ends when dropped.
#[derive(Debug)]
pub struct Secrets {
    url: String,
    values: Values,
    server: AbortHandle,
}

/// The secrets by name; `None`: one without a value.
type Values = Arc<Mutex<HashMap<String, Option<String>>>>;

impl Secrets {
    /// Starts with no secrets.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::start_with_delay(Duration::ZERO).await
    }

    /// As [`start`](Self::start), answering each request this much later, as if it were further away.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start_with_delay(delay: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let values = Values::default();
        let answer = async move |values: State<Values>, body: String| {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            get_secret_value(&values, &body)
        };
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&values));
        let server = tokio::spawn(async move {
            // It ends when it is aborted, or with the test.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, values, server: server.abort_handle() })
    }

    /// What `AWS_ENDPOINT_URL` must say.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Gives the secret this value.
    pub fn put(&self, name: &str, value: &str) {
        self.set(name, Some(value.to_owned()));
    }

    /// Makes the secret one without a value, as a deployment leaves it.
    pub fn empty(&self, name: &str) {
        self.set(name, None);
    }

    fn set(&self, name: &str, value: Option<String>) {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value);
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn get_secret_value(values: &Values, body: &str) -> Response {
    let request: Value = serde_json::from_str(body).unwrap_or_default();
    let name = request.pointer("/SecretId").and_then(Value::as_str).unwrap_or_default();
    let found = values.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
    let missing = |message: &str| {
        let error = json!({ "__type": "ResourceNotFoundException", "Message": message });
        (StatusCode::BAD_REQUEST, error.to_string()).into_response()
    };
    match found {
        Some(Some(value)) => {
            json!({ "Name": name, "VersionId": "1", "SecretString": value }).to_string().into_response()
        }
        Some(None) => missing("Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"),
        None => missing("Secrets Manager can't find the specified secret."),
    }
}
