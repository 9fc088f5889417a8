//! Permissions for the very same selection: one in the grant, and refused in a file where one cannot be made of them.
//!
//! Momento refuses two: "cannot create token with duplicate/conflicting cache permissions - all caches", "… - cache name" and
//! "… topic permissions - cache + topic name" expect `INVALID_ARGUMENT_ERROR` (JavaScript SDK,
//! `packages/common-integration-tests/src/auth/auth-client.ts`; the same titles in the Go SDK's `momento/auth_client_test.go`).
//! It takes selections of which one covers the other: `ReadWrite` on one cache, `ReadOnly` on all (JavaScript SDK,
//! `examples/nodejs/access-control/access-control.ts`).
//! Real: the whole crate. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use serde_json::{Value, json};
use tvm_config::Config;
use tvm_policy::{AuthMode, Caller, GroupName, Identity, Refusal, Request};

const SHIPPED: &str = include_str!("../../../config/tvm.toml");

/// A caller in these groups, `ada` in every value.
fn member(groups: &[&str]) -> Identity {
    Identity::Verified(Caller {
        principal: "ada".to_owned(),
        sub: Some("ada".to_owned()),
        username: Some("ada".to_owned()),
        groups: groups.iter().map(ToString::to_string).collect(),
        ..Caller::default()
    })
}

/// A file with a group of each of these lists: `A`, `B`, ….
fn text(caches: &str, lists: &[&str]) -> String {
    let mut text = format!("auth = \"AmazonCognito\"\n[token]\ncaches = {caches}\n");
    for (name, list) in ["A", "B", "C", "D"].iter().zip(lists) {
        text += &format!("[groups.{name}]\npermissions = [{list}]\n");
    }
    text
}

fn config(lists: &[&str]) -> Config {
    Config::parse("f", &text("[\"c\", \"d\"]", lists)).unwrap()
}

fn errors(caches: &str, lists: &[&str]) -> Vec<String> {
    let errors = Config::parse("tvm.toml", &text(caches, lists)).err();
    errors.iter().flat_map(|errors| errors.iter().map(ToString::to_string)).collect()
}

const EVERYBODY: &[&str] = &["A", "B", "C", "D"];

/// What a member of all groups is granted, in the words of the file.
fn granted(config: &Config) -> Value {
    let grant = config.grant(&member(EVERYBODY), Request::default()).unwrap();
    serde_json::to_value(tvm_config::render_permissions(&grant)).unwrap()
}

#[test]
fn a_member_of_both_shipped_groups_has_one_permission() {
    for mode in [AuthMode::AmazonCognito, AuthMode::LambdaAuthorizer] {
        let config = Config::parse_as("tvm.toml", SHIPPED, Some(mode)).unwrap();
        let both = member(&["ReadWriteUserGroup", "ReadOnlyUserGroup"]);
        let grant = config.grant(&both, Request::default()).unwrap();
        assert_eq!(
            serde_json::to_value(tvm_config::render_permissions(&grant)).unwrap(),
            json!([{ "cache": "default-cache", "topic": "*", "role": "PublishSubscribe" }])
        );
    }
}

/// Roles of one selection, each of a group of its own, and the role of the one permission that they are.
const ROLES: &[(&str, &[&str], &str)] = &[
    ("", &["ReadOnly", "ReadOnly"], "ReadOnly"),
    ("", &["WriteOnly", "WriteOnly"], "WriteOnly"),
    ("", &["ReadOnly", "ReadWrite"], "ReadWrite"),
    ("", &["ReadWrite", "WriteOnly"], "ReadWrite"),
    ("key = \"k\", ", &["ReadWrite", "ReadOnly"], "ReadWrite"),
    ("key = { prefix = \"{sub}/\" }, ", &["WriteOnly", "ReadWrite", "WriteOnly"], "ReadWrite"),
    ("topic = \"*\", ", &["SubscribeOnly", "PublishSubscribe"], "PublishSubscribe"),
    ("topic = \"t\", ", &["PublishSubscribe", "PublishOnly"], "PublishSubscribe"),
    ("topic = { prefix = \"t\" }, ", &["SubscribeOnly", "PublishOnly"], "PublishSubscribe"),
    ("topic = { name = \"*\" }, ", &["PublishOnly", "SubscribeOnly"], "PublishSubscribe"),
    ("topic = \"t\", ", &["PublishOnly", "PublishOnly", "PublishOnly"], "PublishOnly"),
    ("topic = \"t\", ", &["SubscribeOnly", "SubscribeOnly"], "SubscribeOnly"),
    ("function = \"f\", ", &["Invoke", "Invoke"], "Invoke"),
];

#[test]
fn one_selection_is_one_permission_with_the_role_that_allows_what_each_allows() {
    for (target, roles, role) in ROLES {
        for cache in ["\"*\"", "\"c\"", "{ name = \"*\" }", "\"{cache}\""] {
            let lists: Vec<String> =
                roles.iter().map(|role| format!("{{ cache = {cache}, {target}role = \"{role}\" }}")).collect();
            let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
            let granted = granted(&config(&lists));
            assert_eq!(granted.as_array().unwrap().len(), 1, "{lists:?} {granted}");
            assert_eq!(granted[0]["role"], *role, "{lists:?}");
        }
    }
}

#[test]
fn the_order_is_that_of_first_appearance() {
    let a = "{ cache = \"c\", topic = \"one\", role = \"SubscribeOnly\" }, { cache = \"c\", role = \"ReadOnly\" }";
    let b = "{ cache = \"c\", topic = \"two\", role = \"PublishOnly\" }, { cache = \"c\", topic = \"one\", role = \"PublishOnly\" }";
    let c = "{ cache = \"c\", role = \"ReadWrite\" }, { cache = \"d\", role = \"ReadOnly\" }";
    assert_eq!(
        granted(&config(&[a, b, c])),
        json!([
            { "cache": "c", "topic": "one", "role": "PublishSubscribe" },
            { "cache": "c", "role": "ReadWrite" },
            { "cache": "c", "topic": "two", "role": "PublishOnly" },
            { "cache": "d", "role": "ReadOnly" },
        ])
    );
}

#[test]
fn a_selection_that_merely_covers_another_stays_apart() {
    let a = "{ cache = \"*\", role = \"ReadOnly\" }, { cache = \"c\", key = { prefix = \"a\" }, role = \"ReadOnly\" }";
    let b = "{ cache = \"c\", role = \"ReadWrite\" }, { cache = { name = \"*\" }, role = \"WriteOnly\" }";
    let c = "{ cache = \"c\", key = { prefix = \"ab\" }, role = \"WriteOnly\" }, { cache = \"c\", key = \"a\", role = \"WriteOnly\" }";
    let d = "{ cache = \"c\", topic = \"a\", role = \"SubscribeOnly\" }, { cache = \"c\", function = \"a\", role = \"Invoke\" }";
    assert_eq!(granted(&config(&[a, b, c, d])).as_array().unwrap().len(), 8);
}

#[test]
fn names_that_values_make_the_same_are_one_selection_too() {
    let config = config(&[
        "{ cache = \"{cache}\", topic = \"{sub}\", role = \"SubscribeOnly\" }",
        "{ cache = \"c\", topic = \"{username}\", role = \"PublishOnly\" }",
    ]);
    assert_eq!(granted(&config), json!([{ "cache": "c", "topic": "ada", "role": "PublishSubscribe" }]));
    let other = Request { cache: Some("d"), ..Request::default() };
    assert_eq!(config.grant(&member(EVERYBODY), other).unwrap().permissions.len(), 2);
}

#[test]
fn the_limit_of_twenty_counts_what_is_left() {
    let list = |from: u32, to: u32| {
        let each = (from..to).map(|number| format!("{{ cache = \"c{number}\", role = \"ReadOnly\" }}"));
        each.collect::<Vec<_>>().join(", ")
    };
    let refused = |lists: &[&str]| config(lists).grant(&member(EVERYBODY), Request::default());
    assert_eq!(refused(&[&list(0, 20), &list(0, 20), &list(5, 15)]).unwrap().permissions.len(), 20);
    assert_eq!(refused(&[&list(0, 20), &list(1, 21)]), Err(Refusal::TooManyPermissions(21)));
}

const READ: &str = "{ cache = \"c\", key = \"{sub}\", role = \"ReadOnly\" }";
const WRITE: &str = "{ cache = \"c\", key = \"{username}\", role = \"WriteOnly\" }";

#[test]
fn reading_and_writing_apart_by_a_callers_values_is_refused_and_its_groups_are_named() {
    let names = |refused: Result<_, Refusal>| match refused.map(|_: tvm_policy::Grant| ()) {
        Err(refusal @ Refusal::ConflictingRoles(_)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    let two = config(&[READ, WRITE]);
    let text = names(two.grant(&member(EVERYBODY), Request::default()));
    assert!(text.contains("ReadOnly and WriteOnly of `A` and `B` are"), "{text}");
    // One of the groups alone is no trouble, and neither is another caller, whose values differ.
    let one = Request { group: Some("A"), ..Request::default() };
    assert_eq!(two.grant(&member(EVERYBODY), one).unwrap().permissions.len(), 1);
    let Identity::Verified(mut bob) = member(EVERYBODY) else { panic!() };
    bob.username = Some("bob".to_owned());
    assert_eq!(two.grant(&Identity::Verified(bob), Request::default()).unwrap().permissions.len(), 2);
    // ReadWrite covers both, wherever it stands.
    let whole = "{ cache = \"c\", key = \"{principal}\", role = \"ReadWrite\" }";
    for lists in [[READ, WRITE, whole], [READ, whole, WRITE], [whole, READ, WRITE]] {
        assert_eq!(granted(&config(&lists)), json!([{ "cache": "c", "key": "ada", "role": "ReadWrite" }]), "{lists:?}");
    }
    let base = format!("auth = \"AmazonCognito\"\npermissions = [{READ}, {WRITE}]");
    let text = names(Config::parse("f", &base).unwrap().grant(&member(&[]), Request::default()));
    assert!(text.starts_with("ReadOnly and WriteOnly are"), "{text}");
}

#[test]
fn the_same_selection_twice_in_one_list_is_an_error_that_names_both_lines() {
    let twice = |caches: &str, one: &str, other: &str| errors(caches, &[&format!("\n{one},\n{other},\n")]);
    for (caches, one, other, role) in [
        ("[]", r#"{ cache = "c", role = "ReadOnly" }"#, r#"{ cache = "c", role = "ReadWrite" }"#, "ReadWrite"),
        ("[]", r#"{ cache = "c", role = "ReadOnly" }"#, r#"{ cache = { name = "c" }, role = "ReadOnly" }"#, "ReadOnly"),
        (
            "[]",
            r#"{ cache = "*", topic = { prefix = "{sub}" }, role = "PublishOnly" }"#,
            r#"{ cache = "*", topic = { prefix = "{sub}" }, role = "SubscribeOnly" }"#,
            "PublishSubscribe",
        ),
        (
            "[\"c\"]",
            r#"{ cache = "{cache}", function = "f-{cache}-{sub}", role = "Invoke" }"#,
            r#"{ cache = "c", function = "f-c-{sub}", role = "Invoke" }"#,
            "Invoke",
        ),
    ] {
        let said = twice(caches, one, other);
        assert_eq!(said.len(), 1, "{said:?}");
        for part in [
            "tvm.toml:7: `groups.A.permissions[2]`: selects the same",
            "`groups.A.permissions[1]` (line 6)",
            &format!("role = \"{role}\""),
        ] {
            assert!(said[0].contains(part), "{part}: {said:?}");
        }
    }
    // Whoever chooses `d` has two different caches.
    let some = r#"{ cache = "{cache}", role = "ReadOnly" }"#;
    assert_eq!(twice("[\"c\", \"d\"]", some, r#"{ cache = "c", role = "ReadWrite" }"#), [""; 0]);
    let base = "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"";
    let said = Config::parse("tvm.toml", base).unwrap_err().to_string();
    assert!(said.starts_with("tvm.toml:5: `permissions[2]`") && said.contains("`permissions[1]` (line 2)"), "{said}");
}

#[test]
fn groups_that_read_and_write_apart_are_an_error_that_names_both_and_says_what_to_write() {
    let read = r#"{ cache = "c", role = "ReadOnly" }"#;
    for (caches, lists) in [
        ("[]", [read, r#"{ cache = "c", role = "WriteOnly" }"#]),
        ("[\"c\", \"d\"]", [read, r#"{ cache = "{cache}", role = "WriteOnly" }"#]),
        (
            "[]",
            [
                r#"{ cache = "c", key = { prefix = "{sub}/" }, role = "ReadOnly" }"#,
                r#"{ cache = "c", key = { prefix = "{sub}/" }, role = "WriteOnly" }"#,
            ],
        ),
    ] {
        let said = errors(caches, &lists);
        assert_eq!(said.len(), 1, "{said:?}");
        for part in [
            "tvm.toml:7: `groups.B.permissions[1]`: WriteOnly here and ReadOnly in `groups.A.permissions[1]` (line 5)",
            "for the same selection, for a member of both `A` and `B`;",
            "write role = \"ReadWrite\" for one of them",
        ] {
            assert!(said[0].contains(part), "{part}: {said:?}");
        }
    }
    // In every mode, so that one file can serve all; and each pair.
    let all = errors("[]", &[read, read, r#"{ cache = "c", role = "WriteOnly" }"#]);
    assert_eq!(all.len(), 2, "{all:?}");
    for lists in [[read, r#"{ cache = "d", role = "WriteOnly" }"#], [read, r#"{ cache = "*", role = "WriteOnly" }"#]] {
        assert_eq!(errors("[]", &lists), [""; 0], "{lists:?}");
    }
    let one = errors("[\"c\", \"d\"]", &[&format!(r#"{read}, {{ cache = "{{cache}}", role = "WriteOnly" }}"#)]);
    assert!(
        one.len() == 1 && !one[0].contains("member of both") && one[0].contains("write one permission with"),
        "{one:?}"
    );
}

#[test]
fn an_explanation_names_all_groups_of_a_permission_and_each_value_once() {
    let config = config(&[
        "{ cache = \"{cache}\", topic = \"{sub}\", role = \"SubscribeOnly\" }",
        "{ cache = \"{cache}\", role = \"ReadOnly\" }",
        "{ cache = \"{cache}\", topic = \"{username}\", role = \"PublishOnly\" }, { cache = \"c\", role = \"ReadOnly\" }",
    ]);
    let ada = member(EVERYBODY);
    let explanation = config.policy().explain(&ada, Request::default()).unwrap();
    let reasons: Vec<(Vec<&str>, Vec<String>)> = explanation
        .reasons
        .iter()
        .map(|reason| {
            let values = reason.values.iter().map(|it| format!("{}={}", it.placeholder, it.value)).collect();
            (reason.groups.iter().copied().map(GroupName::as_str).collect(), values)
        })
        .collect();
    let text = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        reasons,
        [(vec!["A", "C"], text(&["{cache}=c", "{sub}=ada", "{username}=ada"])), (vec!["B", "C"], text(&["{cache}=c"])),]
    );
    assert_eq!(Ok(explanation.grant), config.grant(&ada, Request::default()));
}

#[test]
fn permissions_as_written_are_one_for_each_of_the_grant_with_the_role_that_was_granted() {
    let config = config(&[
        "{ cache = \"{cache}\", topic = \"{sub}\", role = \"SubscribeOnly\" }, { cache = \"x\", role = \"ReadOnly\" }",
        "{ cache = \"d\", role = \"ReadOnly\" }, { cache = \"c\", topic = \"{username}\", role = \"PublishOnly\" }",
    ]);
    let written = |request| {
        let everybody = member(EVERYBODY);
        let decision = config.policy().decide(&everybody, request).unwrap();
        serde_json::to_value(config.permissions_as_written(&decision.grant, &decision.origins())).unwrap()
    };
    let topic = |cache, topic, role| json!({ "cache": cache, "topic": topic, "role": role });
    let (x, d) = (json!({ "cache": "x", "role": "ReadOnly" }), json!({ "cache": "d", "role": "ReadOnly" }));
    assert_eq!(
        written(Request::default()),
        json!([topic("{cache}", "{sub}", "PublishSubscribe"), x, d]),
        "joined by what was filled in"
    );
    assert_eq!(
        written(Request { cache: Some("d"), ..Request::default() }),
        json!([topic("{cache}", "{sub}", "SubscribeOnly"), x, d, topic("c", "{username}", "PublishOnly")])
    );
}
