//! Sorted sets.

use std::ops::Bound;

use momento_protos::cache_client::{
    ECacheResult, SortedSetElement, SortedSetFetchRequest, SortedSetFetchResponse, SortedSetGetRankRequest,
    SortedSetGetRankResponse, SortedSetGetScoreRequest, SortedSetGetScoreResponse, SortedSetIncrementRequest,
    SortedSetIncrementResponse, SortedSetLengthByScoreRequest, SortedSetLengthByScoreResponse, SortedSetLengthRequest,
    SortedSetLengthResponse, SortedSetPutRequest, SortedSetPutResponse, SortedSetRemoveRequest,
    SortedSetRemoveResponse, SortedSetUnionStoreRequest, SortedSetUnionStoreResponse,
    sorted_set_fetch_request::{ByIndex, ByScore, Range, by_index, by_score},
    sorted_set_fetch_response, sorted_set_get_rank_response, sorted_set_get_score_response,
    sorted_set_length_by_score_request, sorted_set_length_by_score_response, sorted_set_length_response,
    sorted_set_remove_request::RemoveElements,
    sorted_set_union_store_request::AggregateFunction,
};
use tonic::metadata::MetadataMap;

use super::CacheService;
use crate::{
    collections::{Bounds, Order, Page, SortedSet},
    refusal::Refusal,
    rights::Operation,
};

impl CacheService {
    pub(super) fn sorted_set_put(
        &self,
        metadata: &MetadataMap,
        request: SortedSetPutRequest,
    ) -> Result<SortedSetPutResponse, Refusal> {
        let SortedSetPutRequest { set_name: name, elements, ttl_milliseconds, refresh_ttl } = request;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::WriteItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        let elements = elements.into_iter().map(|element| (element.value, element.score)).collect();
        self.0.caches.add(cache, name, self.0.clock.now(), ttl, |set: &mut SortedSet| set.put(elements))?;
        Ok(SortedSetPutResponse {})
    }

    pub(super) fn sorted_set_increment(
        &self,
        metadata: &MetadataMap,
        request: SortedSetIncrementRequest,
    ) -> Result<SortedSetIncrementResponse, Refusal> {
        let SortedSetIncrementRequest { set_name: name, value, amount, ttl_milliseconds, refresh_ttl } = request;
        let (cache, ttl) =
            self.admit_collection(metadata, Operation::UpdateItem, &name, ttl_milliseconds, refresh_ttl.into())?;
        let now = self.0.clock.now();
        let score = self.0.caches.add(cache, name, now, ttl, |set: &mut SortedSet| set.increment(value, amount))?;
        Ok(SortedSetIncrementResponse { score })
    }

    pub(super) fn sorted_set_remove(
        &self,
        metadata: &MetadataMap,
        SortedSetRemoveRequest { set_name: name, remove_elements }: SortedSetRemoveRequest,
    ) -> Result<SortedSetRemoveResponse, Refusal> {
        let cache = self.admit(metadata, Operation::WriteItem, &name)?;
        let remove = remove_elements.ok_or(Refusal::NothingToRemove)?;
        self.0.caches.take(cache, &name, self.0.clock.now(), |set: &mut SortedSet, _| match remove {
            RemoveElements::Some(some) => some.values.iter().for_each(|value| set.remove(value)),
            RemoveElements::All(_) => set.clear(),
        })?;
        Ok(SortedSetRemoveResponse {})
    }

    /// The answer tells the length of the union, and with it something of its sources: it takes reading those, and more
    /// than to write what becomes of them.
    pub(super) fn sorted_set_union_store(
        &self,
        metadata: &MetadataMap,
        request: SortedSetUnionStoreRequest,
    ) -> Result<SortedSetUnionStoreResponse, Refusal> {
        let SortedSetUnionStoreRequest { set_name: name, sources, aggregate, ttl_milliseconds } = request;
        let (cache, expires_at) = self.admit_item(metadata, Operation::UpdateItem, &name, ttl_milliseconds)?;
        self.admit_all(metadata, Operation::ReadItem, sources.iter().map(|source| source.set_name.as_slice()))?;
        if sources.is_empty() {
            return Err(Refusal::NoSource);
        }
        let sources: Vec<_> = sources.into_iter().map(|source| (source.set_name, source.weight.into())).collect();
        let aggregate = match AggregateFunction::try_from(aggregate) {
            Ok(AggregateFunction::Min) => f64::min,
            Ok(AggregateFunction::Max) => f64::max,
            Ok(AggregateFunction::Sum) | Err(_) => |one: f64, other: f64| one + other,
        };
        let length = self.0.caches.store_union(cache, name, &sources, aggregate, self.0.clock.now(), expires_at)?;
        Ok(SortedSetUnionStoreResponse { length })
    }

    pub(super) fn sorted_set_fetch(
        &self,
        metadata: &MetadataMap,
        SortedSetFetchRequest { set_name: name, order, with_scores, range }: SortedSetFetchRequest,
    ) -> Result<SortedSetFetchResponse, Refusal> {
        use sorted_set_fetch_response::{
            Found, Missing, SortedSet as Answer,
            found::{Elements, Values, ValuesWithScores},
        };
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let order = ordered(order);
        let elements = self.0.caches.look(cache, &name, self.0.clock.now(), |set: &SortedSet| match range {
            None => set.by_rank(Bounds::default(), order),
            Some(Range::ByIndex(index)) => set.by_rank(bounds(index), order),
            Some(Range::ByScore(score)) => {
                let page = Page { offset: score.offset, count: score.count };
                set.by_score(scores(score), page, order)
            }
        })?;
        let found = |elements: Vec<_>| {
            let elements = elements.into_iter();
            let elements = if with_scores {
                let elements = elements.map(|(value, score)| SortedSetElement { value, score }).collect();
                Elements::ValuesWithScores(ValuesWithScores { elements })
            } else {
                Elements::Values(Values { values: elements.map(|(value, _)| value).collect() })
            };
            Answer::Found(Found { elements: Some(elements) })
        };
        Ok(SortedSetFetchResponse { sorted_set: Some(elements.map_or(Answer::Missing(Missing {}), found)) })
    }

    pub(super) fn sorted_set_get_score(
        &self,
        metadata: &MetadataMap,
        SortedSetGetScoreRequest { set_name: name, values }: SortedSetGetScoreRequest,
    ) -> Result<SortedSetGetScoreResponse, Refusal> {
        use sorted_set_get_score_response::{
            SortedSet as Answer, SortedSetFound, SortedSetGetScoreResponsePart as Part, SortedSetMissing,
        };
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let part = |score: Option<f64>| Part { result: hit(score.is_some()), score: score.unwrap_or_default() };
        let elements = self.0.caches.look(cache, &name, self.0.clock.now(), |set: &SortedSet| {
            values.iter().map(|value| part(set.score(value))).collect()
        })?;
        let answer = elements
            .map_or(Answer::Missing(SortedSetMissing {}), |elements| Answer::Found(SortedSetFound { elements }));
        Ok(SortedSetGetScoreResponse { sorted_set: Some(answer) })
    }

    pub(super) fn sorted_set_get_rank(
        &self,
        metadata: &MetadataMap,
        SortedSetGetRankRequest { set_name: name, value, order }: SortedSetGetRankRequest,
    ) -> Result<SortedSetGetRankResponse, Refusal> {
        use sorted_set_get_rank_response::{Rank as Answer, RankResponsePart, SortedSetMissing};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let now = self.0.clock.now();
        let rank = self.0.caches.look(cache, &name, now, |set: &SortedSet| set.rank(&value, ordered(order)))?;
        let answer = rank.map_or(Answer::Missing(SortedSetMissing {}), |rank| {
            Answer::ElementRank(RankResponsePart { result: hit(rank.is_some()), rank: rank.unwrap_or_default() })
        });
        Ok(SortedSetGetRankResponse { rank: Some(answer) })
    }

    pub(super) fn sorted_set_length(
        &self,
        metadata: &MetadataMap,
        SortedSetLengthRequest { set_name: name }: SortedSetLengthRequest,
    ) -> Result<SortedSetLengthResponse, Refusal> {
        use sorted_set_length_response::{Found, Missing, SortedSet as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let length = self.0.caches.look(cache, &name, self.0.clock.now(), SortedSet::length)?;
        let answer = length.map_or(Answer::Missing(Missing {}), |length| Answer::Found(Found { length }));
        Ok(SortedSetLengthResponse { sorted_set: Some(answer) })
    }

    pub(super) fn sorted_set_length_by_score(
        &self,
        metadata: &MetadataMap,
        SortedSetLengthByScoreRequest { set_name: name, min, max }: SortedSetLengthByScoreRequest,
    ) -> Result<SortedSetLengthByScoreResponse, Refusal> {
        use sorted_set_length_by_score_request::{Max, Min};
        use sorted_set_length_by_score_response::{Found, Missing, SortedSet as Answer};
        let cache = self.admit(metadata, Operation::ReadItem, &name)?;
        let min = match min {
            Some(Min::InclusiveMin(score)) => Bound::Included(score),
            Some(Min::ExclusiveMin(score)) => Bound::Excluded(score),
            Some(Min::UnboundedMin(_)) | None => Bound::Unbounded,
        };
        let max = match max {
            Some(Max::InclusiveMax(score)) => Bound::Included(score),
            Some(Max::ExclusiveMax(score)) => Bound::Excluded(score),
            Some(Max::UnboundedMax(_)) | None => Bound::Unbounded,
        };
        let now = self.0.clock.now();
        let length = self.0.caches.look(cache, &name, now, |set: &SortedSet| set.length_by_score((min, max)))?;
        let answer = length.map_or(Answer::Missing(Missing {}), |length| Answer::Found(Found { length }));
        Ok(SortedSetLengthByScoreResponse { sorted_set: Some(answer) })
    }
}

/// The order by its number, which is the same in every request; ascending "when no Order is specified" (the protocol).
fn ordered(number: i32) -> Order {
    if number == 1 { Order::Descending } else { Order::Ascending }
}

fn hit(found: bool) -> i32 {
    if found { ECacheResult::Hit } else { ECacheResult::Miss }.into()
}

fn bounds(ByIndex { start, end }: ByIndex) -> Bounds {
    use by_index::{End, Start};
    Bounds {
        start: start.and_then(|start| if let Start::InclusiveStartIndex(at) = start { Some(at) } else { None }),
        end: end.and_then(|end| if let End::ExclusiveEndIndex(at) = end { Some(at) } else { None }),
    }
}

fn scores(ByScore { min, max, .. }: ByScore) -> (Bound<f64>, Bound<f64>) {
    let bound = |score: by_score::Score| {
        if score.exclusive { Bound::Excluded(score.score) } else { Bound::Included(score.score) }
    };
    let min = match min {
        Some(by_score::Min::MinScore(score)) => bound(score),
        Some(by_score::Min::UnboundedMin(_)) | None => Bound::Unbounded,
    };
    let max = match max {
        Some(by_score::Max::MaxScore(score)) => bound(score),
        Some(by_score::Max::UnboundedMax(_)) | None => Bound::Unbounded,
    };
    (min, max)
}
