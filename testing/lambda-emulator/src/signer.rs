//! An issuer's keys: what they sign, and what is published of them. Made anew each time, by `ring`, so none is in a file.

use std::fmt::Display;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

/// In bytes: one coordinate of a point of P-256.
const COORDINATE: usize = 32;

/// By what an issuer signs: it has a key for each, and the name is that of a token's header (RFC 7518, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// ECDSA with P-256 and SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SignedBy {
    /// As a token's header says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// By which hash an issuer signs that has a secret instead of keys; the name is that of a token's header (RFC 7518).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the standard's")]
pub enum Mac {
    HS256,
    HS384,
    HS512,
}

impl Mac {
    /// As a token's header says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }
}

/// A token of an issuer that signs with a secret, whatever its header says.
pub fn token_by_secret(secret: &[u8], by: Mac, header: &Value, claims: &Value) -> String {
    let hash = match by {
        Mac::HS256 => hmac::HMAC_SHA256,
        Mac::HS384 => hmac::HMAC_SHA384,
        Mac::HS512 => hmac::HMAC_SHA512,
    };
    let message = message(header, claims);
    let signature = base64url(hmac::sign(&hmac::Key::new(hash, secret), message.as_bytes()));
    format!("{message}.{signature}")
}

/// The keys of one time, until others follow them.
#[derive(Debug)]
pub(crate) struct Signer {
    generation: usize,
    es256: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
}

impl Signer {
    pub(crate) fn new(generation: usize) -> io::Result<Self> {
        let (random, ecdsa) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let es256 = EcdsaKeyPair::generate_pkcs8(ecdsa, &random).map_err(failed)?;
        let ed25519 = Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?;
        Ok(Self {
            generation,
            es256: EcdsaKeyPair::from_pkcs8(ecdsa, es256.as_ref(), &random).map_err(failed)?,
            ed25519: Ed25519KeyPair::from_pkcs8(ed25519.as_ref()).map_err(failed)?,
        })
    }

    /// What a token's header says that is signed so.
    pub(crate) fn header(&self, by: SignedBy) -> Value {
        json!({ "alg": by.as_str(), "typ": "JWT", "kid": self.kid(by) })
    }

    /// A token in the compact form (RFC 7515, section 7.1).
    pub(crate) fn token(&self, by: SignedBy, header: &Value, claims: &Value) -> io::Result<String> {
        let message = message(header, claims);
        let signature = match by {
            SignedBy::ES256 => base64url(self.es256.sign(&SystemRandom::new(), message.as_bytes()).map_err(failed)?),
            SignedBy::EdDSA => base64url(self.ed25519.sign(message.as_bytes())),
        };
        Ok(format!("{message}.{signature}"))
    }

    /// The public keys, as entries of a key set (RFC 7517).
    pub(crate) fn published(&self) -> [Value; 2] {
        // The point in its uncompressed form: 4, then x and y.
        let point = self.es256.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at_checked(COORDINATE).unwrap_or_default();
        let (kid, of_ed25519) = (self.kid(SignedBy::ES256), base64url(self.ed25519.public_key()));
        [
            json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": base64url(x), "y": base64url(y) }),
            json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.kid(SignedBy::EdDSA), "x": of_ed25519 }),
        ]
    }

    fn kid(&self, by: SignedBy) -> String {
        format!("{}-{}", by.as_str(), self.generation)
    }
}

/// What is signed (RFC 7515, section 5.1).
fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()))
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What `ring` says is no error of the standard library's.
fn failed(reason: impl Display) -> io::Error {
    io::Error::other(format!("ring makes neither a key nor a signature: {reason}"))
}
