//! A model of Momento's token service, and of the account whose limit it keeps: what the vendor mints with.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use momento_client::ApiKey;
use momento_client::Deadline;
use momento_client::KeySource;
use momento_client::wire::GenerateDisposableTokenResponse;
use secrecy::ExposeSecret;
use tvm_issuer::{DisposableToken, Minter, TokenError};
use tvm_policy::Grant;

use crate::bucket::Bucket;
use crate::chance::Latency;
use crate::clock::Clock;

/// How long a mint takes, in milliseconds, there and back: a guess. Nobody publishes it; a client in the same region
/// should see about this.
const LATENCY: Latency = Latency(&[(0.0, 10.0), (0.5, 25.0), (0.9, 40.0), (0.99, 100.0), (1.0, 300.0)]);

/// The token service. Clones are the same service.
#[derive(Debug, Clone)]
pub(crate) struct TokenService(Arc<Service>);

#[derive(Debug)]
struct Service {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: Bucket,
    random: Rng,
    minted: Mints,
}

/// When Momento was asked for a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mints {
    /// And gave one.
    pub granted: Vec<Duration>,
    /// And refused for its limit.
    pub refused: Vec<Duration>,
}

impl TokenService {
    /// The service for an account that may have so many tokens a second, and as many at once.
    pub(crate) fn new(clock: Clock, tokens_per_second: u32, random: Rng) -> Self {
        let limit = Bucket::new(tokens_per_second.into(), tokens_per_second.into());
        Self(Arc::new(Service { clock, state: Mutex::new(State { limit, random, minted: Mints::default() }) }))
    }

    /// What it was asked for so far.
    pub(crate) fn mints(&self) -> Mints {
        self.with(|state| state.minted.clone())
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Minter for TokenService {
    async fn mint(&self, _: &ApiKey, grant: &Grant, _: Deadline) -> Result<DisposableToken, TokenError> {
        // Refused or granted half-way, where the service is.
        let half = self.with(|state| LATENCY.draw(&mut state.random)) / 2;
        tokio::time::sleep(half).await;
        let now = self.0.clock.elapsed();
        let granted = self.with(|state| {
            let granted = state.limit.take(now);
            if granted { &mut state.minted.granted } else { &mut state.minted.refused }.push(now);
            granted
        });
        let valid_until = self.now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_add(grant.lifetime);
        tokio::time::sleep(half).await;
        if !granted {
            return Err(TokenError::RateLimited { retry_after: None });
        }
        let response = GenerateDisposableTokenResponse {
            api_key: name_of(grant),
            endpoint: "momento".to_owned(),
            valid_until: valid_until.as_secs(),
        };
        Ok(DisposableToken::from_response(&response, grant.lifetime, self.now())?)
    }

    fn now(&self) -> SystemTime {
        self.0.clock.now()
    }
}

/// Whether `token` was minted for this very grant.
pub(crate) fn is_for(token: &DisposableToken, grant: &Grant) -> bool {
    let text = STANDARD.decode(token.auth_token().expose_secret()).unwrap_or_default();
    String::from_utf8_lossy(&text).contains(&format!("\"{}\"", name_of(grant)))
}

/// What the key of a token for this grant says: equal for equal grants.
fn name_of(grant: &Grant) -> String {
    // Always the same keys, unlike those of a `HashMap`.
    let mut hasher = DefaultHasher::new();
    grant.hash(&mut hasher);
    format!("a token for {:016x}", hasher.finish())
}

/// The one key of the account.
#[derive(Debug, Clone)]
pub(crate) struct Key(Arc<ApiKey>);

impl Key {
    /// A key of no account.
    pub(crate) fn made_up() -> Option<Self> {
        let stored = STANDARD.encode(r#"{"endpoint":"momento.example","api_key":"of-a-simulation"}"#);
        ApiKey::parse(&stored, None).ok().map(|key| Self(Arc::new(key)))
    }
}

impl KeySource for Key {
    type Error = std::convert::Infallible;

    async fn key(&self) -> Result<Arc<ApiKey>, Self::Error> {
        Ok(Arc::clone(&self.0))
    }
}
