//! What an issuer publishes, and which of it counts as a key.
//!
//! Real: the whole crate and the signatures.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::{FOREIGN, NOW, OURS, at, base64url, header, key_set, payload, token, with};
use tvm_oidc::{Algorithm, KeySet, KeySetError, Refused};

/// What becomes of an honest token with these keys.
fn refusal(algorithm: Algorithm, keys: &Value) -> Option<Refused> {
    support::verifier().verify(&OURS.token(algorithm), &key_set(&json!({"keys": keys})), at(NOW)).err()
}

#[test]
fn a_set_is_read_as_issuers_write_it() {
    let keys = OURS.key_set();
    assert_eq!((keys.len(), keys.left_out().len(), keys.is_empty()), (4, 0, false));
    for key in [
        // Auth0 and Microsoft Entra ID add the certificate, Okta leaves `use` to chance, Google has no `key_ops`.
        with(OURS.rsa_jwk(), &json!({"x5c": ["MIIC"], "x5t": "eHh4", "issuer": "https://issuer.example"})),
        with(OURS.rsa_jwk(), &json!({"use": null})),
        with(OURS.rsa_jwk(), &json!({"alg": "RS256"})),
        with(OURS.rsa_jwk(), &json!({"use": null, "key_ops": ["verify"]})),
        with(OURS.rsa_jwk(), &json!({"key_ops": ["sign", "verify"]})),
        with(OURS.rsa_jwk(), &json!({"e": "AAEAAQ", "n": leading_zero()})),
    ] {
        assert_eq!(refusal(Algorithm::RS256, &json!([key])), None, "{key}");
    }
}

/// Our modulus as some programs write it.
fn leading_zero() -> String {
    base64url([vec![0], OURS.rsa_components().n].concat())
}

#[test]
fn what_is_no_set_is_an_error() {
    for text in
        ["", "null", "[]", "5", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"Keys":[]}"#, "<html>", r#"{"keys":[]"#]
    {
        assert_eq!(KeySet::parse(text.as_bytes()).err(), Some(KeySetError::NotAKeySet), "{text}");
    }
    for text in [r#"{"keys":[],"keys":[]}"#, r#"{"keys":[{"kid":"a","kid":"b"}]}"#] {
        assert_eq!(KeySet::parse(text.as_bytes()).err(), Some(KeySetError::NotAKeySet), "{text}");
    }
    assert_eq!(KeySet::parse(b"\xff").err(), Some(KeySetError::NotAKeySet));
    let keys = |count: usize| json!({"keys": vec![json!({}); count]}).to_string();
    assert_eq!(KeySet::parse(keys(100).as_bytes()).unwrap().left_out().len(), 100);
    assert_eq!(KeySet::parse(keys(101).as_bytes()).err(), Some(KeySetError::TooManyKeys));
    let padded = |length: usize| format!(r#"{{"keys":[]{}}}"#, " ".repeat(length - 11));
    assert!(KeySet::parse(padded(150_000).as_bytes()).unwrap().is_empty());
    assert_eq!(KeySet::parse(padded(150_001).as_bytes()).err(), Some(KeySetError::TooLarge));
}

#[test]
fn an_entry_that_cannot_verify_here_is_left_out_and_the_others_count() {
    let rsa = |others: Value| with(OURS.rsa_jwk(), &others);
    let p256 = |others: Value| with(OURS.p256_jwk(), &others);
    let p384 = |others: Value| with(OURS.p384_jwk(), &others);
    let ed = |others: Value| with(OURS.ed25519_jwk(), &others);
    let n = OURS.rsa_components().n;
    let even = [&n[..255], &[n[255] & 0xfe]].concat();
    let with_bits = |bits: usize| base64url([vec![0x80 >> (7 - (bits - 1) % 8)], vec![0xff; (bits - 1) / 8]].concat());
    let x = OURS.p256_jwk()["x"].as_str().unwrap().to_owned();
    let identity = base64url([&[1][..], &[0; 31]].concat());
    let rows = [
        ("nothing", json!({})),
        ("no object", json!("key")),
        ("null", json!(null)),
        (
            "a secret",
            json!({"kty": "oct", "kid": "rsa", "alg": "RS256", "use": "sig", "k": base64url(support::SECRET)}),
        ),
        ("for encryption", rsa(json!({"use": "enc"}))),
        ("for who knows what", rsa(json!({"use": "other"}))),
        ("to encrypt", rsa(json!({"key_ops": ["encrypt"]}))),
        ("a private key", rsa(json!({"d": "AQAB"}))),
        ("a private key on a curve", p256(json!({"d": "AQAB"}))),
        ("an unknown type", rsa(json!({"kty": "AKP"}))),
        ("no type", rsa(json!({"kty": null}))),
        ("a type that is not the key's", rsa(json!({"kty": "EC"}))),
        ("an unknown algorithm", rsa(json!({"alg": "RS1"}))),
        ("an algorithm for encryption", rsa(json!({"alg": "RSA-OAEP-256"}))),
        ("no algorithm, said as `none`", rsa(json!({"alg": "none"}))),
        ("an algorithm with a secret", rsa(json!({"alg": "HS256"}))),
        ("an algorithm of another type", rsa(json!({"alg": "ES256"}))),
        ("an algorithm that is no text", rsa(json!({"alg": 5}))),
        ("no modulus", rsa(json!({"n": null}))),
        ("an empty modulus", rsa(json!({"n": ""}))),
        ("a modulus of zero", rsa(json!({"n": "AAAA"}))),
        ("a modulus that is a number", rsa(json!({"n": 5}))),
        ("a modulus in the other base64", rsa(json!({"n": "a+/="}))),
        ("1024 bits", rsa(json!({"n": with_bits(1024)}))),
        ("2047 bits", rsa(json!({"n": with_bits(2047)}))),
        ("1024 bits behind zeros", rsa(json!({"n": base64url([vec![0; 128], vec![0xff; 128]].concat())}))),
        ("8193 bits", rsa(json!({"n": with_bits(8193)}))),
        ("an even modulus", rsa(json!({"n": base64url(even)}))),
        ("an exponent of 1", rsa(json!({"e": "AQ"}))),
        ("an exponent of 1 behind zeros", rsa(json!({"e": "AAAB"}))),
        ("an exponent of 0", rsa(json!({"e": "AA"}))),
        ("an exponent of 2", rsa(json!({"e": "Ag"}))),
        ("an even exponent", rsa(json!({"e": "AQAA"}))),
        ("no exponent", rsa(json!({"e": null}))),
        ("an unknown curve", p256(json!({"crv": "P-521", "alg": null}))),
        ("another curve of that length", p256(json!({"crv": "secp256k1", "alg": null}))),
        ("a curve that is not the key's", p256(json!({"crv": "P-384", "alg": null}))),
        ("the other curve that is not the key's", p384(json!({"crv": "P-256", "alg": null}))),
        ("an algorithm that is not the curve's", p256(json!({"alg": "ES384"}))),
        ("no y", p256(json!({"y": null}))),
        (
            "x longer than its curve",
            p256(json!({"x": base64url([vec![1], URL_SAFE_NO_PAD.decode(&x).unwrap()].concat())})),
        ),
        ("`use` of another type", rsa(json!({"use": {"sig": true}}))),
        ("for signatures and for encryption", rsa(json!({"use": ["sig", "enc"]}))),
        ("for signatures, to encrypt", rsa(json!({"use": "sig", "key_ops": ["encrypt", "wrapKey"]}))),
        ("`key_ops` of another type", rsa(json!({"key_ops": 5}))),
        ("a key id that is a list", rsa(json!({"kid": ["rsa"]}))),
        ("a prime of the private key", rsa(json!({"p": "AQAB"}))),
        ("an exponent longer than 33 bits", rsa(json!({"e": "AwAAAAE"}))),
        ("for key agreement", ed(json!({"crv": "X25519", "alg": null}))),
        ("the larger curve", ed(json!({"crv": "Ed448"}))),
        ("Ed25519 cut short", ed(json!({"x": "AQAB"}))),
        ("a point of small order", ed(json!({"x": identity}))),
        ("an Ed25519 key as a curve's", ed(json!({"kty": "EC"}))),
    ];
    for (name, entry) in rows {
        let keys = key_set(&json!({"keys": [entry, FOREIGN.ed25519_jwk()]}));
        assert_eq!((keys.len(), keys.left_out().len()), (1, 1), "{name}");
        let left_out = &keys.left_out()[0];
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384] {
            let refused = support::verifier().verify(&OURS.token(algorithm), &keys, at(NOW)).err();
            // The log says of a key that the set has why it does not count.
            let is_named = left_out.kid.as_deref() == Some(support::kid(algorithm));
            let expected = if is_named { Refused::LeftOutKey(left_out.why.clone()) } else { Refused::UnknownKey };
            assert_eq!(refused, Some(expected), "{name}, {algorithm}");
        }
    }
}

#[test]
fn a_set_without_keys_is_a_set_that_knows_no_token() {
    let keys = KeySet::parse(br#"{"keys":[]}"#).unwrap();
    assert!(keys.is_empty());
    for algorithm in support::public_algorithms() {
        assert_eq!(refusal(algorithm, &json!([])), Some(Refused::UnknownKey), "{algorithm}");
    }
}

#[test]
fn a_key_serves_the_algorithms_of_its_type_or_the_one_it_names() {
    let rsa =
        [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];
    for algorithm in rsa {
        assert_eq!(refusal(algorithm, &json!([OURS.rsa_jwk()])), None, "{algorithm}");
        for own in rsa {
            let key = with(OURS.rsa_jwk(), &json!({"alg": own.as_str()}));
            let refused = (own != algorithm).then_some(Refused::UnfitKey);
            assert_eq!(refusal(algorithm, &json!([key])), refused, "{algorithm} by a key for {own}");
        }
    }
    for (algorithm, key) in [
        (Algorithm::ES256, OURS.p256_jwk()),
        (Algorithm::ES384, OURS.p384_jwk()),
        (Algorithm::EdDSA, OURS.ed25519_jwk()),
    ] {
        assert_eq!(refusal(algorithm, &json!([with(key, &json!({"alg": null, "use": null}))])), None, "{algorithm}");
    }
    // The key of the token's name is of another type.
    for (algorithm, key) in [
        (Algorithm::ES256, with(OURS.p384_jwk(), &json!({"kid": "p256"}))),
        (Algorithm::ES256, with(OURS.p384_jwk(), &json!({"kid": "p256", "alg": null}))),
        (Algorithm::ES384, with(OURS.p256_jwk(), &json!({"kid": "p384", "alg": null}))),
        (Algorithm::RS256, with(OURS.p256_jwk(), &json!({"kid": "rsa", "alg": null}))),
        (Algorithm::EdDSA, with(OURS.p256_jwk(), &json!({"kid": "ed25519", "alg": null}))),
    ] {
        assert_eq!(refusal(algorithm, &json!([key, FOREIGN.rsa_jwk()])), {
            // Where the foreign RSA key has the token's name, it is what the token is held against.
            Some(if algorithm == Algorithm::RS256 { Refused::Signature } else { Refused::UnfitKey })
        });
    }
}

#[test]
fn of_two_keys_that_fit_neither_is_taken() {
    let (ours, foreign) = (OURS.p256_jwk(), FOREIGN.p256_jwk());
    let elsewhere = with(foreign.clone(), &json!({"kid": "other"}));
    let of_another_type = with(OURS.rsa_jwk(), &json!({"kid": "p256"}));
    let refused = |keys: Value| refusal(Algorithm::ES256, &keys);
    assert_eq!(refused(json!([ours, foreign])), Some(Refused::AmbiguousKey), "one name");
    assert_eq!(refused(json!([foreign, ours])), Some(Refused::AmbiguousKey), "in any order");
    assert_eq!(refused(json!([ours, elsewhere])), None, "each its own name");
    assert_eq!(refused(json!([ours, of_another_type])), None, "one name, two types");
    assert_eq!(refused(json!([ours, ours])), None, "the same entry twice");
    assert_eq!(refused(json!([ours, with(foreign, &json!({"use": "enc"}))])), None, "one for encryption");
    // One key under two algorithms, as some issuers list it.
    let for_each = |alg: &str| with(OURS.rsa_jwk(), &json!({"alg": alg}));
    assert_eq!(refusal(Algorithm::PS256, &json!([for_each("RS256"), for_each("PS256")])), None);
}

#[test]
fn a_token_that_names_no_key_needs_a_set_where_one_alone_fits() {
    let unnamed = |keys: Value| {
        let token = token(&with(header(Algorithm::ES256), &json!({"kid": null})), &payload(), |message| {
            OURS.sign(Algorithm::ES256, message)
        });
        support::verifier().verify(&token, &key_set(&json!({"keys": keys})), at(NOW)).err()
    };
    let (ours, elsewhere) = (OURS.p256_jwk(), with(FOREIGN.p256_jwk(), &json!({"kid": "other"})));
    assert_eq!(unnamed(json!([ours])), None);
    assert_eq!(unnamed(json!([with(ours.clone(), &json!({"kid": null}))])), None, "the key has no name either");
    assert_eq!(unnamed(json!([ours, OURS.rsa_jwk(), OURS.p384_jwk()])), None, "the others are of other types");
    assert_eq!(unnamed(json!([ours, elsewhere])), Some(Refused::AmbiguousKey));
    assert_eq!(unnamed(json!([elsewhere])), Some(Refused::Signature));
    assert_eq!(unnamed(json!([OURS.rsa_jwk()])), Some(Refused::UnknownKey));
    // A named token finds a nameless key where the set names none: there is no other that could be meant.
    let nameless = |key: Value| with(key, &json!({"kid": null}));
    let refused = |keys: Value| refusal(Algorithm::ES256, &keys);
    assert_eq!(refused(json!([nameless(OURS.p256_jwk()), nameless(OURS.rsa_jwk())])), None);
    assert_eq!(refused(json!([nameless(FOREIGN.p256_jwk())])), Some(Refused::Signature));
    assert_eq!(refused(json!([nameless(OURS.p256_jwk()), nameless(FOREIGN.p256_jwk())])), Some(Refused::AmbiguousKey));
    assert_eq!(refused(json!([nameless(OURS.p256_jwk()), OURS.rsa_jwk()])), Some(Refused::UnknownKey));
}
