//! What is published of a key pair, in the place of a shared secret: everybody who reads it there could sign.
//!
//! Read as leniently as forgers would read it, and not as a verifier would: a public key with a byte too many behind it verifies nothing
//! and is as public as without. So this looks at how DER begins, by hand, where a parser of certificates would say "no key".

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// How the type of an OpenSSH key begins (RFC 4253, RFC 5656; `sk-`: OpenSSH's PROTOCOL.u2f).
const SSH: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-sha2-"];

/// How the base64 of an OpenSSH key begins: with three zeros, of the length of its type's name.
const SSH_BASE64: &[u8] = b"AAAA";

/// What every PEM holds (RFC 7468), also behind the explanatory text that some tools write before it; what an SSH2 public key file
/// does (RFC 4716); and the elements of XML that hold a key (XML Signature, sections 4.5.2 and 4.5.4).
const MARKS: [&str; 6] =
    ["-----BEGIN ", "---- BEGIN SSH2 ", "RSAKeyValue>", "ECKeyValue>", "X509Certificate>", "Modulus>"];

/// In bytes: RSA keys of 2048, 3072, 4096 and 8192 bits. Not 128: random secrets of that size exist, and no key of 1024 bits counts
/// here.
const MODULI: [usize; 4] = [256, 384, 512, 1024];

/// In bytes: points of P-256, P-384 and P-521, uncompressed (SEC 1, section 2.3.3).
const POINTS: [usize; 3] = [65, 97, 133];

/// How often one spelling is looked for within another: PEM in base64 has base64 in it.
const DEEPEST: u8 = 3;

/// What a text is taken for that should be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfAPair {
    /// A key, beyond doubt.
    Key,
    /// A number or a point that could be one: nothing around it says so.
    Bare,
}

/// What of a key pair `secret` is, in the spellings in which such things are published: DER, PEM, JWK, OpenSSH, SSH2, XML, the modulus
/// or the point alone, as bytes or as text in base64 (either alphabet), in hexadecimal or in quotes.
///
/// Not told apart from a random secret: a public key of 32 bytes (Ed25519, X25519), a coordinate, a compressed point, a modulus of another
/// size than in [`MODULI`].
pub(crate) fn of_a_pair(secret: &[u8]) -> Option<OfAPair> {
    within(secret, DEEPEST)
}

fn within(secret: &[u8], depth: u8) -> Option<OfAPair> {
    let trimmed = secret.trim_ascii();
    if trimmed.utf8_chunks().any(|part| MARKS.iter().any(|mark| part.valid().contains(mark)))
        || SSH.iter().any(|head| trimmed.starts_with(head))
        || has_ssh_line(trimmed)
        || is_ssh_wire(secret)
        || is_der(secret)
        || is_jwk(trimmed)
    {
        return Some(OfAPair::Key);
    }
    if is_modulus(secret) || is_point(secret) {
        return Some(OfAPair::Bare);
    }
    let decoded = depth.checked_sub(1).zip(decoded(trimmed));
    decoded.and_then(|(depth, bytes)| within(&bytes, depth))
}

/// One element of DER (X.690): its tag, what is in it, and what follows. Of one that was cut, what there is.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    Some((*tag, content, behind))
}

/// Whether this begins as a `SubjectPublicKeyInfo` or a certificate (RFC 5280), as an `RSAPublicKey` or a private key (RFC 8017, RFC 5958,
/// RFC 5915).
fn is_der(bytes: &[u8]) -> bool {
    const INTEGER: u8 = 0x02;
    const OCTETS: u8 = 0x04;
    const OID: u8 = 0x06;
    const SEQUENCE: u8 = 0x30;
    /// A certificate's version.
    const VERSION: u8 = 0xa0;
    let Some((SEQUENCE, whole, _)) = element(bytes) else { return false };
    match element(whole) {
        Some((SEQUENCE, first, _)) => matches!(element(first), Some((OID | VERSION | INTEGER, ..))),
        Some((INTEGER, _, next)) => matches!(next.first(), Some(&(INTEGER | SEQUENCE | OCTETS))),
        _ => false,
    }
}

/// A public key of OpenSSH behind what may stand before it in `authorized_keys` and `known_hosts`: options, names of hosts.
fn has_ssh_line(text: &[u8]) -> bool {
    let words = text.split(u8::is_ascii_whitespace);
    let next = words.clone().skip(1);
    words.zip(next).any(|(name, key)| SSH.iter().any(|head| name.starts_with(head)) && key.starts_with(SSH_BASE64))
}

/// A public key of OpenSSH as it is within the base64 of its line: the length of its type's name, then that.
fn is_ssh_wire(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0, _, name @ ..] if SSH.iter().any(|head| name.starts_with(head)))
}

/// As many bits as a modulus has, the first of them set, and no factor of two; with the zero before it that DER writes, or without.
fn is_modulus(bytes: &[u8]) -> bool {
    let number = bytes.strip_prefix(&[0]).unwrap_or(bytes);
    MODULI.contains(&number.len())
        && number.first().is_some_and(|first| first & 0x80 != 0)
        && number.last().is_some_and(|last| last & 1 != 0)
}

fn is_point(bytes: &[u8]) -> bool {
    POINTS.contains(&bytes.len()) && bytes.first() == Some(&4)
}

/// A JSON Web Key of a pair, or a set of keys (RFC 7517). `oct` is a secret.
fn is_jwk(text: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Jwk {
        kty: Option<String>,
        keys: Option<IgnoredAny>,
    }
    text.first() == Some(&b'{')
        && serde_json::from_slice::<Jwk>(text)
            .is_ok_and(|jwk| jwk.keys.is_some() || jwk.kty.is_some_and(|kty| kty != "oct"))
}

/// The bytes that a text in hexadecimal or base64 spells, whichever alphabet, padding, line breaks and quotes it has.
fn decoded(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // `openssl rsa -modulus` writes this before it.
    let text = text.strip_prefix(b"Modulus=").or_else(|| text.strip_prefix(b"0x")).unwrap_or(text);
    let plain = (text.contains(&b'\\') || text.contains(&b'%')).then(|| Zeroizing::new(unescaped(text)));
    let text = plain.as_ref().map_or(text, |plain| plain.as_slice());
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    letters.extend(text.iter().filter(|c| !c.is_ascii_whitespace() && !b"\"':=".contains(c)).map(|c| match c {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    }));
    if let Some(bytes) = from_hex(&letters) {
        return Some(bytes);
    }
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config).decode(letters.as_slice()).ok().map(Zeroizing::new)
}

/// The text without the escapes that JSON, environment files and URLs put into base64: for line ends, `/`, `+` and `=`.
fn unescaped(text: &[u8]) -> Vec<u8> {
    const ESCAPES: [(&[u8], &[u8]); 9] = [
        (b"\\n", b""),
        (b"\\r", b""),
        (b"\\/", b"/"),
        (b"%2B", b"+"),
        (b"%2b", b"+"),
        (b"%2F", b"/"),
        (b"%2f", b"/"),
        (b"%3D", b""),
        (b"%3d", b""),
    ];
    let mut plain = Vec::with_capacity(text.len());
    let mut left = text;
    while let [first, rest @ ..] = left {
        let escape = ESCAPES.iter().find_map(|(escape, means)| Some((left.strip_prefix(*escape)?, *means)));
        let (after, means) = escape.unwrap_or((rest, std::slice::from_ref(first)));
        plain.extend_from_slice(means);
        left = after;
    }
    plain
}

fn from_hex(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for [high, low] in pairs {
        bytes.push(value(*high)? << 4 | value(*low)?);
    }
    Some(bytes)
}
