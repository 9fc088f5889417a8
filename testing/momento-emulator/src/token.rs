//! Disposable tokens: sealing what a token may do into a text, and opening that text again.
//!
//! A token carries its permissions, its id and its expiry, signed; the stage remembers none of them. A text that was
//! not sealed with this stage's secret never opens.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use momento_protos::permission_messages::Permissions;
use prost::Message;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{keys::keyed, rights::Rights};

/// `{"alg":"HS256","typ":"JWT"}`, as every token begins.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// What is written in a token.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// Epoch seconds when the token is worth nothing any more.
    exp: u64,
    /// The token's id, which Momento hands to subscribers as the publisher's; empty: none.
    id: String,
    /// The permissions as they were asked for: base64 of the protobuf message.
    p: String,
    /// Makes each token another text, even for one grant in one second.
    jti: u64,
}

/// A token that was opened.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) rights: Rights,
    pub(crate) id: String,
    pub(crate) expires_at: Duration,
}

/// Seals and opens tokens with one secret.
pub(crate) struct Mint {
    mac: Hmac<Sha256>,
    minted: AtomicU64,
}

impl Mint {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self { mac: keyed(secret), minted: AtomicU64::new(0) }
    }

    /// A token for `permissions`, which must have been read as [`Rights`] before.
    pub(crate) fn seal(&self, permissions: &Permissions, id: &str, expires_at: Duration) -> String {
        let claims = Claims {
            exp: expires_at.as_secs(),
            id: id.to_owned(),
            p: URL_SAFE_NO_PAD.encode(permissions.encode_to_vec()),
            jti: self.minted.fetch_add(1, Ordering::Relaxed),
        };
        let claims = serde_json::json!(claims).to_string();
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = self.mac.clone().chain_update(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What `text` says; `None` when this stage did not seal it. Whether it has expired is for the caller to see.
    pub(crate) fn open(&self, text: &str) -> Option<Token> {
        let (signed, signature) = text.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac.clone().chain_update(signed).verify_slice(&signature).ok()?;

        let (_, claims) = signed.split_once('.')?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let permissions = Permissions::decode(URL_SAFE_NO_PAD.decode(claims.p).ok()?.as_slice()).ok()?;
        let rights = Rights::read(Some(&permissions)).ok()?;
        Some(Token { rights, id: claims.id, expires_at: Duration::from_secs(claims.exp) })
    }
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mint(…)")
    }
}

#[cfg(test)]
mod tests {
    use momento_protos::permission_messages::{
        ExplicitPermissions, PermissionsType, permissions, permissions_type as wire,
    };

    use super::*;
    use crate::rights::Operation;

    fn permissions() -> Permissions {
        let everything = wire::TopicPermissions {
            role: 1,
            cache: Some(wire::topic_permissions::Cache::AllCaches(wire::All {})),
            topic: Some(wire::topic_permissions::Topic::AllTopics(wire::All {})),
        };
        let kind = Some(wire::Kind::TopicPermissions(everything));
        let explicit = ExplicitPermissions { permissions: vec![PermissionsType { kind }] };
        Permissions { kind: Some(permissions::Kind::Explicit(explicit)) }
    }

    #[test]
    fn a_token_opens_to_what_was_sealed() {
        let mint = Mint::new(&[7; 32]);
        let token = mint.open(&mint.seal(&permissions(), "ada", Duration::from_secs(90))).unwrap();
        assert_eq!((token.id.as_str(), token.expires_at), ("ada", Duration::from_secs(90)));
        assert!(token.rights.allow(Operation::Publish, "any", b"topic"));
    }

    #[test]
    fn two_tokens_for_one_grant_are_two_texts() {
        let mint = Mint::new(&[7; 32]);
        let seal = || mint.seal(&permissions(), "ada", Duration::from_secs(90));
        assert_ne!(seal(), seal());
    }

    #[test]
    fn a_token_of_another_stage_or_with_any_character_changed_does_not_open() {
        let mint = Mint::new(&[7; 32]);
        let sealed = mint.seal(&permissions(), "ada", Duration::from_secs(90));
        assert!(Mint::new(&[8; 32]).open(&sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(mint.open(std::str::from_utf8(&changed).unwrap()).is_none(), "changed at {at}");
        }
        for text in ["", ".", "..", "a.b.c", HEADER] {
            assert!(mint.open(text).is_none(), "{text}");
        }
    }
}
