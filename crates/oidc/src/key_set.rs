//! The keys that tokens are verified by: an issuer's published set (JWKS, RFC 7517), or one shared secret. Never both.
//!
//! A published set holds no secret to sign with, whatever is written in it, and a shared secret serves its one algorithm.
//! So a public key cannot be taken for a secret, which is what forgers try first.

use std::fmt;

use jsonwebtoken::DecodingKey;
use ring::digest;
use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::json;
use crate::key::PublicKey;
use crate::left_out::LeftOut;
use crate::pair::{OfAPair, of_a_pair};
use crate::refused::Refused;

/// In bytes. API Gateway's own JWT authorizers read no more (quotas for HTTP APIs: 150,000).
const LARGEST_SET: usize = 150_000;

/// Issuers publish a handful: the key of today, of tomorrow, and of yesterday.
const MOST_KEYS: usize = 100;

/// Keys that can verify tokens.
pub struct KeySet {
    keys: Keys,
    left_out: Vec<LeftOut>,
}

enum Keys {
    Published(Vec<PublicKey>),
    Secret(DecodingKey, Algorithm),
}

/// Why there is no key set. No error holds what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// Too much to read.
    #[error("the key set is longer than {LARGEST_SET} bytes; is this the address of the issuer's JWKS?")]
    TooLarge,
    /// Not what RFC 7517 describes.
    #[error("the response is not a JSON Web Key Set: an object without repeated names, with a list named `keys`")]
    NotAKeySet,
    /// The document that says where the keys are.
    #[error(
        "what was read is a discovery document and not the keys; write its `jwks_uri` in `jwks_url`, or leave `jwks_url` out if \
         `issuer` is what the document says"
    )]
    Discovery,
    /// Too many to choose from.
    #[error("the key set has more than {MOST_KEYS} keys; is this the address of the issuer's JWKS?")]
    TooManyKeys,
    /// The algorithm has a public key.
    #[error("{0} takes no shared secret; choose HS256, HS384 or HS512, or give the issuer's key set")]
    NotBySecret(Algorithm),
    /// A key of a pair: whoever has the public half could sign.
    #[error(
        "the shared secret is a key of a pair (PEM, DER, JWK or OpenSSH), and the public half of one is no secret; give what the \
         issuer signs with, or name the pair's algorithm and give the issuer's key set"
    )]
    KeyOfAPair,
    /// Bytes that may be the number or the point of a public key, as sets of keys publish it.
    #[error(
        "the shared secret has the form of an RSA modulus or of a point on a curve, which are published; if it is one, name the \
         pair's algorithm and give the issuer's key set, and if it is random, have the issuer make one of another length, such as 64 \
         bytes"
    )]
    BareKey,
    /// A secret that could be guessed (RFC 7518, section 3.2).
    #[error(
        "the shared secret is shorter than the {least} bytes that {algorithm} needs; have the issuer make a longer one"
    )]
    ShortSecret {
        /// What it is to serve.
        algorithm: Algorithm,
        /// How long it must be.
        least: usize,
    },
}

impl KeySet {
    /// Reads what an issuer publishes: a set, which may have other members, or one key alone, as the `/token_key` of Cloud
    /// Foundry's UAA.
    ///
    /// An entry that cannot verify signatures here is left out, and [`left_out`](Self::left_out) says why: one for encryption, of
    /// a type, curve or algorithm that is not known, a secret (`oct`), a private key, an RSA key of less than 2048 bits or with a
    /// useless exponent. An entry that is there twice counts once. A set without any key left is no error: an issuer may have
    /// taken its keys back.
    ///
    /// # Errors
    /// [`KeySetError::TooLarge`], [`KeySetError::NotAKeySet`], [`KeySetError::Discovery`] and [`KeySetError::TooManyKeys`]; keep
    /// to the set that was read before.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        if json.len() > LARGEST_SET {
            return Err(KeySetError::TooLarge);
        }
        // A byte order mark, as some editors put before a file that is then published.
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let set = json::object(json).map_err(|_| KeySetError::NotAKeySet)?.into_value();
        let entries = match (set.get("keys"), set.get("kty"), set.get("jwks_uri")) {
            (Some(Value::Array(entries)), ..) => entries.as_slice(),
            (None, Some(_), _) => std::slice::from_ref(&set),
            (None, None, Some(_)) => return Err(KeySetError::Discovery),
            _ => return Err(KeySetError::NotAKeySet),
        };
        if entries.len() > MOST_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let mut keys = Vec::new();
        let mut left_out = Vec::new();
        for entry in entries {
            match PublicKey::read(entry) {
                Ok(key) if keys.contains(&key) => {}
                Ok(key) => keys.push(key),
                Err(entry) => left_out.push(entry),
            }
        }
        Ok(Self { keys: Keys::Published(keys), left_out })
    }

    /// One secret that the issuer signs with too, for one algorithm. It is wiped from memory when the set goes.
    ///
    /// # Errors
    /// [`KeySetError::NotBySecret`] for an algorithm with a public key; [`KeySetError::KeyOfAPair`] for a secret that is such a
    /// key, as bytes or spelled as text, and [`KeySetError::BareKey`] for one that may be; [`KeySetError::ShortSecret`] for one shorter than the algorithm's hash.
    pub fn shared_secret(secret: &[u8], algorithm: Algorithm) -> Result<Self, KeySetError> {
        let least = match algorithm {
            Algorithm::HS256 => digest::SHA256_OUTPUT_LEN,
            Algorithm::HS384 => digest::SHA384_OUTPUT_LEN,
            Algorithm::HS512 => digest::SHA512_OUTPUT_LEN,
            other => return Err(KeySetError::NotBySecret(other)),
        };
        match of_a_pair(secret) {
            Some(OfAPair::Key) => return Err(KeySetError::KeyOfAPair),
            Some(OfAPair::Bare) => return Err(KeySetError::BareKey),
            None => {}
        }
        if secret.len() < least {
            return Err(KeySetError::ShortSecret { algorithm, least });
        }
        Ok(Self { keys: Keys::Secret(DecodingKey::from_secret(secret), algorithm), left_out: Vec::new() })
    }

    /// How many keys can verify tokens.
    pub fn len(&self) -> usize {
        match &self.keys {
            Keys::Published(keys) => keys.len(),
            Keys::Secret(..) => 1,
        }
    }

    /// Whether no token can be verified by this set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The algorithms by which a token may be signed, to be verified by one of these keys.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let is_by_one = |algorithm: &Algorithm| match &self.keys {
            Keys::Published(keys) => keys.iter().any(|key| key.fits(*algorithm)),
            Keys::Secret(_, own) => own == algorithm,
        };
        Algorithm::ALL.into_iter().filter(is_by_one).collect()
    }

    /// The entries of the published set that verify nothing here.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The one key that a token with this key id and algorithm may be signed by.
    ///
    /// Exactly one must fit, with a key id or without: of two, one may be somebody else's by now. A shared secret serves
    /// whatever key id the issuer writes, since there is no other, and so does the one key of a set that names none.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, Refused> {
        let keys = match &self.keys {
            Keys::Secret(secret, own) if *own == algorithm => return Ok(secret.clone()),
            Keys::Secret(..) => return Err(Refused::UnknownKey),
            Keys::Published(keys) => keys,
        };
        let fitting = || keys.iter().filter(|key| key.fits(algorithm));
        let Some(kid) = kid else { return the_one(fitting()).unwrap_or(Err(Refused::UnknownKey)) };
        let is_named = |key: &&PublicKey| key.kid.as_deref() == Some(kid);
        if let Some(found) = the_one(fitting().filter(is_named)) {
            return found;
        }
        if keys.iter().any(|key| is_named(&key)) {
            return Err(Refused::UnfitKey);
        }
        if let Some(entry) = self.left_out.iter().find(|entry| entry.kid.as_deref() == Some(kid)) {
            return Err(Refused::LeftOutKey(entry.why.clone()));
        }
        let names_none = keys.iter().all(|key| key.kid.is_none());
        names_none.then(|| the_one(fitting())).flatten().unwrap_or(Err(Refused::UnknownKey))
    }
}

/// The key that all of these are, if there are any: some issuers list one key several times, for other algorithms or by other
/// names.
fn the_one<'k>(mut fitting: impl Iterator<Item = &'k PublicKey>) -> Option<Result<DecodingKey, Refused>> {
    let first = fitting.next()?;
    let is_one = fitting.all(|other| other.is_same_key(first));
    Some(if is_one { Ok(first.decoding_key()) } else { Err(Refused::AmbiguousKey) })
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet").field("keys", &self.len()).field("left_out", &self.left_out.len()).finish()
    }
}
