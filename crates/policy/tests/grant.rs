//! What callers are granted, sentence by sentence of the design's section 3.
//! Real: the whole crate. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tvm_config::Config;
use tvm_policy::{
    AuthMode, CacheRole, CacheSelector, Caller, FunctionRole, FunctionSelector, Identity, ItemSelector, Permission,
    Placeholder, Refusal, Request, TopicRole, TopicSelector,
};

const SHIPPED: &str = include_str!("../../../config/tvm.toml");

fn shipped(auth: AuthMode) -> Config {
    Config::parse_as("tvm.toml", SHIPPED, Some(auth)).unwrap()
}

fn caller(groups: &[&str]) -> Identity {
    Identity::Verified(Caller {
        principal: "p-1".to_owned(),
        sub: Some("s-1".to_owned()),
        username: Some("ada".to_owned()),
        groups: groups.iter().map(ToString::to_string).collect(),
        claims: BTreeMap::from([("tenant".to_owned(), "acme".to_owned()), ("star".to_owned(), "*".to_owned())]),
        context: BTreeMap::from([("plan".to_owned(), "gold".to_owned()), ("empty".to_owned(), String::new())]),
        not_after: None,
    })
}

fn cognito(rest: &str) -> Config {
    Config::parse("f", &format!("auth = \"AmazonCognito\"\n{rest}")).unwrap()
}

fn topic(cache: &str, role: TopicRole) -> Permission {
    Permission::Topic { role, cache: CacheSelector::Name(cache.to_owned()), topic: TopicSelector::All }
}

fn ask<'r>(name: Option<&'r str>, group: Option<&'r str>, cache: Option<&'r str>) -> Request<'r> {
    Request { name, group, cache }
}

#[test]
fn open_mode_grants_the_base_to_anybody() {
    let grant = shipped(AuthMode::Open).grant(&Identity::Anonymous, Request::default()).unwrap();
    let cache = CacheSelector::Name("default-cache".to_owned());
    assert_eq!(
        grant.permissions,
        [Permission::Cache { role: CacheRole::ReadWrite, cache }, topic("default-cache", TopicRole::PublishSubscribe)]
    );
    assert_eq!(grant.lifetime, Duration::from_secs(3600));
}

#[test]
fn in_open_mode_a_name_becomes_the_token_id_and_nothing_more() {
    let open = shipped(AuthMode::Open);
    let with = open.grant(&Identity::Anonymous, ask(Some("Taylor"), None, None)).unwrap();
    let without = open.grant(&Identity::Anonymous, Request::default()).unwrap();
    assert_eq!(with.token_id.as_deref(), Some("Taylor"));
    assert_eq!(without.token_id, None);
    assert_eq!(open.grant(&Identity::Anonymous, ask(Some(""), None, None)).unwrap().token_id, None);
    assert_eq!(with.permissions, without.permissions);
}

#[test]
fn a_group_is_instead_of_the_base_so_read_only_stays_read_only() {
    for mode in [AuthMode::AmazonCognito, AuthMode::LambdaAuthorizer] {
        let grant = shipped(mode).grant(&caller(&["ReadOnlyUserGroup"]), Request::default()).unwrap();
        assert_eq!(grant.permissions, [topic("default-cache", TopicRole::SubscribeOnly)]);
        assert_eq!(grant.token_id.as_deref(), Some("ada"));
    }
}

#[test]
fn a_read_only_user_cannot_claim_the_read_write_group() {
    let config = shipped(AuthMode::AmazonCognito);
    for claimed in ["ReadWriteUserGroup", "readonlyusergroup", "", "ReadOnlyUserGroup,ReadWriteUserGroup", "nobody"] {
        let refused = config.grant(&caller(&["ReadOnlyUserGroup"]), ask(None, Some(claimed), None));
        assert_eq!(refused, Err(Refusal::NotTheirGroup), "{claimed}");
    }
}

#[test]
fn a_cache_that_the_file_does_not_list_is_refused() {
    for mode in [AuthMode::Open, AuthMode::AmazonCognito] {
        let config = shipped(mode);
        for cache in ["other-cache", "", "*", "Default-Cache", "default-cache "] {
            let refused = config.grant(&caller(&["ReadOnlyUserGroup"]), ask(None, None, Some(cache)));
            assert_eq!(refused, Err(Refusal::UnlistedCache), "{cache}");
        }
        assert!(config.grant(&caller(&["ReadOnlyUserGroup"]), ask(None, None, Some("default-cache"))).is_ok());
    }
}

#[test]
fn groups_add_up_and_the_header_picks_one() {
    let config = shipped(AuthMode::AmazonCognito);
    let both = caller(&["ReadWriteUserGroup", "unknown", "ReadOnlyUserGroup"]);
    let (listen, talk) =
        (topic("default-cache", TopicRole::SubscribeOnly), topic("default-cache", TopicRole::PublishSubscribe));
    // Both are for the very same selection: `tests/joining.rs`.
    assert_eq!(config.grant(&both, Request::default()).unwrap().permissions, std::slice::from_ref(&talk));
    assert_eq!(config.grant(&both, ask(None, Some("ReadOnlyUserGroup"), None)).unwrap().permissions, [listen]);
    assert_eq!(config.grant(&both, ask(None, Some("ReadWriteUserGroup"), None)).unwrap().permissions, [talk]);
}

#[test]
fn who_is_in_no_group_gets_nothing_unless_the_file_says_the_base() {
    let groups = "[[permissions]]\ncache = \"b\"\nrole = \"ReadOnly\"\n[groups.G]\npermissions = [{ cache = \"g\", role = \
                  \"ReadOnly\" }]";
    let refuse = cognito(groups);
    let base = cognito(&format!("ungrouped = \"base\"\n{groups}"));
    assert_eq!(refuse.grant(&caller(&["other"]), Request::default()), Err(Refusal::NoGroup));
    assert_eq!(refuse.grant(&caller(&[]), Request::default()), Err(Refusal::NoGroup));
    let granted = base.grant(&caller(&["other"]), Request::default()).unwrap();
    assert_eq!(granted.permissions.len(), 1);
    // A group of theirs that the file does not know must not open the way to the base.
    let both = caller(&["G", "other"]);
    assert_eq!(base.grant(&both, ask(None, Some("other"), None)), Err(Refusal::NotTheirGroup));
}

#[test]
fn without_an_authorizer_a_verified_mode_grants_nothing() {
    for mode in [AuthMode::AmazonCognito, AuthMode::LambdaAuthorizer] {
        let refused = shipped(mode).grant(&Identity::Anonymous, Request::default());
        assert_eq!(refused, Err(Refusal::NobodyVerified(mode)));
    }
}

#[test]
fn templates_take_verified_values_and_a_star_in_one_stays_a_name() {
    let config = cognito(
        "[[permissions]]\ncache = \"{claims.star}\"\nkey = { prefix = \"{sub}/\" }\nrole = \"ReadOnly\"\n\
         [[permissions]]\ncache = \"{context.plan}\"\ntopic = \"{claims.star}\"\nrole = \"PublishOnly\"",
    );
    assert_eq!(
        config.grant(&caller(&[]), Request::default()).unwrap().permissions,
        [
            Permission::Item {
                role: CacheRole::ReadOnly,
                cache: CacheSelector::Name("*".to_owned()),
                item: ItemSelector::KeyPrefix("s-1/".to_owned()),
            },
            Permission::Topic {
                role: TopicRole::PublishOnly,
                cache: CacheSelector::Name("gold".to_owned()),
                topic: TopicSelector::Name("*".to_owned()),
            },
        ]
    );
}

#[test]
fn a_missing_or_empty_value_is_a_refusal_never_an_empty_selector() {
    for (template, placeholder) in [
        ("{claims.none}", Placeholder::Claim("none".to_owned())),
        ("{context.empty}", Placeholder::Context("empty".to_owned())),
    ] {
        for key in [format!("\"{template}\""), format!("{{ prefix = \"{template}/\" }}")] {
            let config = cognito(&format!("[[permissions]]\ncache = \"c\"\nkey = {key}\nrole = \"ReadOnly\""));
            assert_eq!(config.grant(&caller(&[]), Request::default()), Err(Refusal::MissingValue(placeholder.clone())));
        }
    }
}

#[test]
fn more_than_twenty_permissions_in_all_are_refused() {
    let group = |name: &str, count: usize| {
        let each = (0..count).map(|number| format!("{{ cache = \"{name}-{number}\", role = \"ReadOnly\" }},"));
        format!("[groups.{name}]\npermissions = [{}]\n", each.collect::<String>())
    };
    let config = cognito(&(group("A", 15) + &group("B", 6) + &group("C", 5)));
    assert_eq!(config.grant(&caller(&["A", "B"]), Request::default()), Err(Refusal::TooManyPermissions(21)));
    assert_eq!(config.grant(&caller(&["A", "C"]), Request::default()).unwrap().permissions.len(), 20);
    assert!(config.grant(&caller(&["A", "B"]), ask(None, Some("A"), None)).is_ok());
}

#[test]
fn a_token_id_is_counted_in_utf16_units_and_sent_as_it_is() {
    let open = shipped(AuthMode::Open);
    let id = |name: &str| open.grant(&Identity::Anonymous, ask(Some(name), None, None)).map(|grant| grant.token_id);
    for fits in ["a".repeat(64), "é".repeat(64), "😀".repeat(32), " ".to_owned(), "  padded ".to_owned()] {
        assert_eq!(id(&fits), Ok(Some(fits.clone())));
    }
    assert_eq!(id(&"a".repeat(65)), Err(Refusal::TokenIdTooLong(65)));
    assert_eq!(id(&"😀".repeat(33)), Err(Refusal::TokenIdTooLong(66)));
    for control in ["a\nb", "\0", "\u{7f}", "\u{85}"] {
        assert_eq!(id(control), Err(Refusal::ControlCharacter), "{control:?}");
    }
}

/// Momento takes 64 UTF-16 units; a CI job's id is often longer.
const LONG_SUB: &str = "repo:octo-org/octo-repo:ref:refs/heads/feature/a-branch-with-a-long-name";

#[test]
fn a_callers_own_id_that_is_too_long_is_refused_hashed_or_left_out_as_the_file_says() {
    let id = |option: &str, template: &str, name: Option<&str>| {
        let config = cognito(&format!(
            "[token]\n{option}\nid = \"{template}\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\""
        ));
        let Identity::Verified(ada) = caller(&[]) else { panic!("nobody") };
        let long = Identity::Verified(Caller { username: Some(LONG_SUB.to_owned()), ..ada });
        config.grant(&long, ask(name, None, None)).map(|grant| grant.token_id)
    };
    // `printf %s 'repo:…' | sha256sum | cut -c-56`
    let hash = "sha256:1ec51b12796b0efbabd1be899f1b29da306d776ce7b7bb664a4ade4a";
    for (option, expected) in [
        ("", Err(Refusal::OwnIdTooLong(72))),
        ("id_too_long = \"refuse\"", Err(Refusal::OwnIdTooLong(72))),
        ("id_too_long = \"hash\"", Ok(Some(hash.to_owned()))),
        ("id_too_long = \"omit\"", Ok(None)),
    ] {
        assert_eq!(id(option, "{username}", None), expected, "{option}");
        // A name that the client typed into the request changes nothing where the file does not use it.
        assert_eq!(id(option, "{username}", Some("n")), expected, "{option}");
    }
    // With a name behind it, the whole is hashed: another name is another id.
    let named = |name: &str| id("id_too_long = \"hash\"", "{username}~{query.name}", Some(name)).unwrap().unwrap();
    assert_ne!(named("phone"), named("laptop"));
    assert!(named("phone").starts_with("sha256:") && named("phone").len() == 63);
    // What is too long by the name alone is the client's to shorten, whatever the file says.
    for option in ["", "id_too_long = \"hash\"", "id_too_long = \"omit\""] {
        let long_name = "n".repeat(70);
        assert_eq!(id(option, "{sub}/{query.name}", Some(&long_name)), Err(Refusal::TokenIdTooLong(74)), "{option}");
    }
}

#[test]
fn nobody_can_choose_an_id_that_is_the_hash_of_anothers() {
    let id = |option: &str, username: &str| {
        let config = cognito(&format!("[token]\n{option}\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\""));
        let Identity::Verified(ada) = caller(&[]) else { panic!("nobody") };
        let identity = Identity::Verified(Caller { username: Some(username.to_owned()), ..ada });
        config.grant(&identity, Request::default()).unwrap().token_id.unwrap()
    };
    let anothers = id("id_too_long = \"hash\"", LONG_SUB);
    assert_ne!(id("id_too_long = \"hash\"", &anothers), anothers);
    // Where nothing is hashed, such a name is a name.
    assert_eq!(id("", &anothers), anothers);
}

#[test]
fn a_typed_name_may_follow_a_verified_one_but_then_must_be_there() {
    let config =
        cognito("[token]\nid = \"{username}:{query.name}\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"");
    let named = config.grant(&caller(&[]), ask(Some("phone"), None, None)).unwrap();
    assert_eq!(named.token_id.as_deref(), Some("ada:phone"));
    let unnamed = config.grant(&caller(&[]), Request::default());
    assert_eq!(unnamed, Err(Refusal::MissingValue(Placeholder::QueryName)));
}

#[test]
fn where_no_groups_apply_the_header_may_still_name_only_a_group_of_ones_own() {
    let ungrouped = cognito("[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"");
    let plain = ungrouped.grant(&caller(&["mine"]), Request::default());
    assert_eq!(ungrouped.grant(&caller(&["mine"]), ask(None, Some("mine"), None)), plain);
    assert_eq!(ungrouped.grant(&caller(&["mine"]), ask(None, Some("other"), None)), Err(Refusal::NotTheirGroup));
    // In Open mode nobody is in any group, whatever an authorizer that was left behind may say.
    let refused = shipped(AuthMode::Open).grant(&caller(&["mine"]), ask(None, Some("mine"), None));
    assert_eq!(refused, Err(Refusal::NotTheirGroup));
}

#[test]
fn a_star_is_every_topic_and_function_but_one_key_and_a_named_star_is_a_name() {
    let config = cognito(
        "permissions = [{ cache = \"*\", topic = \"*\", role = \"PublishOnly\" }, { cache = { name = \"*\" }, topic = { name = \
         \"*\" }, role = \"PublishOnly\" }, { cache = \"c\", key = \"*\", role = \"ReadOnly\" }, { cache = \"c\", function = \
         \"*\", role = \"Invoke\" }]",
    );
    let (every, star) = (CacheSelector::All, CacheSelector::Name("*".to_owned()));
    let cache = CacheSelector::Name("c".to_owned());
    assert_eq!(
        config.grant(&caller(&[]), Request::default()).unwrap().permissions,
        [
            Permission::Topic { role: TopicRole::PublishOnly, cache: every, topic: TopicSelector::All },
            Permission::Topic { role: TopicRole::PublishOnly, cache: star, topic: TopicSelector::Name("*".to_owned()) },
            Permission::Item {
                role: CacheRole::ReadOnly,
                cache: cache.clone(),
                item: ItemSelector::Key("*".to_owned())
            },
            Permission::Function { role: FunctionRole::Invoke, cache, function: FunctionSelector::All },
        ]
    );
}

/// With a caller until `end`, and the option as the file has it.
fn granted_until(option: &str, end: Option<SystemTime>) -> Result<Option<SystemTime>, Refusal> {
    let config =
        cognito(&format!("token.not_beyond_caller = {option}\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\""));
    let Identity::Verified(caller) = caller(&[]) else { panic!("nobody") };
    let identity = Identity::Verified(end.into_iter().fold(caller, Caller::until));
    let grant = config.grant(&identity, Request::default())?;
    assert_eq!(grant.lifetime, Duration::from_secs(3600));
    Ok(grant.not_after)
}

#[test]
fn a_grant_ends_with_its_caller_and_where_the_file_asks_for_an_end_there_is_one_or_no_grant() {
    let end = Some(UNIX_EPOCH + Duration::from_secs(1_796_112_000));
    assert_eq!(granted_until("true", end), Ok(end));
    assert_eq!(granted_until("true", None), Err(Refusal::UnknownEnd));
    // A server of one's own says it of a session, whatever the file says.
    assert_eq!(granted_until("false", end), Ok(end));
    assert_eq!(granted_until("false", None), Ok(None));
}
