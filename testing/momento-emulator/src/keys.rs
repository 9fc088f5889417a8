//! The long-lived API keys that the stage knows.
//!
//! A key comes in the two forms that Momento hands out: v1, base64 of `{"endpoint", "api_key"}`, and v2, a JWT whose
//! payload says `"t": "g"`. Known keys are held as digests, and no key is ever printed, logged or answered.

use std::{collections::HashMap, fmt, time::Duration};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::RwLock;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why a text is not an API key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Neither form of key.
    #[error(
        "this is not a Momento API key: write a v1 key (base64 of a JSON object with `endpoint` and `api_key`) or a v2 \
         key (a JWT whose payload holds \"t\": \"g\")"
    )]
    NeitherForm,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes to make an API key from: {0}")]
    NoRandomness(getrandom::Error),
}

/// A long-lived API key: what a user stores, and the part of it that travels with a call.
#[derive(Clone)]
pub(crate) struct ApiKey {
    text: SecretString,
    inner: SecretString,
}

#[derive(Serialize, Deserialize)]
struct V1<'a> {
    endpoint: std::borrow::Cow<'a, str>,
    api_key: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct V2Claims {
    t: String,
}

impl ApiKey {
    /// Reads a key in either form; white space around it is ignored.
    pub(crate) fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let inner = inner_of_v1(text).or_else(|| is_v2(text).then(|| text.to_owned())).ok_or(KeyError::NeitherForm)?;
        Ok(Self { text: text.into(), inner: inner.into() })
    }

    fn v1(endpoint: &str, inner: String) -> Self {
        let json = serde_json::json!({ "endpoint": endpoint, "api_key": inner }).to_string();
        Self { text: STANDARD.encode(json).into(), inner: inner.into() }
    }

    fn v2(jwt: String) -> Self {
        Self { text: jwt.clone().into(), inner: jwt.into() }
    }

    /// The key as a user stores it.
    pub(crate) fn text(&self) -> &SecretString {
        &self.text
    }

    /// The part of it that travels with a call.
    pub(crate) fn inner(&self) -> &SecretString {
        &self.inner
    }

    fn is_v1(&self) -> bool {
        self.text.expose_secret() != self.inner.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

fn inner_of_v1(text: &str) -> Option<String> {
    let json = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?;
    let key: V1<'_> = serde_json::from_slice(&json).ok()?;
    (!key.api_key.is_empty()).then(|| key.api_key.into_owned())
}

fn is_v2(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let [_, claims, _] = parts.as_slice() else { return false };
    let Ok(json) = URL_SAFE_NO_PAD.decode(claims) else { return false };
    serde_json::from_slice::<V2Claims>(&json).is_ok_and(|claims| claims.t == "g")
}

/// The stage's own key in both forms, and the secret that signs its tokens.
///
/// All of it follows from one root, so that a stage started again with the same key file knows both keys and the
/// tokens that it minted before. Not `Debug`: it is all secret.
pub(crate) struct OwnKeys {
    pub(crate) v1: ApiKey,
    pub(crate) v2: ApiKey,
    pub(crate) token_secret: [u8; 32],
}

impl OwnKeys {
    /// A key that nobody has had before.
    pub(crate) fn generate(endpoint: &str) -> Result<Self, KeyError> {
        let mut root = [0; 32];
        getrandom::fill(&mut root).map_err(KeyError::NoRandomness)?;
        let jwt = jwt(r#"{"sub":"momento-emulator","ver":1}"#, &derive(&root, "v1"));
        Ok(Self::around(ApiKey::v1(endpoint, jwt), endpoint))
    }

    /// `key`, and what follows from it.
    pub(crate) fn around(key: ApiKey, endpoint: &str) -> Self {
        let root = key.text.expose_secret().as_bytes();
        let token_secret = derive(root, "tokens");
        let other = derive(root, "other form");
        if key.is_v1() {
            let claims = format!(r#"{{"t":"g","jti":"{}"}}"#, URL_SAFE_NO_PAD.encode(&other[..16]));
            Self { v2: ApiKey::v2(jwt(&claims, &other)), v1: key, token_secret }
        } else {
            let v1 = ApiKey::v1(endpoint, jwt(r#"{"sub":"momento-emulator","ver":1}"#, &other));
            Self { v1, v2: key, token_secret }
        }
    }
}

/// A text with the shape of a JWT. Its last part is as good as random: nobody but the stage needs to check it.
fn jwt(claims: &str, last: &[u8]) -> String {
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    format!("{}.{}.{}", encode(br#"{"alg":"HS256","typ":"JWT"}"#), encode(claims.as_bytes()), encode(last))
}

fn derive(root: &[u8], purpose: &str) -> [u8; 32] {
    keyed(&Sha256::digest(root).into()).chain_update(purpose).finalize().into_bytes().into()
}

/// HMAC-SHA-256 with `secret`. The secret is padded to the hash's block here, as HMAC itself would do it, because the
/// constructor that takes any length returns an error that cannot happen.
pub(crate) fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(secret);
    Hmac::new(&block.into())
}

/// The keys that are good at this moment.
#[derive(Default)]
pub struct KeyRing {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    /// When each key ends, since the Unix epoch; `None`: never.
    keys: HashMap<Digest32, Option<Duration>>,
    /// By the refresh token that came with it.
    renewable: HashMap<Digest32, Renewable>,
}

type Digest32 = [u8; 32];

/// A key that can be renewed.
struct Renewable {
    key: Digest32,
    lifetime: Duration,
}

/// A key with an end, as Momento's console gives one, and what renews it. `Debug` shows the end alone.
#[derive(Clone)]
pub struct IssuedKey {
    /// The key in its v1 form, as a user would store it.
    pub api_key: SecretString,
    /// What renews it.
    pub refresh_token: SecretString,
    /// When it ends, in seconds since the Unix epoch.
    pub valid_until: u64,
}

impl fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedKey").field("valid_until", &self.valid_until).finish_non_exhaustive()
    }
}

/// What a text is that came as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    Ended,
    Unknown,
}

impl KeyRing {
    pub(crate) fn insert(&self, key: &ApiKey) {
        self.known.write().keys.insert(digest(key.inner.expose_secret()), None);
    }

    /// A new key that is good for `lifetime` from `now`.
    pub(crate) fn issue(&self, endpoint: &str, lifetime: Duration, now: Duration) -> Result<IssuedKey, KeyError> {
        let mut random = [0; 64];
        getrandom::fill(&mut random).map_err(KeyError::NoRandomness)?;
        let (for_key, for_token) = random.split_at(32);
        // Tokens end at whole seconds, and so do keys.
        let ends = Duration::from_secs(now.saturating_add(lifetime).as_secs());
        let claims = serde_json::json!({ "sub": "momento-emulator", "ver": 1, "exp": ends.as_secs() }).to_string();
        let key = ApiKey::v1(endpoint, jwt(&claims, for_key));
        let refresh_token = URL_SAFE_NO_PAD.encode(for_token);
        let of_key = digest(key.inner.expose_secret());
        let mut known = self.known.write();
        known.keys.insert(of_key, Some(ends));
        known.renewable.insert(digest(&refresh_token), Renewable { key: of_key, lifetime });
        Ok(IssuedKey { api_key: key.text, refresh_token: refresh_token.into(), valid_until: ends.as_secs() })
    }

    /// Takes the refresh token of the key `inner`, for good; gives the lifetime of the key.
    pub(crate) fn spend(&self, inner: &str, refresh_token: &str) -> Option<Duration> {
        let (key, token) = (digest(inner), digest(refresh_token));
        let mut known = self.known.write();
        let lifetime = known.renewable.get(&token).filter(|renewable| renewable.key == key)?.lifetime;
        known.renewable.remove(&token);
        Some(lifetime)
    }

    /// Makes a key good from now on. `text` is a v1 or v2 key as a user would store it.
    ///
    /// # Errors
    /// [`KeyError::NeitherForm`] when it is neither.
    pub fn add(&self, text: &str) -> Result<(), KeyError> {
        self.insert(&ApiKey::parse(text)?);
        Ok(())
    }

    /// Makes a key worthless: calls with it are UNAUTHENTICATED. Tokens minted with it stay good, as at Momento.
    ///
    /// # Errors
    /// [`KeyError::NeitherForm`] when `text` is no key.
    pub fn revoke(&self, text: &str) -> Result<(), KeyError> {
        self.known.write().keys.remove(&digest(ApiKey::parse(text)?.inner.expose_secret()));
        Ok(())
    }

    /// What `inner` is, which a client sends with a call.
    pub(crate) fn standing(&self, inner: &str, now: Duration) -> Standing {
        match self.known.read().keys.get(&digest(inner)) {
            None => Standing::Unknown,
            Some(Some(ends)) if *ends <= now => Standing::Ended,
            Some(_) => Standing::Good,
        }
    }

    /// How many keys there are that were not revoked.
    #[must_use]
    pub fn count(&self) -> usize {
        self.known.read().keys.len()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.count())
    }
}

fn digest(inner: &str) -> Digest32 {
    Sha256::digest(inner.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> OwnKeys {
        OwnKeys::generate("localhost").unwrap()
    }

    #[test]
    fn a_key_is_known_in_the_form_that_travels_until_it_is_revoked() {
        let (ring, key) = (KeyRing::default(), own().v1);
        ring.add(key.text().expose_secret()).unwrap();
        assert_eq!(ring.standing(key.inner.expose_secret(), Duration::ZERO), Standing::Good);
        assert_eq!(ring.standing(key.text().expose_secret(), Duration::ZERO), Standing::Unknown);
        ring.revoke(key.text().expose_secret()).unwrap();
        assert_eq!(ring.standing(key.inner.expose_secret(), Duration::ZERO), Standing::Unknown);
    }

    #[test]
    fn what_follows_from_a_key_is_the_same_each_time_and_differs_between_keys() {
        let first = own();
        for key in [&first.v1, &first.v2] {
            let (one, two) = (OwnKeys::around(key.clone(), "localhost"), OwnKeys::around(key.clone(), "localhost"));
            assert_eq!(one.token_secret, two.token_secret);
            assert_eq!(one.v1.text().expose_secret(), two.v1.text().expose_secret());
            assert_eq!(one.v2.text().expose_secret(), two.v2.text().expose_secret());
        }
        assert_ne!(first.token_secret, own().token_secret);
    }

    #[test]
    fn the_official_sdk_takes_both_forms() {
        let own = own();
        #[expect(deprecated, reason = "the SDK has no other way to read a v1 key")]
        let v1 = momento::CredentialProvider::from_string(own.v1.text().expose_secret()).unwrap();
        assert_eq!(v1.auth_token(), own.v1.inner.expose_secret());
        let v2 = momento::CredentialProvider::from_api_key_v2(own.v2.text().expose_secret(), "localhost").unwrap();
        assert_eq!(v2.auth_token(), own.v2.inner.expose_secret());
    }

    #[test]
    fn white_space_around_a_key_is_ignored() {
        let text = format!(" \n{}\n", own().v2.text().expose_secret());
        assert!(ApiKey::parse(&text).is_ok());
    }

    #[test]
    fn what_is_neither_form_is_refused_and_not_repeated() {
        let jwt_of_another_kind = jwt(r#"{"t":"x"}"#, b"secret");
        for text in ["", "sesame", "a.b.c", "eyJhIjoxfQ==", &jwt_of_another_kind] {
            let error = ApiKey::parse(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
