//! How a claim of a verified token is found.
//!
//! Real: the whole crate and the signatures.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use serde_json::{Value, json};
use support::{payload, saying, verify, with};
use tvm_oidc::Claims;

fn claims(others: &Value) -> Claims {
    verify(&saying(&with(payload(), others))).unwrap()
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
        ("/list/01", &[]),
        ("/list/2", &[]),
        ("/list/-", &[]),
        ("realm_access/roles", &[]),
        ("/realm_access/roles/", &[]),
        ("/realm_access", &[]),
        ("/sub/roles", &[]),
        ("#/realm_access/roles", &[]),
        ("missing", &[]),
    ] {
        let found = claims.at(path).and_then(Value::as_array).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{path}");
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
fn all_claims_of_a_token_are_there_and_a_number_as_the_subject_too() {
    let claims = claims(&json!({"sub": 12_345_678_901_234_567_890_u64, "a": {"b": [1]}}));
    assert_eq!(claims.at("sub"), Some(&json!(12_345_678_901_234_567_890_u64)));
    assert_eq!(claims.as_value()["a"], json!({"b": [1]}));
}
