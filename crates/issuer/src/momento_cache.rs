//! A Momento cache as the store that instances share.
//!
//! Four calls of the cache service over the same connection code as the token service's, rather than `momento`'s
//! `CacheClient`: that would bring a second TLS stack and HTTP/2 client into the function (docs/performance.md). The
//! official client reads and writes the same items; the tests show it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use momento_client::ApiKey;
use prost::Message;
use rustls::ClientConfig;
use tonic::Code;

use crate::shared_store::{Claim, SharedStore, StoreError};
use momento_client::CallError;
use momento_client::Channel;
use momento_client::Deadline;
use momento_client::framed;
use momento_client::wire::cache::{
    CacheResult, Condition, CreateCacheRequest, Equal, GetRequest, GetResponse, IncrementRequest, IncrementResponse,
    Nothing, SetIfRequest, SetIfResponse, SetIfResult, SetRequest,
};
use momento_client::{Service, ServiceAddress};

const GET: PathAndQuery = PathAndQuery::from_static("/cache_client.Scs/Get");
const SET: PathAndQuery = PathAndQuery::from_static("/cache_client.Scs/Set");
const SET_IF: PathAndQuery = PathAndQuery::from_static("/cache_client.Scs/SetIf");
const INCREMENT: PathAndQuery = PathAndQuery::from_static("/cache_client.Scs/Increment");
const CREATE: PathAndQuery = PathAndQuery::from_static("/control_client.ScsControl/CreateCache");

/// Names the cache of a call.
const CACHE: HeaderName = HeaderName::from_static("cache");

/// A Momento cache, which is made when a call finds that it does not exist.
pub struct MomentoCache {
    name: String,
    header: HeaderValue,
    items: Channel,
    control: Channel,
}

/// Why a text names no cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a cache must be printable ASCII; choose another `reuse.cache`")]
pub struct CacheNameError;

impl MomentoCache {
    /// The cache `name` of the service at `address`, trusting what `tls` trusts. Opens nothing.
    ///
    /// # Errors
    /// [`CacheNameError`] for a name that no header can carry.
    pub fn new(tls: ClientConfig, address: ServiceAddress, name: &str) -> Result<Self, CacheNameError> {
        let header = HeaderValue::from_str(name).map_err(|_| CacheNameError)?;
        Ok(Self {
            name: name.to_owned(),
            header,
            items: Channel::new(Service::Cache, address.clone(), tls.clone()),
            control: Channel::new(Service::Control, address, tls),
        })
    }

    /// Opens the connection that a call with `key` will use. A failure is kept quiet.
    pub async fn connect(&self, key: &ApiKey, deadline: Deadline) {
        self.items.connect(key, deadline).await;
    }

    async fn call<A: Message + Default>(
        &self,
        key: &ApiKey,
        method: PathAndQuery,
        message: &impl Message,
        deadline: Deadline,
    ) -> Result<A, StoreError> {
        let call = self.items.prepare(key, method, framed(message))?.with(CACHE, self.header.clone());
        match self.items.call(&call, deadline).await {
            Err(CallError::Answer { code: Code::NotFound, .. }) => {
                self.make(key, deadline).await?;
                Ok(self.items.call(&call, deadline).await?)
            }
            answer => Ok(answer?),
        }
    }

    async fn set_if(
        &self,
        key: &ApiKey,
        name: Bytes,
        value: Bytes,
        life: Duration,
        condition: Condition,
        deadline: Deadline,
    ) -> Result<Claim, StoreError> {
        let (ttl_milliseconds, condition) = (milliseconds(life), Some(condition));
        let message = SetIfRequest { cache_key: name, cache_body: value, ttl_milliseconds, condition };
        let answer: SetIfResponse = self.call(key, SET_IF, &message, deadline).await?;
        match answer.result.ok_or(StoreError::InvalidResponse)? {
            SetIfResult::Stored(Nothing {}) => Ok(Claim::Mine),
            SetIfResult::NotStored(Nothing {}) => Ok(Claim::Taken),
        }
    }

    /// Makes the cache. Another instance may have done so in the meantime.
    async fn make(&self, key: &ApiKey, deadline: Deadline) -> Result<(), StoreError> {
        let message = framed(&CreateCacheRequest { cache_name: self.name.clone() });
        let call = self.control.prepare(key, CREATE, message)?;
        match self.control.call::<Nothing>(&call, deadline).await {
            Ok(Nothing {}) => tracing::info!(cache = self.name, "created the cache for shared tokens"),
            Err(CallError::Answer { code: Code::AlreadyExists, .. }) => {}
            Err(CallError::Answer { code, .. }) => return Err(StoreError::NotMade { code }),
            Err(other) => return Err(other.into()),
        }
        Ok(())
    }
}

impl SharedStore for MomentoCache {
    async fn get(&self, key: &ApiKey, name: Bytes, deadline: Deadline) -> Result<Option<Bytes>, StoreError> {
        let answer: GetResponse = self.call(key, GET, &GetRequest { cache_key: name }, deadline).await?;
        match answer.result() {
            CacheResult::Hit => Ok(Some(answer.cache_body)),
            CacheResult::Miss => Ok(None),
            CacheResult::Invalid | CacheResult::Ok => Err(StoreError::InvalidResponse),
        }
    }

    async fn set(
        &self,
        key: &ApiKey,
        name: Bytes,
        value: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let message = SetRequest { cache_key: name, cache_body: value, ttl_milliseconds: milliseconds(life) };
        self.call::<Nothing>(key, SET, &message, deadline).await.map(|Nothing {}| ())
    }

    async fn claim(
        &self,
        key: &ApiKey,
        name: Bytes,
        mark: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> Result<Claim, StoreError> {
        self.set_if(key, name, mark, life, Condition::Absent(Nothing {}), deadline).await
    }

    async fn count(&self, key: &ApiKey, name: Bytes, life: Duration, deadline: Deadline) -> Result<u64, StoreError> {
        let message = IncrementRequest { cache_key: name, amount: 1, ttl_milliseconds: milliseconds(life) };
        let answer: IncrementResponse = self.call(key, INCREMENT, &message, deadline).await?;
        u64::try_from(answer.value).map_err(|_| StoreError::InvalidResponse)
    }

    // By a conditional write, which leaves it the shortest life there is: Momento does not define what comes of conditional
    // and unconditional calls on one item ("SetIf" in its API reference).
    async fn release(&self, key: &ApiKey, name: Bytes, mark: Bytes, deadline: Deadline) -> Result<(), StoreError> {
        let ours = Condition::Equal(Equal { value_to_check: mark.clone() });
        self.set_if(key, name, mark, Duration::ZERO, ours, deadline).await.map(drop)
    }
}

/// At least one: Momento refuses a life of none.
fn milliseconds(life: Duration) -> u64 {
    u64::try_from(life.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl fmt::Debug for MomentoCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MomentoCache").field("name", &self.name).field("items", &self.items).finish_non_exhaustive()
    }
}
