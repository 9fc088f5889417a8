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
    let set: Value = serde_json::from_slice(json).expect("what was accepted is JSON");
    let entries = set["keys"].as_array().expect("a list");
    let public: Vec<&Value> = entries.iter().filter(|entry| is_public(entry)).collect();
    assert!(entries.len() <= 100 && keys.len() <= public.len());
    assert!(keys.len() + keys.left_out() <= entries.len());
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    let (token, verifier) = &TOKENS.by_secret;
    assert!(verifier.verify(token, &keys, now).is_err(), "a published secret is believed");
    let is_ours = |entry: &&Value| {
        entry["x"] == TOKENS.x && entry["crv"] == "Ed25519" && (entry.get("alg").is_none() || entry["alg"] == "EdDSA")
    };
    let ours = public.into_iter().find(is_ours);
    let good = TOKENS.by_key.iter().filter(|(token, verifier)| verifier.verify(token, &keys, now).is_ok()).count();
    assert!(good == 0 || ours.is_some(), "signed by a key that the set does not have");
    good
}

fn is_public(entry: &Value) -> bool {
    let lists = |name: &str, item: &str| entry[name].as_array().is_some_and(|list| list.iter().any(|one| one == item));
    ["RSA", "EC", "OKP"].iter().any(|kind| entry["kty"] == *kind)
        && entry.get("d").is_none()
        && (entry.get("use").is_none() || entry["use"] == "sig")
        && (entry.get("key_ops").is_none() || lists("key_ops", "verify"))
}

/// That a set is not empty by mistake.
fn can_tell() {
    let k = URL_SAFE_NO_PAD.encode(SECRET);
    let mut set = jwks();
    set["keys"].as_array_mut().expect("a list").push(json!({ "kty": "oct", "alg": "HS256", "k": k }));
    assert_eq!(read(set.to_string().as_bytes()), 2);
    assert_eq!(read(include_bytes!("../keys.json")), 0);
}
