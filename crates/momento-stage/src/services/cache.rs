//! `cache_client.Scs`: simple items, by key.
//!
//! A call is looked at in one order: who calls, what they may do, whether the cache exists. So a token learns nothing
//! of caches that it has no permission for.

use std::{pin::Pin, sync::Arc, time::Duration};

#[allow(
    clippy::wildcard_imports,
    reason = "the list of what is not served names near a hundred of the protocol's types"
)]
use momento_protos::cache_client::*;
use momento_protos::{
    cache_client::{scs_server::Scs, set_if_request::Condition},
    common::Absent,
};
use tokio_stream::Stream;
use tonic::{Request, Response, Status, metadata::MetadataMap};

use super::unserved::serving;
use crate::{
    caches::{Item, Outcome},
    refusal::Refusal,
    rights::Deed,
    world::World,
};

pub(super) struct CacheService(pub(super) Arc<World>);

impl CacheService {
    /// The cache that the call is for, once the caller may do `deed` to the item `key` in it.
    fn admit<'a>(&self, metadata: &'a MetadataMap, deed: Deed, key: &[u8]) -> Result<&'a str, Refusal> {
        let caller = self.0.caller(metadata)?;
        let cache = metadata.get("cache").and_then(|name| name.to_str().ok()).ok_or(Refusal::NoCacheName)?;
        caller.must_be_allowed(deed, cache, key)?;
        Ok(cache)
    }

    /// As [`Self::admit`], for a call that leaves an item behind: the cache, and when that item ends.
    fn admit_item<'a>(
        &self,
        metadata: &'a MetadataMap,
        deed: Deed,
        key: &[u8],
        ttl_milliseconds: u64,
    ) -> Result<(&'a str, Duration), Refusal> {
        let cache = self.admit(metadata, deed, key)?;
        self.0.caches.must_exist(cache)?;
        if ttl_milliseconds == 0 {
            return Err(Refusal::NoTimeToLive);
        }
        Ok((cache, self.0.clock.now().saturating_add(Duration::from_millis(ttl_milliseconds))))
    }

    fn get(&self, metadata: &MetadataMap, request: &GetRequest) -> Result<GetResponse, Refusal> {
        let cache = self.admit(metadata, Deed::ReadItem, &request.cache_key)?;
        let value = self.0.caches.get(cache, &request.cache_key, self.0.clock.now())?;
        let result = if value.is_some() { ECacheResult::Hit } else { ECacheResult::Miss };
        Ok(GetResponse { result: result.into(), cache_body: value.unwrap_or_default(), message: String::new() })
    }

    fn set(&self, metadata: &MetadataMap, request: SetRequest) -> Result<SetResponse, Refusal> {
        let (cache, expires_at) =
            self.admit_item(metadata, Deed::WriteItem, &request.cache_key, request.ttl_milliseconds)?;
        self.0.caches.set(cache, request.cache_key, Item { value: request.cache_body, expires_at })?;
        Ok(SetResponse { result: ECacheResult::Ok.into(), message: String::new() })
    }

    fn set_if(&self, metadata: &MetadataMap, request: SetIfRequest) -> Result<Outcome, Refusal> {
        let (cache, expires_at) =
            self.admit_item(metadata, Deed::UpdateItem, &request.cache_key, request.ttl_milliseconds)?;
        let condition = request.condition.ok_or(Refusal::NoCondition)?;
        let item = Item { value: request.cache_body, expires_at };
        self.0.caches.set_if(cache, request.cache_key, item, &condition, self.0.clock.now())
    }

    fn increment(&self, metadata: &MetadataMap, request: IncrementRequest) -> Result<IncrementResponse, Refusal> {
        let (cache, expires_at) =
            self.admit_item(metadata, Deed::UpdateItem, &request.cache_key, request.ttl_milliseconds)?;
        let now = self.0.clock.now();
        let value = self.0.caches.increment(cache, request.cache_key, request.amount, now, expires_at)?;
        Ok(IncrementResponse { value })
    }

    fn item_get_ttl(&self, metadata: &MetadataMap, request: &ItemGetTtlRequest) -> Result<ItemGetTtlResponse, Refusal> {
        use item_get_ttl_response::{Found, Missing, Result as Answer};
        let cache = self.admit(metadata, Deed::ReadItem, &request.cache_key)?;
        let result = match self.0.caches.time_left(cache, &request.cache_key, self.0.clock.now())? {
            Some(left) => {
                Answer::Found(Found { remaining_ttl_millis: u64::try_from(left.as_millis()).unwrap_or(u64::MAX) })
            }
            None => Answer::Missing(Missing {}),
        };
        Ok(ItemGetTtlResponse { result: Some(result) })
    }

    fn delete(&self, metadata: &MetadataMap, request: &DeleteRequest) -> Result<DeleteResponse, Refusal> {
        let cache = self.admit(metadata, Deed::WriteItem, &request.cache_key)?;
        self.0.caches.remove(cache, &request.cache_key)?;
        Ok(DeleteResponse {})
    }
}

/// The type of the streams that no method returns yet.
type Responses<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

serving! {
    impl Scs for CacheService {
        async fn get(&self, request: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
            let (metadata, _, request) = request.into_parts();
            Ok(Response::new(self.get(&metadata, &request)?))
        }

        async fn set(&self, request: Request<SetRequest>) -> Result<Response<SetResponse>, Status> {
            let (metadata, _, request) = request.into_parts();
            Ok(Response::new(self.set(&metadata, request)?))
        }

        async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<DeleteResponse>, Status> {
            let (metadata, _, request) = request.into_parts();
            Ok(Response::new(self.delete(&metadata, &request)?))
        }

        async fn set_if(&self, request: Request<SetIfRequest>) -> Result<Response<SetIfResponse>, Status> {
            use set_if_response::{NotStored, Result as Answer, Stored};
            let (metadata, _, request) = request.into_parts();
            let result = match self.set_if(&metadata, request)? {
                Outcome::Stored => Answer::Stored(Stored {}),
                Outcome::NotStored => Answer::NotStored(NotStored {}),
            };
            Ok(Response::new(SetIfResponse { result: Some(result) }))
        }

        /// The older form of `SetIf` with the condition "absent", as Momento's protocol says.
        async fn set_if_not_exists(
            &self,
            request: Request<SetIfNotExistsRequest>,
        ) -> Result<Response<SetIfNotExistsResponse>, Status> {
            use set_if_not_exists_response::{NotStored, Result as Answer, Stored};
            let (metadata, _, SetIfNotExistsRequest { cache_key, cache_body, ttl_milliseconds }) = request.into_parts();
            let condition = Some(Condition::Absent(Absent {}));
            let request = SetIfRequest { cache_key, cache_body, ttl_milliseconds, condition };
            let result = match self.set_if(&metadata, request)? {
                Outcome::Stored => Answer::Stored(Stored {}),
                Outcome::NotStored => Answer::NotStored(NotStored {}),
            };
            Ok(Response::new(SetIfNotExistsResponse { result: Some(result) }))
        }

        async fn increment(&self, request: Request<IncrementRequest>) -> Result<Response<IncrementResponse>, Status> {
            let (metadata, _, request) = request.into_parts();
            Ok(Response::new(self.increment(&metadata, request)?))
        }

        async fn item_get_ttl(
            &self,
            request: Request<ItemGetTtlRequest>,
        ) -> Result<Response<ItemGetTtlResponse>, Status> {
            let (metadata, _, request) = request.into_parts();
            Ok(Response::new(self.item_get_ttl(&metadata, &request)?))
        }

        type GetBatchStream = Responses<GetResponse>;
        type SetBatchStream = Responses<SetResponse>;
    }
    unserved {
        get_with_hash(GetWithHashRequest) -> GetWithHashResponse;
        get_batch(GetBatchRequest) -> Self::GetBatchStream;
        set_batch(SetBatchRequest) -> Self::SetBatchStream;
        set_if_hash(SetIfHashRequest) -> SetIfHashResponse;
        keys_exist(KeysExistRequest) -> KeysExistResponse;
        update_ttl(UpdateTtlRequest) -> UpdateTtlResponse;
        item_get_type(ItemGetTypeRequest) -> ItemGetTypeResponse;
        dictionary_get(DictionaryGetRequest) -> DictionaryGetResponse;
        dictionary_fetch(DictionaryFetchRequest) -> DictionaryFetchResponse;
        dictionary_set(DictionarySetRequest) -> DictionarySetResponse;
        dictionary_increment(DictionaryIncrementRequest) -> DictionaryIncrementResponse;
        dictionary_delete(DictionaryDeleteRequest) -> DictionaryDeleteResponse;
        dictionary_length(DictionaryLengthRequest) -> DictionaryLengthResponse;
        set_fetch(SetFetchRequest) -> SetFetchResponse;
        set_sample(SetSampleRequest) -> SetSampleResponse;
        set_union(SetUnionRequest) -> SetUnionResponse;
        set_difference(SetDifferenceRequest) -> SetDifferenceResponse;
        set_contains(SetContainsRequest) -> SetContainsResponse;
        set_length(SetLengthRequest) -> SetLengthResponse;
        set_pop(SetPopRequest) -> SetPopResponse;
        list_push_front(ListPushFrontRequest) -> ListPushFrontResponse;
        list_push_back(ListPushBackRequest) -> ListPushBackResponse;
        list_pop_front(ListPopFrontRequest) -> ListPopFrontResponse;
        list_pop_back(ListPopBackRequest) -> ListPopBackResponse;
        list_erase(ListEraseRequest) -> ListEraseResponse;
        list_remove(ListRemoveRequest) -> ListRemoveResponse;
        list_fetch(ListFetchRequest) -> ListFetchResponse;
        list_length(ListLengthRequest) -> ListLengthResponse;
        list_concatenate_front(ListConcatenateFrontRequest) -> ListConcatenateFrontResponse;
        list_concatenate_back(ListConcatenateBackRequest) -> ListConcatenateBackResponse;
        list_retain(ListRetainRequest) -> ListRetainResponse;
        sorted_set_put(SortedSetPutRequest) -> SortedSetPutResponse;
        sorted_set_fetch(SortedSetFetchRequest) -> SortedSetFetchResponse;
        sorted_set_get_score(SortedSetGetScoreRequest) -> SortedSetGetScoreResponse;
        sorted_set_remove(SortedSetRemoveRequest) -> SortedSetRemoveResponse;
        sorted_set_increment(SortedSetIncrementRequest) -> SortedSetIncrementResponse;
        sorted_set_get_rank(SortedSetGetRankRequest) -> SortedSetGetRankResponse;
        sorted_set_length(SortedSetLengthRequest) -> SortedSetLengthResponse;
        sorted_set_length_by_score(SortedSetLengthByScoreRequest) -> SortedSetLengthByScoreResponse;
        sorted_set_union_store(SortedSetUnionStoreRequest) -> SortedSetUnionStoreResponse;
    }
}
