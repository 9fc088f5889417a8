//! What a token must say to count: each row is signed by the trusted issuer, so that the claims alone are at fault.
//!
//! Real: the whole crate and the signatures. The time is given.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use support::{AUDIENCE, ISSUER, LEEWAY, NOW, OURS, at, expected, payload, saying, verify, with};
use tvm_oidc::{Algorithm, Claims, Expected, ExpectedError, Part, Refused, Verifier};

fn refusal(claims: &Value) -> Option<Refused> {
    verify(&saying(&with(payload(), claims))).err()
}

fn as_expected(expected: Expected, claims: &Value) -> Result<Claims, Refused> {
    Verifier::new(expected).unwrap().verify(&saying(&with(payload(), claims)), &OURS.key_set(), at(NOW))
}

fn missing(name: &str) -> Option<Refused> {
    Some(Refused::Missing(name.to_owned()))
}

fn form(name: &str) -> Option<Refused> {
    Some(Refused::ClaimForm(name.to_owned()))
}

#[test]
fn a_token_lives_until_the_leeway_after_its_end_and_not_a_moment_longer() {
    for (exp, refused) in [
        (json!(NOW + 600), None),
        (json!(NOW), None),
        (json!(NOW - LEEWAY + 1), None),
        // The edge: at `exp` + leeway it has ended.
        (json!(NOW - LEEWAY), Some(Refused::Expired)),
        (json!(NOW - LEEWAY - 1), Some(Refused::Expired)),
        (json!(1), Some(Refused::Expired)),
        (json!(0), Some(Refused::Expired)),
        (json!(NOW as f64 - LEEWAY as f64 + 0.5), None),
        (json!(NOW as f64 - LEEWAY as f64 - 0.5), Some(Refused::Expired)),
        (json!(NOW as f64 + 600.0), None),
        (json!(253_402_300_799_u64), None),
    ] {
        assert_eq!(refusal(&json!({"exp": exp})), refused, "{exp}");
    }
    // Neither time is cut to seconds.
    let token = saying(&with(payload(), &json!({"exp": NOW as f64 - LEEWAY as f64 + 0.5})));
    let refused = |millis| {
        let now = at(NOW) + Duration::from_millis(millis);
        support::verifier().verify(&token, &OURS.key_set(), now).err()
    };
    assert_eq!((refused(499), refused(500), refused(501)), (None, Some(Refused::Expired), Some(Refused::Expired)));
}

#[test]
fn a_token_begins_at_the_leeway_before_its_beginning() {
    for (nbf, refused) in [
        (json!(0), None),
        (json!(NOW), None),
        (json!(NOW + LEEWAY), None),
        (json!(NOW as f64 + LEEWAY as f64 + 0.5), Some(Refused::NotYetValid)),
        (json!(NOW + LEEWAY + 1), Some(Refused::NotYetValid)),
        (json!(NOW + 86_400), Some(Refused::NotYetValid)),
    ] {
        assert_eq!(refusal(&json!({"nbf": nbf})), refused, "{nbf}");
    }
    // `iat` says when it was issued, not from when it counts.
    assert_eq!(refusal(&json!({"iat": NOW + 86_400})), None);
}

#[test]
fn without_leeway_the_edges_are_sharp() {
    let none = || Expected { leeway: Duration::ZERO, ..expected() };
    assert_eq!(as_expected(none(), &json!({"exp": NOW})).err(), Some(Refused::Expired));
    assert_eq!(as_expected(none(), &json!({"exp": NOW + 1, "nbf": NOW})).err(), None);
    assert_eq!(as_expected(none(), &json!({"nbf": NOW + 1})).err(), Some(Refused::NotYetValid));
}

#[test]
fn a_clock_before_1970_makes_no_token_live() {
    let before = UNIX_EPOCH - Duration::from_secs(1);
    let refused = support::verifier().verify(&OURS.token(Algorithm::ES256), &OURS.key_set(), before).err();
    assert_eq!(refused, Some(Refused::Clock));
}

#[test]
fn a_time_is_a_number_in_range() {
    for claim in ["exp", "nbf", "iat"] {
        for value in [
            json!("1800000600"),
            json!(""),
            json!(true),
            json!([NOW]),
            json!({}),
            json!(-1),
            json!(-1e300),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
            // Milliseconds.
            json!((NOW + 600) * 1_000),
            json!(253_402_300_800_u64),
        ] {
            assert_eq!(refusal(&json!({claim: value})), form(claim), "{claim}: {value}");
        }
        assert_eq!(verify(&saying(&raw(claim, "null"))).err(), form(claim), "{claim}: null");
        let unreadable = verify(&saying(&raw(claim, "1e999"))).err();
        assert_eq!(unreadable, Some(Refused::NotAnObject(Part::Payload)), "{claim}: more than a double holds");
    }
    assert_eq!(refusal(&json!({"exp": null})), missing("exp"));
    assert_eq!(refusal(&json!({"nbf": null, "iat": null})), None);
}

/// The payload with one claim as it is written here.
fn raw(claim: &str, value: &str) -> String {
    let others = with(payload(), &json!({claim: null})).to_string();
    format!(r#"{},"{claim}":{value}}}"#, others.strip_suffix('}').unwrap())
}

#[test]
fn the_issuer_is_the_same_text() {
    for issuer in [
        "",
        "https://issuer.example/tenant/",
        "https://issuer.example/tenant2",
        "https://issuer.example/",
        "https://issuer.example",
        "https://issuer.example/tenan",
        "https://issuer.example/Tenant",
        "HTTPS://issuer.example/tenant",
        "http://issuer.example/tenant",
        "https://issuer.example/tenant ",
        "https://issuer.example/tenant\0",
        "https://issuer.example/tenant?",
        "https://issuer.example/tenant#",
        "https://issuer.example:443/tenant",
        "https://issuer.example/./tenant",
        "https://issuer.example.attacker.example/tenant",
        "https://issuer.example@attacker.example/tenant",
        "https://attacker.example/https://issuer.example/tenant",
        "https://issuer.exаmple/tenant",
        "https://issuer%2Eexample/tenant",
    ] {
        let refused = match issuer {
            "" => form("iss"),
            // The one mistake that is told apart.
            "https://issuer.example/tenant/" => Some(Refused::IssuerSlash),
            _ => Some(Refused::Issuer),
        };
        assert_eq!(refusal(&json!({"iss": issuer})), refused, "{issuer}");
    }
    for iss in [json!([ISSUER]), json!([]), json!({}), json!({"0": ISSUER}), json!(5), json!(true)] {
        assert_eq!(refusal(&json!({"iss": iss})), form("iss"), "{iss}");
    }
    assert_eq!(verify(&saying(&raw("iss", "null"))).err(), form("iss"));
    assert_eq!(refusal(&json!({"iss": null})), missing("iss"));
}

#[test]
fn the_audience_is_one_of_ours_or_a_list_with_one() {
    for (aud, refused) in [
        (json!(AUDIENCE), None),
        (json!("https://other.example"), None),
        (json!([AUDIENCE]), None),
        (json!(["https://foreign.example", AUDIENCE]), None),
        (json!([AUDIENCE, AUDIENCE]), None),
        (json!("https://foreign.example"), Some(Refused::Audience)),
        (json!(["https://foreign.example"]), Some(Refused::Audience)),
        (json!([]), Some(Refused::Audience)),
        (json!([""]), Some(Refused::Audience)),
        (json!(""), Some(Refused::Audience)),
        (json!("https://api.example/"), Some(Refused::Audience)),
        (json!("https://api.exampl"), Some(Refused::Audience)),
        (json!("HTTPS://API.EXAMPLE"), Some(Refused::Audience)),
        (json!("https://api.example https://foreign.example"), Some(Refused::Audience)),
        (json!("https://api.example,https://foreign.example"), Some(Refused::Audience)),
        (json!("*"), Some(Refused::Audience)),
        (json!([[AUDIENCE]]), form("aud")),
        (json!([AUDIENCE, 5]), form("aud")),
        (json!([5, AUDIENCE]), form("aud")),
        (json!([{"aud": AUDIENCE}]), form("aud")),
        (json!({"0": AUDIENCE}), form("aud")),
        (json!({AUDIENCE: true}), form("aud")),
        (json!(5), form("aud")),
        (json!(true), form("aud")),
        (json!(null), missing("aud")),
    ] {
        assert_eq!(refusal(&json!({"aud": aud})), refused, "{aud}");
    }
    assert_eq!(verify(&saying(&raw("aud", "null"))).err(), form("aud"));
    assert_eq!(verify(&saying(&raw("aud", "[null]"))).err(), form("aud"));
}

#[test]
fn the_audience_is_in_the_claim_that_the_configuration_names() {
    let cognito = || Expected { audience_claim: "client_id".to_owned(), ..expected() };
    assert_eq!(as_expected(cognito(), &json!({"client_id": AUDIENCE, "aud": null})).err(), None);
    // Nor does `aud` make up for it.
    assert_eq!(as_expected(cognito(), &json!({})).err(), missing("client_id"));
    assert_eq!(as_expected(cognito(), &json!({"client_id": "x"})).err(), Some(Refused::Audience));
    assert_eq!(as_expected(cognito(), &json!({"client_id": 5})).err(), form("client_id"));
    // And without the setting, `client_id` does not make up for `aud`.
    assert_eq!(refusal(&json!({"client_id": AUDIENCE, "aud": null})), missing("aud"));
}

#[test]
fn a_subject_is_a_text_or_a_whole_number() {
    for sub in [json!(""), json!(5.5), json!(1e300), json!(true), json!(["ada"]), json!({}), json!({"id": "ada"})] {
        assert_eq!(refusal(&json!({"sub": sub})), form("sub"), "{sub}");
    }
    assert_eq!(verify(&saying(&raw("sub", "null"))).err(), form("sub"));
    for sub in [json!(5), json!(-5), json!(u64::MAX)] {
        assert_eq!(refusal(&json!({"sub": sub})), None, "{sub}");
    }
    assert_eq!(refusal(&json!({"sub": null})), None, "who names the caller is the configuration's to say");
}

#[test]
fn a_required_claim_has_the_required_value() {
    let required = |name: &str, value: &str| {
        let required_claims = [(name.to_owned(), value.to_owned())].into();
        Expected { required_claims, ..expected() }
    };
    let other = |name: &str| Some(Refused::OtherValue(name.to_owned()));
    for (name, value, claims, refused) in [
        ("token_use", "access", json!({"token_use": "access"}), None),
        ("token_use", "access", json!({"token_use": "id"}), other("token_use")),
        ("token_use", "access", json!({"token_use": "Access"}), other("token_use")),
        ("token_use", "access", json!({"token_use": "access "}), other("token_use")),
        ("token_use", "access", json!({"token_use": ["access"]}), other("token_use")),
        ("token_use", "access", json!({"token_use": {"access": true}}), other("token_use")),
        ("token_use", "access", json!({}), missing("token_use")),
        ("email_verified", "true", json!({"email_verified": true}), None),
        ("email_verified", "true", json!({"email_verified": "true"}), None),
        ("email_verified", "true", json!({"email_verified": false}), other("email_verified")),
        ("email_verified", "true", json!({"email_verified": 1}), other("email_verified")),
        ("level", "2", json!({"level": 2}), None),
        ("https://example.com/tier", "gold", json!({"https://example.com/tier": "gold"}), None),
        ("/app/tier", "gold", json!({"app": {"tier": "gold"}}), None),
        ("/app/tier", "gold", json!({"app": {"tier": "lead"}}), other("/app/tier")),
        ("/app/tier", "gold", json!({"app": "gold"}), missing("/app/tier")),
        ("app.tier", "gold", json!({"app": {"tier": "gold"}}), missing("app.tier")),
    ] {
        assert_eq!(as_expected(required(name, value), &claims).err(), refused, "{name}: {claims}");
    }
}

#[test]
fn a_payload_is_one_object_without_repeated_names() {
    for payload in ["", "null", "5", "[]", r#""text""#, "{", "{} {}", "[{}]", "\u{feff}{}", "NaN"] {
        assert_eq!(verify(&saying(&payload)).err(), Some(Refused::NotAnObject(Part::Payload)), "{payload}");
    }
    for (claim, value) in [
        ("sub", json!("eve")),
        ("sub", json!("ada")),
        ("iss", json!(ISSUER)),
        ("aud", json!("https://foreign.example")),
        ("exp", json!(NOW + 600)),
        ("groups", json!(["admin"])),
    ] {
        let twice = with(payload(), &json!({"groups": ["user"]})).to_string();
        for spelled in [claim.to_owned(), format!("\\u{:04x}{}", claim.as_bytes()[0], &claim[1..])] {
            let twice = format!(r#"{},"{spelled}":{value}}}"#, twice.strip_suffix('}').unwrap());
            assert_eq!(verify(&saying(&twice)).err(), Some(Refused::RepeatedName(Part::Payload)), "{spelled}");
        }
    }
    let deep = raw("realm_access", r#"{"roles":["user"],"roles":["admin"]}"#);
    assert_eq!(verify(&saying(&deep)).err(), Some(Refused::RepeatedName(Part::Payload)));
}

#[test]
fn what_would_let_pass_anybody_or_nobody_is_not_expected() {
    let algorithms = |algorithms: &[Algorithm]| Expected { algorithms: algorithms.to_vec(), ..expected() };
    for (expected, error) in [
        (Expected { issuer: String::new(), ..expected() }, ExpectedError::NoIssuer),
        (Expected { audiences: Vec::new(), ..expected() }, ExpectedError::NoAudience),
        (Expected { audiences: vec![AUDIENCE.to_owned(), String::new()], ..expected() }, ExpectedError::NoAudience),
        (Expected { audience_claim: String::new(), ..expected() }, ExpectedError::NoAudienceClaim),
        (algorithms(&[]), ExpectedError::NoAlgorithm),
        (algorithms(&[Algorithm::RS256, Algorithm::HS256]), ExpectedError::MixedAlgorithms),
        (Expected { leeway: Duration::from_secs(301), ..expected() }, ExpectedError::Leeway),
    ] {
        assert_eq!(Verifier::new(expected).err(), Some(error));
    }
    assert!(Verifier::new(Expected { leeway: Duration::from_secs(300), ..expected() }).is_ok());
    assert!(Verifier::new(algorithms(&[Algorithm::HS256, Algorithm::HS512])).is_ok());
}
