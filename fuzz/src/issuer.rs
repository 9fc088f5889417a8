//! The issuer that the targets trust: what its tokens must say, its keys, and whether a signature is its own.
//!
//! The private halves of the RSA and P-256 keys in `keys.json` are thrown away; tokens by them are among the seeds. The
//! Ed25519 key and the secret are here, so that a target can sign whatever an input says, the same way each time.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::signature::{self, Ed25519KeyPair, KeyPair, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Value, json};
use tvm_oidc::{Algorithm, Expected};

/// In seconds since 1970: when everything happens.
pub const NOW: u64 = 1_800_000_000;
/// How far clocks may differ, in seconds.
pub const LEEWAY: u64 = 60;
/// What `iss` must be.
pub const ISSUER: &str = "https://issuer.example/tenant";
/// What `aud` must be.
pub const AUDIENCE: &str = "https://api.example";
/// What HS256 is by.
pub const SECRET: &[u8; 32] = &[b's'; 32];

/// What a token must be, signed by one of these algorithms.
pub fn expected(algorithms: Vec<Algorithm>) -> Expected {
    Expected {
        issuer: ISSUER.to_owned(),
        audiences: vec!["https://other.example".to_owned(), AUDIENCE.to_owned()],
        audience_claim: "aud".to_owned(),
        algorithms,
        leeway: Duration::from_secs(LEEWAY),
        required_claims: [("tier".to_owned(), "1".to_owned())].into(),
    }
}

/// Every algorithm with a public key.
pub fn public_algorithms() -> Vec<Algorithm> {
    Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_by_secret()).collect()
}

/// A key pair that is always the same.
pub fn ed25519(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("any seed is a key")
}

/// What the issuer publishes.
pub fn jwks() -> Value {
    let mut set: Value = serde_json::from_str(include_str!("../keys.json")).expect("a key set");
    set["keys"].as_array_mut().expect("a list").push(ed25519_jwk(&ed25519(1)));
    set
}

/// The entry of a key.
pub fn ed25519_jwk(pair: &Ed25519KeyPair) -> Value {
    let x = base64url(pair.public_key().as_ref());
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "ed25519", "x": x })
}

/// A token that says so, signed as `sign` signs.
pub fn token(header: &str, payload: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", base64url(signature))
}

/// HMAC by the secret.
pub fn mac(message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), message).as_ref().to_vec()
}

/// Whether the issuer signed `token` by the algorithm that it names: asked of `ring`, by the one key of that kind.
pub fn is_signed(token: &str) -> bool {
    signed_by(token).unwrap_or_default()
}

fn signed_by(token: &str) -> Option<bool> {
    let (message, signature) = token.rsplit_once('.')?;
    let header: Value = serde_json::from_slice(&decoded(message.split_once('.')?.0)?).ok()?;
    let (message, signature) = (message.as_bytes(), decoded(signature)?);
    let set = jwks();
    let key = |kind: &str| set["keys"].as_array()?.iter().find(|key| key["kty"] == kind || key["crv"] == kind).cloned();
    let number = |kind: &str, name: &str| decoded(key(kind)?[name].as_str()?);
    let rsa = |by| {
        let components = RsaPublicKeyComponents { n: number("RSA", "n")?, e: number("RSA", "e")? };
        Some(components.verify(by, message, &signature).is_ok())
    };
    let point = |by: &'static dyn signature::VerificationAlgorithm, key: Vec<u8>| {
        Some(UnparsedPublicKey::new(by, key).verify(message, &signature).is_ok())
    };
    let on_curve = |curve| Some([vec![4], number(curve, "x")?, number(curve, "y")?].concat());
    match header["alg"].as_str()? {
        "RS256" => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        "RS384" => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
        "RS512" => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        "PS256" => rsa(&signature::RSA_PSS_2048_8192_SHA256),
        "PS384" => rsa(&signature::RSA_PSS_2048_8192_SHA384),
        "PS512" => rsa(&signature::RSA_PSS_2048_8192_SHA512),
        "ES256" => point(&signature::ECDSA_P256_SHA256_FIXED, on_curve("P-256")?),
        "ES384" => point(&signature::ECDSA_P384_SHA384_FIXED, on_curve("P-384")?),
        "EdDSA" => point(&signature::ED25519, number("OKP", "x")?),
        "HS256" => Some(mac(message) == signature),
        _ => None,
    }
}

/// The claims that a token carries, whoever signed it.
pub fn claims(token: &str) -> Option<Value> {
    serde_json::from_slice(&decoded(token.split('.').nth(1)?)?).ok()
}

/// Whether claims are as [`expected`] at [`NOW`].
pub fn are_good(claims: &Value) -> bool {
    let audiences = match &claims["aud"] {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let at = |name: &str| claims[name].as_f64();
    claims["iss"] == ISSUER
        && audiences.iter().any(|audience| audience == AUDIENCE || audience == "https://other.example")
        && (claims["tier"] == "1" || claims["tier"] == 1)
        && at("exp").is_some_and(|ends| ends + LEEWAY as f64 > NOW as f64 && ends < 1e12)
        && (claims.get("nbf").is_none() || at("nbf").is_some_and(|begins| begins <= (NOW + LEEWAY) as f64))
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
