//! Reading one secret: its text, once in its lifetime.
//!
//! This layer knows nothing of Momento, but that a key is no name. It never waits without a limit, never remembers a failure, and never puts any part
//! of a value into an error or a log.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Config;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use momento_client::ApiKey;
use refreshing_cache::{CacheConfig, Clock, Fallback, RefreshingCache};
use secrecy::SecretString;

use crate::aws::{SetupError, in_region, lambda_client_for, region_of_secret};
use crate::classify::secret_error;
use crate::error::{NO_NAME, SecretError};
use crate::staging_label::{CURRENT, PREVIOUS};

/// How long a read may take. A read that fails for want of time is [`SecretError::Unreachable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One call, from the connection to the answer.
    pub per_attempt: Duration,
    /// All attempts and the waits between them.
    pub in_all: Duration,
    /// How many calls at most.
    pub attempts: u32,
}

impl Default for Limits {
    /// 2 s per attempt, 7 s in all, 3 attempts: room for each and the waits between. A read takes some 50 ms where it goes
    /// well, several times that at a cold start on a small Lambda; who has less time drops it.
    fn default() -> Self {
        Self { per_attempt: Duration::from_secs(2), in_all: Duration::from_secs(7), attempts: 3 }
    }
}

/// The first wait before another attempt, and the longest: the SDK's own (1 s, 20 s) are for batch work, and here a person
/// waits.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// A read while the last good value is at hand takes no longer than this, whatever the limits: somebody waits for it, and
/// need not. Two attempts, since a connection kept from before a Lambda was frozen may be dead.
const AT_HAND: Limits = Limits { per_attempt: Duration::from_millis(500), in_all: Duration::from_secs(1), attempts: 2 };

impl Limits {
    /// What of these limits remains for a read with this at hand.
    fn with(self, at_hand: Fallback) -> Self {
        match at_hand {
            Fallback::Nothing => self,
            Fallback::LastGood => Self {
                per_attempt: self.per_attempt.min(AT_HAND.per_attempt),
                in_all: self.in_all.min(AT_HAND.in_all),
                attempts: self.attempts.min(AT_HAND.attempts),
            },
        }
    }
}

/// One version of a secret.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) text: SecretString,
    /// When it was put there, if Secrets Manager says so.
    pub(crate) stored_at: Option<SystemTime>,
}

/// Reads the text of one secret and remembers it for its lifetime. Cheap to share in an `Arc`; `Debug` shows no value.
#[derive(Debug)]
pub struct SecretReader {
    source: Arc<Source>,
    remembered: RefreshingCache<Version, SecretError>,
}

/// Which value is read, and how.
#[derive(Debug, Clone)]
struct Source {
    client: Client,
    id: String,
    stage: String,
    limits: Limits,
}

impl SecretReader {
    /// Reads the secret `id` (name or ARN) by a client that the caller made, at the stage [`CURRENT`]. An ARN is asked for in
    /// its own region, whatever that of the client: the secret exists in no other.
    #[must_use]
    pub fn new(client: Client, id: impl Into<String>) -> Self {
        let id = id.into();
        // Neither a log nor a request may have it: AWS records what is asked for.
        let id = if ApiKey::is_one(&id) { NO_NAME.to_owned() } else { id };
        let here = client.config().region().map(AsRef::as_ref);
        let client = match region_of_secret(&id) {
            Some(region) if here != Some(region) => in_region(&client, region),
            _ => client,
        };
        let source = Source { client, id, stage: CURRENT.to_owned(), limits: Limits::default() };
        Self { source: Arc::new(source), remembered: RefreshingCache::nothing(CacheConfig::new("a secret")) }
    }

    /// Reads the secret `id` by a client from the Lambda environment: see [`lambda_client`](crate::lambda_client). An ARN says
    /// its region itself.
    ///
    /// # Errors
    /// As [`lambda_client`](crate::lambda_client).
    pub fn from_lambda_env(id: impl Into<String>) -> Result<Self, SetupError> {
        let id = id.into();
        Ok(Self::new(lambda_client_for(&id)?, id))
    }

    /// Reads the version with this stage instead, as `AWSPREVIOUS`. What was remembered is forgotten.
    #[must_use]
    pub fn with_stage(self, stage: impl Into<String>) -> Self {
        self.changed(|source| source.stage = stage.into())
    }

    /// Reads within these limits instead. What was remembered is forgotten.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        self.changed(|source| source.limits = limits)
    }

    fn changed(self, change: impl FnOnce(&mut Source)) -> Self {
        let mut source = Arc::unwrap_or_clone(self.source);
        change(&mut source);
        let remembered = RefreshingCache::nothing(self.remembered.cache_config().clone());
        Self { source: Arc::new(source), remembered }
    }

    /// Keeps what was read for this long instead of [`DEFAULT_LIFETIME`](crate::DEFAULT_LIFETIME), give or take a tenth that
    /// is drawn here; zero reads each time. What was remembered is forgotten.
    #[must_use]
    pub fn with_lifetime(self, lifetime: Duration) -> Self {
        let cache_config = self.remembered.cache_config().clone().for_lifetime(lifetime);
        Self { remembered: RefreshingCache::nothing(cache_config), ..self }
    }

    /// Takes the time from this clock instead of [`SystemClock`](crate::SystemClock). What was remembered is forgotten.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        let cache_config = self.remembered.cache_config().clone().by(clock);
        Self { remembered: RefreshingCache::nothing(cache_config), ..self }
    }

    /// The name or ARN of the secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.source.id
    }

    /// The secret's text: read by one call however many ask at the same time, and remembered for its lifetime. Call it early
    /// to warm up. A `SecretBinary` that holds UTF-8 counts as text.
    ///
    /// When the lifetime has passed, the next call reads again, within 1 s. If that fails, for whatever reason, the text read
    /// last serves on; a warning says so, and the next attempt waits for 10 s, later for up to a minute.
    ///
    /// # Errors
    /// [`SecretError`] as long as nothing good was ever read; it is not remembered, the next call reads again.
    pub async fn read(&self) -> Result<SecretString, SecretError> {
        Ok(self.remembered.get(|at_hand| self.fetch(at_hand)).await?.text)
    }

    /// Forgets what was read, for a caller who found that it is no good: the next [`read`](Self::read) asks again, and has
    /// nothing to fall back on. Who can tell by the text alone reads a [`TypedSecret`](crate::TypedSecret), which keeps the
    /// last good value.
    pub fn forget(&self) {
        self.remembered.forget();
    }

    /// Reads the secret, past what is remembered, and remembers nothing.
    pub(crate) fn fetch(&self, at_hand: Fallback) -> impl Future<Output = Result<Version, SecretError>> + Send + use<> {
        let source = Arc::clone(&self.source);
        async move { source.fetch(&source.stage, at_hand).await }
    }

    /// Reads the version that was in force before, in the same way. `None` where another stage than [`CURRENT`] was asked
    /// for: nothing comes before that.
    pub(crate) fn fetch_previous(&self) -> Option<impl Future<Output = Result<Version, SecretError>> + Send + use<>> {
        let source = Arc::clone(&self.source);
        (source.stage == CURRENT).then_some(async move { source.fetch(PREVIOUS, Fallback::Nothing).await })
    }

    /// How the text is kept.
    pub(crate) fn cache_config(&self) -> &CacheConfig {
        self.remembered.cache_config()
    }
}

impl Source {
    async fn fetch(&self, stage: &str, at_hand: Fallback) -> Result<Version, SecretError> {
        if self.id == NO_NAME {
            return Err(SecretError::KeyForName);
        }
        let Limits { per_attempt, in_all, attempts } = self.limits.with(at_hand);
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(per_attempt).operation_timeout(in_all).build();
        let retries = RetryConfig::standard()
            .with_max_attempts(attempts.max(1))
            .with_initial_backoff(FIRST_WAIT)
            .with_max_backoff(LONGEST_WAIT);
        let answer = self
            .client
            .get_secret_value()
            .secret_id(&self.id)
            .version_stage(stage)
            .customize()
            .config_override(Config::builder().timeout_config(timeouts).retry_config(retries))
            .send()
            .await
            .map_err(|error| secret_error(&self.id, stage, &error))?;
        let stored_at = answer.created_date.and_then(|date| SystemTime::try_from(date).ok());
        let text = match (answer.secret_string, answer.secret_binary) {
            (Some(text), _) => text,
            (None, Some(binary)) => {
                String::from_utf8(binary.into_inner()).map_err(|_| SecretError::NotText { id: self.id.clone() })?
            }
            (None, None) => String::new(),
        };
        // To who must fix it, a value that somebody left blank is none. Emulators answer with one for a new secret.
        if text.trim().is_empty() {
            return Err(SecretError::NoValue { id: self.id.clone(), stage: stage.to_owned() });
        }
        Ok(Version { text: SecretString::from(text), stored_at })
    }
}
