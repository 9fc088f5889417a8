//! A value that is fetched once, by one call, however many ask for it at the same time, and remembered.
//!
//! A failure is never remembered: all who waited for it get it, who asks next tries again. Nothing runs in the
//! background: when all who waited have gone, the fetch is dropped with them, so no thawed process finds a fetch whose
//! deadline has long passed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};

type Fetch<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

struct State<T: Clone, E: Clone> {
    value: Option<T>,
    /// The fetch under way, kept alive only by those who wait for it.
    fetch: Option<WeakShared<Fetch<T, E>>>,
}

pub(crate) struct Remembered<T: Clone, E: Clone> {
    state: Arc<Mutex<State<T, E>>>,
}

impl<T: Clone + Send + Sync + 'static, E: Clone + Send + Sync + 'static> Remembered<T, E> {
    pub(crate) fn nothing() -> Self {
        Self { state: Arc::new(Mutex::new(State { value: None, fetch: None })) }
    }

    /// The remembered value, or what the fetch under way brings, or what `fetch` brings.
    pub(crate) async fn get_or<F>(&self, fetch: impl FnOnce() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let shared = {
            let mut state = lock(&self.state);
            if let Some(value) = &state.value {
                return Ok(value.clone());
            }
            if let Some(shared) = state.fetch.as_ref().and_then(WeakShared::upgrade) {
                shared
            } else {
                let shared = remembering(Arc::clone(&self.state), fetch());
                state.fetch = shared.downgrade();
                shared
            }
        };
        shared.await
    }

    /// Drops the remembered value: who asks next causes a fetch.
    pub(crate) fn forget(&self) {
        lock(&self.state).value = None;
    }
}

/// `fetch`, which on success leaves its value in `state`.
fn remembering<T, E, F>(state: Arc<Mutex<State<T, E>>>, fetch: F) -> Shared<Fetch<T, E>>
where
    T: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    let fetch: Fetch<T, E> = Box::pin(async move {
        let outcome = fetch.await;
        let mut state = lock(&state);
        state.fetch = None;
        if let Ok(value) = &outcome {
            state.value = Some(value.clone());
        }
        outcome
    });
    fetch.shared()
}

/// A panic while the lock was held leaves a state that is still whole: each change is one assignment.
fn lock<S>(state: &Mutex<S>) -> MutexGuard<'_, S> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says whether there is a value, never which.
impl<T: Clone, E: Clone> fmt::Debug for Remembered<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if lock(&self.state).value.is_some() { "remembered" } else { "not yet fetched" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::FutureExt as _;
    use futures_util::future::{join, pending};
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn concurrent_callers_share_one_fetch_and_later_ones_its_value() {
        let (remembered, fetches) = (Remembered::<u8, u8>::nothing(), AtomicU32::new(0));
        let (bring, brought) = oneshot::channel::<u8>();
        let first = remembered.get_or(|| {
            fetches.fetch_add(1, Ordering::Relaxed);
            brought.map(|value| value.map_err(|_| 0))
        });
        let second = remembered.get_or(|| async { panic!("a second fetch") });
        let both = join(first, second);
        let bringing = async { bring.send(7).unwrap() };
        let (outcomes, ()) = join(both, bringing).await;
        assert_eq!(outcomes, (Ok(7), Ok(7)));
        assert_eq!(remembered.get_or(|| async { panic!("fetched again") }).await, Ok(7));
        assert_eq!(fetches.into_inner(), 1);
    }

    #[tokio::test]
    async fn a_failure_reaches_all_who_waited_and_is_not_remembered() {
        let remembered = Remembered::<u8, u8>::nothing();
        let (fail, failed) = oneshot::channel::<u8>();
        let waiting = join(
            remembered.get_or(|| failed.map(|_| Err(9))),
            remembered.get_or(|| async { panic!("a second fetch") }),
        );
        let (outcomes, ()) = join(waiting, async { drop(fail) }).await;
        assert_eq!(outcomes, (Err(9), Err(9)));
        assert_eq!(remembered.get_or(|| async { Ok(1) }).await, Ok(1));
    }

    #[tokio::test]
    async fn a_fetch_whose_callers_have_gone_is_dropped_and_the_next_caller_starts_afresh() {
        let remembered = Remembered::<u8, u8>::nothing();
        assert!(remembered.get_or(pending).now_or_never().is_none());
        assert_eq!(remembered.get_or(|| async { Ok(2) }).await, Ok(2));
    }

    #[tokio::test]
    async fn what_is_forgotten_is_fetched_again() {
        let remembered = Remembered::<u8, u8>::nothing();
        assert_eq!(remembered.get_or(|| async { Ok(1) }).await, Ok(1));
        remembered.forget();
        assert_eq!(format!("{remembered:?}"), "not yet fetched");
        assert_eq!(remembered.get_or(|| async { Ok(2) }).await, Ok(2));
    }
}
