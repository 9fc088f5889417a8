//! One key: read from a JSON Web Key (RFC 7517), or a shared secret.
//!
//! What cannot verify here is no key at all. A set may hold whatever an issuer needs elsewhere, so that is no error.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use crate::algorithm::{Algorithm, KeyType};
use crate::small_order::is_of_small_order;

/// In bits. RFC 7518 (section 3.3) asks for 2048; `ring` takes no more than 8192, which also bounds the work.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key that an issuer publishes. Two are equal if they are the same entry.
#[derive(PartialEq, Eq)]
pub(crate) struct PublicKey {
    pub(crate) kid: Option<String>,
    /// The one algorithm that the issuer means it for, if the entry says so.
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Point { key_type: KeyType, bytes: Vec<u8> },
}

impl PublicKey {
    /// The key of one entry, if it is one that can verify signatures here.
    pub(crate) fn read(jwk: &Value) -> Option<Self> {
        if !is_for_verifying(jwk) {
            return None;
        }
        let material = Material::read(jwk)?;
        let algorithm = match jwk.get("alg") {
            None => None,
            Some(name) => {
                Some(Algorithm::named(name.as_str()?).filter(|named| named.key_type() == material.key_type())?)
            }
        };
        let kid = match jwk.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str().filter(|kid| !kid.is_empty())?.to_owned()),
        };
        Some(Self { kid, algorithm, material })
    }

    /// Whether a signature by `algorithm` may be this key's.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        algorithm.key_type() == self.material.key_type() && self.algorithm.is_none_or(|own| own == algorithm)
    }

    pub(crate) fn decoding_key(&self) -> DecodingKey {
        match &self.material {
            Material::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
            Material::Point { key_type: KeyType::Ed25519, bytes } => DecodingKey::from_ed_der(bytes),
            Material::Point { bytes, .. } => DecodingKey::from_ec_der(bytes),
        }
    }
}

/// Left out: keys for encryption, and private keys. A private key that is published is everybody's, so a signature by it
/// proves nothing.
fn is_for_verifying(jwk: &Value) -> bool {
    let meant = jwk.get("use").is_none_or(|usage| usage == "sig");
    let allowed = jwk
        .get("key_ops")
        .is_none_or(|operations| operations.as_array().is_some_and(|list| list.iter().any(|item| item == "verify")));
    meant && allowed && jwk.get("d").is_none()
}

impl Material {
    /// A key of the type `oct` is never read: it would make a published text the secret to sign with.
    fn read(jwk: &Value) -> Option<Self> {
        let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
        match (jwk.get("kty")?.as_str()?, jwk.get("crv").and_then(Value::as_str)) {
            ("RSA", _) => rsa(&number("n")?, &number("e")?),
            ("EC", Some("P-256")) => point(KeyType::P256, 32, &number("x")?, &number("y")?),
            ("EC", Some("P-384")) => point(KeyType::P384, 48, &number("x")?, &number("y")?),
            ("OKP", Some("Ed25519")) => ed25519(number("x")?),
            _ => None,
        }
    }

    const fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { .. } => KeyType::Rsa,
            Self::Point { key_type, .. } => *key_type,
        }
    }
}

/// Leading zeros are dropped, which RFC 7518 (section 6.3.1.1) says some programs write and `ring` does not take.
fn rsa(n: &[u8], e: &[u8]) -> Option<Material> {
    let without_zeros = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
    let (n, e) = (without_zeros(n), without_zeros(e));
    let bits = n.len().checked_mul(8)?.checked_sub(n.first()?.leading_zeros().try_into().ok()?)?;
    let is_odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte % 2 == 1);
    // An exponent of 1 leaves every message its own signature, an even one has no private key.
    (RSA_BITS.contains(&bits) && is_odd(&n) && is_odd(&e) && e != [1]).then_some(Material::Rsa { n, e })
}

/// The uncompressed point (SEC 1, section 2.3.3). That it lies on the curve, `ring` checks with each signature.
fn point(key_type: KeyType, length: usize, x: &[u8], y: &[u8]) -> Option<Material> {
    let bytes = [&[4], x, y].concat();
    (x.len() == length && y.len() == length).then_some(Material::Point { key_type, bytes })
}

fn ed25519(bytes: Vec<u8>) -> Option<Material> {
    let is_key = bytes.as_slice().try_into().is_ok_and(|key| !is_of_small_order(key));
    is_key.then_some(Material::Point { key_type: KeyType::Ed25519, bytes })
}
