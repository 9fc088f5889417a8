//! The users that the authorizer's secret lists, and whether a caller is one of them.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::credentials::Credentials;

/// A user, with their password.
#[derive(Debug, Deserialize)]
pub struct User {
    /// The name they sign in with.
    pub username: String,
    password: SecretString,
    /// The groups they are in.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// Every user there is.
#[derive(Debug)]
pub struct Users(Vec<User>);

/// The secret's value: one user, as the deployment generates it, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    List { users: Vec<User> },
    One(User),
}

/// Why the secret's value is not a list of users. Never with any part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsersError {
    /// Not the JSON that is expected.
    #[error(
        "the value of the authorizer's secret lists no users; write {{\"users\": [{{\"username\": \"…\", \"password\": \"…\", \
         \"groups\": [\"…\"]}}]}}"
    )]
    Malformed,
    /// A name or a password that everybody knows.
    #[error("the authorizer's secret has a user with an empty username or password; give both")]
    Empty,
    /// Two users of one name.
    #[error("the authorizer's secret has two users of the same username; leave one of them out")]
    Twice,
}

impl Users {
    /// Reads the secret's value.
    ///
    /// # Errors
    /// [`UsersError`], each of its variants.
    pub fn parse(value: &SecretString) -> Result<Self, UsersError> {
        // Without serde's reason: it may quote the value.
        let users = match serde_json::from_str(value.expose_secret()).map_err(|_| UsersError::Malformed)? {
            Stored::List { users } => users,
            Stored::One(user) => vec![user],
        };
        for (index, user) in users.iter().enumerate() {
            if user.username.is_empty() || user.password.expose_secret().is_empty() {
                return Err(UsersError::Empty);
            }
            if users.iter().take(index).any(|earlier| earlier.username == user.username) {
                return Err(UsersError::Twice);
            }
        }
        Ok(Self(users))
    }

    /// The user whose name and password these are.
    ///
    /// Every user is compared with, in full, so that neither a wrong name nor the place of a wrong letter shows in the time.
    /// Hashing first makes the compared texts equally long: the length does not show either.
    pub fn find(&self, claimed: &Credentials) -> Option<&User> {
        let name = Sha256::digest(&claimed.username);
        let password = Sha256::digest(claimed.password.expose_secret());
        let mut found = u64::MAX;
        for (index, user) in (0_u64..).zip(&self.0) {
            let same_name: Choice = Sha256::digest(&user.username).ct_eq(&name);
            let same_password: Choice = Sha256::digest(user.password.expose_secret()).ct_eq(&password);
            found.conditional_assign(&index, same_name & same_password);
        }
        self.0.get(usize::try_from(found).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(json: &str) -> Result<Users, UsersError> {
        Users::parse(&SecretString::from(json))
    }

    fn claim(username: &str, password: &str) -> Credentials {
        Credentials { username: username.to_owned(), password: SecretString::from(password) }
    }

    const TWO: &str =
        r#"{"users":[{"username":"ada","password":"one","groups":["A","B"]},{"username":"bob","password":"two"}]}"#;

    #[test]
    fn a_name_with_its_own_password_finds_its_user() {
        let users = users(TWO).unwrap();
        assert_eq!(users.find(&claim("ada", "one")).unwrap().groups, ["A", "B"]);
        assert_eq!(users.find(&claim("bob", "two")).unwrap().username, "bob");
    }

    #[test]
    fn anything_else_finds_nobody() {
        let users = users(TWO).unwrap();
        for (username, password) in
            [("ada", "two"), ("bob", "one"), ("eve", "one"), ("ada", "ONE"), ("ada", "one "), ("", "")]
        {
            assert!(users.find(&claim(username, password)).is_none(), "{username}:{password}");
        }
    }

    #[test]
    fn the_generated_form_is_one_user() {
        let users = users(r#"{"password":"p","username":"momento","groups":["A"]}"#).unwrap();
        assert_eq!(users.find(&claim("momento", "p")).unwrap().groups, ["A"]);
    }

    #[test]
    fn a_value_that_lists_no_users_is_an_error_that_does_not_quote_it() {
        for (value, expected) in [
            ("planted", UsersError::Malformed),
            ("null", UsersError::Malformed),
            (r#"{"users":"planted"}"#, UsersError::Malformed),
            (r#"{"users":[{"username":"planted"}]}"#, UsersError::Malformed),
            (r#"{"username":"planted","password":""}"#, UsersError::Empty),
            (
                r#"{"users":[{"username":"planted","password":"1"},{"username":"planted","password":"2"}]}"#,
                UsersError::Twice,
            ),
        ] {
            let error = users(value).unwrap_err();
            assert_eq!(error, expected);
            assert!(!format!("{error} {error:?}").contains("planted"));
        }
    }

    #[test]
    fn debug_does_not_show_a_password() {
        let shown = format!("{:?} {:?}", users(TWO).unwrap(), claim("ada", "one"));
        assert!(!shown.contains("one") && !shown.contains("two"), "{shown}");
    }
}
