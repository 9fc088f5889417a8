//! The caches and their items, in memory.
//!
//! An item past its time to live is never handed out, compared or added to, nor is one of another kind than a call is
//! for. What looks at an item before it writes holds the lock over both: no other call comes between. Nothing here knows
//! who asks: permission is checked before.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use momento_protos::cache_client::set_if_request::Condition;
use parking_lot::Mutex;

use crate::{
    collections::{Collection, CollectionTtl, SortedSet, Value},
    conditions, numbers,
    refusal::Refusal,
};

/// All caches, by name.
#[derive(Debug, Default)]
pub(crate) struct Caches {
    caches: Mutex<BTreeMap<String, Cache>>,
}

/// One cache. Under a key there is one item, of whatever kind.
#[derive(Debug, Default)]
struct Cache {
    items: HashMap<Vec<u8>, Item>,
}

/// What is kept under a key.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) value: Value,
    pub(crate) expires_at: Duration,
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stored,
    NotStored,
}

impl Cache {
    /// The item under `key`, unless there is none, or none any more at `now`.
    fn living(&mut self, key: &[u8], now: Duration) -> Option<&mut Item> {
        if self.items.get(key).is_some_and(|item| item.expires_at <= now) {
            self.items.remove(key);
        }
        self.items.get_mut(key)
    }

    fn value(&mut self, key: &[u8], now: Duration) -> Result<Option<&[u8]>, Refusal> {
        match self.living(key, now).map(|item| &item.value) {
            None => Ok(None),
            Some(Value::Scalar(value)) => Ok(Some(value)),
            Some(Value::Dictionary(_) | Value::List(_) | Value::Set(_) | Value::SortedSet(_)) => {
                Err(Refusal::OtherKind)
            }
        }
    }

    /// The collection under `key` and the end of its life, unless there is none, or none any more at `now`.
    fn collection<C: Collection>(
        &mut self,
        key: &[u8],
        now: Duration,
    ) -> Result<Option<(&mut C, &mut Duration)>, Refusal> {
        let Some(Item { value, expires_at }) = self.living(key, now) else { return Ok(None) };
        Ok(Some((C::of(value).ok_or(Refusal::OtherKind)?, expires_at)))
    }
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
        self.within(name, |cache| Ok(cache.value(key, now)?.map(<[u8]>::to_vec)))?
    }

    /// How long an item has still to live; `None` when there is none, or none any more at `now`.
    pub(crate) fn time_left(&self, name: &str, key: &[u8], now: Duration) -> Result<Option<Duration>, Refusal> {
        self.within(name, |cache| cache.living(key, now).map(|item| item.expires_at.saturating_sub(now)))
    }

    pub(crate) fn set(&self, name: &str, key: Vec<u8>, item: Item) -> Result<(), Refusal> {
        self.within(name, |cache| {
            cache.items.insert(key, item);
        })
    }

    /// Stores `item` if `condition` holds of what is there at `now`; if not, what is there stays as it is.
    pub(crate) fn set_if(
        &self,
        name: &str,
        key: Vec<u8>,
        item: Item,
        condition: &Condition,
        now: Duration,
    ) -> Result<Outcome, Refusal> {
        self.within(name, |cache| {
            if !conditions::hold(condition, cache.value(&key, now)?) {
                return Ok(Outcome::NotStored);
            }
            cache.items.insert(key, item);
            Ok(Outcome::Stored)
        })?
    }

    /// Adds `amount` to the number under `key`, which lives until `expires_at` from now on; gives the sum.
    ///
    /// So every increment renews the time to live. Momento's documentation does not say; its JavaScript SDK's tests do,
    /// which run against Momento itself (`momentohq/client-sdk-javascript`, `get-set-delete.ts`, `#increment`, "expires
    /// after ttl duration"): an item set for 1111 s and then incremented with a TTL of 1 s is gone after 3 s.
    pub(crate) fn increment(
        &self,
        name: &str,
        key: Vec<u8>,
        amount: i64,
        now: Duration,
        expires_at: Duration,
    ) -> Result<i64, Refusal> {
        self.within(name, |cache| {
            let sum = numbers::add(cache.value(&key, now)?, amount)?;
            cache.items.insert(key, Item { value: Value::Scalar(sum.to_string().into_bytes()), expires_at });
            Ok(sum)
        })?
    }

    pub(crate) fn remove(&self, name: &str, key: &[u8]) -> Result<(), Refusal> {
        self.within(name, |cache| {
            cache.items.remove(key);
        })
    }

    /// What `look` sees in the collection under `key`; `None` when there is none, or none any more at `now`.
    pub(crate) fn look<C: Collection, T>(
        &self,
        name: &str,
        key: &[u8],
        now: Duration,
        look: impl FnOnce(&C) -> T,
    ) -> Result<Option<T>, Refusal> {
        self.within(name, |cache| Ok(cache.collection(key, now)?.map(|(collection, _)| look(collection))))?
    }

    /// Takes something out of the collection under `key`, which goes with the last of it. `take` also gets the end of its
    /// life. `None` when there is none, or none any more at `now`.
    pub(crate) fn take<C: Collection, T>(
        &self,
        name: &str,
        key: &[u8],
        now: Duration,
        take: impl FnOnce(&mut C, &mut Duration) -> T,
    ) -> Result<Option<T>, Refusal> {
        self.within(name, |cache| {
            let Some((collection, expires_at)) = cache.collection::<C>(key, now)? else { return Ok(None) };
            let taken = take(collection, expires_at);
            if collection.is_empty() {
                cache.items.remove(key);
            }
            Ok(Some(taken))
        })?
    }

    /// Adds something to the collection under `key`, which begins to be if need be. What is refused changes nothing,
    /// so `add` refuses before it adds.
    pub(crate) fn add<C: Collection, T>(
        &self,
        name: &str,
        key: Vec<u8>,
        now: Duration,
        ttl: CollectionTtl,
        add: impl FnOnce(&mut C) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.within(name, |cache| {
            if let Some((collection, expires_at)) = cache.collection(&key, now)? {
                let added = add(collection)?;
                ttl.apply(expires_at);
                return Ok(added);
            }
            let mut collection = C::default();
            let added = add(&mut collection)?;
            if !collection.is_empty() {
                cache.items.insert(key, Item { value: collection.into_value(), expires_at: ttl.expires_at });
            }
            Ok(added)
        })?
    }

    /// Stores under `key` the union of the sorted sets under the keys of `sources`, each with its weight, in place of
    /// whatever is there; gives its length. A union of nothing is not kept.
    pub(crate) fn store_union(
        &self,
        name: &str,
        key: Vec<u8>,
        sources: &[(Vec<u8>, f64)],
        aggregate: fn(f64, f64) -> f64,
        now: Duration,
        expires_at: Duration,
    ) -> Result<u32, Refusal> {
        self.within(name, |cache| {
            let mut union = SortedSet::default();
            for (source, weight) in sources {
                if let Some((set, _)) = cache.collection::<SortedSet>(source, now)? {
                    union.unite(set, *weight, aggregate)?;
                }
            }
            let length = union.length();
            if union.is_empty() {
                cache.items.remove(&key);
            } else {
                cache.items.insert(key, Item { value: union.into_value(), expires_at });
            }
            Ok(length)
        })?
    }

    fn within<T>(&self, name: &str, act: impl FnOnce(&mut Cache) -> T) -> Result<T, Refusal> {
        self.caches.lock().get_mut(name).map(act).ok_or_else(|| Refusal::NoSuchCache(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use momento_protos::common::Equal;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);
    const LATER: Duration = Duration::from_secs(2_000);
    /// So often does each thread write. Calls over a network come too far apart for one to slip in between the look and
    /// the write of another; these do not.
    const ROUNDS: i64 = 20_000;

    /// What four threads make of the number 0 in the same caches at the same time, in sum; and what the number is then.
    fn at_once(act: impl Fn(&Caches) -> i64 + Sync) -> (i64, i64) {
        let (caches, all) = (Caches::default(), Barrier::new(4));
        caches.create("cache").unwrap();
        add(&caches, 0);
        let begin = || {
            all.wait();
            act(&caches)
        };
        let made = thread::scope(|scope| [(); 4].map(|()| scope.spawn(begin)).map(|thread| thread.join().unwrap()));
        (made.into_iter().sum(), add(&caches, 0))
    }

    fn add(caches: &Caches, amount: i64) -> i64 {
        caches.increment("cache", b"count".to_vec(), amount, NOW, LATER).unwrap()
    }

    /// Writes one more than what is there, if that is still there; how often it was: 0 or 1.
    fn replace(caches: &Caches) -> i64 {
        let value_to_check = caches.get("cache", b"count", NOW).unwrap().unwrap();
        let next = numbers::add(Some(&value_to_check), 1).unwrap().to_string();
        let item = Item { value: Value::Scalar(next.into()), expires_at: LATER };
        let condition = Condition::Equal(Equal { value_to_check });
        i64::from(caches.set_if("cache", b"count".to_vec(), item, &condition, NOW).unwrap() == Outcome::Stored)
    }

    #[test]
    fn no_value_is_replaced_twice() {
        let (replaced, count) = at_once(|caches| (0..ROUNDS).map(|_| replace(caches)).sum());
        assert_eq!(replaced, count);
    }

    #[test]
    fn no_increment_is_lost() {
        let (_, count) = at_once(|caches| (0..ROUNDS).map(|_| add(caches, 1)).max().unwrap());
        assert_eq!(count, ROUNDS * 4);
    }
}
