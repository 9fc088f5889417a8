//! Collections: dictionaries, lists, sets and sorted sets, how long they live, and batches of simple items.
//!
//! Real: the stage and the official Rust SDK; the protocol's own client where the SDK has no such call. The clock is set
//! by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{collections::HashMap, time::Duration};

use momento::{
    CacheClient,
    cache::{
        CollectionTtl, DictionarySetFieldRequest, ItemGetTtlResponse, ListConcatenateBackRequest, ListFetchRequest,
        ListPopFrontResponse, ListPushBackRequest, ListRetainRequest, ScoreBound, SetAddElementsRequest,
        SortedSetFetchByScoreRequest, SortedSetGetRankRequest, SortedSetGetRankResponse, SortedSetGetScoreResponse,
        SortedSetOrder, SortedSetPutElementRequest,
    },
};
use momento_protos::cache_client::{
    SetContainsRequest, SetPopRequest, SetSampleRequest, set_contains_response::Set as Contains,
    set_pop_response::Set as Popped, set_sample_response::Set as Sample,
};
use support::*;
use tonic::Code;

fn map(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

async fn list(client: &CacheClient) -> Vec<String> {
    client.list_fetch(CACHE, "list").await.unwrap().try_into().unwrap()
}

/// What a collection's call says of one that is not there: nothing.
fn is_miss<T: std::fmt::Debug>(answer: &T) -> bool {
    format!("{answer:?}") == "Miss"
}

#[tokio::test]
async fn a_dictionary_has_fields_that_are_set_read_counted_and_removed() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    assert!(is_miss(&client.dictionary_fetch(CACHE, "d").await.unwrap()));
    assert!(is_miss(&client.dictionary_length(CACHE, "d").await.unwrap()));
    assert!(is_miss(&client.dictionary_get_field(CACHE, "d", "a").await.unwrap()));
    client.dictionary_set_fields(CACHE, "d", map(&[("a", "1"), ("b", "2")])).await.unwrap();
    client.dictionary_set_field(CACHE, "d", "b", "3").await.unwrap();
    let all: HashMap<String, String> = client.dictionary_fetch(CACHE, "d").await.unwrap().try_into().unwrap();
    assert_eq!(all, map(&[("a", "1"), ("b", "3")]));
    let some = client.dictionary_get_fields(CACHE, "d", vec!["b", "c"]).await.unwrap();
    assert_eq!(HashMap::<String, String>::try_from(some).unwrap(), map(&[("b", "3")]));

    assert_eq!(client.dictionary_increment(CACHE, "d", "a", 41).await.unwrap().value(), 42);
    assert_eq!(client.dictionary_increment(CACHE, "d", "new", -1).await.unwrap().value(), -1);
    client.dictionary_set_field(CACHE, "d", "text", "five").await.unwrap();
    assert_eq!(code(client.dictionary_increment(CACHE, "d", "text", 1).await), Code::FailedPrecondition);
    assert_eq!(u32::try_from(client.dictionary_length(CACHE, "d").await.unwrap()).unwrap(), 4);

    client.dictionary_remove_fields(CACHE, "d", vec!["a", "text", "never there"]).await.unwrap();
    client.dictionary_remove_field(CACHE, "d", "new").await.unwrap();
    let left: HashMap<String, String> = client.dictionary_fetch(CACHE, "d").await.unwrap().try_into().unwrap();
    assert_eq!(left, map(&[("b", "3")]));
    client.dictionary_remove_field(CACHE, "d", "b").await.unwrap();
    assert!(is_miss(&client.dictionary_fetch(CACHE, "d").await.unwrap()), "an empty dictionary");
}

#[tokio::test]
async fn a_list_grows_at_both_ends_is_cut_and_popped() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    assert!(is_miss(&client.list_fetch(CACHE, "list").await.unwrap()));
    assert!(is_miss(&client.list_pop_back(CACHE, "list").await.unwrap()));
    client.list_concatenate_back(CACHE, "list", vec!["c", "d"]).await.unwrap();
    client.list_concatenate_front(CACHE, "list", vec!["a", "b"]).await.unwrap();
    client.list_push_back(CACHE, "list", "a").await.unwrap();
    client.list_push_front(CACHE, "list", "x").await.unwrap();
    assert_eq!(list(&client).await, ["x", "a", "b", "c", "d", "a"]);
    assert_eq!(u32::try_from(client.list_length(CACHE, "list").await.unwrap()).unwrap(), 6);

    let slice = ListFetchRequest::new(CACHE, "list").start_index(1).end_index(-2);
    let slice: Vec<String> = client.send_request(slice).await.unwrap().try_into().unwrap();
    assert_eq!(slice, ["a", "b", "c"]);
    client.list_remove_value(CACHE, "list", "a").await.unwrap();
    assert_eq!(list(&client).await, ["x", "b", "c", "d"]);
    let truncated = ListConcatenateBackRequest::new(CACHE, "list", vec!["e", "f"]).truncate_front_to_size(4);
    client.send_request(truncated).await.unwrap();
    assert_eq!(list(&client).await, ["c", "d", "e", "f"]);
    client.list_retain(CACHE, "list", 1, 3).await.unwrap();
    assert_eq!(list(&client).await, ["d", "e"]);
    assert_eq!(client.list_pop_front(CACHE, "list").await.unwrap(), ListPopFrontResponse::from("d"));
    assert_eq!(String::try_from(client.list_pop_back(CACHE, "list").await.unwrap()).unwrap(), "e");
    assert!(is_miss(&client.list_length(CACHE, "list").await.unwrap()), "an empty list");
}

#[tokio::test]
async fn a_set_has_each_element_once() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let fetch = async || client.set_fetch(CACHE, "set").await.unwrap();
    assert!(is_miss(&fetch().await));
    client.set_add_elements(CACHE, "set", vec!["a", "b"]).await.unwrap();
    client.set_add_elements(CACHE, "set", vec!["b", "c"]).await.unwrap();
    let mut all = Vec::<String>::try_from(fetch().await).unwrap();
    all.sort();
    assert_eq!(all, ["a", "b", "c"]);

    let (key, mut scs) = (inner_key(&stage), scs(&stage));
    let elements = vec![b"a".to_vec(), b"z".to_vec()];
    let contains = SetContainsRequest { set_name: b"set".to_vec(), elements };
    let contains = scs.set_contains(to_the_cache(&key, contains)).await.unwrap().into_inner().set;
    assert!(matches!(contains, Some(Contains::Found(found)) if found.contains == [true, false]));
    let sample = SetSampleRequest { set_name: b"set".to_vec(), limit: 2 };
    let sample = scs.set_sample(to_the_cache(&key, sample)).await.unwrap().into_inner().set;
    assert!(matches!(sample, Some(Sample::Found(found)) if found.elements.len() == 2));
    let pop = SetPopRequest { set_name: b"set".to_vec(), count: 2 };
    let Some(Popped::Found(popped)) = scs.set_pop(to_the_cache(&key, pop)).await.unwrap().into_inner().set else {
        unreachable!("the set is there")
    };
    let left = Vec::<String>::try_from(fetch().await).unwrap();
    assert_eq!((popped.elements.len(), left.len()), (2, 1));
    assert!(!popped.elements.contains(&left[0].clone().into_bytes()));

    client.set_remove_elements(CACHE, "set", left).await.unwrap();
    assert!(is_miss(&fetch().await), "an empty set");
}

#[tokio::test]
async fn a_sorted_set_is_ranked_by_its_scores() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let by_rank = async |order, start, end| {
        let answer = client.sorted_set_fetch_by_rank(CACHE, "s", order, start, end).await.unwrap();
        Vec::<(String, f64)>::try_from(answer)
    };
    assert!(by_rank(SortedSetOrder::Ascending, None, None).await.is_err());
    client.sorted_set_put_elements(CACHE, "s", vec![("a", 3.0), ("b", 1.0), ("c", 2.0)]).await.unwrap();
    client.sorted_set_put_element(CACHE, "s", "c", 4.0).await.unwrap();
    let owned =
        |pairs: &[(&str, f64)]| pairs.iter().map(|(value, score)| ((*value).to_owned(), *score)).collect::<Vec<_>>();
    let ascending = by_rank(SortedSetOrder::Ascending, None, None).await.unwrap();
    assert_eq!(ascending, owned(&[("b", 1.0), ("a", 3.0), ("c", 4.0)]));
    assert_eq!(by_rank(SortedSetOrder::Descending, Some(0), Some(1)).await.unwrap(), owned(&[("c", 4.0)]));

    let by_score = SortedSetFetchByScoreRequest::new(CACHE, "s")
        .min_score(ScoreBound::Inclusive(1.0))
        .max_score(ScoreBound::Exclusive(4.0))
        .order(SortedSetOrder::Descending)
        .offset(1)
        .count(5);
    let by_score = Vec::<(String, f64)>::try_from(client.send_request(by_score).await.unwrap()).unwrap();
    assert_eq!(by_score, owned(&[("b", 1.0)]));

    assert_eq!(client.sorted_set_increment_score(CACHE, "s", "b", 2.5).await.unwrap().score, 3.5);
    assert_eq!(
        client.sorted_set_get_score(CACHE, "s", "b").await.unwrap(),
        SortedSetGetScoreResponse::Hit { score: 3.5 }
    );
    assert_eq!(client.sorted_set_get_score(CACHE, "s", "z").await.unwrap(), SortedSetGetScoreResponse::Miss);
    let rank = async |value, order| {
        client.send_request(SortedSetGetRankRequest::new(CACHE, "s", value).order(order)).await.unwrap()
    };
    assert_eq!(rank("b", SortedSetOrder::Ascending).await, SortedSetGetRankResponse::Hit { rank: 1 });
    assert_eq!(rank("a", SortedSetOrder::Descending).await, SortedSetGetRankResponse::Hit { rank: 2 });
    assert_eq!(rank("z", SortedSetOrder::Ascending).await, SortedSetGetRankResponse::Miss);
    assert_eq!(u32::try_from(client.sorted_set_length(CACHE, "s").await.unwrap()).unwrap(), 3);
    assert_eq!(u32::try_from(client.sorted_set_length_by_score(CACHE, "s").await.unwrap()).unwrap(), 3);

    client.sorted_set_put_elements(CACHE, "other", vec![("a", 1.0), ("d", 9.0)]).await.unwrap();
    let sources = vec![("s", 2.0), ("other", 1.0), ("never there", 1.0)];
    client.sorted_set_union_store(CACHE, "union", sources).await.unwrap();
    let union = client.sorted_set_fetch_by_rank(CACHE, "union", SortedSetOrder::Ascending, None, None).await.unwrap();
    let union = Vec::<(String, f64)>::try_from(union).unwrap();
    assert_eq!(union, owned(&[("a", 7.0), ("b", 7.0), ("c", 8.0), ("d", 9.0)]));

    client.sorted_set_remove_elements(CACHE, "s", vec!["a", "b", "c"]).await.unwrap();
    assert!(is_miss(&client.sorted_set_length(CACHE, "s").await.unwrap()), "an empty sorted set");
}

/// Adds to the collection `key` of each kind with this time to live.
async fn add_to_each(client: &CacheClient, ttl: CollectionTtl) {
    let dictionary = DictionarySetFieldRequest::new(CACHE, "dictionary", "a", "1").ttl(ttl);
    client.send_request(dictionary).await.unwrap();
    client.send_request(ListPushBackRequest::new(CACHE, "list", "a").ttl(ttl)).await.unwrap();
    client.send_request(SetAddElementsRequest::new(CACHE, "set", vec!["a"]).ttl(ttl)).await.unwrap();
    let sorted_set = SortedSetPutElementRequest::new(CACHE, "sorted set", "a", 1.0).ttl(ttl);
    client.send_request(sorted_set).await.unwrap();
}

#[tokio::test]
async fn a_collection_lives_as_a_whole_and_an_addition_renews_its_time_to_live_unless_told_not_to() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    let seconds = Duration::from_secs;
    let left = async || {
        let mut left = Vec::new();
        for key in ["dictionary", "list", "set", "sorted set"] {
            left.push(match client.item_get_ttl(CACHE, key).await.unwrap() {
                ItemGetTtlResponse::Hit { remaining_ttl } => remaining_ttl.as_secs(),
                ItemGetTtlResponse::Miss => 0,
            });
        }
        left
    };
    add_to_each(&client, CollectionTtl::initialize_only(seconds(10))).await;
    clock.advance(seconds(4));
    add_to_each(&client, CollectionTtl::initialize_only(seconds(10))).await;
    assert_eq!(left().await, [6; 4]);
    add_to_each(&client, CollectionTtl::refresh_on_update(seconds(10))).await;
    assert_eq!(left().await, [10; 4]);
    let cut = |ttl| client.send_request(ListRetainRequest::new(CACHE, "list").start_index(0).end_index(1).ttl(ttl));
    cut(CollectionTtl::initialize_only(seconds(99))).await.unwrap();
    assert_eq!(left().await, [10; 4]);
    cut(CollectionTtl::refresh_on_update(seconds(99))).await.unwrap();
    assert_eq!(left().await, [10, 99, 10, 10]);
    assert_eq!(list(&client).await, ["a"]);
    clock.advance(seconds(99));
    assert_eq!(left().await, [0; 4]);
    assert!(is_miss(&client.list_fetch(CACHE, "list").await.unwrap()));

    // What fails renews nothing.
    client.dictionary_set_field(CACHE, "dictionary", "text", "five").await.unwrap();
    clock.advance(seconds(1));
    assert_eq!(code(client.dictionary_increment(CACHE, "dictionary", "text", 1).await), Code::FailedPrecondition);
    assert_eq!(left().await, [599, 0, 0, 0]);
}

#[tokio::test]
async fn under_a_key_is_one_item_of_one_kind() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    client.list_push_back(CACHE, "list", "a").await.unwrap();
    for refused in [
        code(client.get(CACHE, "list").await),
        code(client.increment(CACHE, "list", 1).await),
        code(client.set_if_absent(CACHE, "list", "value").await),
        code(client.dictionary_fetch(CACHE, "list").await),
        code(client.set_add_elements(CACHE, "list", vec!["a"]).await),
        code(client.sorted_set_remove_elements(CACHE, "list", vec!["a"]).await),
    ] {
        assert_eq!(refused, Code::FailedPrecondition);
    }
    assert_eq!(list(&client).await, ["a"]);
    client.delete(CACHE, "list").await.unwrap();
    assert!(is_miss(&client.list_fetch(CACHE, "list").await.unwrap()));

    client.list_push_back(CACHE, "list", "a").await.unwrap();
    client.set(CACHE, "list", "value").await.unwrap();
    assert_eq!(code(client.list_push_back(CACHE, "list", "b").await), Code::FailedPrecondition);
    assert_eq!(code(client.list_push_back("no-such-cache", "list", "b").await), Code::NotFound);
}

#[tokio::test]
async fn a_batch_is_answered_item_by_item() {
    let (stage, clock) = stage().await;
    let client = key_holder(&stage);
    client.set_batch(CACHE, HashMap::from([("a", "1"), ("b", "2")])).await.unwrap();
    client.list_push_back(CACHE, "list", "x").await.unwrap();
    let got = client.get_batch(CACHE, vec!["a", "c", "b"]).await.unwrap();
    let got: HashMap<String, String> = got.try_into().unwrap();
    assert_eq!(got, map(&[("a", "1"), ("b", "2")]));
    assert_eq!(code(client.get_batch("no-such-cache", vec!["a"]).await), Code::NotFound);
    assert_eq!(code(client.get_batch(CACHE, vec!["a", "list"]).await), Code::FailedPrecondition);
    clock.advance(Duration::from_secs(600));
    let gone: HashMap<String, String> = client.get_batch(CACHE, vec!["a", "b"]).await.unwrap().try_into().unwrap();
    assert!(gone.is_empty());
}
