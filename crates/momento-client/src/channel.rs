//! The way to one service of Momento: its address, the connection kept open to it, and the one retry.
//!
//! A call ends at its deadline and is sent at most twice. The second time is for a connection that died unseen, as one
//! does while its Lambda is frozen; any other failure is the answer.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use prost::Message;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use crate::address::{Service, ServiceAddress};
use crate::api_key::ApiKey;
use crate::call::unary;
use crate::call_error::CallError;
use crate::connection::{Connection, Connector};
use crate::deadline::Deadline;
use crate::unusable_key::UnusableKey;

/// What the official SDKs tell Momento about themselves, in their form: `<language>:<client>:<version>`.
const AGENT: &str = concat!("rust:token-vending-machine:", env!("CARGO_PKG_VERSION"));

/// The way to one service. Keeps its connection open between calls, and makes a new one when a key of another endpoint
/// comes.
pub struct Channel {
    service: Service,
    address: ServiceAddress,
    connector: Connector,
    /// Locked while a connection is made, so that callers who come at the same time share one.
    current: Mutex<Option<Connection>>,
    /// Whether the agent headers were sent; the official SDKs send them once for each connection pool, too.
    agent_sent: AtomicBool,
}

/// A call as it is sent: to where, by whom, and what it says.
pub struct Call {
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
    pub fn new(service: Service, address: ServiceAddress, tls: ClientConfig) -> Self {
        Self {
            service,
            address,
            connector: Connector::new(tls),
            current: Mutex::new(None),
            agent_sent: AtomicBool::new(false),
        }
    }

    /// Opens the connection that a call with `key` will use, so that the call need not wait for it. A failure is kept
    /// quiet: the call tries again, and has somebody to tell.
    pub async fn connect(&self, key: &ApiKey, deadline: Deadline) {
        if let Ok(address) = self.address.resolve(self.service, key.endpoint()) {
            self.connect_to(&address, deadline).await;
        }
    }

    /// As [`connect`](Self::connect), before there is a key; nothing where only the key says where the service is.
    pub async fn connect_without_key(&self, deadline: Deadline) {
        if let Some(address) = self.address.fixed() {
            self.connect_to(address, deadline).await;
        }
    }

    async fn connect_to(&self, address: &Uri, deadline: Deadline) {
        if self.connection(address, deadline).await.is_err() {
            tracing::debug!("the connection could not be made before the first call");
        }
    }

    /// A call of `method` by `key`, with a message that was [`framed`](crate::call::framed).
    ///
    /// # Errors
    /// [`UnusableKey`] for a key that no header can carry, or whose endpoint is no host name.
    pub fn prepare(&self, key: &ApiKey, method: PathAndQuery, message: Bytes) -> Result<Call, UnusableKey> {
        let authorization = Some(authorization(key.secret().expose_secret())?);
        let address = self.address.resolve(self.service, key.endpoint())?;
        Ok(Call { address, method, authorization, further: None, message })
    }

    /// The host of the service for this key.
    ///
    /// # Errors
    /// [`UnusableKey`] for a key whose endpoint is no host name.
    pub fn host(&self, key: &ApiKey) -> Result<String, UnusableKey> {
        let address = self.address.resolve(self.service, key.endpoint())?;
        Ok(address.host().unwrap_or_default().to_owned())
    }

    /// What the service answers.
    ///
    /// # Errors
    /// [`CallError`]; a failed connection is tried once more.
    pub async fn call<A: Message + Default>(&self, call: &Call, deadline: Deadline) -> Result<A, CallError> {
        match self.send(call, deadline).await {
            Err(CallError::Connection(code)) => {
                tracing::debug!(?code, "a connection to Momento failed; trying a new one");
                self.send(call, deadline).await
            }
            answer => answer,
        }
    }

    async fn send<A: Message + Default>(&self, call: &Call, deadline: Deadline) -> Result<A, CallError> {
        if deadline.remaining().is_zero() {
            return Err(CallError::Timeout);
        }
        let connection = self.connection(&call.address, deadline).await?;
        let mut headers = HeaderMap::with_capacity(8);
        if let Some(key) = &call.authorization {
            headers.insert(AUTHORIZATION, key.clone());
        }
        if let Some((name, value)) = &call.further {
            headers.insert(name, value.clone());
        }
        if !self.agent_sent.swap(true, Ordering::Relaxed) {
            insert_agent(&mut headers);
        }
        let answer = unary(&connection, call.uri(), headers, call.message.clone(), deadline).await;
        if answer.as_ref().is_err_and(|failure| failure.doubts_the_connection()) {
            self.forget(&connection).await;
        }
        answer
    }

    /// The open connection to `address`, or a new one.
    async fn connection(&self, address: &Uri, deadline: Deadline) -> Result<Connection, CallError> {
        let connecting = async {
            let mut current = self.current.lock().await;
            let fit = |connection: &&Connection| connection.address == *address && !connection.has_ended();
            if let Some(connection) = current.as_ref().filter(fit) {
                return Ok(connection.clone());
            }
            // The old one must not outlive an attempt that fails.
            *current = None;
            let connection = self.connector.connect(address).await?;
            *current = Some(connection.clone());
            Ok(connection)
        };
        deadline.bound(connecting).await.unwrap_or(Err(CallError::Timeout))
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

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("address", &self.address).field("method", &self.method).finish_non_exhaustive()
    }
}

impl Call {
    /// The same, with one header more than every call has.
    pub fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { further: Some((name, value)), ..self }
    }

    /// The same, for a method that takes the key in its message alone.
    pub fn without_authorization(self) -> Self {
        Self { authorization: None, ..self }
    }

    /// The host that it goes to.
    pub fn host(&self) -> &str {
        self.address.host().unwrap_or_default()
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
fn authorization(key: &str) -> Result<HeaderValue, UnusableKey> {
    let mut value = HeaderValue::from_str(key).map_err(|_| UnusableKey::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

fn insert_agent(headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("agent"), HeaderValue::from_static(AGENT));
    headers.insert(HeaderName::from_static("runtime-version"), HeaderValue::from_static("rust"));
}
