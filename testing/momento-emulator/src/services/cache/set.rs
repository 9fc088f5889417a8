//! Sets.

use momento_protos::cache_client::{
    SetContainsRequest, SetContainsResponse, SetDifferenceRequest, SetDifferenceResponse, SetFetchRequest,
    SetFetchResponse, SetLengthRequest, SetLengthResponse, SetPopRequest, SetPopResponse, SetSampleRequest,
    SetSampleResponse, SetUnionRequest, SetUnionResponse, set_contains_response,
    set_difference_request::{Difference, subtrahend::SubtrahendSet},
    set_difference_response, set_fetch_response, set_length_response, set_pop_response, set_sample_response,
};
use tonic::metadata::MetadataMap;

use super::CacheService;
use crate::{collections::Set, refusal::Refusal, rights::Operation};

impl CacheService {
    pub(super) fn set_fetch(
        &self,
        metadata: &MetadataMap,
        SetFetchRequest { set_name: name }: SetFetchRequest,
    ) -> Result<SetFetchResponse, Refusal> {
        use set_fetch_response::{Found, Missing, Set as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let now = self.0.clock.now();
        let elements = self.0.caches.look(cache, &name, now, |set: &Set| set.elements().cloned().collect())?;
        let answer = elements.map_or(Answer::Missing(Missing {}), |elements| Answer::Found(Found { elements }));
        Ok(SetFetchResponse { set: Some(answer) })
    }

    pub(super) fn set_sample(
        &self,
        metadata: &MetadataMap,
        SetSampleRequest { set_name: name, limit }: SetSampleRequest,
    ) -> Result<SetSampleResponse, Refusal> {
        use set_sample_response::{Found, Missing, Set as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let elements = self.0.caches.look(cache, &name, self.0.clock.now(), |set: &Set| set.sample(limit))?;
        let answer = elements.map_or(Answer::Missing(Missing {}), |elements| Answer::Found(Found { elements }));
        Ok(SetSampleResponse { set: Some(answer) })
    }

    pub(super) fn set_contains(
        &self,
        metadata: &MetadataMap,
        SetContainsRequest { set_name: name, elements }: SetContainsRequest,
    ) -> Result<SetContainsResponse, Refusal> {
        use set_contains_response::{Found, Missing, Set as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let contains = self.0.caches.look(cache, &name, self.0.clock.now(), |set: &Set| {
            elements.iter().map(|element| set.contains(element)).collect()
        })?;
        let answer = contains.map_or(Answer::Missing(Missing {}), |contains| Answer::Found(Found { contains }));
        Ok(SetContainsResponse { set: Some(answer) })
    }

    pub(super) fn set_length(
        &self,
        metadata: &MetadataMap,
        SetLengthRequest { set_name: name }: SetLengthRequest,
    ) -> Result<SetLengthResponse, Refusal> {
        use set_length_response::{Found, Missing, Set as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let length = self.0.caches.look(cache, &name, self.0.clock.now(), Set::length)?;
        let answer = length.map_or(Answer::Missing(Missing {}), |length| Answer::Found(Found { length }));
        Ok(SetLengthResponse { set: Some(answer) })
    }

    pub(super) fn set_union(
        &self,
        metadata: &MetadataMap,
        request: SetUnionRequest,
    ) -> Result<SetUnionResponse, Refusal> {
        let SetUnionRequest { set_name: name, elements, ttl_milliseconds, refresh_ttl } = request;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::WriteItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        self.0.caches.add(cache, name, self.0.clock.now(), ttl, |set: &mut Set| {
            set.add(elements);
            Ok(())
        })?;
        Ok(SetUnionResponse {})
    }

    /// Removes elements. The answer says whether there was such a set, so it takes more than to write.
    pub(super) fn set_difference(
        &self,
        metadata: &MetadataMap,
        SetDifferenceRequest { set_name: name, difference }: SetDifferenceRequest,
    ) -> Result<SetDifferenceResponse, Refusal> {
        use set_difference_response::{Found, Missing, Set as Answer};
        let cache = self.admit(metadata, Operation::UpdateItem, &name)?;
        let subtrahend = match difference {
            Some(Difference::Subtrahend(subtrahend)) => subtrahend.subtrahend_set,
            // No official SDK sends what is to be left, in place of what is to go.
            Some(Difference::Minuend(_)) | None => None,
        };
        let subtrahend = subtrahend.ok_or(Refusal::NothingToRemove)?;
        let removed = self.0.caches.take(cache, &name, self.0.clock.now(), |set: &mut Set, _| match subtrahend {
            SubtrahendSet::Set(some) => some.elements.iter().for_each(|element| set.remove(element)),
            SubtrahendSet::Identity(_) => set.clear(),
        })?;
        let answer = removed.map_or(Answer::Missing(Missing {}), |()| Answer::Found(Found {}));
        Ok(SetDifferenceResponse { set: Some(answer) })
    }

    pub(super) fn set_pop(
        &self,
        metadata: &MetadataMap,
        SetPopRequest { set_name: name, count }: SetPopRequest,
    ) -> Result<SetPopResponse, Refusal> {
        use set_pop_response::{Found, Missing, Set as Answer};
        let cache = self.admit(metadata, Operation::UpdateItem, &name)?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let elements = self.0.caches.take(cache, &name, self.0.clock.now(), |set: &mut Set, _| set.pop(count))?;
        let answer = elements.map_or(Answer::Missing(Missing {}), |elements| Answer::Found(Found { elements }));
        Ok(SetPopResponse { set: Some(answer) })
    }
}
