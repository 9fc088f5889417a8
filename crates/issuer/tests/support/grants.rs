//! Grants at random.

use std::time::Duration;

use proptest::prelude::*;
use tvm_policy::{CacheRole, CacheSelector, Grant, Permission, TopicRole, TopicSelector};

pub fn any_grant() -> impl Strategy<Value = Grant> {
    // Few of each, so that equal ones and near misses are common.
    let name = || prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned);
    let cache = move || prop_oneof![Just(CacheSelector::All), name().prop_map(CacheSelector::Name)];
    let permission = prop_oneof![
        (prop::sample::select(vec![CacheRole::ReadWrite, CacheRole::ReadOnly]), cache())
            .prop_map(|(role, cache)| Permission::Cache { role, cache }),
        (prop::sample::select(vec![TopicRole::PublishSubscribe, TopicRole::SubscribeOnly]), cache(), name())
            .prop_map(|(role, cache, topic)| Permission::Topic { role, cache, topic: TopicSelector::Name(topic) }),
    ];
    let lifetime = prop::sample::select(vec![600, 3_600]).prop_map(Duration::from_secs);
    (prop::collection::vec(permission, 1..3), prop::option::of(name()), lifetime)
        .prop_map(|(permissions, token_id, lifetime)| Grant { permissions, token_id, lifetime, not_after: None })
}
