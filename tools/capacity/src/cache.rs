//! A model of the Momento cache that instances share their tokens in, with the limit that Momento sets to its operations.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use momento_client::ApiKey;
use momento_client::Deadline;
use tonic::Code;
use tvm_issuer::shared_store::Claim;
use tvm_issuer::{SharedStore, StoreError};

use crate::bucket::Bucket;
use crate::chance::Latency;
use crate::clock::Clock;

/// How long an operation takes, in milliseconds, there and back: from a function in the same region. A guess.
const LATENCY: Latency = Latency(&[(0.0, 1.0), (0.5, 2.0), (0.99, 8.0), (1.0, 30.0)]);

/// With so many items, those that ended are cleared away.
const MANY: usize = 100_000;

/// The cache. Clones are the same cache.
#[derive(Debug, Clone)]
pub(crate) struct Cache(Arc<Service>);

#[derive(Debug)]
struct Service {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: Bucket,
    random: Rng,
    /// Nothing depends on the order that this has, which differs from run to run.
    items: HashMap<Bytes, Item>,
    clear_at: usize,
    asked: Operations,
}

#[derive(Debug)]
struct Item {
    value: Bytes,
    count: u64,
    ends: Duration,
}

/// What the cache was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operations {
    /// How many operations there were in each second, those that were refused included.
    pub per_second: Vec<u32>,
    /// How many of all were refused for the limit.
    pub refused: u64,
}

impl Cache {
    /// A cache that takes so many operations a second, and as many at once.
    pub(crate) fn new(clock: Clock, operations_per_second: u32, random: Rng) -> Self {
        let limit = Bucket::new(operations_per_second.into(), operations_per_second.into());
        let state = State { limit, random, items: HashMap::new(), clear_at: MANY, asked: Operations::default() };
        Self(Arc::new(Service { clock, state: Mutex::new(state) }))
    }

    /// What it was asked for so far.
    pub(crate) fn operations(&self) -> Operations {
        self.with(|state| state.asked.clone())
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One operation, which `does` its work half-way, where the cache is.
    async fn operation<T>(&self, does: impl FnOnce(&mut State, Duration) -> T) -> Result<T, StoreError> {
        let half = self.with(|state| LATENCY.draw(&mut state.random)).checked_div(2).unwrap_or_default();
        tokio::time::sleep(half).await;
        let now = self.0.clock.elapsed();
        let done = self.with(|state| {
            state.asked.in_second(now.as_secs());
            if state.limit.take(now) {
                Some(does(state, now))
            } else {
                state.asked.refused = state.asked.refused.saturating_add(1);
                None
            }
        });
        tokio::time::sleep(half).await;
        done.ok_or(StoreError::Unavailable { code: Code::ResourceExhausted })
    }
}

impl State {
    fn at(&self, name: &Bytes, now: Duration) -> Option<&Item> {
        self.items.get(name).filter(|item| item.ends > now)
    }

    fn put(&mut self, name: Bytes, value: Bytes, ends: Duration, now: Duration) {
        if self.items.len() >= self.clear_at {
            self.items.retain(|_, item| item.ends > now);
            self.clear_at = self.items.len().saturating_mul(2).max(MANY);
        }
        self.items.insert(name, Item { value, count: 0, ends });
    }
}

impl Operations {
    fn in_second(&mut self, second: u64) {
        let second = usize::try_from(second).unwrap_or(usize::MAX);
        if self.per_second.len() <= second {
            self.per_second.resize(second.saturating_add(1), 0);
        }
        if let Some(count) = self.per_second.get_mut(second) {
            *count = count.saturating_add(1);
        }
    }
}

impl SharedStore for Cache {
    async fn get(&self, _: &ApiKey, name: Bytes, _: Deadline) -> Result<Option<Bytes>, StoreError> {
        self.operation(|state, now| state.at(&name, now).map(|item| item.value.clone())).await
    }

    async fn set(&self, _: &ApiKey, name: Bytes, value: Bytes, life: Duration, _: Deadline) -> Result<(), StoreError> {
        self.operation(|state, now| state.put(name, value, now.saturating_add(life), now)).await
    }

    async fn claim(
        &self,
        _: &ApiKey,
        name: Bytes,
        mark: Bytes,
        life: Duration,
        _: Deadline,
    ) -> Result<Claim, StoreError> {
        self.operation(|state, now| {
            if state.at(&name, now).is_some() {
                return Claim::Taken;
            }
            state.put(name, mark, now.saturating_add(life), now);
            Claim::Mine
        })
        .await
    }

    async fn count(&self, _: &ApiKey, name: Bytes, life: Duration, _: Deadline) -> Result<u64, StoreError> {
        self.operation(|state, now| {
            if state.at(&name, now).is_none() {
                state.put(name.clone(), Bytes::new(), now, now);
            }
            state.items.get_mut(&name).map_or(0, |item| {
                item.count = item.count.saturating_add(1);
                item.ends = now.saturating_add(life);
                item.count
            })
        })
        .await
    }

    async fn release(&self, _: &ApiKey, name: Bytes, mark: Bytes, _: Deadline) -> Result<(), StoreError> {
        self.operation(|state, now| {
            if state.at(&name, now).is_some_and(|item| item.value == mark) {
                state.items.remove(&name);
            }
        })
        .await
    }
}
