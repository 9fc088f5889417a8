//! An OpenID Connect issuer: it publishes its keys, signs tokens by them, answers as it is told, and counts.
//!
//! Real: TCP, HTTP/1.1, the keys and the signatures. It signs whatever it is given, and knows no users. It speaks no TLS, which
//! the configuration allows for this very computer.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::signer::{SignedBy, Signer};

/// What is answered to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status, and a body.
    Body(u16, String),
    /// A redirect to this path.
    Moved(&'static str),
    /// Nothing, ever; the connection stays open.
    Silence,
    /// The connection is closed, as where nobody is there.
    Closed,
}

/// An issuer on a loopback port; ends when dropped.
///
/// It starts with its discovery document at [`DISCOVERY`](Self::DISCOVERY) and its public keys at [`KEYS`](Self::KEYS).
#[derive(Debug)]
pub struct Issuer {
    url: String,
    published: Shared,
    /// The last of them signs.
    signers: Mutex<Vec<Signer>>,
    accepting: AbortHandle,
}

type Shared = Arc<Mutex<Published>>;

/// What it answers, and what it was asked.
#[derive(Debug, Default)]
struct Published {
    answers: HashMap<String, Answer>,
    trouble: Option<Answer>,
    asked: HashMap<String, usize>,
}

impl Issuer {
    /// Where an issuer without a path has its discovery document (OpenID Connect Discovery 1.0, section 4).
    pub const DISCOVERY: &'static str = "/.well-known/openid-configuration";
    /// Where this one has its keys.
    pub const KEYS: &'static str = "/keys";

    /// Starts with a key for each way to sign.
    ///
    /// # Errors
    /// When no loopback port can be had, or no random number for a key.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let published = Shared::default();
        let serving = Arc::clone(&published);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(Arc::clone(&serving), stream));
            }
        });
        let issuer = Self { url, published, signers: Mutex::default(), accepting: accepting.abort_handle() };
        let document = json!({ "issuer": issuer.url, "jwks_uri": format!("{}{}", issuer.url, Self::KEYS) });
        issuer.publish(Self::DISCOVERY, document.to_string());
        issuer.rotate()?;
        Ok(issuer)
    }

    /// Its address, which is also its name: what its tokens say as `iss`. It has no slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From the next request on, `path` is answered so. One that nothing was said of is answered with 404.
    pub fn answer(&self, path: &str, answer: Answer) {
        lock(&self.published).answers.insert(path.to_owned(), answer);
    }

    /// From the next request on, this is at `path`.
    pub fn publish(&self, path: &str, body: impl Into<String>) {
        self.answer(path, Answer::Body(200, body.into()));
    }

    /// From the next request on, everything is answered so. What is at its paths stays.
    pub fn trouble(&self, answer: Answer) {
        lock(&self.published).trouble = Some(answer);
    }

    /// Ends the trouble.
    pub fn recover(&self) {
        lock(&self.published).trouble = None;
    }

    /// How often `path` was asked for, whatever was answered.
    pub fn asked(&self, path: &str) -> usize {
        lock(&self.published).asked.get(path).copied().unwrap_or_default()
    }

    /// Signs by new keys from now on, and publishes them and the ones before at [`KEYS`](Self::KEYS), as issuers do: tokens by
    /// those are still about.
    ///
    /// # Errors
    /// When there is no random number for a key.
    pub fn rotate(&self) -> io::Result<()> {
        let mut signers = lock(&self.signers);
        let generation = signers.len().saturating_add(1);
        signers.push(Signer::new(generation)?);
        let keys: Vec<Value> = signers.iter().rev().take(2).flat_map(Signer::published).collect();
        self.publish(Self::KEYS, json!({ "keys": keys }).to_string());
        Ok(())
    }

    /// A token that says just these claims, signed by the key for ES256.
    ///
    /// # Errors
    /// When there is no random number for the signature.
    pub fn token(&self, claims: &Value) -> io::Result<String> {
        self.token_saying(SignedBy::ES256, &self.header(SignedBy::ES256), claims)
    }

    /// As [`token`](Self::token), by either key, and with a header that may say anything.
    ///
    /// # Errors
    /// When there is no random number for the signature.
    pub fn token_saying(&self, by: SignedBy, header: &Value, claims: &Value) -> io::Result<String> {
        self.signing(|signer| signer.token(by, header, claims))?
    }

    /// The header of an honest token that is signed so: `alg`, `typ` and `kid`.
    pub fn header(&self, by: SignedBy) -> Value {
        self.signing(|signer| signer.header(by)).unwrap_or_default()
    }

    fn signing<T>(&self, sign: impl FnOnce(&Signer) -> T) -> io::Result<T> {
        lock(&self.signers).last().map(sign).ok_or_else(|| io::Error::other("the issuer has no keys"))
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Answers one request, and closes the connection: what is asked next is asked by a connection that sees what was changed.
async fn serve(published: Shared, mut stream: TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let answer = lock(&published).answer_to(head.split(' ').nth(1).unwrap_or_default());
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

impl Published {
    fn answer_to(&mut self, path: &str) -> Answer {
        let times = self.asked.entry(path.to_owned()).or_default();
        *times = times.saturating_add(1);
        let answer = self.trouble.as_ref().or_else(|| self.answers.get(path)).cloned();
        answer.unwrap_or_else(|| Answer::Body(404, "there is nothing here".to_owned()))
    }
}

/// A panic while the lock was held leaves what is still whole: each change is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
