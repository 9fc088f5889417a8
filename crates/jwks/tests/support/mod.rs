//! An issuer on loopback that answers as it is told, and counts; and a clock that is set by hand.
//!
//! Real: TCP and HTTP/1.1. Not real: what it publishes.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tvm_remembered::{Clock, Moment};

/// What is answered to a path: a status, and a body.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Body(u16, String),
    /// A redirect to this path.
    Moved(&'static str),
    /// Nothing, ever.
    Silence,
    /// The connection is closed.
    Closed,
}

/// The issuer. Runs until the test's runtime ends.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Self { url, answers: Arc::default(), asked: Arc::default() };
        let serving = issuer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        issuer
    }

    /// From now on `path` is answered so; a path that nothing was said of with 404.
    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub(crate) fn publish(&self, path: &str, body: impl Into<String>) {
        self.answer(path, Answer::Body(200, body.into()));
    }

    /// How often `path` was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.asked.lock().unwrap().push(path.clone());
        let answer = self.answers.lock().unwrap().get(&path).cloned().unwrap_or(Answer::Body(404, "no".into()));
        let (head, body) = match answer {
            Answer::Body(status, body) => (format!("HTTP/1.1 {status} X\r\n"), body),
            Answer::Moved(to) => (format!("HTTP/1.1 302 X\r\nlocation: {to}\r\n"), String::new()),
            Answer::Silence => return std::future::pending().await,
            Answer::Closed => return,
        };
        let whole = format!("{head}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        // Who asked may have gone.
        let _ = stream.write_all(whole.as_bytes()).await;
    }
}

/// A clock that stands still until it is told.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<Mutex<Moment>>);

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Moment { steady: Instant::now(), wall: SystemTime::now() })))
    }

    pub(crate) fn pass(&self, time: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = Moment { steady: now.steady + time, wall: now.wall + time };
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManualClock")
    }
}
