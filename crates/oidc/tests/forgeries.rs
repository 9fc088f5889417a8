//! Tokens that nobody, or somebody else, signed: cut, nested, confused about the key, or with a signature of another form.
//!
//! Real: the whole crate and the signatures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use support::{FOREIGN, OURS, at, base64url, header, key_set, payload, saying, signed, token, verify, with};
use tvm_oidc::{Algorithm, Expected, Part, Refused, Verifier};

fn assert_refused(rows: impl IntoIterator<Item = (impl std::fmt::Display, String, Refused)>) {
    for (name, token, expected) in rows {
        match verify(&token) {
            Ok(_) => panic!("{name}: accepted"),
            Err(refused) => assert_eq!(refused, expected, "{name}"),
        }
    }
}

/// A token as it should be, in its three parts.
fn parts() -> [String; 3] {
    let token = OURS.token(Algorithm::ES256);
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

#[test]
fn what_is_not_three_parts_is_refused() {
    let [h, p, s] = parts();
    let nested = saying(&OURS.token(Algorithm::ES256));
    let three = || Refused::NotThreeParts;
    assert_refused([
        ("nothing", String::new(), three()),
        ("one part", h.clone(), three()),
        ("the signature and its dot cut off", format!("{h}.{p}"), three()),
        ("a dot too many at the end", format!("{h}.{p}.{s}."), three()),
        ("a dot too many at the start", format!(".{h}.{p}.{s}"), three()),
        ("four parts", format!("{h}.{p}.{s}.{s}"), three()),
        ("five parts, as an encrypted token", format!("{h}.{p}.{s}.{h}.{p}"), three()),
        ("two tokens", format!("{h}.{p}.{s}.{h}.{p}.{s}"), three()),
        ("JWS as JSON", json!({"protected": h, "payload": p, "signature": s}).to_string(), three()),
        ("JWS as JSON, with dots", json!({"protected": h, "payload": "a.b.c", "signature": s}).to_string(), {
            Refused::Encoding(Part::Header)
        }),
        ("a token as the payload of a token", nested, Refused::NotAnObject(Part::Payload)),
    ]);
}

#[test]
fn a_part_is_base64url_without_padding_and_without_anything_beside() {
    let [h, p, s] = parts();
    let encoding = Refused::Encoding;
    let mut rows = Vec::new();
    for (name, beside) in [
        ("padding", "="),
        ("a space", " "),
        ("a line end", "\n"),
        ("the other alphabet", "+/"),
        ("a zero", "\0"),
        ("a letter beyond ASCII", "é"),
        ("a percent sign", "%3D"),
    ] {
        rows.push((name, format!("{h}{beside}.{p}.{s}"), encoding(Part::Header)));
        rows.push((name, format!("{beside}{h}.{p}.{s}"), encoding(Part::Header)));
        rows.push((name, format!("{h}.{p}{beside}.{s}"), encoding(Part::Payload)));
        rows.push((name, format!("{h}.{p}.{s}{beside}"), encoding(Part::Signature)));
        rows.push((name, format!("{h}.{p}.{beside}{s}"), encoding(Part::Signature)));
    }
    rows.push(("the word before it", format!("Bearer {h}.{p}.{s}"), encoding(Part::Header)));
    assert_refused(rows);
}

/// 64 bytes leave four bits of the last letter unused; a decoder that overlooks them takes sixteen texts for one token.
#[test]
fn a_signature_has_one_spelling() {
    let [h, p, s] = parts();
    let (kept, last) = s.split_at(s.len() - 1);
    let others: Vec<_> = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        .chars()
        .filter(|letter| !last.contains(*letter))
        .map(|letter| verify(&format!("{h}.{p}.{kept}{letter}")).err())
        .collect();
    assert_eq!(others.len(), 63);
    assert_eq!(others.iter().filter(|refused| **refused == Some(Refused::Signature)).count(), 3);
    assert_eq!(others.iter().filter(|refused| **refused == Some(Refused::Encoding(Part::Signature))).count(), 60);
}

#[test]
fn a_token_longer_than_any_honest_one_is_refused_before_it_is_read() {
    let padded = |length: usize| {
        let token = saying(&with(payload(), &json!({"filler": "x".repeat(length)})));
        (token.len(), verify(&token).err())
    };
    let (length, refused) = padded(11_000);
    assert_eq!(refused, None, "{length} bytes");
    let (length, refused) = padded(150_000);
    assert!(length > 200_000);
    assert_eq!(refused, Some(Refused::TooLong));
    // The edge, where the form is looked at first.
    assert_eq!(verify(&"a".repeat(16 * 1024)).err(), Some(Refused::NotThreeParts));
    assert_eq!(verify(&"a".repeat(16 * 1024 + 1)).err(), Some(Refused::TooLong));
    assert_eq!(verify(&".".repeat(200_000)).err(), Some(Refused::TooLong));
}

#[test]
fn a_signature_that_is_not_the_keys_is_refused() {
    let mut rows = Vec::new();
    for algorithm in support::public_algorithms() {
        let claims = payload();
        let by = |sign: &dyn Fn(&[u8]) -> Vec<u8>| token(&header(algorithm), &claims, sign);
        let length = OURS.sign(algorithm, b"").len();
        let other = OURS.token(algorithm);
        let (_, of_another) = other.rsplit_once('.').unwrap();
        let moved = format!(
            "{}.{}.{of_another}",
            base64url(header(algorithm).to_string()),
            base64url(with(payload(), &json!({"sub": "eve"})).to_string())
        );
        rows.extend([
            ("no signature", by(&|_| Vec::new())),
            ("one byte", by(&|_| vec![0])),
            ("zeros", by(&|_| vec![0; length])),
            ("ones", by(&|_| vec![0xff; length])),
            ("the message itself", by(&<[u8]>::to_vec)),
            ("somebody else's key of the same name", by(&|message| FOREIGN.sign(algorithm, message))),
            ("one byte more", by(&|message| [OURS.sign(algorithm, message), vec![0]].concat())),
            ("one byte before", by(&|message| [vec![0], OURS.sign(algorithm, message)].concat())),
            ("one byte less", by(&|message| OURS.sign(algorithm, message)[..length - 1].to_vec())),
            ("of another message", by(&|_| OURS.sign(algorithm, b"another message"))),
            ("of a token with other claims", moved),
        ]);
    }
    assert_eq!(rows.len(), 9 * 11);
    assert_refused(rows.into_iter().map(|(name, token)| (name, token, Refused::Signature)));
}

#[test]
fn a_signature_by_one_algorithm_is_none_by_another() {
    for said in support::public_algorithms() {
        for done in support::public_algorithms().into_iter().filter(|done| *done != said) {
            let forged = token(&header(said), &payload(), |message| OURS.sign(done, message));
            assert_eq!(verify(&forged).err(), Some(Refused::Signature), "{said}, in truth {done}");
        }
    }
}

#[test]
fn an_ecdsa_signature_is_of_the_fixed_form_and_in_range() {
    // The order of P-256.
    let n = STANDARD.decode("/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVE=").unwrap();
    let (zero, mut one) = ([0; 32], [0; 32]);
    one[31] = 1;
    let es256 = |sign: &dyn Fn(&[u8]) -> Vec<u8>| token(&header(Algorithm::ES256), &payload(), sign);
    let halves = |message: &[u8]| {
        let signature = OURS.sign(Algorithm::ES256, message);
        let (r, s) = signature.split_at(32);
        (r.to_vec(), s.to_vec())
    };
    let rows = [
        ("DER", es256(&|message| OURS.sign_es256_der(message))),
        ("r and s are 0", es256(&|_| [zero, zero].concat())),
        ("r is 0", es256(&|message| [zero.to_vec(), halves(message).1].concat())),
        ("s is 0", es256(&|message| [halves(message).0, zero.to_vec()].concat())),
        ("r and s are 1", es256(&|_| [one, one].concat())),
        ("r and s are n", es256(&|_| [n.clone(), n.clone()].concat())),
        ("r is n, s is 1", es256(&|_| [n.clone(), one.to_vec()].concat())),
        ("r and s in turn", es256(&|message| [halves(message).1, halves(message).0].concat())),
    ];
    assert_refused(rows.map(|(name, token)| (name, token, Refused::Signature)));
}

#[test]
fn a_public_key_is_no_secret() {
    let by_secret = Expected { algorithms: vec![Algorithm::HS256], ..support::expected() };
    let by_secret = Verifier::new(by_secret).unwrap();
    for (name, secret) in support::public_things().into_iter().chain([("nothing", Vec::new())]) {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            for kid in ["rsa", "p256"] {
                let header = json!({"alg": algorithm.as_str(), "kid": kid});
                let forged = token(&header, &payload(), |message| support::mac(algorithm, &secret, message));
                assert_eq!(verify(&forged).err(), Some(Refused::Algorithm), "{algorithm} with {name}");
            }
        }
        // Even where somebody configures HS256 and still hands over the published keys.
        let forged = token(&json!({"alg": "HS256", "kid": "rsa"}), &payload(), |message| {
            support::mac(Algorithm::HS256, &secret, message)
        });
        let refused = by_secret.verify(&forged, &OURS.key_set(), at(support::NOW)).err();
        assert_eq!(refused, Some(Refused::UnfitKey), "{name}");
    }
}

#[test]
fn a_published_secret_is_no_key() {
    let oct = json!({"kty": "oct", "kid": "secret", "alg": "HS256", "use": "sig", "k": base64url(support::SECRET)});
    let published = key_set(&json!({"keys": [oct]}));
    assert_eq!((published.len(), published.left_out().len()), (0, 1));
    let forged = OURS.token(Algorithm::HS256);
    let by_secret = Verifier::new(Expected { algorithms: vec![Algorithm::HS256], ..support::expected() }).unwrap();
    let left_out = Some(Refused::LeftOutKey(tvm_oidc::WhyLeftOut::Secret));
    assert_eq!(by_secret.verify(&forged, &published, at(support::NOW)).err(), left_out);
    assert_eq!(support::verifier().verify(&forged, &published, at(support::NOW)).err(), Some(Refused::Algorithm));
}

#[test]
fn claims_that_nobody_signed_are_not_looked_at() {
    // Each would be refused for what it says, were it read before the signature.
    for claims in ["", "[]", "{}", r#"{"exp":1}"#, r#"{"a":1,"a":2}"#, r#"{"iss":"https://attacker.example"}"#] {
        let forged = token(&header(Algorithm::RS256), &claims, |message| FOREIGN.sign(Algorithm::RS256, message));
        assert_eq!(verify(&forged).err(), Some(Refused::Signature), "{claims}");
        assert!(!matches!(verify(&signed(&header(Algorithm::RS256), &claims)), Ok(_) | Err(Refused::Signature)));
    }
}
