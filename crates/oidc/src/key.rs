//! One key: read from a JSON Web Key (RFC 7517), or a shared secret.
//!
//! What cannot verify here is no key at all. A set may hold whatever an issuer needs elsewhere, so that is no error. An entry is
//! read as programs write it, where it can be read in one way only: what says nothing (`null`, an empty text) counts as left
//! out, and base64 counts with padding and in either alphabet.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use crate::algorithm::{Algorithm, KeyType};
use crate::left_out::{LeftOut, WhyLeftOut, Word};
use crate::small_order::is_of_small_order;

/// In bits. RFC 7518 (section 3.3) asks for 2048; `ring` takes no more than 8192, which also bounds the work.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// In bits: `ring` takes no longer exponent.
const MOST_EXPONENT_BITS: usize = 33;

/// In bytes: one coordinate in four thousand million begins with that many zeros.
const MOST_ZEROS: usize = 4;

/// What is left of an RSA key in an entry that a private key was taken out of carelessly is private, too.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// The algorithms of RFC 7518 (section 4.1) that encrypt to a public key begin so.
const ENCRYPTING: [&str; 3] = ["RSA-OAEP", "RSA1_5", "ECDH-ES"];

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
    /// The key of one entry, or why it verifies no signatures here.
    pub(crate) fn read(jwk: &Value) -> Result<Self, LeftOut> {
        let kid = key_id(jwk.get("kid"));
        let read = Self::of(jwk);
        match (kid, read) {
            (Ok(kid), Ok((algorithm, material))) => Ok(Self { kid, algorithm, material }),
            (Ok(kid), Err(why)) => Err(LeftOut { kid, why }),
            (Err(why), _) => Err(LeftOut { kid: None, why }),
        }
    }

    fn of(jwk: &Value) -> Result<(Option<Algorithm>, Material), WhyLeftOut> {
        if !jwk.is_object() {
            return Err(WhyLeftOut::NotAnObject);
        }
        check_use(jwk)?;
        let material = Material::read(jwk)?;
        Ok((own_algorithm(jwk.get("alg"), material.key_type())?, material))
    }

    /// Whether a signature by `algorithm` may be this key's.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        algorithm.key_type() == self.material.key_type() && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether it is the key of the other entry too, whatever else the two say.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        self.material == other.material
    }

    pub(crate) fn decoding_key(&self) -> DecodingKey {
        match &self.material {
            Material::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
            Material::Point { key_type: KeyType::Ed25519, bytes } => DecodingKey::from_ed_der(bytes),
            Material::Point { bytes, .. } => DecodingKey::from_ec_der(bytes),
        }
    }
}

/// What an entry says under a name. Programs that have a field for it write nothing as `null`, `""` or `[]`.
enum Said<'j> {
    Nothing,
    Words(Vec<&'j str>),
    Unclear,
}

impl<'j> Said<'j> {
    fn of(value: Option<&'j Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Nothing,
            Some(Value::String(text)) if text.is_empty() => Self::Nothing,
            Some(Value::String(text)) => Self::Words(vec![text]),
            Some(Value::Array(list)) => match list.iter().map(Value::as_str).collect::<Option<Vec<_>>>() {
                Some(words) if words.is_empty() => Self::Nothing,
                Some(words) => Self::Words(words),
                None => Self::Unclear,
            },
            Some(_) => Self::Unclear,
        }
    }

    /// The word, where it is one.
    fn word(self) -> Option<&'j str> {
        match self {
            Self::Words(words) => match words.as_slice() {
                [word] => Some(word),
                _ => None,
            },
            Self::Nothing | Self::Unclear => None,
        }
    }
}

/// A number, as some write it, is the text that it is written as.
fn key_id(value: Option<&Value>) -> Result<Option<String>, WhyLeftOut> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone()).filter(|kid| !kid.is_empty())),
        Some(Value::Number(number)) if number.is_u64() || number.is_i64() => Ok(Some(number.to_string())),
        Some(_) => Err(WhyLeftOut::KeyId),
    }
}

/// Left out: keys for encryption, and private keys. A private key that is published is everybody's, so a signature by it
/// proves nothing. A key to sign with is one to verify by, where it is public.
fn check_use(jwk: &Value) -> Result<(), WhyLeftOut> {
    let is = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let meant = match Said::of(jwk.get("use")) {
        Said::Nothing => true,
        Said::Words(words) => words.iter().all(|word| is(word, &["sig"])),
        Said::Unclear => false,
    };
    let allowed = match Said::of(jwk.get("key_ops")) {
        Said::Nothing => true,
        Said::Words(words) => words.iter().any(|word| is(word, &["verify", "sign"])),
        Said::Unclear => false,
    };
    if !meant || !allowed {
        return Err(WhyLeftOut::OtherUse);
    }
    let is_private = |name: &&str| !matches!(Said::of(jwk.get(name)), Said::Nothing);
    if PRIVATE.iter().any(is_private) { Err(WhyLeftOut::PrivateKey) } else { Ok(()) }
}

/// The one algorithm that the key is for, if the entry says so.
fn own_algorithm(alg: Option<&Value>, key_type: KeyType) -> Result<Option<Algorithm>, WhyLeftOut> {
    let said = Said::of(alg);
    if let Said::Nothing = said {
        return Ok(None);
    }
    let Some(name) = said.word() else { return Err(WhyLeftOut::Algorithm(Word::of(None))) };
    if ENCRYPTING.iter().any(|encrypting| name.starts_with(encrypting)) {
        return Err(WhyLeftOut::OtherUse);
    }
    // RFC 9864's name of what `EdDSA` is with this curve.
    let known = if key_type == KeyType::Ed25519 && name.eq_ignore_ascii_case("Ed25519") {
        Some(Algorithm::EdDSA)
    } else {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
    };
    let known = known.ok_or_else(|| WhyLeftOut::Algorithm(Word::of(Some(name))))?;
    if known.key_type() != key_type {
        return Err(WhyLeftOut::AlgorithmOfAnotherType(Word::of(Some(name))));
    }
    Ok(Some(known))
}

impl Material {
    /// A key of the type `oct` is never read: it would make a published text the secret to sign with.
    fn read(jwk: &Value) -> Result<Self, WhyLeftOut> {
        let number = |name: &'static str| {
            let bytes = jwk.get(name).and_then(Value::as_str).and_then(base64url);
            bytes.filter(|bytes| !bytes.is_empty()).ok_or(WhyLeftOut::Number(name))
        };
        let word = |name: &str| jwk.get(name).and_then(Value::as_str);
        let (kty, crv) = (word("kty"), word("crv"));
        let is = |word: Option<&str>, known: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(known));
        let curve = || WhyLeftOut::Curve(Word::of(crv));
        match () {
            () if is(kty, "RSA") => rsa(&number("n")?, &exponent(jwk.get("e")).map_or_else(|| number("e"), Ok)?),
            () if is(kty, "EC") => {
                let (key_type, length) = match () {
                    () if is(crv, "P-256") => (KeyType::P256, 32),
                    () if is(crv, "P-384") => (KeyType::P384, 48),
                    () => return Err(curve()),
                };
                point(key_type, length, &number("x")?, &number("y")?)
            }
            () if is(kty, "OKP") && is(crv, "Ed25519") => ed25519(number("x")?),
            () if is(kty, "OKP") => Err(curve()),
            () if is(kty, "oct") => Err(WhyLeftOut::Secret),
            () => Err(WhyLeftOut::KeyType(Word::of(kty))),
        }
    }

    const fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { .. } => KeyType::Rsa,
            Self::Point { key_type, .. } => *key_type,
        }
    }
}

/// The bytes that a text in base64 spells, by either alphabet, with padding or without, and with line ends in it.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| match byte {
        b'+' => b'-',
        b'/' => b'_',
        other => other,
    });
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&URL_SAFE, config).decode(letters.collect::<Vec<u8>>()).ok()
}

/// An exponent that is written as a number, `65537`.
fn exponent(value: Option<&Value>) -> Option<Vec<u8>> {
    value?.as_u64().map(|number| number.to_be_bytes().to_vec())
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// How long a number without leading zeros is.
fn bits(number: &[u8]) -> Option<usize> {
    number.len().checked_mul(8)?.checked_sub(number.first()?.leading_zeros().try_into().ok()?)
}

/// Leading zeros are dropped, which RFC 7518 (section 6.3.1.1) says some programs write and `ring` does not take.
fn rsa(n: &[u8], e: &[u8]) -> Result<Material, WhyLeftOut> {
    let (n, e) = (without_zeros(n), without_zeros(e));
    let size = bits(n).unwrap_or_default();
    if !RSA_BITS.contains(&size) {
        return Err(WhyLeftOut::RsaSize(size));
    }
    let is_odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte % 2 == 1);
    // An exponent of 1 leaves every message its own signature, an even one has no private key.
    let is_exponent = is_odd(e) && e != [1] && bits(e).is_some_and(|bits| bits <= MOST_EXPONENT_BITS);
    if is_odd(n) && is_exponent { Ok(Material::Rsa { n: n.to_vec(), e: e.to_vec() }) } else { Err(WhyLeftOut::NotRsa) }
}

/// The uncompressed point (SEC 1, section 2.3.3). That it lies on the curve, `ring` checks with each signature. A coordinate is a
/// number as long as the curve's (RFC 7518, section 6.2.1.2), and some programs drop its leading zeros or write one more. What is
/// much shorter is a number of another curve.
fn point(key_type: KeyType, length: usize, x: &[u8], y: &[u8]) -> Result<Material, WhyLeftOut> {
    let mut bytes = vec![4];
    for number in [x, y].map(without_zeros) {
        let zeros = length.checked_sub(number.len()).filter(|zeros| *zeros <= MOST_ZEROS).ok_or(WhyLeftOut::Point)?;
        bytes.extend(std::iter::repeat_n(0, zeros));
        bytes.extend(number);
    }
    Ok(Material::Point { key_type, bytes })
}

fn ed25519(bytes: Vec<u8>) -> Result<Material, WhyLeftOut> {
    let key = bytes.as_slice().try_into().map_err(|_| WhyLeftOut::Point)?;
    if is_of_small_order(key) {
        Err(WhyLeftOut::SmallOrder)
    } else {
        Ok(Material::Point { key_type: KeyType::Ed25519, bytes })
    }
}
