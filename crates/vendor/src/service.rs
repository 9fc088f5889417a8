//! The client of Momento's token service: one call, `token.Token/GenerateDisposableToken`.
//!
//! A call ends at its deadline and is sent at most twice. The second time is for a connection that died unseen, as one
//! does while its Lambda is frozen; any other failure is the answer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use momento_secrets::ApiKey;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tvm_policy::Grant;

use crate::address::TokenAddress;
use crate::call::{framed, unary};
use crate::connection::{Connection, Dialler};
use crate::deadline::Deadline;
use crate::error::{Failure, TokenError};
use crate::request::{RequestError, request_for};
use crate::token::VendedToken;
use crate::wire::GenerateDisposableTokenResponse;

/// The method that mints.
const METHOD: PathAndQuery = PathAndQuery::from_static("/token.Token/GenerateDisposableToken");

/// What the official SDKs tell Momento about themselves, in their form: `<language>:<client>:<version>`.
const AGENT: &str = concat!("rust:token-vending-machine:", env!("CARGO_PKG_VERSION"));

/// Tells the time.
type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// A client of the token service. One per process, shared by reference: it keeps its connection open between calls, and
/// makes a new one when a key of another endpoint comes.
pub struct TokenService {
    address: TokenAddress,
    dialler: Dialler,
    clock: Clock,
    /// Locked while a connection is made, so that callers who come at the same time share one.
    current: Mutex<Option<Connection>>,
    /// Whether Momento has been told who calls; as with the official SDKs, once is enough.
    introduced: AtomicBool,
}

impl TokenService {
    /// A client for the token service at `address`, trusting what `tls` trusts (see the crate `tvm-tls`). Opens nothing.
    #[must_use]
    pub fn new(tls: ClientConfig, address: TokenAddress) -> Self {
        Self {
            address,
            dialler: Dialler::new(tls),
            clock: Arc::new(SystemTime::now),
            current: Mutex::new(None),
            introduced: AtomicBool::new(false),
        }
    }

    /// The same, with expiries judged by another clock than the system's.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Opens the connection that a call with `key` will use, so that the call need not wait for it. A failure is kept
    /// quiet: the call tries again, and has somebody to tell.
    pub async fn connect(&self, key: &ApiKey, deadline: Deadline) {
        if let Ok(address) = self.address.resolve(key.endpoint()) {
            self.connect_to(&address, deadline).await;
        }
    }

    /// As [`connect`](Self::connect), before there is a key; nothing where only the key says where the service is.
    pub async fn connect_without_key(&self, deadline: Deadline) {
        if let Some(address) = self.address.fixed() {
            self.connect_to(address, deadline).await;
        }
    }

    /// What time it is, by the clock that judges expiries.
    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    async fn connect_to(&self, address: &Uri, deadline: Deadline) {
        if self.connection(address, deadline).await.is_err() {
            tracing::debug!("no connection ahead of the first call");
        }
    }

    /// Mints a token for `grant`.
    ///
    /// # Errors
    /// [`TokenError`]; see there.
    pub async fn mint(&self, key: &ApiKey, grant: &Grant, deadline: Deadline) -> Result<VendedToken, TokenError> {
        let secret = key.secret().expose_secret();
        let message = framed(&request_for(grant, secret)?);
        let authorization = authorization(secret)?;
        let address = self.address.resolve(key.endpoint())?;

        let mut answer = self.send(&address, &authorization, &message, deadline).await;
        if let Err(Failure::Connection(code)) = answer {
            tracing::debug!(?code, "the token service's connection failed; trying a new one");
            answer = self.send(&address, &authorization, &message, deadline).await;
        }
        let lifetime = Duration::from_secs(grant.lifetime.as_secs());
        Ok(VendedToken::from_response(&answer?, lifetime, self.now())?)
    }

    async fn send(
        &self,
        address: &Uri,
        authorization: &HeaderValue,
        message: &Bytes,
        deadline: Deadline,
    ) -> Result<GenerateDisposableTokenResponse, Failure> {
        if deadline.remaining().is_zero() {
            return Err(Failure::Late);
        }
        let connection = self.connection(address, deadline).await?;
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(AUTHORIZATION, authorization.clone());
        if !self.introduced.swap(true, Ordering::Relaxed) {
            introduce(&mut headers);
        }
        let answer = unary(&connection, method_at(address), headers, message.clone(), deadline).await;
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

impl fmt::Debug for TokenService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenService").field("address", &self.address).finish_non_exhaustive()
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

/// The method's own URI at the service's address.
fn method_at(address: &Uri) -> Uri {
    let mut parts = address.clone().into_parts();
    parts.path_and_query = Some(METHOD);
    // The parts of a whole address with a path make a whole URI.
    Uri::from_parts(parts).unwrap_or_else(|_| address.clone())
}
