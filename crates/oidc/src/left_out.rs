//! The entries of a published set that verify nothing here, and why.
//!
//! A set may contain whatever an issuer needs elsewhere, so none of these is an error. An operator has to be able to tell a key
//! that the issuer does not have from one that it has and that is left out.

use std::fmt;

/// An entry of a published set that verifies nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The entry's key id, if it has one.
    pub kid: Option<String>,
    /// Why it verifies nothing.
    pub why: WhyLeftOut,
}

/// Why an entry of a published set verifies nothing here. It quotes at most the entry's names of types and algorithms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyLeftOut {
    /// No object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// A key id of another type than text.
    #[error("its `kid` is not text")]
    KeyId,
    /// For encryption, or for another use than signatures.
    #[error("it is not for signatures (`use`, `key_ops` or `alg`)")]
    OtherUse,
    /// A secret: everyone who reads the set could sign with it.
    #[error("it is a secret, which everyone can read there; have the issuer remove and replace it")]
    Secret,
    /// A private key: everyone who reads the set could sign with it.
    #[error("it contains the private key, which everyone can read there; have the issuer replace it")]
    PrivateKey,
    /// A type that is not known here.
    #[error("its type (`kty`) is {0}; RSA, EC and OKP are supported")]
    KeyType(Word),
    /// A curve that is not supported here.
    #[error("its curve (`crv`) is {0}; P-256, P-384 and Ed25519 are supported")]
    Curve(Word),
    /// An algorithm that is not supported here.
    #[error("its algorithm (`alg`) is {0}, which is not supported")]
    Algorithm(Word),
    /// An algorithm that does not go with the type of the key.
    #[error("its algorithm (`alg`) is {0}, which is not one for a key of its type")]
    AlgorithmOfAnotherType(Word),
    /// A number of the key is missing, or cannot be read.
    #[error("its `{0}` is missing or is not base64url")]
    Number(&'static str),
    /// An RSA key that is too short to trust, or longer than what can be checked.
    #[error("it is an RSA key of {0} bits; 2048 to 8192 are supported")]
    RsaSize(usize),
    /// Numbers that are no RSA key's.
    #[error("its `n` or `e` is not that of an RSA key")]
    NotRsa,
    /// A point of another length than the curve's.
    #[error("its point is longer or shorter than its curve has them")]
    Point,
    /// A point with which anybody can sign.
    #[error("its point is one with which anyone can make signatures")]
    SmallOrder,
}

impl WhyLeftOut {
    /// Whether issuers have such entries on purpose, next to the keys that tokens are signed by.
    pub(crate) const fn is_usual(&self) -> bool {
        matches!(self, Self::OtherUse)
    }
}

/// A word of what an issuer published, short and printable, so that it can be in an error and in a log line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Word(Option<String>);

impl Word {
    /// In characters: as long as an issuer's name may be.
    const LONGEST: usize = 200;

    pub(crate) fn of(text: Option<&str>) -> Self {
        Self(text.map(|text| text.chars().filter(char::is_ascii_graphic).take(Self::LONGEST).collect()))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(word) => write!(f, "`{word}`"),
            None => f.write_str("missing"),
        }
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
