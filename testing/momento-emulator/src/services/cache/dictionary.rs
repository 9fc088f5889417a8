//! Dictionaries.

use momento_protos::cache_client::{
    DictionaryDeleteRequest, DictionaryDeleteResponse, DictionaryFetchRequest, DictionaryFetchResponse,
    DictionaryFieldValuePair, DictionaryGetRequest, DictionaryGetResponse, DictionaryIncrementRequest,
    DictionaryIncrementResponse, DictionaryLengthRequest, DictionaryLengthResponse, DictionarySetRequest,
    DictionarySetResponse, ECacheResult, dictionary_delete_request::Delete, dictionary_fetch_response,
    dictionary_get_response, dictionary_length_response,
};
use tonic::metadata::MetadataMap;

use super::CacheService;
use crate::{collections::Dictionary, refusal::Refusal, rights::Operation};

impl CacheService {
    pub(super) fn dictionary_get(
        &self,
        metadata: &MetadataMap,
        DictionaryGetRequest { dictionary_name: name, fields }: DictionaryGetRequest,
    ) -> Result<DictionaryGetResponse, Refusal> {
        use dictionary_get_response::{Dictionary as Answer, DictionaryGetResponsePart as Part, Found, Missing};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let part = |value: Option<&[u8]>| Part {
            result: if value.is_some() { ECacheResult::Hit } else { ECacheResult::Miss }.into(),
            cache_body: value.unwrap_or_default().to_vec(),
        };
        let items = self.0.caches.look(cache, &name, self.0.clock.now(), |dictionary: &Dictionary| {
            fields.iter().map(|field| part(dictionary.get(field))).collect()
        })?;
        let answer = items.map_or(Answer::Missing(Missing {}), |items| Answer::Found(Found { items }));
        Ok(DictionaryGetResponse { dictionary: Some(answer) })
    }

    pub(super) fn dictionary_fetch(
        &self,
        metadata: &MetadataMap,
        DictionaryFetchRequest { dictionary_name: name }: DictionaryFetchRequest,
    ) -> Result<DictionaryFetchResponse, Refusal> {
        use dictionary_fetch_response::{Dictionary as Answer, Found, Missing};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let pair = |(field, value): (&Vec<u8>, &Vec<u8>)| DictionaryFieldValuePair {
            field: field.clone(),
            value: value.clone(),
        };
        let items = self
            .0
            .caches
            .look(cache, &name, self.0.clock.now(), |dictionary: &Dictionary| dictionary.pairs().map(pair).collect())?;
        let answer = items.map_or(Answer::Missing(Missing {}), |items| Answer::Found(Found { items }));
        Ok(DictionaryFetchResponse { dictionary: Some(answer) })
    }

    pub(super) fn dictionary_set(
        &self,
        metadata: &MetadataMap,
        request: DictionarySetRequest,
    ) -> Result<DictionarySetResponse, Refusal> {
        let DictionarySetRequest { dictionary_name: name, items, ttl_milliseconds, refresh_ttl } = request;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::WriteItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        self.0.caches.add(cache, name, self.0.clock.now(), ttl, |dictionary: &mut Dictionary| {
            items.into_iter().for_each(|item| dictionary.set(item.field, item.value));
            Ok(())
        })?;
        Ok(DictionarySetResponse {})
    }

    pub(super) fn dictionary_increment(
        &self,
        metadata: &MetadataMap,
        request: DictionaryIncrementRequest,
    ) -> Result<DictionaryIncrementResponse, Refusal> {
        let DictionaryIncrementRequest { dictionary_name: name, field, amount, ttl_milliseconds, refresh_ttl } =
            request;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::UpdateItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        let value = self.0.caches.add(cache, name, self.0.clock.now(), ttl, |dictionary: &mut Dictionary| {
            dictionary.increment(field, amount)
        })?;
        Ok(DictionaryIncrementResponse { value })
    }

    pub(super) fn dictionary_delete(
        &self,
        metadata: &MetadataMap,
        DictionaryDeleteRequest { dictionary_name: name, delete }: DictionaryDeleteRequest,
    ) -> Result<DictionaryDeleteResponse, Refusal> {
        let cache = self.admit(metadata, Operation::WriteItem, &name)?;
        let delete = delete.ok_or(Refusal::NothingToRemove)?;
        self.0.caches.take(cache, &name, self.0.clock.now(), |dictionary: &mut Dictionary, _| match delete {
            Delete::Some(some) => some.fields.iter().for_each(|field| dictionary.remove(field)),
            Delete::All(_) => dictionary.clear(),
        })?;
        Ok(DictionaryDeleteResponse {})
    }

    pub(super) fn dictionary_length(
        &self,
        metadata: &MetadataMap,
        DictionaryLengthRequest { dictionary_name: name }: DictionaryLengthRequest,
    ) -> Result<DictionaryLengthResponse, Refusal> {
        use dictionary_length_response::{Dictionary as Answer, Found, Missing};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let length = self.0.caches.look(cache, &name, self.0.clock.now(), Dictionary::length)?;
        let answer = length.map_or(Answer::Missing(Missing {}), |length| Answer::Found(Found { length }));
        Ok(DictionaryLengthResponse { dictionary: Some(answer) })
    }
}
