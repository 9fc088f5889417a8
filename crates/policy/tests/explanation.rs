//! The reasons of a grant: those of the very grant that a caller gets.
//! Real: the whole crate. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use tvm_config::Config;
use tvm_policy::{Basis, Caller, Explanation, Identity, Reason, Refusal, Request};

const FILE: &str = r#"
auth = "AmazonCognito"
ungrouped = "base"
[token]
id = "{username}:{query.name}"
caches = ["first", "second"]
[[permissions]]
cache = "{cache}"
role = "ReadOnly"
[groups.A]
permissions = [{ cache = "{cache}", topic = { prefix = "{sub}/" }, role = "SubscribeOnly" }]
[groups.B]
permissions = [{ cache = "*", topic = "*", role = "PublishOnly" }, { cache = "b", role = "ReadOnly" }]
"#;

fn ada(groups: &[&str]) -> Identity {
    Identity::Verified(Caller {
        principal: "s-1".to_owned(),
        sub: Some("s-1".to_owned()),
        username: Some("ada".to_owned()),
        groups: groups.iter().map(ToString::to_string).collect(),
        ..Caller::default()
    })
}

const PHONE: Request<'static> = Request { name: Some("phone"), group: None, cache: None };

/// Which group each permission is of.
fn groups<'e>(explanation: &Explanation<'e>) -> Vec<Option<&'e str>> {
    let only = |reason: &Reason<'e>| match reason.groups.as_slice() {
        [] => None,
        [group] => Some(group.as_str()),
        several => panic!("{several:?}"),
    };
    explanation.reasons.iter().map(only).collect()
}

#[test]
fn it_is_the_grant_itself_with_the_group_of_each_permission() {
    let config = Config::parse("f", FILE).unwrap();
    let picked = Request { group: Some("B"), ..PHONE };
    for (own, request, basis, expected) in [
        (&["B", "A", "C"] as &[&str], PHONE, Basis::Groups, &[Some("A"), Some("B"), Some("B")] as &[Option<&str>]),
        (&["B", "A"], picked, Basis::ChosenGroup, &[Some("B"), Some("B")]),
        (&["C"], PHONE, Basis::Ungrouped, &[None]),
    ] {
        let identity = ada(own);
        let explanation = config.policy().explain(&identity, request).unwrap();
        assert_eq!(Ok(&explanation.grant), config.grant(&identity, request).as_ref());
        assert_eq!((explanation.basis, groups(&explanation).as_slice()), (basis, expected), "{own:?}");
    }
}

#[test]
fn every_value_is_named_by_its_placeholder() {
    let config = Config::parse("f", FILE).unwrap();
    let identity = ada(&["A"]);
    let explanation = config.policy().explain(&identity, Request { cache: Some("second"), ..PHONE }).unwrap();
    let pairs = |filled: &[tvm_policy::Filled<'_>]| -> Vec<String> {
        filled.iter().map(|it| format!("{}={}", it.placeholder, it.value)).collect()
    };
    assert_eq!(pairs(&explanation.reasons[0].values), ["{cache}=second", "{sub}=s-1"]);
    assert_eq!(pairs(&explanation.token_id), ["{username}=ada", "{query.name}=phone"]);
}

#[test]
fn what_is_refused_is_refused_for_the_same_reason() {
    let config = Config::parse("f", FILE).unwrap();
    let (identity, request) = (ada(&["A"]), Request { group: Some("B"), ..PHONE });
    assert_eq!(config.policy().explain(&identity, request), Err(Refusal::NotTheirGroup));
    assert_eq!(config.grant(&identity, request), Err(Refusal::NotTheirGroup));
}

#[test]
fn the_base_is_for_who_cannot_be_in_a_group() {
    let open = Config::parse("f", "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"").unwrap();
    assert_eq!(open.policy().explain(&Identity::Anonymous, Request::default()).unwrap().basis, Basis::OpenMode);
    let none = FILE.split("[groups.A]").next().unwrap();
    let config = Config::parse("f", none).unwrap();
    assert_eq!(config.policy().explain(&ada(&["A"]), PHONE).unwrap().basis, Basis::NoGroupsConfigured);
}
