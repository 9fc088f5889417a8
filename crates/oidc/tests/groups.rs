//! What a verified token says of the caller: groups, texts, and values for templates.
//!
//! Real: the whole crate and the signatures.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use serde_json::{Value, json};
use support::{payload, saying, verify, with};
use tvm_oidc::{Claims, Refused};

fn claims(others: &Value) -> Claims {
    verify(&saying(&with(payload(), others))).unwrap()
}

fn groups(value: &Value) -> Vec<String> {
    claims(&json!({"groups": value})).groups("groups").unwrap()
}

#[test]
fn groups_are_a_list_of_names_or_one_name() {
    let none: &[&str] = &[];
    for (value, expected) in [
        (json!(["A", "B"]), &["A", "B"] as &[&str]),
        (json!(["B", "A"]), &["B", "A"]),
        (json!(["A", "B", "A"]), &["A", "B"]),
        (json!("A"), &["A"]),
        (json!(["a:b/c-d_e.f", "日本", "Ärzte"]), &["a:b/c-d_e.f", "日本", "Ärzte"]),
        (json!([]), none),
        (json!(""), none),
        (json!(5), none),
        (json!(true), none),
        (json!({"A": true}), none),
        (json!(null), none),
        (json!(["A", 5, null, true, ["B"], {"C": 1}]), &["A"]),
    ] {
        assert_eq!(groups(&value), expected, "{value}");
    }
    assert_eq!(claims(&json!({})).groups("groups").unwrap(), none);
}

/// Names that would read as two groups, or as none, in the text with commas that API Gateway passes on.
const SEPARATED: &[&str] = &[
    "",
    "A,B",
    "A B",
    " A",
    "A ",
    "A\tB",
    "A\nB",
    "A\r",
    "A\0",
    "A\u{7f}",
    "A\u{85}B",
    "A\u{a0}B",
    "A\u{2003}B",
    "A\u{2028}B",
    "A\u{3000}B",
    "[A]",
    "[A",
    "A]",
    "[A B]",
    r#"["A","B"]"#,
    ",",
    "[",
    "]",
    " ",
];

#[test]
fn a_group_with_a_separator_is_no_group() {
    for name in SEPARATED {
        assert!(groups(&json!(name)).is_empty(), "{name:?}");
        assert_eq!(groups(&json!(["X", name, "Y"])), ["X", "Y"], "{name:?}");
    }
}

#[test]
fn more_groups_than_anybody_is_in_are_refused_and_none_is_dropped() {
    let many = |count: usize| json!((0..count).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(groups(&many(200)).len(), 200);
    assert_eq!(claims(&json!({"groups": many(201)})).groups("groups"), Err(Refused::TooManyGroups));
    // Whatever they are: an entry is counted before it is looked at.
    assert_eq!(claims(&json!({"groups": vec![""; 201]})).groups("groups"), Err(Refused::TooManyGroups));
    let ten_thousand = verify(&saying(&with(payload(), &json!({"groups": many(10_000)})))).err();
    assert_eq!(ten_thousand, Some(Refused::TooLong));
}

#[test]
fn a_claim_is_found_by_its_name_or_by_a_pointer() {
    let claims = claims(&json!({
        "https://example.com/groups": ["A"],
        "realm_access": {"roles": ["B"], "a/b": {"m~n": ["C"]}},
        "realm_access.roles": ["D"],
        "cognito:groups": ["E"],
        "": ["F"],
        "/realm_access/roles": ["never"],
        "list": [["G"], ["H"]],
    }));
    let none: &[&str] = &[];
    for (path, expected) in [
        ("https://example.com/groups", &["A"] as &[&str]),
        ("/https:~1~1example.com~1groups", &["A"]),
        ("/realm_access/roles", &["B"]),
        ("/realm_access/a~1b/m~0n", &["C"]),
        ("realm_access.roles", &["D"]),
        ("/realm_access.roles", &["D"]),
        ("cognito:groups", &["E"]),
        ("", &["F"]),
        ("/", &["F"]),
        ("/list/1", &["H"]),
        ("/list/01", none),
        ("/list/2", none),
        ("/list/-", none),
        ("realm_access/roles", none),
        ("/realm_access/roles/", none),
        ("/realm_access", none),
        ("/sub/roles", none),
        ("#/realm_access/roles", none),
        ("missing", none),
    ] {
        assert_eq!(claims.groups(path).unwrap(), expected, "{path}");
    }
}

#[test]
fn a_text_is_a_text_and_not_empty() {
    let claims = claims(&json!({"a": "x", "empty": "", "n": 5, "l": ["x"], "o": {"p": "y"}}));
    assert_eq!((claims.text("a"), claims.text("/o/p")), (Some("x"), Some("y")));
    for path in ["empty", "n", "l", "o", "missing", "/o/q"] {
        assert_eq!(claims.text(path), None, "{path}");
    }
    assert_eq!(claims.at("n"), Some(&json!(5)));
    assert_eq!(claims.at("missing"), None);
}

#[test]
fn a_template_gets_texts_numbers_and_truth_values() {
    let flat = claims(&json!({"n": 5, "f": 0.5, "ok": true, "empty": "", "l": ["x"], "o": {}})).flat();
    let has = |name: &str| flat.get(name).map(String::as_str);
    assert_eq!((has("sub"), has("n"), has("f")), (Some("ada"), Some("5"), Some("0.5")));
    assert_eq!((has("ok"), has("empty"), has("l"), has("o")), (Some("true"), Some(""), None, None));
}
