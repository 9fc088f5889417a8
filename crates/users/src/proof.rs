//! What a user is newly given to prove who they are: a password that somebody chose, or a key that was generated.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tvm_config::CredentialsIn;

use crate::sendable::{Unsendable, check_password};

/// How many random bytes a salt is: RFC 9106, section 3.1.
pub const SALT_LENGTH: usize = 16;

/// The fewest characters of a password. Length is all that is asked of it, as NIST SP 800-63B has it: rules on kinds of
/// characters make people choose what is guessed first.
const FEWEST: usize = 12;

/// A password that is long enough, and that a request can carry.
#[derive(Debug)]
pub struct NewPassword(SecretString);

/// A key of 256 random bits. Nobody guesses it, so its SHA-256 is enough to know it by.
#[derive(Debug)]
pub struct GeneratedKey(SecretString);

/// What is to prove who a user is.
#[derive(Debug)]
pub enum NewProof {
    /// A password, with the salt of its hash.
    Password {
        /// The password.
        password: NewPassword,
        /// Random, and of this password alone.
        salt: [u8; SALT_LENGTH],
    },
    /// A key.
    Key(GeneratedKey),
}

/// Why a text is nobody's new password. Never with any part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Quickly guessed.
    #[error("the password has fewer than {FEWEST} characters; choose a longer one, such as four words")]
    Short,
    /// No request can carry it.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
}

impl NewPassword {
    /// Takes `password` for a user whose requests carry it at `place`.
    ///
    /// # Errors
    /// [`PasswordProblem`], each of its variants.
    pub fn parse(password: SecretString, place: CredentialsIn) -> Result<Self, PasswordProblem> {
        check_password(&password, place)?;
        if password.expose_secret().chars().count() < FEWEST {
            return Err(PasswordProblem::Short);
        }
        Ok(Self(password))
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl GeneratedKey {
    /// The key that is made of `random`: 43 letters, digits, `-` and `_`, which every header, shell and URL leaves alone.
    pub fn of(random: &[u8; 32]) -> Self {
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(random)))
    }

    /// The key itself: for its user, once.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_in_characters_and_one_that_can_be_sent() {
        use PasswordProblem::{Short, Unsendable as Not};
        let parse = |text: &str, place| NewPassword::parse(SecretString::from(text), place).map(|_| ());
        assert_eq!(parse("twelve chars", CredentialsIn::Headers), Ok(()));
        assert_eq!(parse("eleven char", CredentialsIn::Headers), Err(Short));
        // Eleven characters of two bytes each.
        assert_eq!(parse("ääääääääääö", CredentialsIn::Basic), Err(Short));
        assert_eq!(parse("äääääääääääö", CredentialsIn::Basic), Ok(()));
        assert!(matches!(parse("äääääääääääö", CredentialsIn::Headers), Err(Not(Unsendable::NotAscii(_)))));
        assert!(matches!(parse("", CredentialsIn::Headers), Err(Not(Unsendable::Empty(_)))));
    }

    #[test]
    fn debug_shows_neither_password_nor_key() {
        let password = NewPassword::parse(SecretString::from("planted-password"), CredentialsIn::Headers).unwrap();
        let key = GeneratedKey::of(&[7; 32]);
        let shown = format!("{:?} {key:?}", NewProof::Password { password, salt: [0; SALT_LENGTH] });
        assert!(!shown.contains("planted") && !shown.contains(key.secret().expose_secret()), "{shown}");
    }
}
