//! A token service on loopback that answers from a script and remembers what it was asked, and roads to it that break.
//!
//! Real: HTTP/2, gRPC, TCP, TLS. Not real: it grants whatever it is asked; the local Momento of `momento-emulator` does not.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a road that cannot be laid fails the test")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers")]

pub mod grants;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use momento_client::ApiKey;
use momento_client::KeySource;
use momento_client::ServiceAddress;
use momento_protos::token::token_server::{Token, TokenServer};
use momento_protos::token::{GenerateDisposableTokenRequest, GenerateDisposableTokenResponse};
use prost::Message;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tvm_issuer::request::request_for;
use tvm_issuer::{DisposableToken, TokenService};
use tvm_policy::{CacheRole, CacheSelector, Grant, Permission};

/// Looked for in everything that an error or a log may show.
pub const PLANTED_KEY: &str = "eyJhbGciOiJIUzI1NiJ9.cGxhbnRlZC1rZXk.c2ln";
pub const PLANTED_TOKEN: &str = "planted-token";
pub const PLANTED_MESSAGE: &str = "planted-message";

/// What the service answers next. With nothing left of its script it answers [`Answer::Token`].
#[derive(Debug, Clone)]
pub enum Answer {
    /// A token that is as good as was asked for.
    Token,
    /// This, as it stands.
    Exactly(GenerateDisposableTokenResponse),
    /// An error with [`PLANTED_MESSAGE`] in its text.
    Status(Code),
    /// None at all.
    Silence,
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub metadata: MetadataMap,
    pub message: GenerateDisposableTokenRequest,
}

/// The service. Runs until the test's runtime ends.
#[derive(Debug, Clone, Default)]
pub struct Scripted {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    named: Arc<AtomicBool>,
}

impl Scripted {
    pub async fn start(script: impl IntoIterator<Item = Answer>) -> (Self, SocketAddr) {
        let service = Self { script: Arc::new(Mutex::new(script.into_iter().collect())), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tonic::transport::Server::builder().add_service(TokenServer::new(service.clone()));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        (service, address)
    }

    /// From now on a good answer's key is [`name_of`] its request.
    pub fn name_tokens_after_their_requests(&self) {
        self.named.store(true, Ordering::SeqCst);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

#[tonic::async_trait]
impl Token for Scripted {
    async fn generate_disposable_token(
        &self,
        request: Request<GenerateDisposableTokenRequest>,
    ) -> Result<Response<GenerateDisposableTokenResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let name = name_of(&message.encode_to_vec());
        let seconds = message.expires.map_or(0, |expires| u64::from(expires.valid_for_seconds));
        self.asked.lock().unwrap().push(Asked { metadata, message });
        let next = self.script.lock().unwrap().pop_front().unwrap_or(Answer::Token);
        match next {
            Answer::Token if self.named.load(Ordering::SeqCst) => {
                Ok(Response::new(GenerateDisposableTokenResponse { api_key: name, ..good_answer(seconds) }))
            }
            Answer::Token => Ok(Response::new(good_answer(seconds))),
            Answer::Exactly(response) => Ok(Response::new(response)),
            Answer::Status(code) => Err(Status::new(code, PLANTED_MESSAGE)),
            Answer::Silence => std::future::pending().await,
        }
    }
}

/// What tells a request from every other.
pub fn name_of(request: &[u8]) -> String {
    STANDARD.encode(request)
}

/// Fails unless the token was minted for this very grant, by a service that [names tokens after their
/// requests](Scripted::name_tokens_after_their_requests).
pub fn must_be_for(token: &DisposableToken, grant: &Grant, key: &str) {
    let message = request_for(grant, key).unwrap();
    let credential = STANDARD.decode(token.auth_token().expose_secret()).unwrap();
    let credential: serde_json::Value = serde_json::from_slice(&credential).unwrap();
    assert_eq!(credential.get("api_key").unwrap(), &name_of(&message.encode_to_vec()));
}

pub fn good_answer(seconds: u64) -> GenerateDisposableTokenResponse {
    GenerateDisposableTokenResponse {
        api_key: PLANTED_TOKEN.into(),
        endpoint: "cell-1.example.com".into(),
        valid_until: SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + seconds,
    }
}

/// A road to an address that can be closed or go dead under the connections on it; those that come later are well.
#[derive(Debug)]
pub struct Road {
    pub address: SocketAddr,
    connections: watch::Sender<usize>,
    fate: watch::Sender<Fate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Open,
    Closed,
    Dead,
}

impl Road {
    /// A road that carries bytes as they are.
    pub async fn plain(to: SocketAddr) -> Self {
        Self::lay(to, None).await
    }

    /// A road that ends TLS with this certificate.
    pub async fn tls(to: SocketAddr, config: Arc<rustls::ServerConfig>) -> Self {
        Self::lay(to, Some(config.into())).await
    }

    async fn lay(to: SocketAddr, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, _) = watch::channel(0);
        let (fate, _) = watch::channel(Fate::Open);
        let (count, fates) = (connections.clone(), fate.clone());
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                count.send_modify(|count| *count += 1);
                tokio::spawn(carry(from, to, tls.clone(), fates.subscribe()));
            }
        });
        Self { address, connections, fate }
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        *self.connections.borrow()
    }

    /// Waits for the first connection.
    pub async fn connected(&self) {
        let mut connections = self.connections.subscribe();
        let first = connections.wait_for(|count| *count > 0);
        tokio::time::timeout(Duration::from_secs(5), first).await.expect("nobody connected").unwrap();
    }

    /// Closes the connections that are open now.
    pub fn close(&self) {
        self.befall(Fate::Closed);
    }

    /// Lets the connections that are open now go dead: they carry nothing any more, and nobody is told.
    pub fn die(&self) {
        self.befall(Fate::Dead);
    }

    fn befall(&self, fate: Fate) {
        // Those who subscribed before see the change; who comes later starts from `Open`.
        self.fate.send_replace(fate);
    }
}

async fn carry(
    mut from: TcpStream,
    to: SocketAddr,
    tls: Option<tokio_rustls::TlsAcceptor>,
    mut fate: watch::Receiver<Fate>,
) {
    fate.mark_unchanged();
    let mut to = TcpStream::connect(to).await.unwrap();
    let carried = async {
        match tls {
            None => drop(tokio::io::copy_bidirectional(&mut from, &mut to).await),
            Some(tls) => {
                // A client that does not trust the certificate goes away here.
                let Ok(mut from) = tls.accept(&mut from).await else { return };
                drop(tokio::io::copy_bidirectional(&mut from, &mut to).await);
            }
        }
    };
    tokio::select! {
        () = carried => {}
        _ = fate.changed() => {
            if *fate.borrow() == Fate::Dead {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// A source that has one key, at once.
#[derive(Debug, Clone)]
pub struct OneKey(pub Arc<ApiKey>);

impl KeySource for OneKey {
    type Error = Infallible;

    async fn key(&self) -> Result<Arc<ApiKey>, Infallible> {
        Ok(Arc::clone(&self.0))
    }
}

/// A TLS configuration for a service without TLS.
pub fn any_tls() -> ClientConfig {
    tvm_tls::client_config_trusting(None).unwrap()
}

pub fn service_at(address: SocketAddr) -> TokenService {
    TokenService::new(any_tls(), ServiceAddress::parse(&format!("http://{address}")).unwrap())
}

pub fn grant() -> Grant {
    let cache = CacheSelector::Name("default-cache".into());
    Grant {
        permissions: vec![Permission::Cache { role: CacheRole::ReadWrite, cache }],
        token_id: Some("user-1".into()),
        lifetime: Duration::from_secs(3_600),
        not_after: None,
    }
}

/// A v1 key as a user stores it, with [`PLANTED_KEY`] in it.
pub fn key() -> ApiKey {
    key_of(PLANTED_KEY)
}

/// A v1 key as a user stores it, with this text in it.
pub fn key_of(text: &str) -> ApiKey {
    let stored = serde_json::json!({ "endpoint": "cell-1.example.com", "api_key": text });
    ApiKey::parse(&STANDARD.encode(stored.to_string()), None).unwrap()
}
