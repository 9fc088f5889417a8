//! Words are planted in tokens, keys and secrets, and looked for in all that may be logged.
//!
//! Real: the whole crate; the errors are those it meets.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use std::fmt::Debug;

use serde_json::{Value, json};
use support::{FOREIGN, NOW, OURS, at, payload, saying, signed, token, verify, with};
use tvm_oidc::{Algorithm, Expected, KeySet, Refused, Verifier};

const PLANTED: &str = "planted";

fn assert_clean(shown: &(impl Debug + ?Sized)) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        // The word itself, and how each of its three places in base64 begins.
        for trace in [PLANTED, "cGxhbnRlZ", "BsYW50ZW", "wbGFudGVk", "eyJ", "ada", "112, 108, 97"] {
            assert!(!text.contains(trace), "{trace} in {text}");
        }
    }
}

fn headers() -> Vec<Value> {
    let header = |others: Value| with(support::header(Algorithm::RS256), &others);
    vec![
        header(json!({"alg": PLANTED})),
        header(json!({"kid": PLANTED})),
        header(json!({"typ": PLANTED})),
        header(json!({"cty": PLANTED})),
        header(json!({"jku": PLANTED})),
        header(json!({"crit": [PLANTED]})),
        header(json!({"kid": [PLANTED]})),
        header(json!({"x5t": [PLANTED]})),
        json!([PLANTED]),
        json!({PLANTED: PLANTED}),
    ]
}

fn payloads() -> Vec<Value> {
    let claims = |others: Value| with(payload(), &others);
    vec![
        claims(json!({"iss": PLANTED})),
        claims(json!({"iss": [PLANTED]})),
        claims(json!({"aud": PLANTED})),
        claims(json!({"aud": {PLANTED: 1}})),
        claims(json!({"sub": [PLANTED]})),
        claims(json!({"exp": PLANTED})),
        claims(json!({"exp": 1, "name": PLANTED})),
        claims(json!({"nbf": NOW + 600, "name": PLANTED})),
        claims(json!({"tier": PLANTED})),
        claims(json!({"tier": [PLANTED]})),
        json!({PLANTED: PLANTED}),
        json!([PLANTED]),
    ]
}

#[test]
fn no_refusal_holds_a_part_of_the_token() {
    let required_claims = [("tier".to_owned(), "gold".to_owned())].into();
    let verifier = Verifier::new(Expected { required_claims, ..support::expected() }).unwrap();
    let tokens = headers().iter().map(|header| signed(header, &payload())).collect::<Vec<_>>();
    let said = payloads().iter().map(saying).collect::<Vec<_>>();
    let header = json!({"alg": "RS256", "kid": "rsa", "x": PLANTED});
    let forged = token(&header, &json!({"sub": PLANTED}), |message| FOREIGN.sign(Algorithm::RS256, message));
    let twice = format!(r#"{{"{PLANTED}":1,"{PLANTED}":2}}"#);
    let others = [forged, signed(&twice, &payload()), saying(&twice), PLANTED.to_owned(), PLANTED.repeat(5_000)];
    for token in tokens.iter().chain(&said).chain(&others) {
        let refused = verifier.verify(token, &OURS.key_set(), at(NOW)).unwrap_err();
        assert_clean(&refused);
        assert_clean(refused.to_string().as_str());
    }
}

#[test]
fn neither_claims_nor_keys_nor_a_verifier_show_what_they_hold() {
    let claims = verify(&saying(&with(payload(), &json!({"name": PLANTED, PLANTED: ["x"]})))).unwrap();
    assert_clean(&claims);
    assert_clean(&Ok::<_, Refused>(claims));
    assert_clean(&KeySet::shared_secret(PLANTED.repeat(10).as_bytes(), Algorithm::HS256).unwrap());
    assert_clean(&KeySet::shared_secret(PLANTED.as_bytes(), Algorithm::HS256).unwrap_err());
    assert_clean(&support::key_set(&json!({"keys": [with(OURS.rsa_jwk(), &json!({"kid": PLANTED}))]})));
    assert_clean(&KeySet::parse(PLANTED.as_bytes()).unwrap_err());
    assert_clean(&support::verifier());
}

/// Every reason has its own sentence, and none of them is a blank.
#[test]
fn each_refusal_says_something_else() {
    let name = || "x".to_owned();
    let all = [
        Refused::TooLong,
        Refused::NotThreeParts,
        Refused::Encoding(tvm_oidc::Part::Header),
        Refused::NotAnObject(tvm_oidc::Part::Payload),
        Refused::RepeatedName(tvm_oidc::Part::Payload),
        Refused::HeaderForm("kid"),
        Refused::HeaderNotAccepted("jwk"),
        Refused::TokenType,
        Refused::Algorithm,
        Refused::UnknownKey,
        Refused::UnfitKey,
        Refused::LeftOutKey(tvm_oidc::WhyLeftOut::OtherUse),
        Refused::AmbiguousKey,
        Refused::Signature,
        Refused::Missing(name()),
        Refused::ClaimForm(name()),
        Refused::Issuer,
        Refused::IssuerSlash,
        Refused::Audience,
        Refused::OtherValue(name()),
        Refused::Expired,
        Refused::NotYetValid,
        Refused::Clock,
    ];
    let texts: std::collections::BTreeSet<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), all.len(), "{texts:#?}");
    assert_eq!(Refused::TooLong.to_string(), "the token is longer than 16384 bytes");
}
