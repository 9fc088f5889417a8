//! Pseudonyms: what a log calls somebody by, so that who reads it can tell two callers apart and not who they are.
//!
//! Keyed, since names can be guessed: a plain hash of one is found by trying them all. The key is derived from the Momento API
//! key, which every instance has and nobody else, so there is no further secret to keep or to be allowed to read. With another
//! API key everybody has another pseudonym.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use momento_client::ApiKey;
use ring::{hkdf, hmac};
use secrecy::ExposeSecret;

/// Keeps this key apart from any others that somebody derives from an API key. Another form of pseudonyms is another number.
const SALT: &[u8] = b"momento token vending machine: audit: 1";

/// How much of the hash is kept: enough that no two are alike by chance, in 22 characters.
const BYTES: usize = 16;

/// What makes pseudonyms, by one API key.
pub struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    /// `None` if the cryptography fails, which it does for want of memory alone.
    #[must_use]
    pub fn by(key: &ApiKey) -> Option<Self> {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(key.secret().expose_secret().as_bytes());
        Some(Self(secret.expand(&[b"pseudonyms"], hmac::HMAC_SHA256).ok()?.into()))
    }

    /// That of `name`: always the same, and no way back.
    #[must_use]
    pub fn of(&self, name: &str) -> String {
        let tag = hmac::sign(&self.0, name.as_bytes());
        let kept = tag.as_ref().first_chunk::<BYTES>();
        kept.map(|kept| URL_SAFE_NO_PAD.encode(kept)).unwrap_or_default()
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pseudonyms").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key;

    #[test]
    fn a_name_has_one_pseudonym_by_each_key_and_shares_it_with_nobody() {
        let (ours, theirs) = (Pseudonyms::by(&key("ours")).unwrap(), Pseudonyms::by(&key("theirs")).unwrap());
        let again = Pseudonyms::by(&key("ours")).unwrap();
        assert_eq!(ours.of("ada"), again.of("ada"));
        assert_eq!(ours.of("ada").len(), 22);
        for other in [ours.of("Ada"), ours.of("ada "), ours.of(""), theirs.of("ada")] {
            assert_ne!(ours.of("ada"), other);
        }
    }

    /// Logs are kept for years: what is written today is to be found by the programs of then.
    #[test]
    fn a_pseudonym_is_the_hmac_that_the_documentation_says() {
        // By Python's hmac: HKDF-SHA256 of the key with that salt and the info "pseudonyms", then HMAC-SHA256 of the name.
        assert_eq!(Pseudonyms::by(&key("ours")).unwrap().of("ada"), "di1qN-xxUvHMrE_den6IGQ");
    }
}
