//! One user, and what proves that a caller is that user.

use crate::argon2id::Argon2idHash;
use crate::digest::Digest;
use crate::groups::Groups;

/// A user who may be let in.
#[derive(Debug)]
pub struct User {
    /// The name they sign in with.
    pub username: String,
    /// The groups they are in.
    pub groups: Groups,
    pub(crate) name: Digest,
    pub(crate) verifier: Verifier,
}

/// What proves that somebody is a user. A password itself is not kept.
#[derive(Debug)]
pub(crate) enum Verifier {
    /// That of a generated key, or of a password which the secret holds as it is.
    Digest(Digest),
    /// A password's hash, slow to check.
    Argon2id(Argon2idHash),
}

impl User {
    pub(crate) fn new(username: String, groups: Groups, verifier: Verifier) -> Self {
        Self { name: Digest::of(&username), username, groups, verifier }
    }

    pub(crate) fn argon2id(&self) -> Option<&Argon2idHash> {
        match &self.verifier {
            Verifier::Argon2id(hash) => Some(hash),
            Verifier::Digest(_) => None,
        }
    }
}
