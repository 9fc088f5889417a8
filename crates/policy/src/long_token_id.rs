//! A token id that is longer than Momento takes: the ids of CI jobs and of users from another identity provider often are.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What happens where the caller's own values make the token id longer than Momento takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum LongTokenId {
    /// The caller gets no token.
    #[default]
    Refuse,
    /// The token id is a hash of what it would have been.
    Hash,
    /// The token has no id.
    Omit,
}

/// How a hashed token id begins. No other token id does.
pub(crate) const HASHED: &str = "sha256:";

/// How much of the hash fits: 28 of its 32 bytes, in hexadecimal.
const BYTES: usize = 28;

/// The hash of `token_id`: what `printf %s ID | sha256sum | cut -c-56` prints, after `sha256:`.
pub(crate) fn hashed_token_id(token_id: &str) -> String {
    let digest = Sha256::digest(token_id.as_bytes());
    let digits = digest.iter().take(BYTES).flat_map(|byte| [byte >> 4, byte & 15]);
    HASHED.chars().chain(digits.filter_map(|digit| char::from_digit(digit.into(), 16))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LONGEST_TOKEN_ID;

    /// The digest is RFC 6234's for `abc` (section 8.5).
    #[test]
    fn a_hashed_id_is_what_sha256sum_prints_and_fits() {
        let hashed = hashed_token_id("abc");
        assert_eq!(hashed, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61");
        assert!(hashed.len() <= LONGEST_TOKEN_ID);
    }
}
