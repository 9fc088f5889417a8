//! A value that is read by one call, however many ask for it at the same time, and kept for its lifetime.
//!
//! Nothing runs in the background: when all who waited have gone, the read is dropped with them, so no thawed process finds
//! a read whose deadline has long passed. There is one read at a time, so no older value lands on a newer one. A failure
//! with nothing at hand is never remembered; a failure beside a good value never costs that value.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};

use crate::cache_config::{CacheConfig, Pause};
use crate::clock::Timestamp;

/// What there is while a value is read: it says how patient the read may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: who waits has no other way.
    Nothing,
    /// The last good value, which serves on if this read fails.
    LastGood,
}

/// What a read was begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// There was no value, or its lifetime had passed.
    Age,
    /// The value is no good to somebody, who asked for another.
    Refusal,
}

type Read<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;
type Flight<T, E> = Shared<Read<T, E>>;

struct State<T: Clone, E: Clone> {
    good: Option<Good<T>>,
    /// The read under way, kept alive only by those who wait for it.
    flight: Option<WeakShared<Read<T, E>>>,
    /// From the first read that failed beside a good value until one succeeds.
    pause: Option<Pause>,
    forced: Forced<T, E>,
}

struct Good<T> {
    value: T,
    /// When its read began: it may have waited in a frozen process since it was sent.
    read_at: Timestamp,
}

/// The reads that a refusal caused.
struct Forced<T, E> {
    /// When the last one began or ended.
    last: Option<Timestamp>,
    /// How many ended.
    landed: u64,
    /// What the last one that ended brought.
    outcome: Option<Result<T, E>>,
}

/// A value, remembered. `Debug` shows none.
pub struct RefreshingCache<T: Clone, E: Clone> {
    cache_config: CacheConfig,
    state: Arc<Mutex<State<T, E>>>,
}

/// What somebody who needs another value does next.
enum Next<T: Clone, E: Clone> {
    Done(Result<Option<T>, E>),
    Join(Flight<T, E>),
    Sleep(Duration),
}

impl<T, E> RefreshingCache<T, E>
where
    T: Clone + Send + Sync + 'static,
    E: Clone + fmt::Display + Send + Sync + 'static,
{
    /// Nothing yet, to be kept so.
    pub fn nothing(cache_config: CacheConfig) -> Self {
        let forced = Forced { last: None, landed: 0, outcome: None };
        Self { cache_config, state: Arc::new(Mutex::new(State { good: None, flight: None, pause: None, forced })) }
    }

    /// How the value is kept.
    pub fn cache_config(&self) -> &CacheConfig {
        &self.cache_config
    }

    /// The value within its lifetime, or what the read under way brings, or what `read` brings; where that fails, the last
    /// good value.
    ///
    /// # Errors
    /// What `read` gives, where there was never a good value, or none that may serve on.
    pub async fn get<F>(&self, read: impl FnOnce(Fallback) -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.drop_what_is_too_old();
        let flight = {
            let mut state = lock(&self.state);
            let now = self.cache_config.clock.now();
            if let Some(value) = state.within(self.cache_config.lifetime, &now) {
                return Ok(value);
            }
            match (state.under_way(), state.at_rest(&now)) {
                (Some(flight), _) => flight,
                (None, Some(value)) => return Ok(value),
                (None, None) => {
                    let at_hand = if state.good.is_some() {
                        // From the beginning: a caller who goes away before the end must not leave its wait to the next.
                        state.pause = Some(Pause::after(state.pause, now));
                        Fallback::LastGood
                    } else {
                        Fallback::Nothing
                    };
                    self.begin(&mut state, now, Cause::Age, read(at_hand))
                }
            }
        };
        let outcome = flight.await;
        outcome.or_else(|error| {
            self.drop_what_is_too_old();
            lock(&self.state).good.as_ref().map(|good| good.value.clone()).ok_or(error)
        })
    }

    /// A value that is not `refused`: the remembered one if it is another already, else what a read after this call brings:
    /// `read`'s, or one that somebody else forced. `None` when that read brings what is refused again.
    ///
    /// Forced reads keep a distance; those who wait for it share the read after it.
    ///
    /// # Errors
    /// What `read` gives.
    pub async fn refresh_unless<F>(&self, refused: impl Fn(&T) -> bool, read: impl Fn() -> F) -> Result<Option<T>, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let landed_before = lock(&self.state).forced.landed;
        loop {
            match self.until_due(&refused, landed_before, &read).await {
                Ok(outcome) => return outcome,
                Err(rest) => self.cache_config.clock.sleep(rest).await,
            }
        }
    }

    /// As [`refresh_unless`](Self::refresh_unless), for who will not wait for the next forced read: `None` as well where that is not
    /// due yet.
    ///
    /// # Errors
    /// What `read` gives.
    pub async fn other_than_if_due<F>(&self, refused: impl Fn(&T) -> bool, read: impl Fn() -> F) -> Result<Option<T>, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let landed_before = lock(&self.state).forced.landed;
        self.until_due(&refused, landed_before, &read).await.unwrap_or(Ok(None))
    }

    /// What came of it, or, where the next forced read is not due yet, how long that takes.
    async fn until_due<F>(
        &self,
        refused: &impl Fn(&T) -> bool,
        landed_before: u64,
        read: &impl Fn() -> F,
    ) -> Result<Result<Option<T>, E>, Duration>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        loop {
            match self.towards_another(refused, landed_before, read) {
                Next::Done(outcome) => return Ok(outcome),
                // What it brings is in the state by then. One that was not forced may have begun before the refusal.
                Next::Join(flight) => {
                    let _landed = flight.await;
                }
                Next::Sleep(rest) => return Err(rest),
            }
        }
    }

    fn towards_another<F>(&self, refused: &impl Fn(&T) -> bool, landed_before: u64, read: &impl Fn() -> F) -> Next<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let mut state = lock(&self.state);
        if let Some(good) = state.good.as_ref().filter(|good| !refused(&good.value)) {
            return Next::Done(Ok(Some(good.value.clone())));
        }
        if state.forced.landed != landed_before
            && let Some(outcome) = state.forced.outcome.clone()
        {
            return Next::Done(outcome.map(|value| Some(value).filter(|value| !refused(value))));
        }
        if let Some(flight) = state.under_way() {
            return Next::Join(flight);
        }
        let now = self.cache_config.clock.now();
        let apart = self.cache_config.forced_apart;
        let since_last = state.forced.last.map_or(apart, |last| now.since(&last));
        match apart.checked_sub(since_last) {
            Some(rest) if !rest.is_zero() => Next::Sleep(rest),
            _ => {
                state.forced.last = Some(now);
                Next::Join(self.begin(&mut state, now, Cause::Refusal, read()))
            }
        }
    }

    /// Drops the remembered value: who asks next causes a read.
    pub fn forget(&self) {
        lock(&self.state).good = None;
    }

    /// A value that may not even serve on (any more) is none.
    fn drop_what_is_too_old(&self) {
        let Some(max_age) = self.cache_config.max_age() else { return };
        let mut state = lock(&self.state);
        let now = self.cache_config.clock.now();
        if state.good.as_ref().is_some_and(|good| now.since(&good.read_at) >= max_age) {
            state.good = None;
            state.pause = None;
            drop(state);
            let what = self.cache_config.what;
            tracing::error!("{what} cannot be read again, and the last good value is too old to serve on");
        }
    }

    fn begin<F>(&self, state: &mut State<T, E>, now: Timestamp, cause: Cause, read: F) -> Flight<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let (cache_config, shared) = (self.cache_config.clone(), Arc::clone(&self.state));
        let read: Read<T, E> = Box::pin(async move {
            let outcome = read.await;
            let ended = cache_config.clock.now();
            let resting = lock(&shared).complete(cause, now, ended, &outcome);
            // Outside the lock: who listens may take their time.
            if let (Err(error), Some(pause)) = (&outcome, resting) {
                let next_read_in_s = pause.length().as_secs();
                let what = cache_config.what;
                tracing::warn!(%error, next_read_in_s, "{what} cannot be read again; its last good value serves on");
            }
            outcome
        });
        let flight = read.shared();
        state.flight = flight.downgrade();
        flight
    }
}

impl<T: Clone, E: Clone> State<T, E> {
    fn within(&self, lifetime: Duration, now: &Timestamp) -> Option<T> {
        let good = self.good.as_ref().filter(|good| now.since(&good.read_at) < lifetime)?;
        Some(good.value.clone())
    }

    fn under_way(&self) -> Option<Flight<T, E>> {
        self.flight.as_ref().and_then(WeakShared::upgrade)
    }

    /// The last good value, as long as no other is to be looked for.
    fn at_rest(&self, now: &Timestamp) -> Option<T> {
        self.pause.filter(|pause| !pause.is_over(now))?;
        self.good.as_ref().map(|good| good.value.clone())
    }

    /// Takes in what a read brought. The pause is how long a good value serves on because of it.
    fn complete(&mut self, cause: Cause, began: Timestamp, ended: Timestamp, outcome: &Result<T, E>) -> Option<Pause> {
        self.flight = None;
        if cause == Cause::Refusal {
            self.forced.last = Some(ended);
            self.forced.landed = self.forced.landed.wrapping_add(1);
            self.forced.outcome = Some(outcome.clone());
        }
        match outcome {
            Ok(value) => {
                self.good = Some(Good { value: value.clone(), read_at: began });
                self.pause = None;
            }
            // Who was refused is told of the error: only a read for age is made up for by the last good value.
            Err(_) if cause == Cause::Age && self.good.is_some() => {
                self.pause = self.pause.map(|pause| pause.from(ended));
                return self.pause;
            }
            Err(_) => {}
        }
        None
    }
}

/// A panic while the lock was held leaves a state that is still whole: at worst, something is read once more.
fn lock<S>(state: &Mutex<S>) -> MutexGuard<'_, S> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says whether there is a value, never which.
impl<T: Clone, E: Clone> fmt::Debug for RefreshingCache<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if lock(&self.state).good.is_some() { "remembered" } else { "not yet read" })
    }
}

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
