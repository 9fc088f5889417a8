//! The Lambda Runtime API, as far as one function needs it (AWS Lambda developer guide, "Using the Lambda runtime API").

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::AbortHandle;

/// What a function made of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its response, as text.
    Response(String),
    /// Its error, as the JSON that Lambda is given.
    Error(String),
}

/// Serves the Runtime API on a loopback port; ends when dropped.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    pub(crate) address: String,
    events: mpsc::Sender<String>,
    outcomes: mpsc::Receiver<Outcome>,
    asked: watch::Receiver<Asked>,
    handed_out: u64,
    server: AbortHandle,
}

/// How often the function asked for an event, and when it last did.
#[derive(Debug, Clone, Copy)]
struct Asked {
    times: u64,
    last: Instant,
}

struct Shared {
    events: Mutex<mpsc::Receiver<String>>,
    outcomes: mpsc::Sender<Outcome>,
    asked: watch::Sender<Asked>,
    timeout: Duration,
}

impl RuntimeApi {
    /// `timeout` is the function's own, of which its deadline is made.
    pub(crate) async fn start(timeout: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (event_sender, event_receiver) = mpsc::channel(1);
        let (outcome_sender, outcomes) = mpsc::channel(1);
        let (asking, asked) = watch::channel(Asked { times: 0, last: Instant::now() });
        let events = Mutex::new(event_receiver);
        let shared = Arc::new(Shared { events, outcomes: outcome_sender, asked: asking, timeout });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            // Lambda takes and gives up to 6 MB; a test may want to see what happens beyond.
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared);
        let server = tokio::spawn(async move {
            // It ends when it is aborted, or with the test.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, events: event_sender, outcomes, asked, handed_out: 0, server: server.abort_handle() })
    }

    /// Hands out `event` once the function asks for one.
    pub(crate) fn send(&mut self, event: String) {
        // Where the server has ended, the outcome says so.
        if self.events.try_send(event).is_ok() {
            self.handed_out = self.handed_out.saturating_add(1);
        }
    }

    /// Waits for what the function makes of the event that was handed out; `None` where the server has ended.
    pub(crate) async fn outcome(&mut self) -> Option<Outcome> {
        self.outcomes.recv().await
    }

    /// Waits until the function asks for the event that comes next; when it did, or `None` where the server has ended.
    pub(crate) async fn idle(&mut self) -> Option<Instant> {
        let handed_out = self.handed_out;
        let asked = self.asked.wait_for(|asked| asked.times > handed_out).await.ok()?;
        Some(asked.last)
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.asked.send_modify(|asked| *asked = Asked { times: asked.times.saturating_add(1), last: Instant::now() });
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let deadline = now.saturating_add(shared.timeout).as_millis().to_string();
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", "00000000-0000-4000-8000-000000000001"),
        ("Lambda-Runtime-Deadline-Ms", &deadline),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:staged"),
        ("Content-Type", "application/json"),
    ];
    (headers, event).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, Path(_): Path<String>, body: String) -> StatusCode {
    accept(&shared, Outcome::Response(body)).await
}

async fn error(State(shared): State<Arc<Shared>>, Path(_): Path<String>, body: String) -> StatusCode {
    accept(&shared, Outcome::Error(body)).await
}

async fn init_error(State(shared): State<Arc<Shared>>, body: String) -> StatusCode {
    accept(&shared, Outcome::Error(body)).await
}

async fn accept(shared: &Shared, outcome: Outcome) -> StatusCode {
    match shared.outcomes.send(outcome).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// What is answered to a function that sends this.
    async fn ask(api: &RuntimeApi, method: &str, path: &str, body: &str) -> String {
        let head = format!(
            "{method} /2018-06-01/runtime/invocation/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(&api.address).await.unwrap();
        stream.write_all((head + body).as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn what_was_sent_waits_for_the_function_and_its_outcome_for_who_sent_it() {
        let mut api = RuntimeApi::start(Duration::from_secs(1)).await.unwrap();
        for event in ["one", "two"] {
            api.send(event.to_owned());
            assert!(ask(&api, "GET", "next", "").await.ends_with(event));
            assert!(ask(&api, "POST", "id/response", &format!("of {event}")).await.starts_with("HTTP/1.1 202"));
            assert_eq!(api.outcome().await, Some(Outcome::Response(format!("of {event}"))));
        }
    }
}
