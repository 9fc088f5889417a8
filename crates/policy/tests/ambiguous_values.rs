//! Values that could spell another caller's: refused where they are filled in, or the template where it is read.
//! Real: the whole crate. There is nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer wanted")]

use std::collections::BTreeMap;

use tvm_config::Config;
use tvm_policy::{AuthMode, Caller, Grant, Identity, Placeholder, Refusal, Request};

const UUID: &str = "0d1e2f30-aaaa-4bbb-8ccc-000000000001";
const MODES: [&str; 2] = ["LambdaAuthorizer", "AmazonCognito"];

/// A file with one permission, and this token id.
fn file(mode: &str, entry: &str, id: &str) -> String {
    format!("auth = \"{mode}\"\n[token]\nid = \"{id}\"\ncaches = [\"c\"]\n[[permissions]]\n{entry}\n")
}

fn with_key(mode: &str, key: &str) -> String {
    file(mode, &format!("cache = \"c\"\nkey = {key}\nrole = \"ReadOnly\""), "t")
}

fn caller(sub: &str, username: &str, org: &str) -> Identity {
    Identity::Verified(Caller {
        principal: sub.to_owned(),
        sub: Some(sub.to_owned()),
        username: Some(username.to_owned()),
        groups: Vec::new(),
        not_after: None,
        claims: BTreeMap::from([("org".to_owned(), org.to_owned()), ("sub".to_owned(), sub.to_owned())]),
        context: BTreeMap::new(),
    })
}

fn granted(text: &str, who: &Identity, name: Option<&str>) -> Result<Grant, Refusal> {
    Config::parse("f", text)
        .unwrap_or_else(|errors| panic!("{errors}"))
        .grant(who, Request { name, ..Request::default() })
}

#[test]
fn a_value_with_the_character_that_ends_it_is_refused_and_named() {
    for mode in MODES {
        for (key, username, org, refused) in [
            ("{ prefix = \"user-{username}-\" }", "bob-smith", "acme", "{username}"),
            ("{ prefix = \"user-{username}-\" }", "bob-", "acme", "{username}"),
            ("{ prefix = \"{claims.org}/{username}/\" }", "bob", "acme/eu", "{claims.org}"),
            ("{ prefix = \"{claims.org}/{username}/\" }", "bob/x", "acme", "{username}"),
            ("\"{claims.org}/{username}\"", "bob", "acme/eu", "{claims.org}"),
            ("{ prefix = \"{username}日\" }", "本日", "acme", "{username}"),
            ("{ prefix = \"{username}--\" }", "al-ice", "acme", "{username}"),
            // A brace is a character like any other.
            ("{ prefix = \"{username}}}\" }", "a}b", "acme", "{username}"),
        ] {
            let who = caller(UUID, username, org);
            let refusal = granted(&with_key(mode, key), &who, None).unwrap_err();
            let Refusal::AmbiguousValue(placeholder) = &refusal else { panic!("{key}: {refusal}") };
            assert_eq!(placeholder.to_string(), refused, "{key}");
            let log = refusal.to_string();
            assert!(log.contains(refused) && !log.contains(username) && !log.contains(org), "{log}");
        }
    }
}

#[test]
fn a_value_that_can_be_read_in_one_way_alone_is_taken_whatever_else_it_contains() {
    for mode in MODES {
        for (key, username, org) in [
            ("{ prefix = \"user-{username}/\" }", "bob-smith", "o"),
            ("{ prefix = \"{claims.org}/{username}:\" }", "bob/x", "acme:eu"),
            // The last value of a single name needs no end: nothing else can follow.
            ("\"{claims.org}/{username}\"", "b/o/b", "acme"),
            ("\"user-{username}-inbox\"", "bob-smith", "o"),
            ("\"{username}\"", "/", "o"),
        ] {
            assert!(granted(&with_key(mode, key), &caller(UUID, username, org), None).is_ok(), "{mode} {key}");
        }
    }
    // Momento selects a cache by its whole name.
    let of_tenant = file("LambdaAuthorizer", "cache = \"{claims.org}-cache\"\nrole = \"ReadOnly\"", "t");
    assert!(granted(&of_tenant, &caller("s", "u", "acme-eu"), None).is_ok());
}

#[test]
fn a_token_id_ends_every_value_but_its_last() {
    let reads = "cache = \"c\"\nrole = \"ReadOnly\"";
    for mode in MODES {
        let of = |id: &str, username: &str, name: &str| {
            granted(&file(mode, reads, id), &caller(UUID, username, "acme"), Some(name)).map(|grant| grant.token_id)
        };
        // Clients that are there send UUIDs.
        let named = of("{username}:{query.name}", "bob-smith", &format!("{UUID}:x")).unwrap();
        assert_eq!(named, Some(format!("bob-smith:{UUID}:x")));
        let ambiguous = |placeholder| Err(Refusal::AmbiguousValue(placeholder));
        assert_eq!(of("{username}-{query.name}", "bob-smith", "x"), ambiguous(Placeholder::Username));
        assert!(of("{username}-{query.name}", "bob", "smith-x").is_ok());
        // What the client typed is between values that are its own: it may not end early.
        let org = "{claims.org}:{query.name}:{username}";
        assert_eq!(of(org, "bob", "x:al"), ambiguous(Placeholder::QueryName));
        assert!(of(org, "b:ob", "x").is_ok());
    }
    let open = file("Open", reads, "{query.name}-{query.name}");
    assert!(granted(&open, &Identity::Anonymous, Some("a-b")).is_ok(), "in Open mode no name belongs to a caller");
}

/// `bob` may read what begins with `bob-`; were there a `bob-smith` with a key of just their name, it would be among it.
#[test]
fn what_ends_a_value_in_one_permission_is_in_no_value_of_another() {
    let text = "auth = \"LambdaAuthorizer\"\n[groups.Users]\npermissions = [{ cache = \"c\", key = { prefix = \"{username}-\" }, role = \
                \"ReadOnly\" }]\n[groups.Admins]\npermissions = [{ cache = \"c\", key = \"{username}\", role = \"ReadOnly\" }]\n";
    let config = Config::parse("f", text).unwrap();
    let admin = |username: &str| {
        let Identity::Verified(caller) = caller("s", username, "o") else { panic!("nobody") };
        Identity::Verified(Caller { groups: vec!["Admins".to_owned()], ..caller })
    };
    let refused = config.grant(&admin("bob-smith"), Request::default());
    assert_eq!(refused, Err(Refusal::AmbiguousValue(Placeholder::Username)));
    assert!(config.grant(&admin("bob.smith"), Request::default()).is_ok());
}

/// Where a prefix may end with it, or a `-` follow: it has one length, and none is the beginning of another.
#[test]
fn cognitos_own_id_of_a_user_needs_no_end_and_nothing_else_does_without() {
    for placeholder in ["{sub}", "{principal}", "{claims.sub}"] {
        for key in ["{ prefix = \"P\" }", "{ prefix = \"P-\" }", "{ prefix = \"Pa\" }", "\"P{username}\""] {
            let key = key.replace('P', placeholder);
            let text = with_key("AmazonCognito", &key);
            assert!(granted(&text, &caller(UUID, "ada", "o"), None).is_ok(), "{key}");
            // Were Cognito to give out others, none would be believed to have that length.
            for other in [
                "al",
                "0d1e2f30-aaaa-4bbb-8ccc-00000000000",
                "0d1e2f30-aaaa-4bbb-8ccc-00000000000-",
                "0d1e2f30aaaa4bbb8ccc000000000001",
            ] {
                let refused = granted(&text, &caller(other, "ada", "o"), None);
                assert!(matches!(refused, Err(Refusal::AmbiguousValue(_))), "{key} {other} {refused:?}");
            }
        }
        // With an end of its own it may be whatever lacks that.
        let ended = with_key("AmazonCognito", &format!("{{ prefix = \"{placeholder}/\" }}"));
        assert!(granted(&ended, &caller("s-1", "ada", "o"), None).is_ok());
        assert!(granted(&ended, &caller("s/1", "ada", "o"), None).is_err());
        // In LambdaAuthorizer mode it is whatever the authorizer says.
        let error = Config::parse("f", &with_key("LambdaAuthorizer", &format!("{{ prefix = \"{placeholder}\" }}")))
            .unwrap_err();
        assert!(error.to_string().contains(&format!("as in \"{placeholder}/\"")), "{error}");
    }
}

/// Each with the mode, the token id, the permission, and what is said of it.
const REFUSED: &[(&str, &str, &str, &[&str])] = &[
    (
        "LambdaAuthorizer",
        "t",
        "key = { prefix = \"{sub}\" }",
        &["f:7: `permissions[1].key`: the prefix ends with the caller's `{sub}`", "as in \"{sub}/\""],
    ),
    (
        "LambdaAuthorizer",
        "t",
        "key = { prefix = \"{principal}\" }",
        &["`permissions[1].key`", "as in \"{principal}/\""],
    ),
    ("AmazonCognito", "t", "key = { prefix = \"u/{username}\" }", &["`permissions[1].key`", "as in \"{username}/\""]),
    (
        "AmazonCognito",
        "t",
        "topic = { prefix = \"{claims.org}\" }",
        &["`permissions[1].topic`", "as in \"{claims.org}/\""],
    ),
    (
        "LambdaAuthorizer",
        "t",
        "function = { prefix = \"{context.plan}\" }",
        &["`permissions[1].function`", "{context.plan}/"],
    ),
    (
        "LambdaAuthorizer",
        "t",
        "key = \"{claims.org}{username}\"",
        &["`{claims.org}` and `{username}` stand side by side", "as in \"{claims.org}/{username}\""],
    ),
    // Cognito's id has one length, but what comes before it has not.
    ("AmazonCognito", "t", "key = { prefix = \"{username}{sub}\" }", &["as in \"{username}/{sub}\""]),
    ("AmazonCognito", "t", "key = \"{username}{cache}\"", &["as in \"{username}/{cache}\""]),
    ("LambdaAuthorizer", "{username}{query.name}", "", &["f:3: `token.id`", "as in \"{username}/{query.name}\""]),
    (
        "LambdaAuthorizer",
        "{sub}-{query.name}{claims.org}",
        "",
        &["f:3: `token.id`", "as in \"{query.name}/{claims.org}\""],
    ),
    (
        "LambdaAuthorizer",
        "{cache}-{username}",
        "",
        &["f:3: `token.id`", "with `a` they could make a name that begins with `a-b`"],
    ),
    ("LambdaAuthorizer", "t", "key = \"{cache}{username}\"", &["`permissions[1].key`", "with `a`", "with `a-b`"]),
];

#[test]
fn a_template_in_which_no_value_can_be_told_from_another_is_an_error_where_callers_are_verified() {
    for (mode, id, name, parts) in REFUSED {
        let text =
            file(mode, &format!("cache = \"c\"\n{name}\nrole = \"ROLE\""), id).replace("[\"c\"]", "[\"a\", \"a-b\"]");
        let role = if name.starts_with("topic") {
            "SubscribeOnly"
        } else if name.starts_with("function") {
            "Invoke"
        } else {
            "ReadOnly"
        };
        let text = text.replace("ROLE", role);
        let errors = Config::parse("f", &text).unwrap_err();
        assert_eq!(errors.iter().count(), 1, "{errors}");
        for part in *parts {
            assert!(errors.to_string().contains(part), "{part}: {errors}");
        }
    }
}

#[test]
fn a_group_is_checked_for_the_mode_that_the_file_is_tried_in() {
    let text = "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n[groups.A]\n\
                permissions = [{ cache = \"c\", key = { prefix = \"{sub}\" }, role = \"ReadOnly\" }]\n";
    assert!(Config::parse("f", text).is_ok());
    assert!(Config::parse_as("f", text, Some(AuthMode::AmazonCognito)).is_ok());
    let error = Config::parse_as("f", text, Some(AuthMode::LambdaAuthorizer)).unwrap_err().to_string();
    assert!(
        error.starts_with("f:6: `groups.A.permissions[1].key`: the prefix ends with the caller's `{sub}`"),
        "{error}"
    );
}

/// `{cache}` is one of few texts that are all known: it is enough that none, with what follows, is the beginning of another.
#[test]
fn caches_that_can_be_told_apart_may_stand_before_a_value() {
    let accepted = |caches: &str, entry: &str, id: &str| {
        let text = file("LambdaAuthorizer", entry, id).replace("[\"c\"]", caches);
        Config::parse("f", &text).map(|_| ()).map_err(|errors| errors.to_string())
    };
    let key = |key: &str| format!("cache = \"c\"\nkey = {key}\nrole = \"ReadOnly\"");
    assert_eq!(
        accepted("[\"one-cache\", \"other-cache\"]", &key("\"{cache}-{username}\""), "{cache}{username}"),
        Ok(())
    );
    assert_eq!(accepted("[\"a\", \"a-b\"]", &key("\"{cache}/{username}\""), "{cache}/{username}"), Ok(()));
    assert_eq!(accepted("[\"a\", \"a-b\"]", &key("{ prefix = \"{username}/{cache}\" }"), "{username}:{cache}"), Ok(()));
    assert_eq!(accepted("[\"a\", \"a-b\"]", &key("{ prefix = \"{cache}\" }"), "t"), Ok(()));
    // Inside the chosen cache, the other name cannot be meant.
    let chosen = key("\"{cache}-{username}\"").replace("\"c\"", "\"{cache}\"");
    assert_eq!(accepted("[\"a\", \"a-b\"]", &chosen, "t"), Ok(()));
    assert!(accepted("[\"a\", \"a-b\"]", &key("\"{cache}-{username}\""), "t").is_err());
    assert!(accepted("[\"a\", \"a-b\"]", "cache = \"{cache}-{username}\"\nrole = \"ReadOnly\"", "t").is_err());
}
