//! An issuer with a key of each type, and what its tokens are expected to be. Its signatures are real, by `ring`.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "in a test a panic is the answer wanted"
)]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding, RsaKeyPair};
use ring::{hmac, signature::EcdsaSigningAlgorithm};
use serde_json::{Value, json};
use tvm_oidc::{Algorithm, Claims, Expected, KeySet, Refused, Verifier};

/// In seconds since 1970: when everything happens.
pub const NOW: u64 = 1_800_000_000;
/// In seconds.
pub const LEEWAY: u64 = 60;
pub const ISSUER: &str = "https://issuer.example/tenant";
pub const AUDIENCE: &str = "https://api.example";

/// One key of each type, and no two tests have to make them anew.
pub struct Issuer {
    pub rsa: RsaKeyPair,
    p256: Vec<u8>,
    p384: Vec<u8>,
    ed25519: Ed25519KeyPair,
}

/// The issuer that is trusted.
pub static OURS: LazyLock<Issuer> = LazyLock::new(|| Issuer::with(include_bytes!("../keys/rsa-2048.pk8")));
/// Somebody else, with keys of the same types.
pub static FOREIGN: LazyLock<Issuer> = LazyLock::new(|| Issuer::with(include_bytes!("../keys/rsa-2048-foreign.pk8")));

impl Issuer {
    fn with(rsa: &[u8]) -> Self {
        let random = SystemRandom::new();
        let ec = |by| EcdsaKeyPair::generate_pkcs8(by, &random).unwrap().as_ref().to_vec();
        Self {
            rsa: RsaKeyPair::from_pkcs8(rsa).unwrap(),
            p256: ec(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            p384: ec(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            ed25519: Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref()).unwrap(),
        }
    }

    fn ec(by: &'static EcdsaSigningAlgorithm, pkcs8: &[u8]) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(by, pkcs8, &SystemRandom::new()).unwrap()
    }

    /// A signature by the key that `algorithm` needs.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        match algorithm {
            Algorithm::RS256 => self.rsa_sign(&signature::RSA_PKCS1_SHA256, message),
            Algorithm::RS384 => self.rsa_sign(&signature::RSA_PKCS1_SHA384, message),
            Algorithm::RS512 => self.rsa_sign(&signature::RSA_PKCS1_SHA512, message),
            Algorithm::PS256 => self.rsa_sign(&signature::RSA_PSS_SHA256, message),
            Algorithm::PS384 => self.rsa_sign(&signature::RSA_PSS_SHA384, message),
            Algorithm::PS512 => self.rsa_sign(&signature::RSA_PSS_SHA512, message),
            Algorithm::ES256 => Self::ec_sign(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &self.p256, message),
            Algorithm::ES384 => Self::ec_sign(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, &self.p384, message),
            Algorithm::EdDSA => self.ed25519.sign(message).as_ref().to_vec(),
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => mac(algorithm, SECRET, message),
        }
    }

    /// A signature by the P-256 key in the form of X.509, which is not that of JOSE.
    pub fn sign_es256_der(&self, message: &[u8]) -> Vec<u8> {
        Self::ec_sign(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &self.p256, message)
    }

    fn rsa_sign(&self, padding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.rsa.public().modulus_len()];
        self.rsa.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }

    fn ec_sign(by: &'static EcdsaSigningAlgorithm, pkcs8: &[u8], message: &[u8]) -> Vec<u8> {
        Self::ec(by, pkcs8).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    pub fn rsa_components(&self) -> PublicKeyComponents<Vec<u8>> {
        self.rsa.public().into()
    }

    pub fn rsa_jwk(&self) -> Value {
        let PublicKeyComponents { n, e } = self.rsa_components();
        json!({"kty": "RSA", "use": "sig", "kid": "rsa", "n": base64url(&n), "e": base64url(&e)})
    }

    pub fn p256_point(&self) -> Vec<u8> {
        Self::ec(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &self.p256).public_key().as_ref().to_vec()
    }

    pub fn p256_jwk(&self) -> Value {
        ec_jwk("P-256", "ES256", "p256", &self.p256_point())
    }

    pub fn p384_jwk(&self) -> Value {
        let key = Self::ec(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, &self.p384);
        ec_jwk("P-384", "ES384", "p384", key.public_key().as_ref())
    }

    pub fn ed25519_jwk(&self) -> Value {
        let x = base64url(self.ed25519.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "ed25519", "x": x})
    }

    pub fn jwks(&self) -> Value {
        json!({"keys": [self.rsa_jwk(), self.p256_jwk(), self.p384_jwk(), self.ed25519_jwk()]})
    }

    pub fn key_set(&self) -> KeySet {
        key_set(&self.jwks())
    }

    /// A token just as the issuer writes it.
    pub fn token(&self, algorithm: Algorithm) -> String {
        token(&header(algorithm), &payload(), |message| self.sign(algorithm, message))
    }
}

fn ec_jwk(crv: &str, alg: &str, kid: &str, point: &[u8]) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({"kty": "EC", "crv": crv, "use": "sig", "alg": alg, "kid": kid, "x": base64url(x), "y": base64url(y)})
}

/// What is shared with the issuer in the tests about that: as long as the longest hash.
pub const SECRET: &[u8] = &[b's'; 64];

pub fn mac(algorithm: Algorithm, secret: &[u8], message: &[u8]) -> Vec<u8> {
    let by = match algorithm {
        Algorithm::HS384 => hmac::HMAC_SHA384,
        Algorithm::HS512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    hmac::sign(&hmac::Key::new(by, secret), message).as_ref().to_vec()
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn key_set(jwks: &Value) -> KeySet {
    KeySet::parse(jwks.to_string().as_bytes()).unwrap()
}

/// The name of the key that an algorithm needs.
pub fn kid(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::ES256 => "p256",
        Algorithm::ES384 => "p384",
        Algorithm::EdDSA => "ed25519",
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => "secret",
        _ => "rsa",
    }
}

pub fn header(algorithm: Algorithm) -> Value {
    json!({"alg": algorithm.as_str(), "kid": kid(algorithm), "typ": "JWT"})
}

pub fn payload() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": NOW - 10, "exp": NOW + 600})
}

/// `object` with other entries; a `null` takes one out.
pub fn with(mut object: Value, others: &Value) -> Value {
    for (name, value) in others.as_object().unwrap() {
        let map = object.as_object_mut().unwrap();
        if value.is_null() {
            map.remove(name)
        } else {
            map.insert(name.clone(), value.clone())
        };
    }
    object
}

/// The compact form, of parts that need not be JSON.
pub fn token(header: &impl ToString, payload: &impl ToString, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header.to_string()), base64url(payload.to_string()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", base64url(signature))
}

/// A token that the trusted issuer signed, with any header and payload.
pub fn signed(header: &impl ToString, payload: &impl ToString) -> String {
    token(header, payload, |message| OURS.sign(Algorithm::RS256, message))
}

/// One with the usual header.
pub fn saying(payload: &impl ToString) -> String {
    signed(&header(Algorithm::RS256), payload)
}

/// Every algorithm with a public key.
pub fn public_algorithms() -> Vec<Algorithm> {
    Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_by_secret()).collect()
}

pub fn expected() -> Expected {
    Expected {
        issuer: ISSUER.to_owned(),
        audiences: vec!["https://other.example".to_owned(), AUDIENCE.to_owned()],
        audience_claim: "aud".to_owned(),
        algorithms: public_algorithms(),
        leeway: Duration::from_secs(LEEWAY),
        required_claims: [].into(),
    }
}

pub fn verifier() -> Verifier {
    Verifier::new(expected()).unwrap()
}

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// What becomes of a token with the usual expectations, keys and time.
pub fn verify(token: &str) -> Result<Claims, Refused> {
    verifier().verify(token, &OURS.key_set(), at(NOW))
}

/// By `openssl req -x509 -newkey ed25519 -subj /CN=issuer.example`, in base64.
const CERTIFICATE: &str = "MIIBRjCB+aADAgECAhR0APmtYVCIhMIDSndzJpXkMgub7jAFBgMrZXAwGTEXMBUGA1UEAwwOaXNzdWVyLmV4YW1wbGUw\
    HhcNMjYxMjAxMDIzNDU4WhcNMjYxMjAyMDIzNDU4WjAZMRcwFQYDVQQDDA5pc3N1ZXIuZXhhbXBsZTAqMAUGAytlcAMhALwbu3gFchaWLj/HfAhFTw1N\
    ClbS1j8fdZtJyh12JrxBo1MwUTAdBgNVHQ4EFgQUiYGn9cDhB3KWDKqz7DhHEgnMTq8wHwYDVR0jBBgwFoAUiYGn9cDhB3KWDKqz7DhHEgnMTq8wDwYD\
    VR0TAQH/BAUwAwEB/zAFBgMrZXADQQC9V/IVrf/wBFb3ij3doVpKR9efmfLbdNYq6ZvBso27e6UEC6lMjO4EiWXdRf0TZL2z5Yw21iqSySbt+om8QZ0E";

/// What a forger may take for the secret: everything that is public about a key, as bytes and as text.
pub fn public_things() -> Vec<(&'static str, Vec<u8>)> {
    let pkcs1 = OURS.rsa.public().as_ref().to_vec();
    // SubjectPublicKeyInfo of a 2048-bit key: the lengths are fixed.
    let prefix = STANDARD.decode("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A").unwrap();
    let spki = [prefix, pkcs1.clone()].concat();
    let point = OURS.p256_point();
    let ec_prefix = STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=").unwrap();
    let ec_spki = [ec_prefix, point.clone()].concat();
    vec![
        ("RSA, PKCS #1, PEM", pem("RSA PUBLIC KEY", &pkcs1)),
        ("RSA, SPKI, PEM", pem("PUBLIC KEY", &spki)),
        ("RSA, SPKI, PEM without the last line end", pem("PUBLIC KEY", &spki).trim_ascii_end().to_vec()),
        ("RSA, PKCS #1, DER", pkcs1),
        ("RSA, SPKI, DER", spki),
        ("RSA, the modulus", OURS.rsa_components().n),
        ("RSA, JWK", OURS.rsa_jwk().to_string().into_bytes()),
        ("P-256, SPKI, PEM", pem("PUBLIC KEY", &ec_spki)),
        ("P-256, SPKI, DER", ec_spki),
        ("P-256, the point", point),
        ("P-256, JWK", OURS.p256_jwk().to_string().into_bytes()),
        ("the whole JWKS", OURS.jwks().to_string().into_bytes()),
        ("Ed25519, a certificate, DER", STANDARD.decode(CERTIFICATE).unwrap()),
        ("Ed25519, a certificate, PEM", pem("CERTIFICATE", &STANDARD.decode(CERTIFICATE).unwrap())),
    ]
}

pub fn pem(name: &str, der: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {name}-----\n{}\n-----END {name}-----\n", lines.join("\n")).into_bytes()
}
