//! The way to one service of Momento: its address, the connection kept open to it, and the one retry.
//!
//! A call ends at its deadline and is sent at most twice. The second time is for a connection that died unseen, as one
//! does while its Lambda is frozen; any other failure is the answer.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use momento_secrets::ApiKey;
use prost::Message;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use crate::address::{Service, ServiceAddress};
use crate::call::unary;
use crate::connection::{Connection, Dialler};
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::request::RequestError;

/// What the official SDKs tell Momento about themselves, in their form: `<language>:<client>:<version>`.
const AGENT: &str = concat!("rust:token-vending-machine:", env!("CARGO_PKG_VERSION"));

/// The way to one service. Keeps its connection open between calls, and makes a new one when a key of another endpoint
/// comes.
pub(crate) struct Channel {
    service: Service,
    address: ServiceAddress,
    dialler: Dialler,
    /// Locked while a connection is made, so that callers who come at the same time share one.
    current: Mutex<Option<Connection>>,
    /// Whether Momento has been told who calls; as with the official SDKs, once is enough.
    introduced: AtomicBool,
}

/// A call as it is sent: to where, by whom, and what it says.
pub(crate) struct Outgoing {
    address: Uri,
    method: PathAndQuery,
    /// Nothing for a method that takes the key in its message alone.
    authorization: Option<HeaderValue>,
    /// One more header.
    further: Option<(HeaderName, HeaderValue)>,
    message: Bytes,
}

impl Channel {
    /// The way to `service` at `address`, trusting what `tls` trusts. Opens nothing.
    pub(crate) fn new(service: Service, address: ServiceAddress, tls: ClientConfig) -> Self {
        Self {
            service,
            address,
            dialler: Dialler::new(tls),
            current: Mutex::new(None),
            introduced: AtomicBool::new(false),
        }
    }

    /// Opens the connection that a call with `key` will use, so that the call need not wait for it. A failure is kept
    /// quiet: the call tries again, and has somebody to tell.
    pub(crate) async fn connect(&self, key: &ApiKey, deadline: Deadline) {
        if let Ok(address) = self.address.resolve(self.service, key.endpoint()) {
            self.connect_to(&address, deadline).await;
        }
    }

    /// As [`connect`](Self::connect), before there is a key; nothing where only the key says where the service is.
    pub(crate) async fn connect_without_key(&self, deadline: Deadline) {
        if let Some(address) = self.address.fixed() {
            self.connect_to(address, deadline).await;
        }
    }

    async fn connect_to(&self, address: &Uri, deadline: Deadline) {
        if self.connection(address, deadline).await.is_err() {
            tracing::debug!("no connection ahead of the first call");
        }
    }

    /// A call of `method` by `key`, with a message that was [`framed`](crate::call::framed).
    pub(crate) fn outgoing(
        &self,
        key: &ApiKey,
        method: PathAndQuery,
        message: Bytes,
    ) -> Result<Outgoing, RequestError> {
        let authorization = Some(authorization(key.secret().expose_secret())?);
        let address = self.address.resolve(self.service, key.endpoint())?;
        Ok(Outgoing { address, method, authorization, further: None, message })
    }

    /// What the service answers.
    pub(crate) async fn call<A: Message + Default>(
        &self,
        outgoing: &Outgoing,
        deadline: Deadline,
    ) -> Result<A, Failure> {
        match self.send(outgoing, deadline).await {
            Err(Failure::Connection(code)) => {
                tracing::debug!(?code, "a connection to Momento failed; trying a new one");
                self.send(outgoing, deadline).await
            }
            answer => answer,
        }
    }

    async fn send<A: Message + Default>(&self, outgoing: &Outgoing, deadline: Deadline) -> Result<A, Failure> {
        if deadline.remaining().is_zero() {
            return Err(Failure::Late);
        }
        let connection = self.connection(&outgoing.address, deadline).await?;
        let mut headers = HeaderMap::with_capacity(8);
        if let Some(key) = &outgoing.authorization {
            headers.insert(AUTHORIZATION, key.clone());
        }
        if let Some((name, value)) = &outgoing.further {
            headers.insert(name, value.clone());
        }
        if !self.introduced.swap(true, Ordering::Relaxed) {
            introduce(&mut headers);
        }
        let answer = unary(&connection, outgoing.uri(), headers, outgoing.message.clone(), deadline).await;
        if answer.as_ref().is_err_and(|failure| failure.doubts_the_connection()) {
            self.forget(&connection).await;
        }
        answer
    }

    /// The open connection to `address`, or a new one.
    async fn connection(&self, address: &Uri, deadline: Deadline) -> Result<Connection, Failure> {
        let connecting = async {
            let mut current = self.current.lock().await;
            let fit = |connection: &&Connection| connection.address == *address && !connection.has_ended();
            if let Some(connection) = current.as_ref().filter(fit) {
                return Ok(connection.clone());
            }
            // The old one must not outlive an attempt that fails.
            *current = None;
            let connection = self.dialler.dial(address).await?;
            *current = Some(connection.clone());
            Ok(connection)
        };
        deadline.bound(connecting).await.unwrap_or(Err(Failure::Late))
    }

    /// Drops a connection that failed, unless another call has replaced it already. Calls under way on it go on.
    async fn forget(&self, failed: &Connection) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|connection| connection.is(failed)) {
            *current = None;
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("service", &self.service)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    /// The same, with one header more than every call has.
    pub(crate) fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { further: Some((name, value)), ..self }
    }

    /// The same, for a method that takes the key in its message alone.
    pub(crate) fn without_authorization(self) -> Self {
        Self { authorization: None, ..self }
    }

    /// The method's own URI at the service's address.
    fn uri(&self) -> Uri {
        let mut parts = self.address.clone().into_parts();
        parts.path_and_query = Some(self.method.clone());
        // The parts of a whole address with a path make a whole URI.
        Uri::from_parts(parts).unwrap_or_else(|_| self.address.clone())
    }
}

/// The key as the `authorization` header: no scheme before it, and marked so that neither a log nor HPACK's table keeps it.
fn authorization(key: &str) -> Result<HeaderValue, RequestError> {
    let mut value = HeaderValue::from_str(key).map_err(|_| RequestError::UnusableKey)?;
    value.set_sensitive(true);
    Ok(value)
}

fn introduce(headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("agent"), HeaderValue::from_static(AGENT));
    headers.insert(HeaderName::from_static("runtime-version"), HeaderValue::from_static("rust"));
}
