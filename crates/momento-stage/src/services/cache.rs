//! `cache_client.Scs`: simple items, by key.
//!
//! A call is looked at in one order: who calls, what they may do, whether the cache exists. So a token learns nothing
//! of caches that it has no permission for.

use std::{pin::Pin, sync::Arc, time::Duration};

use momento_protos::cache_client::scs_server::Scs;
#[allow(
    clippy::wildcard_imports,
    reason = "the list of what is not served names near a hundred of the protocol's types"
)]
use momento_protos::cache_client::*;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, metadata::MetadataMap};

use super::unserved::serving;
use crate::{refusal::Refusal, rights::Deed, world::World};

pub(super) struct CacheService(pub(super) Arc<World>);

impl CacheService {
    /// The cache that the call is for, once the caller may do `deed` to the item `key` in it.
    fn admit<'a>(&self, metadata: &'a MetadataMap, deed: Deed, key: &[u8]) -> Result<&'a str, Refusal> {
        let caller = self.0.caller(metadata)?;
        let cache = metadata.get("cache").and_then(|name| name.to_str().ok()).ok_or(Refusal::NoCacheName)?;
        caller.must_be_allowed(deed, cache, key)?;
        Ok(cache)
    }

    fn get(&self, metadata: &MetadataMap, request: &GetRequest) -> Result<GetResponse, Refusal> {
        let cache = self.admit(metadata, Deed::ReadItem, &request.cache_key)?;
        let value = self.0.caches.get(cache, &request.cache_key, self.0.clock.now())?;
        let result = if value.is_some() { ECacheResult::Hit } else { ECacheResult::Miss };
        Ok(GetResponse { result: result.into(), cache_body: value.unwrap_or_default(), message: String::new() })
    }

    fn set(&self, metadata: &MetadataMap, request: SetRequest) -> Result<SetResponse, Refusal> {
        let cache = self.admit(metadata, Deed::WriteItem, &request.cache_key)?;
        self.0.caches.must_exist(cache)?;
        if request.ttl_milliseconds == 0 {
            return Err(Refusal::NoTimeToLive);
        }
        let expires_at = self.0.clock.now().saturating_add(Duration::from_millis(request.ttl_milliseconds));
        self.0.caches.set(cache, request.cache_key, request.cache_body, expires_at)?;
        Ok(SetResponse { result: ECacheResult::Ok.into(), message: String::new() })
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

        type GetBatchStream = Responses<GetResponse>;
        type SetBatchStream = Responses<SetResponse>;
    }
    unserved {
        get_with_hash(GetWithHashRequest) -> GetWithHashResponse;
        get_batch(GetBatchRequest) -> Self::GetBatchStream;
        set_batch(SetBatchRequest) -> Self::SetBatchStream;
        set_if(SetIfRequest) -> SetIfResponse;
        set_if_hash(SetIfHashRequest) -> SetIfHashResponse;
        set_if_not_exists(SetIfNotExistsRequest) -> SetIfNotExistsResponse;
        keys_exist(KeysExistRequest) -> KeysExistResponse;
        increment(IncrementRequest) -> IncrementResponse;
        update_ttl(UpdateTtlRequest) -> UpdateTtlResponse;
        item_get_ttl(ItemGetTtlRequest) -> ItemGetTtlResponse;
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
