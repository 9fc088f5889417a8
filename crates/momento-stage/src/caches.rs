//! The caches and their items, in memory.
//!
//! An item past its time to live is never handed out. Nothing here knows who asks: permission is checked before.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use parking_lot::Mutex;

use crate::refusal::Refusal;

/// All caches, by name.
#[derive(Debug, Default)]
pub(crate) struct Caches {
    caches: Mutex<BTreeMap<String, Cache>>,
}

/// One cache. Collections will stand beside `items` when they are served.
#[derive(Debug, Default)]
struct Cache {
    items: HashMap<Vec<u8>, Item>,
}

#[derive(Debug)]
struct Item {
    value: Vec<u8>,
    expires_at: Duration,
}

impl Caches {
    pub(crate) fn create(&self, name: &str) -> Result<(), Refusal> {
        if name.is_empty() {
            return Err(Refusal::EmptyCacheName);
        }
        let mut caches = self.caches.lock();
        if caches.contains_key(name) {
            return Err(Refusal::CacheExists(name.to_owned()));
        }
        caches.insert(name.to_owned(), Cache::default());
        Ok(())
    }

    pub(crate) fn delete(&self, name: &str) -> Result<(), Refusal> {
        self.caches.lock().remove(name).map(drop).ok_or_else(|| Refusal::NoSuchCache(name.to_owned()))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.caches.lock().keys().cloned().collect()
    }

    pub(crate) fn must_exist(&self, name: &str) -> Result<(), Refusal> {
        self.within(name, |_| ())
    }

    /// The value of an item; `None` when there is none, or none any more at `now`.
    pub(crate) fn get(&self, name: &str, key: &[u8], now: Duration) -> Result<Option<Vec<u8>>, Refusal> {
        self.within(name, |cache| {
            if cache.items.get(key).is_some_and(|item| item.expires_at <= now) {
                cache.items.remove(key);
            }
            cache.items.get(key).map(|item| item.value.clone())
        })
    }

    pub(crate) fn set(&self, name: &str, key: Vec<u8>, value: Vec<u8>, expires_at: Duration) -> Result<(), Refusal> {
        self.within(name, |cache| {
            cache.items.insert(key, Item { value, expires_at });
        })
    }

    pub(crate) fn remove(&self, name: &str, key: &[u8]) -> Result<(), Refusal> {
        self.within(name, |cache| {
            cache.items.remove(key);
        })
    }

    fn within<T>(&self, name: &str, act: impl FnOnce(&mut Cache) -> T) -> Result<T, Refusal> {
        self.caches.lock().get_mut(name).map(act).ok_or_else(|| Refusal::NoSuchCache(name.to_owned()))
    }
}
