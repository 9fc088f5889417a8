//! What never happens, whatever arrives: every changed bit, and random input, some of it signed.
//!
//! Real: the whole crate and the signatures.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use support::{NOW, OURS, at, payload, verifier, with};
use tvm_oidc::{Algorithm, Expected, KeySet, Verifier};

#[test]
fn no_bit_of_a_token_can_be_changed() {
    let secret = KeySet::shared_secret(support::SECRET, Algorithm::HS256).unwrap();
    let by_secret = Verifier::new(Expected { algorithms: vec![Algorithm::HS256], ..support::expected() }).unwrap();
    let (published, by_key) = (OURS.key_set(), verifier());
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA, Algorithm::HS256] {
        let (keys, verifier) = if algorithm.is_by_secret() { (&secret, &by_secret) } else { (&published, &by_key) };
        let token = OURS.token(algorithm);
        assert!(verifier.verify(&token, keys, at(NOW)).is_ok(), "{algorithm}");
        for position in 0..token.len() {
            for bit in 0..7 {
                let mut changed = token.clone().into_bytes();
                changed[position] ^= 1 << bit;
                let changed = String::from_utf8(changed).unwrap();
                assert!(verifier.verify(&changed, keys, at(NOW)).is_err(), "{algorithm}: byte {position}, bit {bit}");
            }
            assert!(verifier.verify(&token[..position], keys, at(NOW)).is_err(), "{algorithm}: cut at {position}");
            let doubled = format!("{}{}", &token[..=position], &token[position..]);
            assert!(verifier.verify(&doubled, keys, at(NOW)).is_err(), "{algorithm}: byte {position} twice");
        }
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
        select(&["RS256", "none", "JWT", "rsa", support::ISSUER, support::AUDIENCE][..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    let known = select(
        &[
            "alg", "kid", "typ", "cty", "crit", "jwk", "x5t", "iss", "aud", "sub", "exp", "nbf", "iat", "groups",
            "kty", "crv", "n", "e", "x", "y", "use", "key_ops", "keys",
        ][..],
    );
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn object() -> impl Strategy<Value = Value> {
    vec((name(), json_value()), 0..8).prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>()))
}

/// Asks everything of claims that callers ask.
fn ask(claims: &tvm_oidc::Claims, path: &str) {
    for path in [path, "groups", "/groups", "/groups/0", "sub"] {
        let _ = (claims.at(path), claims.text(path));
    }
    assert!(claims.as_value().get("iss").is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_is_a_token_unless_the_issuer_signed_it(text in "\\PC{0,200}", bytes in vec(any::<u8>(), 0..200)) {
        for token in [text, String::from_utf8_lossy(&bytes).into_owned()] {
            prop_assert!(verifier().verify(&token, &OURS.key_set(), at(NOW)).is_err());
        }
    }

    #[test]
    fn no_three_parts_are_a_token_unless_the_issuer_signed_it(
        header in object(), claims in object(), signature in vec(any::<u8>(), 0..300)
    ) {
        let known = with(payload(), &claims);
        for header in [header, support::header(Algorithm::RS256)] {
            let token = support::token(&header, &known, |_| signature.clone());
            prop_assert!(verifier().verify(&token, &OURS.key_set(), at(NOW)).is_err());
        }
    }

    #[test]
    fn whatever_the_issuer_signs_is_refused_or_is_as_expected(
        header in object(), claims in object(), path in ".{0,12}", bytes in vec(any::<u8>(), 0..60)
    ) {
        let header = with(support::header(Algorithm::RS256), &header);
        let claims = with(payload(), &claims);
        if let Ok(verified) = support::verify(&support::signed(&header, &claims)) {
            prop_assert_eq!(verified.text("iss"), Some(support::ISSUER));
            prop_assert!(verified.at("exp").and_then(Value::as_f64).is_some_and(|exp| exp + 60.0 > NOW as f64));
            prop_assert_eq!(&header["alg"], "RS256");
            ask(&verified, &path);
        }
        let _ = support::verify(&support::saying(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn no_bytes_bring_a_key_set_down(bytes in vec(any::<u8>(), 0..200), entries in vec(object(), 0..6)) {
        let _ = KeySet::parse(&bytes);
        let mixed = [OURS.rsa_jwk(), with(OURS.p256_jwk(), entries.first().unwrap_or(&json!({})))];
        let entries: Vec<_> = entries.into_iter().chain(mixed).collect();
        let keys = support::key_set(&json!({"keys": entries}));
        prop_assert!(!keys.is_empty());
        let _ = verifier().verify(&OURS.token(Algorithm::ES256), &keys, at(NOW));
    }
}
