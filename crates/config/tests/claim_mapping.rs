//! What the claims of a verified token say of the caller: who they are, their groups, and the values of templates.
//! Real: the parser, the validation and the mapping. There is no token: its signature is the authorizer's to check.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer wanted")]

use serde_json::{Value, json};
use tvm_config::{ClaimMapping, Config, NoCaller, Proof, TokenCaller};

/// The mapping of a file with further lines of `[authorizer]`, and groups that the lines below it make.
fn mapping(authorizer: &str, groups: &str) -> ClaimMapping {
    let text = format!(
        "auth = \"LambdaAuthorizer\"\nungrouped = \"base\"\n[[permissions]]\ncache = \"{{claims.tenant}}\"\nkey = \"{{claims./app/org/id}}\"\n\
         role = \"ReadOnly\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\"]\n{authorizer}\n{groups}"
    );
    let config = Config::parse("tvm.toml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let Proof::Jwt(issuer) = config.proof() else { panic!("no issuer") };
    ClaimMapping::of(issuer, &config)
}

/// A group of the file with these names.
fn group(key: &str, names: &str) -> String {
    format!("[groups.{key}]\n{names}\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n")
}

fn caller(mapping: &ClaimMapping, others: &Value) -> TokenCaller {
    let mut claims = json!({ "sub": "ada" });
    claims.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    mapping.caller(&claims).unwrap()
}

fn groups(mapping: &ClaimMapping, claim: &Value) -> Vec<String> {
    caller(mapping, &json!({ "groups": claim })).groups
}

#[test]
fn groups_are_a_list_of_names_or_one_name() {
    let mapping = mapping("", "");
    for (value, expected) in [
        (json!(["A", "B"]), &["A", "B"] as &[&str]),
        (json!(["B", "A"]), &["B", "A"]),
        (json!(["A", "B", "A"]), &["A", "B"]),
        (json!("A"), &["A"]),
        (
            json!(["a:b/c-d_e.f", "日本", "Ärzte", "/staff/admins", "arn:aws:iam::1:role/x"]),
            &["a:b/c-d_e.f", "日本", "Ärzte", "/staff/admins", "arn:aws:iam::1:role/x"],
        ),
        // GitLab's and GitHub's team ids are numbers; others write objects.
        (json!([17, "A", 12_345_678_901_234_567_890_u64]), &["17", "A", "12345678901234567890"]),
        (json!(5), &["5"]),
        (json!([{ "id": 1, "name": "A" }, { "name": "B" }]), &["A", "B"]),
        (json!({ "id": 1, "name": "A" }), &["A"]),
        (json!(["A", 5.5, 1e300, null, true, ["B"], { "C": 1 }, { "name": 5 }, { "name": "" }, ""]), &["A"]),
        (json!([]), &[]),
        (json!(""), &[]),
        (json!(true), &[]),
        (json!({ "A": true }), &[]),
        (json!(null), &[]),
    ] {
        assert_eq!(groups(&mapping, &value), expected, "{value}");
    }
    assert_eq!(caller(&mapping, &json!({})).groups, [""; 0]);
}

#[test]
fn no_group_is_handed_on_whose_name_could_be_read_as_another() {
    let mapping = mapping("", "");
    for name in [
        "",
        "A,B",
        "A B",
        " A",
        "A ",
        "A\tB",
        "A\nB",
        "A\0",
        "A\u{7f}",
        "A\u{a0}B",
        "A\u{2028}B",
        "[A]",
        "[A",
        "A]",
        "[A B]",
        r#"["A","B"]"#,
        ",",
        "[",
        " ",
    ] {
        assert_eq!(groups(&mapping, &json!(name)), [""; 0], "{name:?}");
        assert_eq!(groups(&mapping, &json!(["X", name, "Y"])), ["X", "Y"], "{name:?}");
    }
}

#[test]
fn more_groups_than_anybody_is_in_are_refused_and_none_is_dropped() {
    let (one_each, in_a_text) = (mapping("", ""), mapping("groups_separator = \" \"", ""));
    let names = |count: usize| (0..count).map(|number| format!("g{number}")).collect::<Vec<_>>();
    let of = |mapping: &ClaimMapping, claim: Value| {
        mapping.caller(&json!({ "sub": "ada", "groups": claim })).map(|it| it.groups.len())
    };
    assert_eq!(of(&one_each, json!(names(200))), Ok(200));
    assert_eq!(of(&one_each, json!(names(201))), Err(NoCaller::TooManyGroups));
    // An entry is counted before it is looked at.
    assert_eq!(of(&one_each, json!(vec![""; 201])), Err(NoCaller::TooManyGroups));
    assert_eq!(of(&in_a_text, json!(names(200).join(" "))), Ok(200));
    assert_eq!(of(&in_a_text, json!(names(201).join(" "))), Err(NoCaller::TooManyGroups));
}

#[test]
fn one_text_is_several_groups_where_the_file_says_what_separates_them() {
    for (separator, text, expected) in [
        (" ", "openid chat:write", &["openid", "chat:write"] as &[&str]),
        (" ", "  a \t b\n", &["a", "b"]),
        (" ", "a", &["a"]),
        (" ", "", &[]),
        (",", "a,b", &["a", "b"]),
        (",", "a, b", &["a", "b"]),
        (", ", "a,b", &["a", "b"]),
        (",", "[a, b]", &["a", "b"]),
        (",", "[a]", &["a"]),
        (",", "[]", &[]),
        (",", r#"["a","b"]"#, &["a", "b"]),
        (" ", r#"["a", "b"]"#, &["a", "b"]),
        (",", r#"[{"name":"a"},7]"#, &["a", "7"]),
        (",", r#"["a""#, &[]),
        (" ", "[a b]", &["a", "b"]),
        (",", ",a,,b,", &["a", "b"]),
        (";", "a;b", &["a", "b"]),
        ("|", "a|b", &["a", "b"]),
    ] {
        let mapping = mapping(&format!("groups_separator = {separator:?}"), "");
        assert_eq!(groups(&mapping, &json!(text)), expected, "{text:?} by {separator:?}");
        // What is a list already is not taken apart.
        assert_eq!(groups(&mapping, &json!(["x", "y"])), ["x", "y"], "{separator:?}");
    }
    let whole = mapping("", &group("writers", "names = [\"openid chat:write\"]"));
    assert_eq!(groups(&whole, &json!("openid chat:write")), ["writers"]);
}

#[test]
fn a_group_of_the_file_is_every_name_that_its_list_has_and_no_other() {
    let file = [
        group("admins", "names = [\"Chat Admins\", \"/staff/admins\", \"CN=Chat,OU=Staff,DC=example\", \"arn:aws:iam::1:role/a,b\"]"),
        group("writers", "names = [\"writers\", \"Chat Writers\"]"),
        group("both", "names = [\"Chat Admins\"]"),
        group("plain", ""),
    ]
    .concat();
    let mapping = mapping("", &file);
    for (named, expected) in [
        (json!(["Chat Admins"]), &["admins", "both"] as &[&str]),
        (json!(["/staff/admins"]), &["admins"]),
        (json!(["CN=Chat,OU=Staff,DC=example"]), &["admins"]),
        (json!("arn:aws:iam::1:role/a,b"), &["admins"]),
        (json!(["writers", "Chat Writers"]), &["writers"]),
        (json!(["plain", "Chat Writers", "other"]), &["plain", "writers", "other"]),
        // The key is a label for the operator: an issuer's group of that name is another one.
        (json!(["admins"]), &[]),
        (json!(["both", "x"]), &["x"]),
        (json!(["chat admins", "Chat  Admins", "Plain"]), &["Plain"]),
    ] {
        assert_eq!(groups(&mapping, &named), expected, "{named}");
    }
}

#[test]
fn a_value_of_a_template_is_found_by_its_name_or_inside_a_claim_and_no_other_claim_is_handed_on() {
    let mapping = mapping("", "");
    for (said, expected) in [
        (json!({ "tenant": "acme", "other": "planted" }), json!({ "tenant": "acme" })),
        (json!({ "tenant": 5, "app": { "org": { "id": true } } }), json!({ "tenant": "5", "/app/org/id": "true" })),
        (
            json!({ "app": { "org": { "id": 9_007_199_254_740_993_u64 } } }),
            json!({ "/app/org/id": "9007199254740993" }),
        ),
        (json!({ "app": { "org": { "id": 1e300 } }, "tenant": ["acme"] }), json!({})),
        (
            json!({ "app": { "org": { "id": { "a": "b" } } }, "app.org.id": "planted", "/app/org/id": "planted" }),
            json!({}),
        ),
        (json!({ "app": "org" }), json!({})),
    ] {
        assert_eq!(json!(caller(&mapping, &said).claims), expected, "{said}");
    }
}

#[test]
fn a_caller_is_a_text_or_a_whole_number_and_anything_else_is_named() {
    let nested = mapping("id_claim = \"/user/0/id\"", "");
    let (id, sub) = (json!({ "user": [{ "id": 12_345_678_901_234_567_890_u64 }], "sub": 7 }), Some("7".to_owned()));
    let caller = nested.caller(&id).unwrap();
    assert_eq!((caller.id.as_str(), caller.sub), ("12345678901234567890", sub));
    for (claims, found) in [
        (json!({ "sub": "ada" }), "is missing"),
        (json!({ "user": [{ "id": "" }] }), "is empty"),
        (json!({ "user": [{ "id": 1e20 }] }), "more than 64 bits"),
        (json!({ "user": [{ "id": true }] }), "is true or false"),
        (json!({ "user": [{ "id": ["planted"] }] }), "is a list"),
        (json!({ "user": [{ "id": { "planted": 1 } }] }), "is an object"),
    ] {
        let error = nested.caller(&claims).unwrap_err().to_string();
        assert!(error.contains("`/user/0/id`") && error.contains(found) && !error.contains("planted"), "{error}");
    }
}

#[test]
fn who_is_in_no_group_of_the_file_has_what_they_have_instead_named_and_bounded() {
    let of = |authorizer: &str, claims: &Value| {
        let mapping = mapping(authorizer, &group("admins", "names = [\"Chat Admins\"]"));
        caller(&mapping, claims).unmatched.map(|unmatched| unmatched.to_string())
    };
    let said = |claim: Value| of("", &json!({ "groups": claim })).unwrap();
    assert_eq!(of("", &json!({ "groups": ["x", "Chat Admins"] })), None);
    // Where ungrouped callers are welcome, many have no such claim.
    assert_eq!(of("", &json!({})), None);
    assert_eq!(
        said(json!(["chat-admins", "a b"])),
        "the token's claim `groups` has \"chat-admins\", \"a b\"; the file's groups are \"Chat Admins\""
    );
    assert!(said(json!({ "admin": true, "editor": false })).contains("is an object with \"admin\", \"editor\""));
    assert!(said(json!([])).contains("is an empty list"));
    assert!(said(json!(true)).contains("is true or false"));
    assert!(said(json!("openid chat:write")).contains("\"openid chat:write\""));
    let long = said(json!((0..150).map(|number| format!("{number}{}", "é".repeat(1_000))).collect::<Vec<_>>()));
    assert!(long.contains("and 130 more") && long.chars().count() < 2_000, "{long}");
}

#[test]
fn where_a_group_is_needed_a_missing_claim_is_said_with_the_claims_that_there_are() {
    let text = "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\"]\n\
                [groups.A]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
    let config = Config::parse("tvm.toml", text).unwrap();
    let Proof::Jwt(issuer) = config.proof() else { panic!("no issuer") };
    let mapping = ClaimMapping::of(issuer, &config);
    let said = |claims: &Value| mapping.caller(claims).unwrap().unmatched.unwrap().to_string();
    let without = said(&json!({ "sub": "planted", "realm_access": { "roles": ["planted"] } }));
    assert!(without.starts_with("the token has no claim `groups`; its claims are "), "{without}");
    assert!(without.contains("\"realm_access\"") && !without.contains("planted"), "{without}");
    // "Groups overage claim" in Microsoft's reference of access token claims.
    let overage = json!({ "sub": "ada", "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": "https://x" } } });
    for claims in [overage, json!({ "sub": "ada", "hasgroups": true })] {
        assert!(said(&claims).contains("Entra ID left them out"), "{}", said(&claims));
    }
}
