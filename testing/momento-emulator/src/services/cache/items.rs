//! Simple items: a value under a key.

use momento_protos::{
    cache_client::{
        DeleteRequest, DeleteResponse, ECacheResult, GetRequest, GetResponse, IncrementRequest, IncrementResponse,
        ItemGetTtlRequest, ItemGetTtlResponse, SetIfNotExistsRequest, SetIfNotExistsResponse, SetIfRequest,
        SetIfResponse, SetRequest, SetResponse, item_get_ttl_response, set_if_not_exists_response,
        set_if_request::Condition, set_if_response,
    },
    common::Absent,
};
use tonic::metadata::MetadataMap;

use super::CacheService;
use crate::{
    caches::{Item, Outcome},
    collections::Value,
    refusal::Refusal,
    rights::Operation,
};

impl CacheService {
    pub(super) fn get(
        &self,
        metadata: &MetadataMap,
        GetRequest { cache_key }: GetRequest,
    ) -> Result<GetResponse, Refusal> {
        let cache = self.admit(metadata, Operation::ReadItem, &cache_key)?;
        self.get_admitted(cache, &cache_key)
    }

    /// The item `key` of `cache`, for who may read it.
    pub(super) fn get_admitted(&self, cache: &str, key: &[u8]) -> Result<GetResponse, Refusal> {
        let value = self.0.caches.get(cache, key, self.0.clock.now())?;
        let result = if value.is_some() { ECacheResult::Hit } else { ECacheResult::Miss };
        Ok(GetResponse { result: result.into(), cache_body: value.unwrap_or_default(), message: String::new() })
    }

    pub(super) fn set(&self, metadata: &MetadataMap, request: SetRequest) -> Result<SetResponse, Refusal> {
        let cache = self.admit(metadata, Operation::WriteItem, &request.cache_key)?;
        self.set_admitted(cache, request)
    }

    /// Stores an item in `cache`, for who may write it.
    pub(super) fn set_admitted(&self, cache: &str, request: SetRequest) -> Result<SetResponse, Refusal> {
        self.0.caches.must_exist(cache)?;
        let expires_at = self.end_of(request.ttl_milliseconds)?;
        self.0.caches.set(cache, request.cache_key, Item { value: Value::Scalar(request.cache_body), expires_at })?;
        Ok(SetResponse { result: ECacheResult::Ok.into(), message: String::new() })
    }

    pub(super) fn delete(
        &self,
        metadata: &MetadataMap,
        DeleteRequest { cache_key }: DeleteRequest,
    ) -> Result<DeleteResponse, Refusal> {
        let cache = self.admit(metadata, Operation::WriteItem, &cache_key)?;
        self.0.caches.remove(cache, &cache_key)?;
        Ok(DeleteResponse {})
    }

    pub(super) fn set_if(&self, metadata: &MetadataMap, request: SetIfRequest) -> Result<SetIfResponse, Refusal> {
        use set_if_response::{NotStored, Result as Answer, Stored};
        let result = match self.store_if(metadata, request)? {
            Outcome::Stored => Answer::Stored(Stored {}),
            Outcome::NotStored => Answer::NotStored(NotStored {}),
        };
        Ok(SetIfResponse { result: Some(result) })
    }

    pub(super) fn set_if_not_exists(
        &self,
        metadata: &MetadataMap,
        request: SetIfNotExistsRequest,
    ) -> Result<SetIfNotExistsResponse, Refusal> {
        use set_if_not_exists_response::{NotStored, Result as Answer, Stored};
        let SetIfNotExistsRequest { cache_key, cache_body, ttl_milliseconds } = request;
        let condition = Some(Condition::Absent(Absent {}));
        let request = SetIfRequest { cache_key, cache_body, ttl_milliseconds, condition };
        let result = match self.store_if(metadata, request)? {
            Outcome::Stored => Answer::Stored(Stored {}),
            Outcome::NotStored => Answer::NotStored(NotStored {}),
        };
        Ok(SetIfNotExistsResponse { result: Some(result) })
    }

    fn store_if(&self, metadata: &MetadataMap, request: SetIfRequest) -> Result<Outcome, Refusal> {
        let (cache, expires_at) =
            self.admit_item(metadata, Operation::UpdateItem, &request.cache_key, request.ttl_milliseconds)?;
        let condition = request.condition.ok_or(Refusal::NoCondition)?;
        let item = Item { value: Value::Scalar(request.cache_body), expires_at };
        self.0.caches.set_if(cache, request.cache_key, item, &condition, self.0.clock.now())
    }

    pub(super) fn increment(
        &self,
        metadata: &MetadataMap,
        request: IncrementRequest,
    ) -> Result<IncrementResponse, Refusal> {
        let (cache, expires_at) =
            self.admit_item(metadata, Operation::UpdateItem, &request.cache_key, request.ttl_milliseconds)?;
        let now = self.0.clock.now();
        let value = self.0.caches.increment(cache, request.cache_key, request.amount, now, expires_at)?;
        Ok(IncrementResponse { value })
    }

    pub(super) fn item_get_ttl(
        &self,
        metadata: &MetadataMap,
        ItemGetTtlRequest { cache_key }: ItemGetTtlRequest,
    ) -> Result<ItemGetTtlResponse, Refusal> {
        use item_get_ttl_response::{Found, Missing, Result as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &cache_key)?;
        let result = match self.0.caches.time_left(cache, &cache_key, self.0.clock.now())? {
            Some(left) => {
                Answer::Found(Found { remaining_ttl_millis: u64::try_from(left.as_millis()).unwrap_or(u64::MAX) })
            }
            None => Answer::Missing(Missing {}),
        };
        Ok(ItemGetTtlResponse { result: Some(result) })
    }
}
