//! Our messages against Momento's own, of the crate `momento-protos`: what one writes, the other reads as the same.
#![allow(clippy::expect_used, reason = "a message that does not parse fails the test")]

use momento_protos::token as official;
use proptest::prelude::*;
use prost::Message;
use tvm_policy::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};
use tvm_vendor::request::request;
use tvm_vendor::wire;

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

fn permissions_of(request: &[u8]) -> Vec<u8> {
    let request = wire::GenerateDisposableTokenRequest::decode(request).expect("readable");
    request.permissions.expect("permissions").encode_to_vec()
}
