//! A stand-in for Secrets Manager on loopback: real HTTP (or TLS), real JSON protocol, scripted answers.
#![allow(dead_code, reason = "each test file uses its share")]

pub(crate) mod clock;
pub(crate) mod vault;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::Client;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use momento_secrets::{SecretReader, lambda_client_from};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

/// What the stand-in does with a request.
#[derive(Clone)]
pub(crate) enum Answer {
    Json(u16, Value),
    Raw(u16, &'static str),
    /// Never answers.
    Silence,
    /// Closes the connection under the request.
    Hangup,
}

impl Answer {
    /// A secret with this text.
    pub(crate) fn text(value: &str) -> Self {
        Self::Json(200, json!({ "ARN": "arn", "Name": "n", "VersionId": "v", "SecretString": value }))
    }

    /// An error as Secrets Manager writes it.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Json(status, json!({ "__type": code, "Message": message }))
    }
}

pub(crate) struct StandIn {
    pub(crate) url: String,
    calls: Arc<AtomicUsize>,
    regions: Regions,
}

/// The regions that calls were signed for, in order.
type Regions = Arc<Mutex<Vec<String>>>;

impl StandIn {
    /// Answers the n-th call (from 0) with `script(request, n)`.
    pub(crate) async fn start(script: impl Fn(&Value, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self::listening(script, None).await
    }

    pub(crate) async fn start_tls(
        tls: rustls::ServerConfig,
        script: impl Fn(&Value, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::listening(script, Some(tokio_rustls::TlsAcceptor::from(Arc::new(tls)))).await
    }

    async fn listening(
        script: impl Fn(&Value, usize) -> Answer + Send + Sync + 'static,
        tls: Option<tokio_rustls::TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = if tls.is_some() { format!("https://localhost:{port}") } else { format!("http://127.0.0.1:{port}") };
        let (script, calls) = (Arc::new(script), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&calls);
        let regions = Regions::default();
        let noted = Arc::clone(&regions);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, calls, tls) = (Arc::clone(&script), Arc::clone(&counted), tls.clone());
                let regions = Arc::clone(&noted);
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, script, calls, regions).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, script, calls, regions).await;
                            }
                        }
                    }
                });
            }
        });
        Self { url, calls, regions }
    }

    /// The regions that the calls were signed for, in order.
    pub(crate) fn regions(&self) -> Vec<String> {
        self.regions.lock().unwrap().clone()
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// A client as a Lambda's environment makes it, pointed here.
    pub(crate) fn client(&self) -> Client {
        lambda_client_from(|name| match name {
            "AWS_ENDPOINT_URL" => Some(self.url.clone()),
            name => lambda_variable(name),
        })
        .unwrap()
    }

    pub(crate) fn reader(&self, id: &str) -> SecretReader {
        SecretReader::new(self.client(), id)
    }
}

pub(crate) fn lambda_variable(name: &str) -> Option<String> {
    let value = match name {
        "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY" => "secret-access-key",
        "AWS_SESSION_TOKEN" => "session-token",
        "AWS_REGION" => "eu-west-1",
        _ => return None,
    };
    Some(value.to_owned())
}

async fn serve<S, F>(stream: S, script: Arc<F>, calls: Arc<AtomicUsize>, regions: Regions)
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Fn(&Value, usize) -> Answer,
{
    let service = service_fn(|request: http::Request<Incoming>| {
        let (script, calls, regions) = (Arc::clone(&script), Arc::clone(&calls), Arc::clone(&regions));
        async move {
            assert_eq!(request.headers()["x-amz-target"], "secretsmanager.GetSecretValue");
            assert_eq!(request.headers()["x-amz-security-token"], "session-token");
            let signed = request.headers()["authorization"].to_str().unwrap().to_owned();
            // `Credential=KEY/DATE/REGION/secretsmanager/aws4_request`
            let scope: Vec<&str> = signed.split('/').collect();
            assert_eq!(scope.get(3), Some(&"secretsmanager"), "{signed}");
            regions.lock().unwrap().extend(scope.get(2).map(|region| (*region).to_owned()));
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let body: Value = serde_json::from_slice(&body).unwrap();
            let (status, body) = match script(&body, calls.fetch_add(1, Ordering::SeqCst)) {
                Answer::Json(status, body) => (status, body.to_string()),
                Answer::Raw(status, body) => (status, body.to_owned()),
                Answer::Silence => std::future::pending().await,
                Answer::Hangup => return Err("the stand-in hangs up".to_owned()),
            };
            let answer = http::Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
            Ok(answer.body(Full::new(Bytes::from(body))).unwrap())
        }
    });
    // The other side may go away at any time: that is its right.
    let _outcome = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
