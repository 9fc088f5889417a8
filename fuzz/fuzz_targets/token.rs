//! Tokens: any text against an issuer's published keys and against a shared secret.
//!
//! What is accepted was signed by that issuer, by the algorithm that it names, and says what must be said, as an independent
//! reading of the same text has it. What somebody else signed is never accepted.
//!
//! An input is a token; or `ed25519`, `hs256` or `foreign` on a line, by whom the next two lines are signed: the header and the
//! payload, as they stand.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use ring::signature::Ed25519KeyPair;
use serde_json::Value;
use tvm_fuzz::issuer::{
    NOW, SECRET, are_good, claims, ed25519, expected, is_signed, jwks, mac, public_algorithms, token,
};
use tvm_oidc::{Algorithm, Claims, KeySet, Verifier};

struct Trust {
    published: (KeySet, Verifier),
    secret: (KeySet, Verifier),
    ours: Ed25519KeyPair,
    foreign: Ed25519KeyPair,
}

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let verifier = |algorithms| Verifier::new(expected(algorithms)).expect("a verifier");
    let published = KeySet::parse(jwks().to_string().as_bytes()).expect("a key set");
    let secret = KeySet::shared_secret(SECRET, Algorithm::HS256).expect("a secret");
    Trust {
        published: (published, verifier(public_algorithms())),
        secret: (secret, verifier(vec![Algorithm::HS256])),
        ours: ed25519(1),
        foreign: ed25519(2),
    }
});

fuzz_target!(init: can_tell(), |input: &str| {
    present(input);
});

/// Presents what the input means; whether it is accepted.
fn present(input: &str) -> bool {
    let (by, text) = input.split_once('\n').unwrap_or(("", input));
    let (header, payload) = text.split_once('\n').unwrap_or((text, ""));
    let by_pair = |pair: &Ed25519KeyPair| token(header, payload, |message| pair.sign(message).as_ref().to_vec());
    match by {
        "ed25519" => is_accepted(&by_pair(&TRUST.ours)),
        "hs256" => is_accepted(&token(header, payload, mac)),
        "foreign" => {
            assert!(!is_accepted(&by_pair(&TRUST.foreign)), "signed by somebody else");
            false
        }
        _ => is_accepted(input),
    }
}

fn is_accepted(token: &str) -> bool {
    let mut accepted = 0;
    for (keys, verifier) in [&TRUST.published, &TRUST.secret] {
        match verifier.verify(token, keys, UNIX_EPOCH + Duration::from_secs(NOW)) {
            Ok(verified) => {
                assert!(is_signed(token), "nobody signed {token}");
                says(&verified, &claims(token).expect("claims"));
                accepted += 1;
            }
            Err(refused) => assert!(!refused.to_string().is_empty()),
        }
    }
    assert!(accepted < 2, "one token by two kinds of key");
    accepted == 1
}

/// That the claims handed out are those of the token, and good.
fn says(verified: &Claims, claims: &Value) {
    assert!(are_good(claims), "{claims}");
    for (name, value) in claims.as_object().expect("an object") {
        assert!(name.starts_with('/') || verified.at(name) == Some(value), "{name}");
    }
    assert!(verified.text("sub").is_some() || claims.get("sub").is_none());
    for (name, text) in verified.flat() {
        let value = &claims[&name];
        assert!(!value.is_null() && !value.is_array() && !value.is_object());
        assert_eq!(value.as_str().map_or_else(|| value.to_string(), str::to_owned), text);
    }
    for path in ["groups", "/realm/roles", "sub"] {
        for group in verified.groups(path).unwrap_or_default() {
            assert!(
                !group.is_empty() && !group.contains(|c: char| c.is_whitespace() || ",[]".contains(c)),
                "{group:?}"
            );
        }
    }
}

/// That tokens are not all refused: each kind of key has one that is accepted.
fn can_tell() {
    for seed in [
        include_str!("../seeds/token/rs256"),
        include_str!("../seeds/token/ps256"),
        include_str!("../seeds/token/es256"),
        include_str!("../seeds/token/es384"),
        include_str!("../seeds/token/ed25519"),
        include_str!("../seeds/token/hs256"),
    ] {
        assert!(present(seed), "{seed}");
    }
    assert!(!present(&include_str!("../seeds/token/ed25519").replacen("ed25519", "foreign", 1)));
}
