//! A key set as other software really writes it: what can be read in one way only is taken, and what is left out is said.
//!
//! Real: the whole crate and the signatures, and what is logged.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use support::{FOREIGN, NOW, OURS, at, base64url, header, key_set, payload, token, with};
use tvm_oidc::{Algorithm, KeySet, Refused, WhyLeftOut};

/// What becomes of an honest token with this set.
fn refusal(algorithm: Algorithm, set: &Value) -> Option<Refused> {
    support::verifier().verify(&OURS.token(algorithm), &key_set(set), at(NOW)).err()
}

/// A text of base64url in the other form.
fn rewritten(key: &Value, name: &str, write: impl Fn(&[u8]) -> String) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    with(key.clone(), &json!({ name: write(&bytes) }))
}

#[test]
fn an_rsa_key_counts_however_it_is_written() {
    let rsa = |others: Value| with(OURS.rsa_jwk(), &others);
    let lines = |bytes: &[u8]| {
        let text = STANDARD.encode(bytes);
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n")
    };
    let mut rows = vec![
        ("an exponent that is a number", rsa(json!({"e": 65537}))),
        ("`use` in capitals", rsa(json!({"use": "SIG"}))),
        ("`use` in a list", rsa(json!({"use": ["sig"]}))),
        ("`use` and `key_ops`", rsa(json!({"use": "sig", "key_ops": ["verify"]}))),
        ("`key_ops` of the pair", rsa(json!({"key_ops": ["sign"]}))),
        ("`key_ops` that say nothing", rsa(json!({"key_ops": []}))),
        ("`key_ops` that are one text", rsa(json!({"key_ops": "verify"}))),
        ("a type in small letters", rsa(json!({"kty": "rsa"}))),
        ("an algorithm in small letters", rsa(json!({"alg": "rs256"}))),
        ("a certificate and a thumbprint", rsa(json!({"x5c": ["MIIC"], "x5t": "eHh4", "x5t#S256": "eHh4"}))),
        ("UAA's members", rsa(json!({"alg": "RS256", "value": "-----BEGIN PUBLIC KEY-----\nMIIB"}))),
        ("padding", rewritten(&OURS.rsa_jwk(), "n", |bytes| URL_SAFE.encode(bytes))),
        ("the other alphabet", rewritten(&OURS.rsa_jwk(), "n", |bytes| STANDARD.encode(bytes))),
        ("line ends", rewritten(&OURS.rsa_jwk(), "n", lines)),
        ("leading zeros", rewritten(&OURS.rsa_jwk(), "e", |bytes| base64url([&[0, 0], bytes].concat()))),
    ];
    // .NET writes every field that its class has, and Go every one without `omitempty`.
    let mut every_field = OURS.rsa_jwk();
    for name in ["alg", "d", "p", "q", "dp", "dq", "qi", "oth", "key_ops", "crv", "x", "y", "k"] {
        every_field[name] = Value::Null;
    }
    let mut empty = every_field.clone();
    for name in ["alg", "use", "d", "p", "crv", "x", "y"] {
        empty[name] = json!("");
    }
    rows.extend([("every field, as null", every_field), ("every field, as empty text", empty)]);
    for (name, key) in rows {
        assert_eq!(refusal(Algorithm::RS256, &json!({ "keys": [key] })), None, "{name}");
    }
}

#[test]
fn a_long_rsa_key_counts() {
    // Nothing here signs by a key of that size: that it is there is enough.
    let n = base64url([vec![0x80], vec![0xff; 1023]].concat());
    let keys = key_set(&json!({ "keys": [with(OURS.rsa_jwk(), &json!({ "n": n }))] }));
    assert_eq!((keys.len(), keys.left_out().len()), (1, 0));
}

/// One coordinate in 256 begins with a zero, which programs that take it for a number drop or double.
#[test]
fn a_coordinate_is_a_number_with_or_without_its_leading_zeros() {
    let more = |key: &Value, name: &str| rewritten(key, name, |bytes| base64url([&[0], bytes].concat()));
    for (algorithm, key) in [(Algorithm::ES256, OURS.p256_jwk()), (Algorithm::ES384, OURS.p384_jwk())] {
        assert_eq!(refusal(algorithm, &json!({ "keys": [more(&more(&key, "x"), "y")] })), None, "{algorithm}");
    }
    // A key whose x begins with a zero: the point with the private key 151 on P-256 would do, and one is looked for here.
    let short = (0..4_096_u32).find_map(|_| {
        let random = ring::rand::SystemRandom::new();
        let by = &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = ring::signature::EcdsaKeyPair::generate_pkcs8(by, &random).unwrap();
        let pair = ring::signature::EcdsaKeyPair::from_pkcs8(by, pkcs8.as_ref(), &random).unwrap();
        let point = ring::signature::KeyPair::public_key(&pair).as_ref().to_vec();
        (point[1] == 0 && point[2] != 0).then_some((pair, point))
    });
    let (pair, point) = short.unwrap();
    let key = json!({"kty": "EC", "crv": "P-256", "x": base64url(&point[2..33]), "y": base64url(&point[33..])});
    let token = token(&json!({"alg": "ES256"}), &payload(), |message| {
        pair.sign(&ring::rand::SystemRandom::new(), message).unwrap().as_ref().to_vec()
    });
    let keys = key_set(&json!({ "keys": [key] }));
    assert_eq!(support::verifier().verify(&token, &keys, at(NOW)).err(), None);
}

#[test]
fn the_newer_name_of_an_algorithm_is_the_same_algorithm() {
    let key = with(OURS.ed25519_jwk(), &json!({"alg": "Ed25519"}));
    assert_eq!(refusal(Algorithm::EdDSA, &json!({ "keys": [key] })), None);
    let elsewhere = with(OURS.p256_jwk(), &json!({"alg": "Ed25519"}));
    assert!(matches!(refusal(Algorithm::ES256, &json!({ "keys": [elsewhere] })), Some(Refused::LeftOutKey(_))));
}

#[test]
fn one_key_that_is_listed_more_than_once_is_one_key() {
    let other = |others: Value| with(OURS.rsa_jwk(), &others);
    let unnamed = json!({"alg": "RS256"});
    let refused = |keys: Value| {
        let keys = key_set(&json!({ "keys": keys }));
        let by_name = support::verifier().verify(&OURS.token(Algorithm::RS256), &keys, at(NOW)).err();
        let token = token(&unnamed, &payload(), |message| OURS.sign(Algorithm::RS256, message));
        (by_name, support::verifier().verify(&token, &keys, at(NOW)).err())
    };
    for keys in [
        json!([OURS.rsa_jwk(), other(json!({"alg": "RS256"}))]),
        json!([OURS.rsa_jwk(), other(json!({"use": null}))]),
        json!([OURS.rsa_jwk(), other(json!({"kid": "as well"}))]),
        json!([OURS.rsa_jwk(), other(json!({"kid": null}))]),
        json!([OURS.rsa_jwk(), other(json!({"e": "AAEAAQ", "alg": "RS256"}))]),
    ] {
        assert_eq!(refused(keys.clone()), (None, None), "{keys}");
    }
    // Another key of that name is no guess.
    let two = json!([OURS.rsa_jwk(), other(json!({"alg": "RS256"})), FOREIGN.rsa_jwk()]);
    assert_eq!(refused(two), (Some(Refused::AmbiguousKey), Some(Refused::AmbiguousKey)));
}

#[test]
fn a_key_id_that_is_a_number_is_the_text_of_it() {
    let key = with(OURS.rsa_jwk(), &json!({"kid": 5}));
    let set = key_set(&json!({ "keys": [key, FOREIGN.rsa_jwk()] }));
    let named = |kid: &str| {
        let header = with(header(Algorithm::RS256), &json!({"kid": kid}));
        let token = token(&header, &payload(), |message| OURS.sign(Algorithm::RS256, message));
        support::verifier().verify(&token, &set, at(NOW)).err()
    };
    assert_eq!(named("5"), None);
    assert_eq!(named("6"), Some(Refused::UnknownKey));
}

#[test]
fn a_set_counts_in_a_larger_document_alone_or_behind_a_byte_order_mark() {
    for text in [
        json!({"keys": [OURS.rsa_jwk()], "issuer": "https://issuer.example", "ttl": 5, "meta": {"keys": []}})
            .to_string(),
        format!("\u{feff}{}", OURS.jwks()),
        // UAA's `/token_key`.
        with(OURS.rsa_jwk(), &json!({"alg": "RS256", "value": "-----BEGIN PUBLIC KEY-----"})).to_string(),
    ] {
        let keys = KeySet::parse(text.as_bytes()).unwrap();
        assert_eq!(support::verifier().verify(&OURS.token(Algorithm::RS256), &keys, at(NOW)).err(), None, "{text}");
    }
}

#[test]
fn a_good_key_counts_next_to_whatever_else_there_is_and_each_of_those_is_said() {
    let rsa = |kid: &str, others: Value| with(with(OURS.rsa_jwk(), &json!({ "kid": kid })), &others);
    let rows = [
        ("enc", rsa("enc", json!({"use": "enc"})), "not for signatures"),
        ("oaep", rsa("oaep", json!({"use": null, "alg": "RSA-OAEP"})), "not for signatures"),
        (
            "k1",
            json!({"kty": "EC", "crv": "secp256k1", "alg": "ES256K", "kid": "k1", "x": "AQ", "y": "AQ"}),
            "`secp256k1`",
        ),
        ("p521", json!({"kty": "EC", "crv": "P-521", "kid": "p521", "x": "AQ", "y": "AQ"}), "`P-521`"),
        ("es256k", with(OURS.p256_jwk(), &json!({"alg": "ES256K", "kid": "es256k"})), "`ES256K`"),
        ("mldsa", json!({"kty": "AKP", "alg": "ML-DSA-65", "kid": "mldsa", "pub": "AQ"}), "`AKP`"),
        ("uaa", json!({"kty": "MAC", "alg": "HMACSHA256", "kid": "uaa", "value": "planted"}), "`MAC`"),
        ("oct", json!({"kty": "oct", "alg": "HS256", "kid": "oct", "k": base64url([7; 32])}), "a secret"),
        ("x5c", json!({"kty": "RSA", "use": "sig", "kid": "x5c", "x5c": ["MIIC"]}), "`n` is missing"),
        ("small", rsa("small", json!({"n": base64url([0xff; 128])})), "1024 bits"),
        ("private", rsa("private", json!({"d": "AQAB"})), "the private key"),
    ];
    let mut entries: Vec<Value> = rows.iter().map(|(_, entry, _)| entry.clone()).collect();
    entries.insert(5, OURS.rsa_jwk());
    let keys = key_set(&json!({ "keys": entries }));
    assert_eq!(keys.len(), 1);
    assert_eq!(support::verifier().verify(&OURS.token(Algorithm::RS256), &keys, at(NOW)).err(), None);
    assert!(
        keys.algorithms().iter().all(|algorithm| "RS256 RS384 RS512 PS256 PS384 PS512".contains(algorithm.as_str()))
    );
    assert_eq!(keys.algorithms().len(), 6);
    for ((kid, _, said), left_out) in rows.iter().zip(keys.left_out()) {
        assert_eq!(left_out.kid.as_deref(), Some(*kid));
        let why = left_out.why.to_string();
        assert!(why.contains(said) && !why.contains("planted"), "{kid}: {why}");
        // What the log says of a token by it.
        let header = with(header(Algorithm::RS256), &json!({ "kid": kid }));
        let token = token(&header, &payload(), |message| OURS.sign(Algorithm::RS256, message));
        let refused = support::verifier().verify(&token, &keys, at(NOW)).unwrap_err();
        assert_eq!(refused, Refused::LeftOutKey(left_out.why.clone()));
        assert!(refused.is_about_the_key() && refused.to_string().contains(&why), "{refused}");
    }
}

#[test]
fn what_is_said_of_an_entry_is_short_and_printable() {
    let long = format!("\u{1b}[31m\n{}", "k".repeat(10_000));
    let keys = key_set(&json!({ "keys": [{"kty": long, "kid": "a"}, {"kty": 5, "kid": "b"}] }));
    let [of_long, of_none] = keys.left_out() else { panic!("two entries") };
    assert_eq!(of_long.why.to_string().len(), "its type (`kty`) is `[31m`; RSA, EC and OKP are supported".len() + 196);
    assert_eq!(of_none.why, WhyLeftOut::KeyType(tvm_oidc::Word::default()));
    assert_eq!(of_none.why.to_string(), "its type (`kty`) is missing; RSA, EC and OKP are supported");
}
