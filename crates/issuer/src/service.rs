//! The client of Momento's token service: one call, `token.Token/GenerateDisposableToken`.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use http::uri::PathAndQuery;
use momento_client::ApiKey;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tvm_policy::Grant;

use crate::disposable_token::DisposableToken;
use crate::request::request_for;
use crate::token_error::TokenError;
use momento_client::framed;
use momento_client::wire::GenerateDisposableTokenResponse;
use momento_client::{Call, CallError, Channel, Deadline};
use momento_client::{Service, ServiceAddress};

/// The method that mints.
const METHOD: PathAndQuery = PathAndQuery::from_static("/token.Token/GenerateDisposableToken");

/// Tells the time.
type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What mints tokens: Momento's token service, or a model of it.
pub trait Minter: Send + Sync {
    /// Mints a token for `grant`.
    ///
    /// # Errors
    /// [`TokenError`]; see there.
    fn mint(
        &self,
        key: &ApiKey,
        grant: &Grant,
        deadline: Deadline,
    ) -> impl Future<Output = Result<DisposableToken, TokenError>> + Send;

    /// What time it is, by the clock that judges expiries.
    fn now(&self) -> SystemTime;
}

/// A client of the token service. One per process, shared by reference: it keeps its connection open between calls, and
/// makes a new one when a key of another endpoint comes.
pub struct TokenService {
    channel: Channel,
    clock: Clock,
    /// Whether the log has the host that does not answer, since it last did.
    said_where: AtomicBool,
}

impl TokenService {
    /// A client for the token service at `address`, trusting what `tls` trusts (see the crate `tvm-tls`). Opens nothing.
    #[must_use]
    pub fn new(tls: ClientConfig, address: ServiceAddress) -> Self {
        Self {
            channel: Channel::new(Service::Token, address, tls),
            clock: Arc::new(SystemTime::now),
            said_where: AtomicBool::new(false),
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
        self.channel.connect(key, deadline).await;
    }

    /// As [`connect`](Self::connect), before there is a key; nothing where only the key says where the service is.
    pub async fn connect_without_key(&self, deadline: Deadline) {
        self.channel.connect_without_key(deadline).await;
    }

    /// Mints a token for `grant`.
    ///
    /// # Errors
    /// [`TokenError`]; see there.
    pub async fn mint(&self, key: &ApiKey, grant: &Grant, deadline: Deadline) -> Result<DisposableToken, TokenError> {
        let message = framed(&request_for(grant, key.secret().expose_secret())?);
        let call = self.channel.prepare(key, METHOD, message)?;
        let answer = self.channel.call(&call, deadline).await;
        self.say_where(&call, answer.as_ref().err());
        let answer: GenerateDisposableTokenResponse = answer?;
        let lifetime = Duration::from_secs(grant.lifetime.as_secs());
        Ok(DisposableToken::from_response(&answer, lifetime, Minter::now(self))?)
    }
}

impl TokenService {
    /// The host of the token service for this key, for a message.
    #[must_use]
    pub fn host(&self, key: &ApiKey) -> Option<String> {
        self.channel.host(key).ok()
    }

    /// Says in the log which host does not answer, once until it does: an endpoint that is not Momento's looks like a Momento that is down.
    fn say_where(&self, call: &Call, failure: Option<&CallError>) {
        match failure {
            Some(CallError::Connection(_) | CallError::Timeout) => {
                if !self.said_where.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        host = call.host(),
                        "Momento's token service does not answer there; the endpoint comes from the API key, its secret, or \
                         `momento.endpoint`"
                    );
                }
            }
            Some(CallError::Answer { .. }) | None => self.said_where.store(false, Ordering::Relaxed),
        }
    }
}

impl Minter for TokenService {
    async fn mint(&self, key: &ApiKey, grant: &Grant, deadline: Deadline) -> Result<DisposableToken, TokenError> {
        Self::mint(self, key, grant, deadline).await
    }

    fn now(&self) -> SystemTime {
        (self.clock)()
    }
}

impl fmt::Debug for TokenService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenService").field("channel", &self.channel).finish_non_exhaustive()
    }
}
