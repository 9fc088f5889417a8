//! `cache_client.Scs`: what is in a cache, by key.
//!
//! A call is looked at in one order: who calls, what they may do, whether the cache exists. So a token learns nothing
//! of caches that it has no permission for. One file for each kind of item.

mod batch;
mod dictionary;
mod items;
mod list;
mod set;
mod sorted_set;

use std::{sync::Arc, time::Duration};

use momento_protos::cache_client::scs_server::Scs;
#[allow(
    clippy::wildcard_imports,
    reason = "the lists of what is served and what is not name near a hundred of the protocol's types"
)]
use momento_protos::cache_client::*;
use tonic::{Request, Response, Status, metadata::MetadataMap};

use super::serving::serving;
use crate::{
    app_state::AppState,
    collections::{CollectionTtl, OldTtl},
    refusal::Refusal,
    rights::Operation,
};

pub(super) struct CacheService(pub(super) Arc<AppState>);

impl CacheService {
    /// The cache that the call is for, once the caller may do `deed` to the item `key` in it.
    fn admit<'a>(&self, metadata: &'a MetadataMap, deed: Operation, key: &[u8]) -> Result<&'a str, Refusal> {
        self.admit_all(metadata, deed, [key])
    }

    /// As [`Self::admit`], to every one of the items `keys`.
    fn admit_all<'a, 'k>(
        &self,
        metadata: &'a MetadataMap,
        deed: Operation,
        keys: impl IntoIterator<Item = &'k [u8]>,
    ) -> Result<&'a str, Refusal> {
        let caller = self.0.caller(metadata)?;
        let cache = metadata.get("cache").and_then(|name| name.to_str().ok()).ok_or(Refusal::NoCacheName)?;
        for key in keys {
            caller.must_be_allowed(deed, cache, key)?;
        }
        Ok(cache)
    }

    /// As [`Self::admit`], for a call that leaves an item behind: the cache, and when that item ends.
    fn admit_item<'a>(
        &self,
        metadata: &'a MetadataMap,
        deed: Operation,
        key: &[u8],
        ttl_milliseconds: u64,
    ) -> Result<(&'a str, Duration), Refusal> {
        let cache = self.admit(metadata, deed, key)?;
        self.0.caches.must_exist(cache)?;
        Ok((cache, self.end_of(ttl_milliseconds)?))
    }

    /// As [`Self::admit_item`], for a call that adds to a collection.
    ///
    /// Whether that renews the time to live is in the request (Momento documentation, "`CollectionTTL` object").
    fn admit_collection<'a>(
        &self,
        metadata: &'a MetadataMap,
        deed: Operation,
        key: &[u8],
        ttl_milliseconds: u64,
        of_an_old_one: OldTtl,
    ) -> Result<(&'a str, CollectionTtl), Refusal> {
        let (cache, expires_at) = self.admit_item(metadata, deed, key, ttl_milliseconds)?;
        Ok((cache, CollectionTtl { expires_at, of_an_old_one }))
    }

    /// When an item ends that is given this time to live.
    fn end_of(&self, ttl_milliseconds: u64) -> Result<Duration, Refusal> {
        match ttl_milliseconds {
            0 => Err(Refusal::NoTimeToLive),
            milliseconds => Ok(self.0.clock.now().saturating_add(Duration::from_millis(milliseconds))),
        }
    }
}

serving! {
    impl Scs for CacheService {
        type GetBatchStream = batch::Answers<GetResponse>;
        type SetBatchStream = batch::Answers<SetResponse>;
    }
    served {
        get(GetRequest) -> GetResponse;
        set(SetRequest) -> SetResponse;
        delete(DeleteRequest) -> DeleteResponse;
        get_batch(GetBatchRequest) -> Self::GetBatchStream;
        set_batch(SetBatchRequest) -> Self::SetBatchStream;
        set_if(SetIfRequest) -> SetIfResponse;
        set_if_not_exists(SetIfNotExistsRequest) -> SetIfNotExistsResponse;
        increment(IncrementRequest) -> IncrementResponse;
        item_get_ttl(ItemGetTtlRequest) -> ItemGetTtlResponse;
        dictionary_get(DictionaryGetRequest) -> DictionaryGetResponse;
        dictionary_fetch(DictionaryFetchRequest) -> DictionaryFetchResponse;
        dictionary_set(DictionarySetRequest) -> DictionarySetResponse;
        dictionary_increment(DictionaryIncrementRequest) -> DictionaryIncrementResponse;
        dictionary_delete(DictionaryDeleteRequest) -> DictionaryDeleteResponse;
        dictionary_length(DictionaryLengthRequest) -> DictionaryLengthResponse;
        list_push_front(ListPushFrontRequest) -> ListPushFrontResponse;
        list_push_back(ListPushBackRequest) -> ListPushBackResponse;
        list_concatenate_front(ListConcatenateFrontRequest) -> ListConcatenateFrontResponse;
        list_concatenate_back(ListConcatenateBackRequest) -> ListConcatenateBackResponse;
        list_pop_front(ListPopFrontRequest) -> ListPopFrontResponse;
        list_pop_back(ListPopBackRequest) -> ListPopBackResponse;
        list_fetch(ListFetchRequest) -> ListFetchResponse;
        list_length(ListLengthRequest) -> ListLengthResponse;
        list_remove(ListRemoveRequest) -> ListRemoveResponse;
        list_retain(ListRetainRequest) -> ListRetainResponse;
        set_fetch(SetFetchRequest) -> SetFetchResponse;
        set_sample(SetSampleRequest) -> SetSampleResponse;
        set_union(SetUnionRequest) -> SetUnionResponse;
        set_difference(SetDifferenceRequest) -> SetDifferenceResponse;
        set_contains(SetContainsRequest) -> SetContainsResponse;
        set_length(SetLengthRequest) -> SetLengthResponse;
        set_pop(SetPopRequest) -> SetPopResponse;
        sorted_set_put(SortedSetPutRequest) -> SortedSetPutResponse;
        sorted_set_fetch(SortedSetFetchRequest) -> SortedSetFetchResponse;
        sorted_set_get_score(SortedSetGetScoreRequest) -> SortedSetGetScoreResponse;
        sorted_set_get_rank(SortedSetGetRankRequest) -> SortedSetGetRankResponse;
        sorted_set_remove(SortedSetRemoveRequest) -> SortedSetRemoveResponse;
        sorted_set_increment(SortedSetIncrementRequest) -> SortedSetIncrementResponse;
        sorted_set_length(SortedSetLengthRequest) -> SortedSetLengthResponse;
        sorted_set_length_by_score(SortedSetLengthByScoreRequest) -> SortedSetLengthByScoreResponse;
        sorted_set_union_store(SortedSetUnionStoreRequest) -> SortedSetUnionStoreResponse;
    }
    unserved {
        get_with_hash(GetWithHashRequest) -> GetWithHashResponse;
        set_if_hash(SetIfHashRequest) -> SetIfHashResponse;
        keys_exist(KeysExistRequest) -> KeysExistResponse;
        update_ttl(UpdateTtlRequest) -> UpdateTtlResponse;
        item_get_type(ItemGetTypeRequest) -> ItemGetTypeResponse;
        list_erase(ListEraseRequest) -> ListEraseResponse;
    }
}
