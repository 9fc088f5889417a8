//! Lists.
//!
//! Whoever adds to a list, or takes from it, is told how long it is then: "returns information about the updated state of
//! a collection", which is not for the write-only role (Momento documentation, auth API reference until August 2026).

use momento_protos::cache_client::{
    ListConcatenateBackRequest, ListConcatenateBackResponse, ListConcatenateFrontRequest, ListConcatenateFrontResponse,
    ListFetchRequest, ListFetchResponse, ListLengthRequest, ListLengthResponse, ListPopBackRequest,
    ListPopBackResponse, ListPopFrontRequest, ListPopFrontResponse, ListPushBackRequest, ListPushBackResponse,
    ListPushFrontRequest, ListPushFrontResponse, ListRemoveRequest, ListRemoveResponse, ListRetainRequest,
    ListRetainResponse, list_fetch_request, list_fetch_response, list_length_response, list_pop_back_response,
    list_pop_front_response, list_remove_request::Remove, list_remove_response, list_retain_request,
    list_retain_response,
};
use tonic::metadata::MetadataMap;

use super::CacheService;
use crate::{
    collections::{Bounds, End, List},
    refusal::Refusal,
    rights::Operation,
};

/// What is added to a list.
struct Addition {
    name: Vec<u8>,
    values: Vec<Vec<u8>>,
    ttl_milliseconds: u64,
    refresh_ttl: bool,
    most: u32,
}

impl CacheService {
    pub(super) fn list_push_front(
        &self,
        metadata: &MetadataMap,
        request: ListPushFrontRequest,
    ) -> Result<ListPushFrontResponse, Refusal> {
        let ListPushFrontRequest { list_name: name, value, ttl_milliseconds, refresh_ttl, truncate_back_to_size: most } =
            request;
        let addition = Addition { name, values: vec![value], ttl_milliseconds, refresh_ttl, most };
        Ok(ListPushFrontResponse { list_length: self.list_add(metadata, End::Front, addition)? })
    }

    pub(super) fn list_push_back(
        &self,
        metadata: &MetadataMap,
        request: ListPushBackRequest,
    ) -> Result<ListPushBackResponse, Refusal> {
        let ListPushBackRequest { list_name: name, value, ttl_milliseconds, refresh_ttl, truncate_front_to_size: most } =
            request;
        let addition = Addition { name, values: vec![value], ttl_milliseconds, refresh_ttl, most };
        Ok(ListPushBackResponse { list_length: self.list_add(metadata, End::Back, addition)? })
    }

    pub(super) fn list_concatenate_front(
        &self,
        metadata: &MetadataMap,
        request: ListConcatenateFrontRequest,
    ) -> Result<ListConcatenateFrontResponse, Refusal> {
        let ListConcatenateFrontRequest {
            list_name: name,
            values,
            ttl_milliseconds,
            refresh_ttl,
            truncate_back_to_size: most,
        } = request;
        let addition = Addition { name, values, ttl_milliseconds, refresh_ttl, most };
        Ok(ListConcatenateFrontResponse { list_length: self.list_add(metadata, End::Front, addition)? })
    }

    pub(super) fn list_concatenate_back(
        &self,
        metadata: &MetadataMap,
        request: ListConcatenateBackRequest,
    ) -> Result<ListConcatenateBackResponse, Refusal> {
        let ListConcatenateBackRequest {
            list_name: name,
            values,
            ttl_milliseconds,
            refresh_ttl,
            truncate_front_to_size: most,
        } = request;
        let addition = Addition { name, values, ttl_milliseconds, refresh_ttl, most };
        Ok(ListConcatenateBackResponse { list_length: self.list_add(metadata, End::Back, addition)? })
    }

    fn list_add(&self, metadata: &MetadataMap, at: End, addition: Addition) -> Result<u32, Refusal> {
        let Addition { name, values, ttl_milliseconds, refresh_ttl, most } = addition;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::UpdateItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        self.0.caches.add(cache, name, self.0.clock.now(), ttl, |list: &mut List| Ok(list.add(at, values, most)))
    }

    pub(super) fn list_pop_front(
        &self,
        metadata: &MetadataMap,
        ListPopFrontRequest { list_name: name }: ListPopFrontRequest,
    ) -> Result<ListPopFrontResponse, Refusal> {
        use list_pop_front_response::{Found, List as Answer, Missing};
        let popped = self.list_pop(metadata, End::Front, &name)?;
        let answer = popped
            .map_or(Answer::Missing(Missing {}), |(front, list_length)| Answer::Found(Found { front, list_length }));
        Ok(ListPopFrontResponse { list: Some(answer) })
    }

    pub(super) fn list_pop_back(
        &self,
        metadata: &MetadataMap,
        ListPopBackRequest { list_name: name }: ListPopBackRequest,
    ) -> Result<ListPopBackResponse, Refusal> {
        use list_pop_back_response::{Found, List as Answer, Missing};
        let popped = self.list_pop(metadata, End::Back, &name)?;
        let answer = popped
            .map_or(Answer::Missing(Missing {}), |(back, list_length)| Answer::Found(Found { back, list_length }));
        Ok(ListPopBackResponse { list: Some(answer) })
    }

    fn list_pop(&self, metadata: &MetadataMap, at: End, name: &[u8]) -> Result<Option<(Vec<u8>, u32)>, Refusal> {
        let cache = self.admit(metadata, Operation::UpdateItem, name)?;
        let popped = self.0.caches.take(cache, name, self.0.clock.now(), |list: &mut List, _| {
            list.pop(at).map(|value| (value, list.length()))
        })?;
        Ok(popped.flatten())
    }

    pub(super) fn list_fetch(
        &self,
        metadata: &MetadataMap,
        ListFetchRequest { list_name: name, start_index, end_index }: ListFetchRequest,
    ) -> Result<ListFetchResponse, Refusal> {
        use list_fetch_request::{EndIndex, StartIndex};
        use list_fetch_response::{Found, List as Answer, Missing};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let bounds = Bounds {
            start: start_index
                .and_then(|start| if let StartIndex::InclusiveStart(at) = start { Some(at) } else { None }),
            end: end_index.and_then(|end| if let EndIndex::ExclusiveEnd(at) = end { Some(at) } else { None }),
        };
        let values = self.0.caches.look(cache, &name, self.0.clock.now(), |list: &List| list.slice(bounds))?;
        let answer = values.map_or(Answer::Missing(Missing {}), |values| Answer::Found(Found { values }));
        Ok(ListFetchResponse { list: Some(answer) })
    }

    pub(super) fn list_length(
        &self,
        metadata: &MetadataMap,
        ListLengthRequest { list_name: name }: ListLengthRequest,
    ) -> Result<ListLengthResponse, Refusal> {
        use list_length_response::{Found, List as Answer, Missing};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let length = self.0.caches.look(cache, &name, self.0.clock.now(), List::length)?;
        let answer = length.map_or(Answer::Missing(Missing {}), |length| Answer::Found(Found { length }));
        Ok(ListLengthResponse { list: Some(answer) })
    }

    pub(super) fn list_remove(
        &self,
        metadata: &MetadataMap,
        ListRemoveRequest { list_name: name, remove }: ListRemoveRequest,
    ) -> Result<ListRemoveResponse, Refusal> {
        use list_remove_response::{Found, List as Answer, Missing};
        let cache = self.admit(metadata, Operation::UpdateItem, &name)?;
        let Remove::AllElementsWithValue(value) = remove.ok_or(Refusal::NothingToRemove)?;
        let now = self.0.clock.now();
        let length = self.0.caches.take(cache, &name, now, |list: &mut List, _| list.remove(&value))?;
        let answer = length.map_or(Answer::Missing(Missing {}), |list_length| Answer::Found(Found { list_length }));
        Ok(ListRemoveResponse { list: Some(answer) })
    }

    pub(super) fn list_retain(
        &self,
        metadata: &MetadataMap,
        request: ListRetainRequest,
    ) -> Result<ListRetainResponse, Refusal> {
        use list_retain_request::{EndIndex, StartIndex};
        use list_retain_response::{Found, List as Answer, Missing};
        let ListRetainRequest { list_name: name, ttl_milliseconds, refresh_ttl, start_index, end_index } = request;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::UpdateItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        let bounds = Bounds {
            start: start_index
                .and_then(|start| if let StartIndex::InclusiveStart(at) = start { Some(at) } else { None }),
            end: end_index.and_then(|end| if let EndIndex::ExclusiveEnd(at) = end { Some(at) } else { None }),
        };
        let length = self.0.caches.take(cache, &name, self.0.clock.now(), |list: &mut List, expires_at| {
            ttl.apply(expires_at);
            list.retain(bounds)
        })?;
        let answer = length.map_or(Answer::Missing(Missing {}), |list_length| Answer::Found(Found { list_length }));
        Ok(ListRetainResponse { list: Some(answer) })
    }
}
