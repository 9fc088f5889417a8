//! The secret's value as it is written, and the users that it means.
//!
//! Nothing here quotes any part of the value: an error says which user, by number, and what to write instead.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::argon2id::{Argon2idHash, HashProblem};
use crate::digest::Digest;
use crate::groups::Groups;
use crate::user::{User, Verifier};

/// The secret's value: one user, as the deployment generates it, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    List { users: Vec<StoredUser> },
    One(StoredUser),
}

/// A user as written, with just one of the three last.
#[derive(Deserialize)]
struct StoredUser {
    username: String,
    #[serde(default)]
    groups: Groups,
    #[serde(default)]
    disabled: bool,
    password_hash: Option<SecretString>,
    key_sha256: Option<SecretString>,
    password: Option<SecretString>,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// Which of the two the secret's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    List,
    One,
}

/// A user as the secret lists them, without what proves that it is they.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name they sign in with.
    pub username: String,
    /// The groups they are in.
    pub groups: Groups,
    /// By what they prove it; `None` where that is not just one of these.
    pub kind: Option<Kind>,
    /// Whether they are let in.
    pub standing: Standing,
}

/// By what a user proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A password of which the secret holds the hash.
    Hash,
    /// A key of which the secret holds the digest.
    Key,
    /// A password that the secret holds as it is.
    Password,
}

/// Whether a user is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing says that they are not.
    Enabled,
    /// `disabled` says that they are not.
    Disabled,
    /// They are not, for a field that is not known here.
    NotUnderstood,
}

/// Why the secret's value is not a list of users. Never with any part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsersError {
    /// Not the JSON that is expected.
    #[error(
        "the value of the authorizer's secret lists no users; write {{\"users\": [{{\"username\": \"…\", \
         \"password_hash\": \"$argon2id$…\", \"groups\": [\"…\"]}}]}}"
    )]
    Malformed,
    /// Two users of one name.
    #[error("the authorizer's secret has two users of the same username; leave one of them out")]
    Twice,
    /// Each attempt checks one hash for each set of parameters, and there are too many.
    #[error(
        "the password hashes in the authorizer's secret have so many different parameters that a sign-in takes too long; hash \
         the passwords with the same m, t and p"
    )]
    TooCostly,
    /// One of the users.
    #[error("user {number} of the authorizer's secret: {problem}")]
    User {
        /// Which in the list, counted from 1.
        number: usize,
        /// What is wrong with it.
        problem: UserProblem,
    },
}

/// Why a user cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserProblem {
    /// A name or a password that everybody knows.
    #[error("the username or the password is empty; give both")]
    Empty,
    /// A group that reads as two, or as a part of a list.
    #[error("a group's name may not hold white space, `,`, `[` or `]`: groups are passed on in one text with commas")]
    GroupName,
    /// None of the three, or more than one.
    #[error("give exactly one of password_hash, key_sha256 and password")]
    NotOneCredential,
    /// Not a SHA-256.
    #[error("key_sha256 is not 64 hexadecimal digits; write the SHA-256 of the key, as sha256sum prints it")]
    NotSha256,
    /// Not a hash that a password can be checked against.
    #[error("password_hash {0}")]
    Hash(#[from] HashProblem),
}

/// What the secret's value says.
pub(crate) struct Listed {
    /// Who may be let in.
    pub(crate) users: Vec<User>,
    /// How many are not among them for a field of theirs that is not known here.
    pub(crate) not_understood: usize,
}

/// Which form the secret's value has.
///
/// # Errors
/// [`UsersError::Malformed`].
pub(crate) fn form(value: &SecretString) -> Result<Form, UsersError> {
    Ok(match read(value)? {
        Stored::List { .. } => Form::List,
        Stored::One(_) => Form::One,
    })
}

/// Who is listed, whether or not they are let in, and whether or not what proves it can be read.
///
/// # Errors
/// [`UsersError::Malformed`].
pub fn entries(value: &SecretString) -> Result<Vec<Entry>, UsersError> {
    Ok(read(value)?.into_users().into_iter().map(StoredUser::into_entry).collect())
}

// Without serde's reason: it may quote the value.
fn read(value: &SecretString) -> Result<Stored, UsersError> {
    serde_json::from_str(value.expose_secret()).map_err(|_| UsersError::Malformed)
}

/// Reads the secret's value.
///
/// A user who is disabled is checked like any other and then left out: to who asks, they are no user, by construction. So is
/// one with an unknown field: it may be a `disabled` that is misspelt, or a restriction that a newer version knows. To refuse
/// the list for it would lock everybody out; to ignore it could let in who is to be kept out.
///
/// # Errors
/// [`UsersError::Malformed`], [`UsersError::Twice`], [`UsersError::User`].
pub(crate) fn listed(value: &SecretString) -> Result<Listed, UsersError> {
    let stored = read(value)?.into_users();
    for (index, user) in stored.iter().enumerate() {
        if stored.iter().take(index).any(|earlier| earlier.username == user.username) {
            return Err(UsersError::Twice);
        }
    }
    let mut listed = Listed { users: Vec::new(), not_understood: 0 };
    for (number, stored) in (1..).zip(stored) {
        let verifier = stored.verifier().map_err(|problem| UsersError::User { number, problem })?;
        if !stored.unknown.is_empty() {
            listed.not_understood = listed.not_understood.saturating_add(1);
        } else if !stored.disabled {
            listed.users.push(User::new(stored.username, stored.groups, verifier));
        }
    }
    Ok(listed)
}

impl Stored {
    fn into_users(self) -> Vec<StoredUser> {
        match self {
            Self::List { users } => users,
            Self::One(user) => vec![user],
        }
    }
}

impl StoredUser {
    fn into_entry(self) -> Entry {
        let kind = match (self.password_hash, self.key_sha256, self.password) {
            (Some(_), None, None) => Some(Kind::Hash),
            (None, Some(_), None) => Some(Kind::Key),
            (None, None, Some(_)) => Some(Kind::Password),
            _ => None,
        };
        let standing = match (self.unknown.is_empty(), self.disabled) {
            (false, _) => Standing::NotUnderstood,
            (true, true) => Standing::Disabled,
            (true, false) => Standing::Enabled,
        };
        Entry { username: self.username, groups: self.groups, kind, standing }
    }

    /// What proves that somebody is this user.
    fn verifier(&self) -> Result<Verifier, UserProblem> {
        if self.username.is_empty() {
            return Err(UserProblem::Empty);
        }
        if self
            .groups
            .written_out()
            .iter()
            .any(|name| name.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']')))
        {
            return Err(UserProblem::GroupName);
        }
        match [&self.password_hash, &self.key_sha256, &self.password].map(Option::as_ref) {
            [Some(hash), None, None] => Ok(Verifier::Argon2id(Argon2idHash::parse(hash.expose_secret())?)),
            [None, Some(key), None] => {
                Digest::from_hex(key.expose_secret()).map(Verifier::Digest).ok_or(UserProblem::NotSha256)
            }
            [None, None, Some(password)] if password.expose_secret().is_empty() => Err(UserProblem::Empty),
            [None, None, Some(password)] => Ok(Verifier::Digest(Digest::of(password.expose_secret()))),
            _ => Err(UserProblem::NotOneCredential),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// That of "planted-key", by sha256sum.
    const KEY: &str = "7eed545bde4b42fea364f19d59123e65db9751a5782f9a2c0d749fde4f39248d";
    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ";

    fn read(value: &str) -> Result<Listed, UsersError> {
        listed(&SecretString::from(value))
    }

    fn user(fields: &Value) -> Value {
        let mut user = json!({ "username": "ada" });
        user.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        user
    }

    /// The names of who may be let in, with their groups, and how many were not understood.
    fn names(value: &str) -> (Vec<String>, usize) {
        let Listed { users, not_understood } = read(value).unwrap();
        let configured = ["Configured", "Also"].map(str::to_owned);
        (
            users
                .iter()
                .map(|user| format!("{}:{}", user.username, user.groups.resolve(&configured).join(",")))
                .collect(),
            not_understood,
        )
    }

    #[test]
    fn every_form_lists_its_users() {
        for (value, expected) in [
            // The present forms: as the deployment generates it, and a list of such.
            (json!({ "password": "p", "username": "momento", "groups": ["A", "B"] }), &["momento:A,B"] as &[&str]),
            (json!({ "username": "momento", "groups": "*", "password": "p" }), &["momento:Configured,Also"]),
            (json!({ "username": "momento", "groups": ["*"], "password": "p" }), &["momento:*"]),
            (
                json!({ "users": [{ "username": "ada", "password": "p" }, { "username": "bob", "password": "p" }] }),
                &["ada:", "bob:"],
            ),
            (json!({ "users": [] }), &[]),
            // A word on the list is no field of a user.
            (json!({ "users": [user(&json!({ "password": "p" }))], "note": "of the operators" }), &["ada:"]),
            (user(&json!({ "password_hash": HASH, "groups": ["A"] })), &["ada:A"]),
            (user(&json!({ "key_sha256": KEY })), &["ada:"]),
            (user(&json!({ "key_sha256": KEY.to_uppercase(), "disabled": false })), &["ada:"]),
            (user(&json!({ "key_sha256": KEY, "password": null, "password_hash": null })), &["ada:"]),
            (
                json!({ "users": [user(&json!({ "password_hash": HASH, "disabled": true })),
                { "username": "bob", "password": "p", "disabled": true }, { "username": "ci", "key_sha256": KEY }] }),
                &["ci:"],
            ),
        ] {
            let expected = expected.iter().copied().map(str::to_owned).collect();
            assert_eq!(names(&value.to_string()), (expected, 0), "{value}");
        }
    }

    #[test]
    fn a_user_with_an_unknown_field_is_not_let_in_and_everybody_else_is() {
        for field in ["disable", "Disabled", "dsabled", "group", "not_after", ""] {
            for value in [json!(true), json!(false), json!(null), json!("planted")] {
                let mut ada = user(&json!({ "password": "p" }));
                ada[field] = value;
                let list = json!({ "users": [ada, { "username": "bob", "password": "p" }] });
                assert_eq!(names(&list.to_string()), (vec!["bob:".to_owned()], 1), "{list}");
            }
        }
        assert_eq!(names(r#"{"username":"ada","password":"p","disable":true}"#), (vec![], 1));
    }

    #[test]
    fn a_value_that_lists_no_users_is_an_error_that_does_not_quote_it() {
        use UserProblem::{Empty, GroupName, Hash, NotOneCredential, NotSha256};
        use UsersError::{Malformed, Twice};
        let of = |problem| UsersError::User { number: 1, problem };
        let one = |fields: Value| user(&fields).to_string();
        for (value, expected) in [
            ("planted".to_owned(), Malformed),
            ("null".to_owned(), Malformed),
            (r#"["planted"]"#.to_owned(), Malformed),
            (r#"{"users":"planted"}"#.to_owned(), Malformed),
            (r#"{"users":["planted"]}"#.to_owned(), Malformed),
            (r#"{"users":[{"password":"planted"}]}"#.to_owned(), Malformed),
            (r#"{"username":"planted","password":"planted","password":"planted-2"}"#.to_owned(), Malformed),
            (r#"{"username":"planted","password":"planted","disabled":true,"disabled":false}"#.to_owned(), Malformed),
            (one(json!({ "password": 5 })), Malformed),
            (one(json!({ "password": "planted", "groups": "planted" })), Malformed),
            (one(json!({ "password": "planted", "groups": "" })), Malformed),
            (one(json!({ "password": "planted", "groups": "**" })), Malformed),
            (one(json!({ "password": "planted", "groups": null })), Malformed),
            (one(json!({ "password": "planted", "disabled": "planted" })), Malformed),
            (one(json!({ "password": "planted", "disabled": "true" })), Malformed),
            (one(json!({ "password": "planted", "disabled": 1 })), Malformed),
            (one(json!({ "password": "planted", "disabled": null })), Malformed),
            (
                json!({ "users": [user(&json!({ "password": "planted" })), user(&json!({ "key_sha256": KEY }))] })
                    .to_string(),
                Twice,
            ),
            (
                json!({ "users": [user(&json!({ "password": "planted", "disabled": true })),
                    user(&json!({ "password": "planted" }))] })
                .to_string(),
                Twice,
            ),
            (one(json!({ "username": "", "password": "planted" })), of(Empty)),
            (one(json!({ "password": "" })), of(Empty)),
            (one(json!({ "password": "planted", "groups": ["A", "planted,B"] })), of(GroupName)),
            (one(json!({ "password": "planted", "groups": ["planted B"] })), of(GroupName)),
            (one(json!({ "password": "planted", "groups": ["[planted"] })), of(GroupName)),
            (one(json!({})), of(NotOneCredential)),
            (one(json!({ "Password": "planted" })), of(NotOneCredential)),
            (one(json!({ "password": "planted", "password_hash": HASH })), of(NotOneCredential)),
            (one(json!({ "password": "", "key_sha256": KEY })), of(NotOneCredential)),
            (one(json!({ "password_hash": HASH, "key_sha256": KEY })), of(NotOneCredential)),
            (one(json!({ "password": "planted", "password_hash": HASH, "key_sha256": KEY })), of(NotOneCredential)),
            (one(json!({ "key_sha256": "" })), of(NotSha256)),
            (one(json!({ "key_sha256": "planted" })), of(NotSha256)),
            (one(json!({ "key_sha256": KEY[..62] })), of(NotSha256)),
            (one(json!({ "key_sha256": format!("{KEY}00") })), of(NotSha256)),
            (one(json!({ "key_sha256": format!("+{}", &KEY[1..]) })), of(NotSha256)),
            (one(json!({ "key_sha256": format!("{}ä", &KEY[2..]) })), of(NotSha256)),
            (one(json!({ "password_hash": "" })), of(Hash(HashProblem::NotPhc))),
            (one(json!({ "password_hash": "planted" })), of(Hash(HashProblem::NotPhc))),
            (one(json!({ "password_hash": HASH.replace("19456", "8") })), of(Hash(HashProblem::TooWeak))),
            // Who is disabled is not let in, and still has to be written right.
            (
                one(json!({ "password_hash": HASH.replace("19456", "99999"), "disabled": true })),
                of(Hash(HashProblem::TooCostly)),
            ),
            (one(json!({ "disabled": true })), of(NotOneCredential)),
        ] {
            let error = read(&value).map(|listed| listed.users).unwrap_err();
            assert_eq!(error, expected, "{value}");
            let shown = format!("{error} {error:?}");
            for part in ["planted", "ada", "cGxhbnR", &KEY[..8]] {
                assert!(!shown.contains(part), "{shown}");
            }
        }
    }

    #[test]
    fn an_error_of_a_user_says_which() {
        let list = json!({ "users": [user(&json!({ "password": "planted" })), { "username": "bob" }] });
        assert_eq!(
            read(&list.to_string()).map(|listed| listed.users).unwrap_err().to_string(),
            "user 2 of the authorizer's secret: give exactly one of password_hash, key_sha256 and password"
        );
    }
}
