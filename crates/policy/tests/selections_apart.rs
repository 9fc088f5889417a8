//! Permissions that differ in one thing alone are not joined: the cache, or the name, or its kind. Real: the whole crate.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use serde_json::{Value, json};
use tvm_config::Config;
use tvm_policy::{Caller, Identity, Request};

/// What a member of the groups `A` and `B` is granted, of which each has one of these permissions.
fn granted(one: &str, other: &str) -> Value {
    let text = format!(
        "auth = \"AmazonCognito\"\n[groups.A]\npermissions = [{{ {one} }}]\n[groups.B]\npermissions = [{{ {other} }}]\n"
    );
    let member = Identity::Verified(Caller {
        principal: "ada".to_owned(),
        username: Some("ada".to_owned()),
        groups: vec!["A".to_owned(), "B".to_owned()],
        ..Caller::default()
    });
    let grant = Config::parse("f", &text).unwrap().grant(&member, Request::default()).unwrap();
    serde_json::to_value(tvm_config::render_permissions(&grant)).unwrap()
}

#[test]
fn what_differs_in_its_cache_or_in_its_name_stays_apart() {
    for (target, role) in
        [("topic", "SubscribeOnly"), ("key", "ReadOnly"), ("function", "Invoke"), ("topic", "PublishSubscribe")]
    {
        let one = format!("cache = \"c\", {target} = \"n\", role = \"{role}\"");
        let first = json!({ "cache": "c", target: "n", "role": role });
        assert_eq!(granted(&one, &one), json!([first]), "the very same selection is one permission");
        for (cache, name, name_in_json) in [
            ("c", "\"m\"", json!("m")),
            ("d", "\"n\"", json!("n")),
            ("c", "{ prefix = \"n\" }", json!({ "prefix": "n" })),
            ("d", "\"m\"", json!("m")),
        ] {
            let other = format!("cache = \"{cache}\", {target} = {name}, role = \"{role}\"");
            let second = json!({ "cache": cache, target: name_in_json, "role": role });
            assert_eq!(granted(&one, &other), json!([first, second]), "{other}");
        }
    }
    let of_cache = |cache: &str| format!("cache = \"{cache}\", role = \"ReadOnly\"");
    assert_eq!(
        granted(&of_cache("c"), &of_cache("d")),
        json!([{ "cache": "c", "role": "ReadOnly" }, { "cache": "d", "role": "ReadOnly" }])
    );
}

#[test]
fn a_cache_that_no_caller_may_choose_is_not_the_chosen_one() {
    let text = |caches: &str| {
        format!(
            "auth = \"AmazonCognito\"\n[token]\ncaches = [{caches}]\n[[permissions]]\ncache = \"{{cache}}\"\nrole = \"ReadOnly\"\n\
             [[permissions]]\ncache = \"e\"\nrole = \"WriteOnly\"\n"
        )
    };
    assert!(Config::parse("f", &text("\"c\", \"d\"")).is_ok());
    assert!(Config::parse("f", &text("\"c\", \"e\"")).is_err());
}
