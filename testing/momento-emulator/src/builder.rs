//! Setting a stage up, and opening it.
//!
//! A stage is for this computer: it opens on loopback addresses and on no other.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tonic::{
    service::Routes,
    transport::{Server, server::TcpIncoming},
};

use crate::{
    Clock, Fault, Faults, KeyError, KeyRing, Limiter, Running, SystemClock, admin,
    app_state::{AppState, Curtain},
    caches::Caches,
    connections::Connections,
    keys::{ApiKey, OwnKeys},
    services,
    token::Mint,
    topics::Topics,
    wire::{TlsError, Welcome},
};

/// How many handshakes may be under way at once; further connections wait.
const HANDSHAKES: usize = 64;

/// A local Momento that has not been opened yet; see the [crate's documentation](crate).
#[derive(Debug)]
pub struct Stage {
    listen: SocketAddr,
    endpoint: String,
    caches: Vec<String>,
    api_key: Option<SecretString>,
    tokens_per_second: Option<NonZeroU32>,
    faults: Vec<Fault>,
    clock: Arc<dyn Clock>,
    tls: Option<(String, SecretString)>,
}

/// Why a stage did not open.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is not of this computer alone.
    #[error("{0} can be reached from other computers, and a stage is for this one: listen on 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// Another program has the port.
    #[error(
        "{0} is in use, perhaps by another momento-emulator: end that program (`make local-stop`), or listen on another \
         port (port 0 takes a free one)"
    )]
    PortInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The given API key is none, or none could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The given certificate and key are none, or do not go together.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Stage {
    /// A stage on a free port of 127.0.0.1, with the cache `default-cache`, a new API key, the computer's clock, no
    /// limit and no faults.
    #[must_use]
    pub fn builder() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            endpoint: "localhost".to_owned(),
            caches: Vec::new(),
            api_key: None,
            tokens_per_second: None,
            faults: Vec::new(),
            clock: Arc::new(SystemClock),
            tls: None,
        }
    }

    /// Listens on `address`, which must be a loopback address; port 0 takes a free one.
    #[must_use]
    pub fn listen(self, address: SocketAddr) -> Self {
        Self { listen: address, ..self }
    }

    /// Says `endpoint` in API keys and token responses. Left out: `localhost`. Official SDKs put `cache.`,
    /// `control.` and `token.` before it, unless their endpoints are overridden.
    #[must_use]
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), ..self }
    }

    /// Has a cache of this name from the start; may be called again for more. Left out: `default-cache`.
    #[must_use]
    pub fn cache(mut self, name: impl Into<String>) -> Self {
        self.caches.push(name.into());
        self
    }

    /// Knows this API key (v1 or v2, as a user stores it) instead of a new one. A stage with the same key also knows
    /// the tokens that an earlier one minted.
    #[must_use]
    pub fn api_key(self, text: SecretString) -> Self {
        Self { api_key: Some(text), ..self }
    }

    /// Mints at most this many tokens a second and answers `RESOURCE_EXHAUSTED` beyond; Momento's limit is 5. Left
    /// out: no limit.
    #[must_use]
    pub fn tokens_per_second(self, limit: NonZeroU32) -> Self {
        Self { tokens_per_second: Some(limit), ..self }
    }

    /// Has this fault from the start; may be called again for more.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Goes by this clock, for expiry, time to live, the limit and delays; see [`ManualClock`](crate::ManualClock).
    /// Left out: [`SystemClock`].
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Speaks TLS with these certificates, its own first, and their key; both PEM. Left out: no TLS.
    ///
    /// The official SDKs trust what their platform trusts; a browser then speaks HTTP/2, and holds any number of
    /// subscriptions over one connection.
    #[must_use]
    pub fn tls(self, certificates: impl Into<String>, key: SecretString) -> Self {
        Self { tls: Some((certificates.into(), key)), ..self }
    }

    /// Opens the stage. When this returns, the port takes connections.
    ///
    /// # Errors
    /// [`StartError`]: the address is not loopback, is in use or cannot be had; the API key is none, or that of TLS.
    pub async fn start(self) -> Result<Running, StartError> {
        if !self.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(self.listen));
        }
        let keys = match &self.api_key {
            Some(text) => OwnKeys::around(ApiKey::parse(text.expose_secret())?, &self.endpoint),
            None => OwnKeys::generate(&self.endpoint)?,
        };
        let welcome = match &self.tls {
            Some((certificates, key)) => Welcome::tls(certificates, key)?,
            None => Welcome::Plain,
        };
        let scheme = welcome.scheme();
        let unopened = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse(self.listen),
            _ => StartError::Listen { address: self.listen, source },
        };
        let listener = TcpListener::bind(self.listen).await.map_err(unopened)?;
        let address = listener.local_addr().map_err(unopened)?;

        let world = Arc::new(self.into_world(&keys));
        let router = services::router(&world).nest("/_stage", admin::router(Arc::clone(&world)));
        let lines = Arc::clone(&world);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let incoming = incoming
            .map(move |stream| {
                let (welcome, line) = (welcome.clone(), stream.map(|stream| lines.lines.line(stream)));
                async { welcome.say(line?).await }
            })
            .buffer_unordered(HANDSHAKES);
        let serving = Server::builder()
            // For the administrative routes; gRPC itself is h2.
            .accept_http1(true)
            // Without it a client that vanished keeps its subscription until its token expires.
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .add_routes(Routes::from(router))
            .serve_with_incoming_shutdown(incoming, world.curtain.has_fallen());
        Ok(Running::new(scheme, address, keys, world, tokio::spawn(serving)))
    }

    fn into_world(self, keys: &OwnKeys) -> AppState {
        let ring = KeyRing::default();
        ring.insert(&keys.v1);
        ring.insert(&keys.v2);
        let caches = Caches::default();
        let named = if self.caches.is_empty() { vec!["default-cache".to_owned()] } else { self.caches };
        for name in named {
            // A cache that is named twice is one cache, and one without a name is none.
            let _ = caches.create(&name);
        }
        let faults = Faults::default();
        for fault in self.faults {
            faults.set(fault);
        }
        AppState {
            topics: Topics::default(),
            clock: self.clock,
            endpoint: self.endpoint,
            keys: ring,
            mint: Mint::new(&keys.token_secret),
            caches,
            limiter: Limiter::new(self.tokens_per_second),
            faults,
            counter: Arc::default(),
            curtain: Curtain::new(),
            lines: Connections::default(),
        }
    }
}
