//! Our messages against Momento's own, of the crate `momento-protos`: what one writes, the other reads as the same.
#![allow(clippy::expect_used, clippy::panic, reason = "a message that does not parse fails the test")]

use momento_client::wire;
use momento_protos::token as official;
use proptest::prelude::*;
use prost::Message;
use tvm_issuer::request::request;
use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};

fn cache() -> impl Strategy<Value = CacheSelector> {
    prop_oneof![Just(CacheSelector::All), ".{0,9}".prop_map(CacheSelector::Name)]
}

fn permission() -> impl Strategy<Value = Permission> {
    let cache_role = || prop::sample::select(vec![CacheRole::ReadWrite, CacheRole::ReadOnly, CacheRole::WriteOnly]);
    let topic_role =
        prop::sample::select(vec![TopicRole::PublishSubscribe, TopicRole::SubscribeOnly, TopicRole::PublishOnly]);
    let function_role = prop::sample::select(vec![FunctionRole::Invoke, FunctionRole::PermitNone]);
    let item = prop_oneof![
        Just(ItemSelector::All),
        ".{0,9}".prop_map(ItemSelector::Key),
        ".{0,9}".prop_map(ItemSelector::KeyPrefix)
    ];
    let topic = prop_oneof![
        Just(TopicSelector::All),
        ".{0,9}".prop_map(TopicSelector::Name),
        ".{0,9}".prop_map(TopicSelector::Prefix)
    ];
    let function = prop_oneof![
        Just(FunctionSelector::All),
        ".{0,9}".prop_map(FunctionSelector::Name),
        ".{0,9}".prop_map(FunctionSelector::Prefix)
    ];
    prop_oneof![
        (cache_role(), cache()).prop_map(|(role, cache)| Permission::Cache { role, cache }),
        (cache_role(), cache(), item).prop_map(|(role, cache, item)| Permission::Item { role, cache, item }),
        (topic_role, cache(), topic).prop_map(|(role, cache, topic)| Permission::Topic { role, cache, topic }),
        (function_role, cache(), function).prop_map(|(role, cache, function)| Permission::Function {
            role,
            cache,
            function
        }),
    ]
}

proptest! {
    #[test]
    fn a_request_is_the_same_to_the_official_message(
        permissions in prop::collection::vec(permission(), 0..20),
        seconds in any::<u32>(),
        id in prop::option::of(".{0,20}"),
    ) {
        let ours = request("key", &permissions, u64::from(seconds), id.as_deref()).expect("a request").encode_to_vec();
        let theirs = official::GenerateDisposableTokenRequest::decode(&ours[..]).expect("readable");
        prop_assert_eq!(theirs.encode_to_vec(), &ours[..]);
        prop_assert_eq!(theirs.permissions.expect("permissions").encode_to_vec(), permissions_of(&ours));
    }

    #[test]
    fn an_answer_of_the_official_message_is_read(api_key in ".*", endpoint in ".*", valid_until in any::<u64>()) {
        let theirs = official::GenerateDisposableTokenResponse { api_key, endpoint, valid_until };
        let ours = wire::GenerateDisposableTokenResponse::decode(&theirs.encode_to_vec()[..]).expect("readable");
        prop_assert_eq!((ours.api_key, ours.endpoint, ours.valid_until), (theirs.api_key, theirs.endpoint, valid_until));
    }
}

/// Each of our messages of the cache and control services, as its original reads and writes it.
macro_rules! same_to {
    ($official:ty, $ours:expr) => {{
        let ours = $ours.encode_to_vec();
        let theirs = <$official>::decode(&ours[..]).expect("readable");
        prop_assert_eq!(theirs.encode_to_vec(), ours);
        theirs
    }};
}

proptest! {
    #[test]
    fn what_is_said_to_a_cache_is_the_same_to_the_official_messages(
        name in prop::collection::vec(any::<u8>(), 0..9),
        value in prop::collection::vec(any::<u8>(), 0..9),
        ttl in any::<u64>(),
        amount in any::<i64>(),
        cache in ".{0,9}",
    ) {
        use momento_protos::cache_client::{GetRequest, IncrementRequest, SetIfRequest, SetRequest, set_if_request};
        let (cache_key, cache_body): (bytes::Bytes, bytes::Bytes) = (name.into(), value.clone().into());
        same_to!(GetRequest, wire::cache::GetRequest { cache_key: cache_key.clone() });
        same_to!(
            SetRequest,
            wire::cache::SetRequest {
                cache_key: cache_key.clone(),
                cache_body: cache_body.clone(),
                ttl_milliseconds: ttl
            }
        );
        let set_if = |condition| wire::cache::SetIfRequest {
            cache_key: cache_key.clone(),
            cache_body: cache_body.clone(),
            ttl_milliseconds: ttl,
            condition: Some(condition),
        };
        let absent = same_to!(SetIfRequest, set_if(wire::cache::Condition::Absent(wire::cache::Nothing {})));
        prop_assert!(matches!(absent.condition, Some(set_if_request::Condition::Absent(_))));
        let equal = wire::cache::Equal { value_to_check: cache_body.clone() };
        let equal = same_to!(SetIfRequest, set_if(wire::cache::Condition::Equal(equal)));
        let Some(set_if_request::Condition::Equal(equal)) = equal.condition else { panic!("another condition") };
        prop_assert_eq!(equal.value_to_check, value);
        same_to!(IncrementRequest, wire::cache::IncrementRequest { cache_key, amount, ttl_milliseconds: ttl });
        let create = wire::cache::CreateCacheRequest { cache_name: cache };
        same_to!(momento_protos::control_client::CreateCacheRequest, create);
    }

    #[test]
    fn what_a_cache_answers_is_read(
        body in prop::collection::vec(any::<u8>(), 0..9),
        value in any::<i64>(),
        hit in any::<bool>(),
    ) {
        use momento_protos::cache_client::{
            ECacheResult, GetResponse, IncrementResponse, SetIfResponse, set_if_response,
        };
        let result = if hit { ECacheResult::Hit } else { ECacheResult::Miss };
        let theirs = GetResponse { result: result.into(), cache_body: body.clone(), message: "text".into() };
        let ours = wire::cache::GetResponse::decode(&theirs.encode_to_vec()[..]).expect("readable");
        prop_assert_eq!(ours.result() == wire::cache::CacheResult::Hit, hit);
        prop_assert_eq!(ours.cache_body.to_vec(), body);
        let theirs = IncrementResponse { value };
        let ours = wire::cache::IncrementResponse::decode(&theirs.encode_to_vec()[..]).expect("readable");
        prop_assert_eq!(ours.value, value);
        let stored = set_if_response::Result::Stored(set_if_response::Stored {});
        let not_stored = set_if_response::Result::NotStored(set_if_response::NotStored {});
        let theirs = SetIfResponse { result: Some(if hit { stored } else { not_stored }) };
        let ours = wire::cache::SetIfResponse::decode(&theirs.encode_to_vec()[..]).expect("readable");
        prop_assert_eq!(matches!(ours.result, Some(wire::cache::SetIfResult::Stored(_))), hit);
    }
}

fn permissions_of(request: &[u8]) -> Vec<u8> {
    let request = wire::GenerateDisposableTokenRequest::decode(request).expect("readable");
    request.permissions.expect("permissions").encode_to_vec()
}
