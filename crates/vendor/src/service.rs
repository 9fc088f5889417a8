//! The client of Momento's token service: one call, `token.Token/GenerateDisposableToken`.
//!
//! A call ends at its deadline and is sent at most twice. The second time is for a connection that died unseen, as one
//! does while its Lambda is frozen; any other failure is the answer.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::Uri;
use momento_protos::token::token_client::TokenClient;
use momento_protos::token::{GenerateDisposableTokenRequest, GenerateDisposableTokenResponse};
use momento_secrets::ApiKey;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::transport::Channel;
use tvm_policy::Grant;

use crate::address::TokenAddress;
use crate::connection::Dialler;
use crate::deadline::Deadline;
use crate::error::{Failure, TokenError};
use crate::request::{RequestError, request_for};
use crate::token::VendedToken;

/// The longest answer read. A token with 20 permissions is a few kB; nobody gets to fill a Lambda's memory instead.
const LONGEST_ANSWER_BYTES: usize = 64 * 1024;

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
    current: Mutex<Option<Connection>>,
    /// Whether Momento has been told who calls; as with the official SDKs, once is enough.
    introduced: AtomicBool,
}

#[derive(Clone)]
struct Connection {
    address: Uri,
    channel: Channel,
    /// Tells this connection from a later one to the same address.
    identity: Arc<()>,
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
        let Ok(address) = self.address.resolve(key.endpoint()) else { return };
        if self.at(&address).is_some() {
            return;
        }
        match deadline.bound(self.dialler.now(&address)).await {
            Ok(Ok(channel)) => {
                self.keep(address, channel);
            }
            Ok(Err(_)) | Err(_) => tracing::debug!("no connection ahead of the first call"),
        }
    }

    /// Mints a token for `grant`.
    ///
    /// # Errors
    /// [`TokenError`]; see there.
    pub async fn mint(&self, key: &ApiKey, grant: &Grant, deadline: Deadline) -> Result<VendedToken, TokenError> {
        let secret = key.secret().expose_secret();
        let message = request_for(grant, secret)?;
        let authorization = authorization(secret)?;
        let address = self.address.resolve(key.endpoint())?;

        let mut answer = self.send(&address, &authorization, &message, deadline).await;
        if let Err(Failure::Connection(code)) = answer {
            tracing::debug!(?code, "the token service's connection failed; trying a new one");
            answer = self.send(&address, &authorization, &message, deadline).await;
        }
        let lifetime = Duration::from_secs(grant.lifetime.as_secs());
        Ok(VendedToken::from_response(&answer?, lifetime, (self.clock)())?)
    }

    async fn send(
        &self,
        address: &Uri,
        authorization: &MetadataValue<Ascii>,
        message: &GenerateDisposableTokenRequest,
        deadline: Deadline,
    ) -> Result<GenerateDisposableTokenResponse, Failure> {
        let left = deadline.remaining();
        if left.is_zero() {
            return Err(Failure::Late);
        }
        let mut request = tonic::Request::new(message.clone());
        request.set_timeout(left);
        request.metadata_mut().insert("authorization", authorization.clone());
        if !self.introduced.swap(true, Ordering::Relaxed) {
            introduce(request.metadata_mut());
        }

        let connection = self.connection(address);
        let mut client = TokenClient::new(connection.channel.clone()).max_decoding_message_size(LONGEST_ANSWER_BYTES);
        let failure = match deadline.bound(client.generate_disposable_token(request)).await {
            Ok(Ok(response)) => return Ok(response.into_inner()),
            Ok(Err(status)) => Failure::of(&status),
            Err(_) => Failure::Late,
        };
        if failure.doubts_the_connection() {
            self.forget(&connection);
        }
        Err(failure)
    }

    /// The open connection to `address`, or one that opens with the first call.
    fn connection(&self, address: &Uri) -> Connection {
        match self.at(address) {
            Some(connection) => connection,
            None => self.keep(address.clone(), self.dialler.lazily(address)),
        }
    }

    fn at(&self, address: &Uri) -> Option<Connection> {
        self.current().as_ref().filter(|connection| connection.address == *address).cloned()
    }

    fn keep(&self, address: Uri, channel: Channel) -> Connection {
        let connection = Connection { address, channel, identity: Arc::new(()) };
        *self.current() = Some(connection.clone());
        connection
    }

    /// Drops a connection that failed, unless another call has replaced it already. Calls under way on it go on.
    fn forget(&self, failed: &Connection) {
        let mut current = self.current();
        if current.as_ref().is_some_and(|connection| Arc::ptr_eq(&connection.identity, &failed.identity)) {
            *current = None;
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<Connection>> {
        // Nothing that holds the lock can panic half-way: what a poisoned one guards is whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenService").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The key as the `authorization` header: no scheme before it, and marked so that neither a log nor HPACK's table keeps it.
fn authorization(key: &str) -> Result<MetadataValue<Ascii>, RequestError> {
    let mut value: MetadataValue<Ascii> = key.parse().map_err(|_| RequestError::UnusableKey)?;
    value.set_sensitive(true);
    Ok(value)
}

fn introduce(metadata: &mut MetadataMap) {
    metadata.insert("agent", MetadataValue::from_static(AGENT));
    metadata.insert("runtime-version", MetadataValue::from_static("rust"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_of_another_endpoint_gets_another_connection_and_the_same_one_the_same() {
        let service = TokenService::new(tvm_tls::client_config_trusting(None).unwrap(), TokenAddress::OfKey);
        let connection = |endpoint| service.connection(&service.address.resolve(endpoint).unwrap());
        let (first, again, other) = (connection("one.example"), connection("one.example"), connection("two.example"));
        assert!(Arc::ptr_eq(&first.identity, &again.identity));
        assert_eq!(other.address, "https://token.two.example");
        assert!(!Arc::ptr_eq(&first.identity, &other.identity));
    }

    #[tokio::test]
    async fn a_failed_connection_is_dropped_and_its_successor_is_not() {
        let service = TokenService::new(tvm_tls::client_config_trusting(None).unwrap(), TokenAddress::OfKey);
        let address = service.address.resolve("one.example").unwrap();
        let failed = service.connection(&address);
        service.forget(&failed);
        let successor = service.connection(&address);
        service.forget(&failed);
        assert!(Arc::ptr_eq(&successor.identity, &service.connection(&address).identity));
    }
}
