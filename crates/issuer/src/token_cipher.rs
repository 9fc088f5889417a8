//! How tokens lie in a store that others may read: under names that tell nothing, encrypted, and bound to their grant.
//!
//! Both keys are derived from the Momento API key, which whoever mints has anyway and nobody else: there is no further
//! secret to keep, and who replaces the API key leaves every old entry unreadable. HKDF with SHA-256 (RFC 5869),
//! AES-256-GCM with a random nonce (NIST SP 800-38D allows 2^32 of them for one key: 27 years at five a second), and
//! HMAC with SHA-256 for the names. All of `ring`, which is in the functions already: TLS uses it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use momento_client::ApiKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

/// Keeps these keys apart from any others that somebody derives from an API key. Another form of the entries is another
/// number.
const SALT: &[u8] = b"momento token vending machine: shared tokens: 1";

/// What is made of one API key.
pub(crate) struct TokenCipher {
    names: hmac::Key,
    seal: LessSafeKey,
}

impl TokenCipher {
    /// `None` if the cryptography fails, which it does for want of memory alone.
    pub(crate) fn of(key: &ApiKey) -> Option<Self> {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(key.secret().expose_secret().as_bytes());
        let names = secret.expand(&[b"names"], hmac::HMAC_SHA256).ok()?;
        let seal = secret.expand(&[b"seal"], &AES_256_GCM).ok()?;
        Some(Self { names: names.into(), seal: LessSafeKey::new(UnboundKey::from(seal)) })
    }

    /// The name of what is about `subject`: always the same, and no way back.
    pub(crate) fn name(&self, kind: &str, subject: &[u8]) -> Bytes {
        let mut context = hmac::Context::with_key(&self.names);
        // The zero ends the kind: no kind and subject read as another pair.
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(subject);
        format!("tvm/1/{kind}/{}", URL_SAFE_NO_PAD.encode(context.sign())).into()
    }

    /// `text`, to be opened with the same `context` alone: the nonce, then the ciphertext with its tag.
    pub(crate) fn encrypt(&self, context: &[u8], text: &[u8]) -> Option<Bytes> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = nonce.to_vec();
        let mut body = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.seal.seal_in_place_append_tag(nonce, Aad::from(context), &mut body).ok()?;
        sealed.append(&mut body);
        Some(sealed.into())
    }

    /// What was sealed with this `context`; `None` for anything else.
    pub(crate) fn decrypt(&self, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut text = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.seal.open_in_place(nonce, Aad::from(context), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cipher(secret: &str) -> TokenCipher {
        TokenCipher::of(&crate::model::key(secret)).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_and_context_alone() {
        let sealed = cipher("key").encrypt(b"grant", b"a token").unwrap();
        assert_eq!(cipher("key").decrypt(b"grant", &sealed).unwrap().as_slice(), b"a token");
        assert!(cipher("key").decrypt(b"another grant", &sealed).is_none());
        assert!(cipher("other").decrypt(b"grant", &sealed).is_none());
        assert!(!sealed.windows(5).any(|part| part == b"token"), "in clear");
    }

    #[test]
    fn what_was_changed_or_cut_does_not_open() {
        let sealed = cipher("key").encrypt(b"grant", b"a token").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.to_vec();
            changed[at] ^= 1;
            assert!(cipher("key").decrypt(b"grant", &changed).is_none(), "byte {at}");
            assert!(cipher("key").decrypt(b"grant", &sealed[..at]).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_alike() {
        let cipher = cipher("key");
        assert_ne!(cipher.encrypt(b"grant", b"a token"), cipher.encrypt(b"grant", b"a token"));
    }

    #[test]
    fn a_name_is_the_same_for_the_same_and_tells_nothing() {
        let name = cipher("key").name("token", b"alice");
        assert_eq!(name, cipher("key").name("token", b"alice"));
        assert_eq!(name.len(), "tvm/1/token/".len() + 43);
        let others = [
            cipher("key").name("token", b"bob"),
            cipher("key").name("lease", b"alice"),
            cipher("other").name("token", b"alice"),
        ];
        assert!(!others.contains(&name));
        assert_ne!(cipher("key").name("a", b"b"), cipher("key").name("a\0b", b""));
    }
}
