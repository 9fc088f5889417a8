//! Tokens that running functions share: what the file says of it, and that no grant reaches the cache they are kept in.
//! Real: the whole crate. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tvm_config::{Config, MinRemaining, SharedReuse};
use tvm_policy::{CacheSelector, Caller, Identity, Permission, Request};

const BASE: &str = "auth = \"AmazonCognito\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n";

fn config(rest: &str) -> Config {
    Config::parse("f", &format!("{BASE}{rest}")).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn tokens_are_shared_only_where_the_file_says_so() {
    for mode in ["", "[reuse]\nmode = \"off\"\ncache = \"kept\"", "[reuse]\nmode = \"instance\"\ncache_budget_ms = 50"]
    {
        assert_eq!(config(mode).shared_reuse(), None, "{mode}");
    }
    let shared = config("[reuse]\nmode = \"shared\"");
    let milliseconds = Duration::from_millis;
    assert_eq!(shared.shared_reuse(), Some(SharedReuse { cache: "token-vending-machine", budget: milliseconds(500) }));
    let chosen = config("[reuse]\nmode = \"shared\"\ncache = \"kept\"\ncache_budget_ms = 5000");
    assert_eq!(chosen.shared_reuse(), Some(SharedReuse { cache: "kept", budget: milliseconds(5_000) }));
}

#[test]
fn a_shared_token_too_must_have_enough_of_its_life_left() {
    assert_eq!(config("[reuse]\nmode = \"shared\"").reuse(), Some(MinRemaining::Percent(50)));
    assert_eq!(
        config("[reuse]\nmode = \"shared\"\nmin_remaining = \"10m\"").reuse(),
        Some(MinRemaining::parse("10m").unwrap())
    );
    let never = format!("{BASE}[reuse]\nmode = \"shared\"\nmin_remaining = \"1h\"");
    assert!(Config::parse("f", &never).unwrap_err().to_string().contains("no token lives that long"));
}

#[test]
fn mints_of_one_caller_are_spaced_only_where_the_file_says_so() {
    assert_eq!(config("").identity_interval(), None);
    assert_eq!(config("[limits]\nidentity_interval = \"5s\"").identity_interval(), Some(Duration::from_secs(5)));
    assert_eq!(config("[limits]\nidentity_interval = 90").identity_interval(), Some(Duration::from_secs(90)));
}

#[test]
#[cfg(feature = "toml-render")]
fn the_canonical_form_holds_what_was_said_and_what_was_left_out() {
    for rest in
        ["", "[reuse]\nmode = \"shared\"\ncache = \"kept\"\ncache_budget_ms = 50\n[limits]\nidentity_interval = \"5s\""]
    {
        let config = config(rest);
        assert_eq!(Config::parse("f", &config.render_toml()).unwrap(), config);
    }
    let json: serde_json::Value = serde_json::from_str(&config("").render_json()).unwrap();
    assert_eq!(json["reuse"]["cache"], "token-vending-machine");
    assert_eq!(json["reuse"]["cache_budget_ms"], 500);
    assert_eq!(json["limits"].get("identity_interval"), None);
}

/// Parts of a cache's name, so that they often fit together to the name of the cache that tokens are kept in.
const PARTS: &[&str] = &["a", "b", "ab", "é", "*", "{sub}", "{username}", "{cache}", "{claims.tenant}", "{{", "-"];
const VALUES: &[&str] = &["", "a", "b", "ab", "bé", "*", "-", "{"];

fn name() -> impl Strategy<Value = String> {
    vec(select(&["a", "b", "é", "*", "-", "{"][..]), 1..4).prop_map(|parts| parts.concat())
}

fn target() -> impl Strategy<Value = &'static str> {
    select(
        &[
            r#"role = "ReadWrite""#,
            r#"key = "k", role = "ReadOnly""#,
            r#"key = { prefix = "k" }, role = "WriteOnly""#,
            r#"function = "*", role = "Invoke""#,
        ][..],
    )
}

fn caller() -> impl Strategy<Value = Identity> {
    let value = || select(VALUES).prop_map(str::to_owned);
    (value(), value(), value(), any::<bool>()).prop_map(|(sub, username, tenant, in_group)| {
        Identity::Verified(Caller {
            principal: "p".to_owned(),
            sub: Some(sub),
            username: Some(username),
            groups: if in_group { vec!["G".to_owned()] } else { Vec::new() },
            claims: BTreeMap::from([("tenant".to_owned(), tenant)]),
            context: BTreeMap::new(),
            not_after: None,
        })
    })
}

/// What the permission reaches of items, if it is not for topics.
fn items_of(permission: &Permission) -> Option<&CacheSelector> {
    match permission {
        Permission::Cache { cache, .. } | Permission::Item { cache, .. } | Permission::Function { cache, .. } => {
            Some(cache)
        }
        Permission::Topic { .. } => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_grant_reaches_the_cache_in_which_tokens_are_kept(
        cache in vec(select(PARTS), 1..4).prop_map(|parts| parts.concat()),
        kept_in in name(),
        target in target(),
        listed in proptest::collection::hash_set(name(), 1..3),
        who in caller(),
    ) {
        let entry = format!("{{ cache = \"{cache}\", {target} }}");
        let caches = listed.iter().map(|cache| format!("\"{cache}\"")).collect::<Vec<_>>().join(", ");
        let text = format!(
            "auth = \"AmazonCognito\"\nungrouped = \"base\"\npermissions = [{entry}]\n[groups.G]\npermissions = [{entry}]\n\
             [token]\nid = \"x\"\ncaches = [{caches}]\n[reuse]\nmode = \"shared\"\ncache = \"{kept_in}\""
        );
        if let Ok(config) = Config::parse("f", &text) {
            for asked in listed.iter().map(|cache| Some(cache.as_str())).chain([None]) {
                let grant = config.grant(&who, Request { cache: asked, ..Request::default() });
                for permission in grant.map(|grant| grant.permissions).unwrap_or_default() {
                    let reached = items_of(&permission);
                    prop_assert_ne!(reached, Some(&CacheSelector::All));
                    prop_assert_ne!(reached, Some(&CacheSelector::Name(kept_in.clone())));
                }
            }
        }
    }
}
