//! A secret as a value: read, parsed and remembered as one step.
//!
//! A text that does not parse is not remembered, so that fixing the secret fixes the running program, and costs no value
//! that was read before.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use refreshing_cache::{CacheConfig, Fallback, RefreshingCache};
use secrecy::SecretString;

use crate::error::SecretError;
use crate::secret::{SecretReader, Version};

/// How a version becomes a value.
type Parse<T, E> = Arc<dyn Fn(&Version) -> Result<T, E> + Send + Sync>;

/// The value that a secret's text parses into, remembered as [`SecretReader`] remembers a text. Share it in an `Arc`; `Debug`
/// shows no value.
///
/// ```no_run
/// # use momento_secrets::{SecretError, SecretReader, TypedSecret};
/// use secrecy::ExposeSecret as _;
///
/// /// Why there is no port. `Display` reaches the log: it quotes no part of a value.
/// #[derive(Debug, Clone, thiserror::Error)]
/// enum NoPort {
///     #[error(transparent)]
///     Secret(#[from] SecretError),
///     #[error("the secret's value is not a port; store a number up to 65535")]
///     Malformed,
/// }
///
/// # async fn example(reader: SecretReader) -> Result<(), NoPort> {
/// let port: TypedSecret<u16, NoPort> =
///     TypedSecret::new(reader, |text| text.expose_secret().trim().parse().map_err(|_| NoPort::Malformed));
/// let parsed_once_and_shared = port.read().await?;
/// # Ok(())
/// # }
/// ```
pub struct TypedSecret<T, E: Clone = SecretError> {
    reader: SecretReader,
    parse: Parse<T, E>,
    remembered: RefreshingCache<Arc<T>, E>,
}

impl<T, E> TypedSecret<T, E>
where
    T: Send + Sync + 'static,
    E: From<SecretError> + Clone + fmt::Display + Send + Sync + 'static,
{
    /// What `parse` makes of the text that `reader` reads, kept for as long as `reader` keeps a text and by the same clock.
    /// `parse` runs once for each read. Its error is logged where an earlier value serves on: it may hold no part of the text.
    #[must_use]
    pub fn new(reader: SecretReader, parse: impl Fn(&SecretString) -> Result<T, E> + Send + Sync + 'static) -> Self {
        Self::of_versions(reader, move |version| parse(&version.text))
    }

    /// The same, of the text and of what Secrets Manager says about it.
    pub(crate) fn of_versions(
        reader: SecretReader,
        parse: impl Fn(&Version) -> Result<T, E> + Send + Sync + 'static,
    ) -> Self {
        Self::parsed_by(reader, Arc::new(parse))
    }

    /// With so much time between two reads that [`newer_than`](Self::newer_than) causes, instead of 500 ms. What was remembered is
    /// forgotten.
    #[must_use]
    pub fn with_forced_reads_apart(self, apart: Duration) -> Self {
        let remembered = RefreshingCache::nothing(self.reader.cache_config().clone().forced_apart(apart));
        Self { remembered, ..self }
    }

    fn parsed_by(reader: SecretReader, parse: Parse<T, E>) -> Self {
        let remembered = RefreshingCache::nothing(reader.cache_config().clone());
        Self { reader, parse, remembered }
    }

    /// Keeps the value for this long instead of [`DEFAULT_LIFETIME`](crate::DEFAULT_LIFETIME), give or take a tenth that is
    /// drawn here; zero reads each time. What was remembered is forgotten.
    #[must_use]
    pub fn with_lifetime(self, lifetime: Duration) -> Self {
        Self::parsed_by(self.reader.with_lifetime(lifetime), self.parse)
    }

    /// The name or ARN of the secret.
    #[must_use]
    pub fn id(&self) -> &str {
        self.reader.id()
    }

    /// The value: read by one call however many ask at the same time, and remembered for its lifetime. Call it early to warm
    /// up.
    ///
    /// When the lifetime has passed, the next call reads again, within 1 s. If that fails, or brings what does not parse, the
    /// value read last serves on; a warning says so, and the next attempt waits for 10 s, later for up to a minute.
    ///
    /// # Errors
    /// As `parse` gives it, or made of a [`SecretError`], as long as no value was ever read. It is not remembered: the next
    /// call reads again.
    pub async fn read(&self) -> Result<Arc<T>, E> {
        self.remembered.get(|at_hand| self.parsed(self.reader.fetch(at_hand))).await
    }

    /// What was read after `known`, which did not serve: what somebody else has read meanwhile, or what a read brings now, before the
    /// lifetime is over. `None` where the last read of this kind was a moment ago: a stranger may be who causes it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn newer_than(&self, known: &Arc<T>) -> Result<Option<Arc<T>>, E> {
        self.remembered.other_than_if_due(|value| Arc::ptr_eq(value, known), || self.fetch()).await
    }

    /// A value that is not `refused`, which `read` is to bring if the remembered one is: see [`RefreshingCache::refresh_unless`].
    pub(crate) async fn refresh_unless<F>(
        &self,
        refused: impl Fn(&Arc<T>) -> bool,
        read: impl Fn() -> F,
    ) -> Result<Option<Arc<T>>, E>
    where
        F: Future<Output = Result<Arc<T>, E>> + Send + 'static,
    {
        self.remembered.refresh_unless(refused, read).await
    }

    /// Reads the value, past what is remembered, and remembers nothing.
    pub(crate) fn fetch(&self) -> impl Future<Output = Result<Arc<T>, E>> + Send + use<T, E> {
        self.parsed(self.reader.fetch(Fallback::Nothing))
    }

    /// Reads the value that was in force before, in the same way: see [`SecretReader::fetch_previous`].
    pub(crate) fn fetch_previous(&self) -> Option<impl Future<Output = Result<Arc<T>, E>> + Send + use<T, E>> {
        self.reader.fetch_previous().map(|version| self.parsed(version))
    }

    /// How the value is kept.
    pub(crate) fn cache_config(&self) -> &CacheConfig {
        self.reader.cache_config()
    }

    /// The value in what `version` brings.
    fn parsed<F>(&self, version: F) -> impl Future<Output = Result<Arc<T>, E>> + Send + use<T, E, F>
    where
        F: Future<Output = Result<Version, SecretError>> + Send,
    {
        let parse = Arc::clone(&self.parse);
        async move { parse(&version.await?).map(Arc::new) }
    }
}

/// Says whether there is a value, never which.
impl<T, E: Clone> fmt::Debug for TypedSecret<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedSecret")
            .field("reader", &self.reader)
            .field("remembered", &self.remembered)
            .finish_non_exhaustive()
    }
}
