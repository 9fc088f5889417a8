//! What a request can carry as a username or a password, by where the configuration says that they are.
//!
//! Whoever is given a name or a password that no request can carry is locked out, and cannot tell why.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use tvm_config::CredentialsIn;

/// The most bytes of either: API Gateway takes 10,240 of all headers together ("Amazon API Gateway quotas").
const LONGEST: usize = 1024;

/// A username that a request can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Takes `name` for a user whose requests carry it at `place`.
    ///
    /// # Errors
    /// [`Unsendable`], with why it cannot be sent.
    pub fn parse(name: &str, place: CredentialsIn) -> Result<Self, Unsendable> {
        check(name, Field::Username, place)?;
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A username, a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What somebody signs in with.
    Username,
    /// What proves that it is they.
    Password,
}

/// Why a text cannot be somebody's username or password. Never with any part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// No text.
    #[error("the {0} is empty; give one")]
    Empty(Field),
    /// More than headers hold.
    #[error("the {0} has more than {LONGEST} bytes, which no request can carry; choose a shorter one")]
    TooLong(Field),
    /// In a header of its own: what HTTP has no one way to write there.
    #[error(
        "the {0} has a character that not every client can send in a header; with `credentials = \"headers\"` use letters \
         without accents, digits, spaces and punctuation"
    )]
    NotAscii(Field),
    /// In a header of its own: HTTP takes it away.
    #[error("the {0} begins or ends with a space, which HTTP headers do not preserve; leave it out")]
    OuterSpace(Field),
    /// RFC 7617 forbids it.
    #[error("the {0} has a control character, such as a tab; leave it out")]
    Control(Field),
    /// The first one ends the username.
    #[error("the username has a colon, which ends a username in `Authorization: Basic`; leave it out")]
    Colon,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Username => "username",
            Self::Password => "password",
        })
    }
}

/// Whether a request can carry `password` at `place`.
pub(crate) fn check_password(password: &SecretString, place: CredentialsIn) -> Result<(), Unsendable> {
    check(password.expose_secret(), Field::Password, place)
}

fn check(text: &str, what: Field, place: CredentialsIn) -> Result<(), Unsendable> {
    if text.is_empty() {
        return Err(Unsendable::Empty(what));
    }
    if text.len() > LONGEST {
        return Err(Unsendable::TooLong(what));
    }
    if text.contains(char::is_control) {
        return Err(Unsendable::Control(what));
    }
    match place {
        CredentialsIn::Headers if !text.is_ascii() => Err(Unsendable::NotAscii(what)),
        CredentialsIn::Headers if text.trim() != text => Err(Unsendable::OuterSpace(what)),
        CredentialsIn::Basic if what == Field::Username && text.contains(':') => Err(Unsendable::Colon),
        CredentialsIn::Headers | CredentialsIn::Basic => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_request_can_carry_is_nobodys_name_or_password() {
        use CredentialsIn::{Basic, Headers};
        use Field::{Password, Username};
        use Unsendable::{Colon, Control, Empty, NotAscii, OuterSpace, TooLong};
        let (longest, longer) = ("p".repeat(LONGEST), "p".repeat(LONGEST + 1));
        for (text, what, place, expected) in [
            ("ada", Username, Headers, Ok(())),
            ("ada:b c~!", Username, Headers, Ok(())),
            (&longest, Password, Headers, Ok(())),
            (&longer, Password, Headers, Err(TooLong(Password))),
            ("", Username, Headers, Err(Empty(Username))),
            ("", Password, Basic, Err(Empty(Password))),
            ("ädä", Username, Headers, Err(NotAscii(Username))),
            (" ada", Username, Headers, Err(OuterSpace(Username))),
            ("ada ", Password, Headers, Err(OuterSpace(Password))),
            ("a\tb", Password, Headers, Err(Control(Password))),
            ("a\nb", Password, Basic, Err(Control(Password))),
            ("a\u{7f}b", Password, Headers, Err(Control(Password))),
            // In base64 everything else survives.
            ("ädä ", Username, Basic, Ok(())),
            (" pä:ß ", Password, Basic, Ok(())),
            ("a:b", Username, Basic, Err(Colon)),
        ] {
            assert_eq!(check(text, what, place), expected, "{text:?} {what} {place:?}");
        }
    }
}
