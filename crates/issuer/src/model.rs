//! A shared store in memory, by tokio's clock: for tests of what is built on one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use momento_client::ApiKey;
use tokio::time::Instant;

use crate::shared_store::{Claim, SharedStore, StoreError};
use momento_client::Deadline;

/// The store. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModelStore {
    items: Arc<Mutex<HashMap<Bytes, (Bytes, Instant)>>>,
    asked: Arc<AtomicUsize>,
    latency: Duration,
}

impl ModelStore {
    /// Each of its calls takes so long.
    pub(crate) fn slow(latency: Duration) -> Self {
        Self { latency, ..Self::default() }
    }

    /// How many calls there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn call<T>(&self, act: impl FnOnce(&mut HashMap<Bytes, (Bytes, Instant)>) -> T) -> Result<T, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // A sleep of no time at all lasts until the timer's next tick.
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let mut items = self.items.lock().unwrap();
        items.retain(|_, (_, ends)| Instant::now() < *ends);
        Ok(act(&mut items))
    }
}

impl SharedStore for ModelStore {
    async fn get(&self, _: &ApiKey, name: Bytes, _: Deadline) -> Result<Option<Bytes>, StoreError> {
        self.call(|items| items.get(&name).map(|(value, _)| value.clone())).await
    }

    async fn set(&self, _: &ApiKey, name: Bytes, value: Bytes, life: Duration, _: Deadline) -> Result<(), StoreError> {
        self.call(|items| drop(items.insert(name, (value, Instant::now() + life)))).await
    }

    async fn claim(
        &self,
        _: &ApiKey,
        name: Bytes,
        mark: Bytes,
        life: Duration,
        _: Deadline,
    ) -> Result<Claim, StoreError> {
        self.call(|items| {
            if items.contains_key(&name) {
                return Claim::Taken;
            }
            items.insert(name, (mark, Instant::now() + life));
            Claim::Mine
        })
        .await
    }

    async fn count(&self, _: &ApiKey, name: Bytes, life: Duration, _: Deadline) -> Result<u64, StoreError> {
        self.call(|items| {
            let (value, ends) = items.entry(name).or_insert((Bytes::from_static(b"0"), Instant::now()));
            *ends = Instant::now() + life;
            let count = std::str::from_utf8(value).unwrap().parse::<u64>().unwrap() + 1;
            *value = count.to_string().into();
            count
        })
        .await
    }

    async fn release(&self, _: &ApiKey, name: Bytes, mark: Bytes, _: Deadline) -> Result<(), StoreError> {
        self.call(|items| items.retain(|item, (value, _)| *item != name || *value != mark)).await
    }
}

/// An API key of this text.
pub(crate) fn key(text: &str) -> Arc<ApiKey> {
    let stored = serde_json::json!({ "endpoint": "cell.example", "api_key": text }).to_string();
    Arc::new(ApiKey::parse(&STANDARD.encode(stored), None).unwrap())
}
