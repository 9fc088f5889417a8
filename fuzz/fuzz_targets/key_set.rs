//! Key sets: any bytes that an issuer's address may answer.
//!
//! A key counts only if an entry says that it is public and for signatures. A token is accepted by a set only if the set
//! holds the public key it was signed with, and one by a secret is accepted by none, though the secret stands there.
//!
//! An input is a set; or an object without `keys`, which is said of our key in place of what is true, or beside it.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tvm_fuzz::issuer::{
    AUDIENCE, ISSUER, NOW, SECRET, ed25519, ed25519_jwk, expected, jwks, mac, public_algorithms, token,
};
use tvm_oidc::{Algorithm, KeySet, Verifier};

struct Tokens {
    by_key: [(String, Verifier); 2],
    by_secret: (String, Verifier),
    /// The public key that the first are by.
    x: Value,
}

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    let payload = json!({ "iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 600, "tier": "1" }).to_string();
    let pair = ed25519(1);
    let sign = |header| token(header, &payload, |message| pair.sign(message).as_ref().to_vec());
    let verifier = |algorithms| Verifier::new(expected(algorithms)).expect("a verifier");
    Tokens {
        by_key: [r#"{"alg":"EdDSA","kid":"ed25519"}"#, r#"{"alg":"EdDSA"}"#]
            .map(|header| (sign(header), verifier(public_algorithms()))),
        by_secret: (token(r#"{"alg":"HS256"}"#, &payload, mac), verifier(vec![Algorithm::HS256])),
        x: ed25519_jwk(&pair)["x"].clone(),
    }
});

fuzz_target!(init: can_tell(), |json: &[u8]| {
    read(json);
    if let Ok(Value::Object(said)) = serde_json::from_slice(json)
        && !said.contains_key("keys")
    {
        let mut entry = ed25519_jwk(&ed25519(1));
        entry.as_object_mut().expect("an object").extend(said);
        read(json!({ "keys": [entry] }).to_string().as_bytes());
    }
});

/// Reads a set; how many of our two tokens it makes good.
fn read(json: &[u8]) -> usize {
    let keys = match KeySet::parse(json) {
        Ok(keys) => keys,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return 0;
        }
    };
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let set: Value = serde_json::from_slice(json).expect("what was accepted is JSON");
    // A key alone is a set of one.
    let entries = set["keys"].as_array().cloned().unwrap_or_else(|| vec![set.clone()]);
    let public: Vec<&Value> = entries.iter().filter(|entry| is_public(entry)).collect();
    assert!(entries.len() <= 100 && keys.len() <= public.len());
    assert!(keys.len() + keys.left_out().len() <= entries.len());
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    let (token, verifier) = &TOKENS.by_secret;
    assert!(verifier.verify(token, &keys, now).is_err(), "a published secret is believed");
    let ours = canonical(&TOKENS.x);
    let is_ours = |entry: &&Value| {
        let alg = words(&entry["alg"]);
        canonical(&entry["x"]) == ours
            && is(&entry["crv"], "Ed25519")
            && alg.is_some_and(|words| words.iter().all(|word| ["eddsa", "ed25519"].contains(&word.as_str())))
    };
    let ours = public.into_iter().find(is_ours);
    let good = TOKENS.by_key.iter().filter(|(token, verifier)| verifier.verify(token, &keys, now).is_ok()).count();
    assert!(good == 0 || ours.is_some(), "signed by a key that the set does not have");
    good
}

/// The text without what two programs write differently: padding, the alphabet, line ends.
fn canonical(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    let letters = text.chars().filter(|c| !c.is_ascii_whitespace() && *c != '=');
    letters
        .map(|c| {
            if c == '+' {
                '-'
            } else if c == '/' {
                '_'
            } else {
                c
            }
        })
        .collect()
}

fn is(value: &Value, word: &str) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// The words that a value is, in small letters: none for what says nothing, `None` for what cannot be read.
fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) if text.is_empty() => Some(Vec::new()),
        Value::String(text) => Some(vec![text.to_ascii_lowercase()]),
        Value::Array(list) => list.iter().map(|item| Some(item.as_str()?.to_ascii_lowercase())).collect(),
        _ => None,
    }
}

fn is_public(entry: &Value) -> bool {
    ["RSA", "EC", "OKP"].iter().any(|kind| is(&entry["kty"], kind))
        && words(&entry["d"]).is_some_and(|words| words.is_empty())
        && words(&entry["use"]).is_some_and(|words| words.iter().all(|word| word == "sig"))
        && words(&entry["key_ops"])
            .is_some_and(|words| words.is_empty() || words.iter().any(|word| word == "verify" || word == "sign"))
}

/// That a set is not empty by mistake.
fn can_tell() {
    let k = URL_SAFE_NO_PAD.encode(SECRET);
    let mut set = jwks();
    set["keys"].as_array_mut().expect("a list").push(json!({ "kty": "oct", "alg": "HS256", "k": k }));
    assert_eq!(read(set.to_string().as_bytes()), 2);
    assert_eq!(read(include_bytes!("../keys.json")), 0);
}
