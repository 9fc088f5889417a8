//! A SHA-256, as what a text is compared by.
//!
//! Enough for a key of many random bits, which nobody guesses however fast they are. For a password that a person chose, see
//! `argon2id`.

use std::fmt;

use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// The SHA-256 of a text. `Debug` does not show it: it may be a password's.
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// That of `text`.
    pub(crate) fn of(text: &str) -> Self {
        Self(<Sha256 as sha2::Digest>::digest(text).into())
    }

    /// The one that 64 hexadecimal digits spell.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|&[high, low]| u8::try_from((digit(high)? << 4) | digit(low)?).ok()).collect();
        bytes?.try_into().ok().map(Self)
    }

    /// The 64 hexadecimal digits that spell it.
    pub(crate) fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether both are the same, in constant time.
    pub(crate) fn is(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}
