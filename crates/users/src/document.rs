//! The secret's value, to be edited: what nobody asked to change stays as it is written, also what is not known here.
//!
//! Nothing leaves this page that the authorizer would refuse: it reads what was made before anybody else does.

use argon2::Params;
use indexmap::IndexMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::argon2id;
use crate::digest::Digest;
use crate::proof::NewProof;
use crate::sendable::Username;
use crate::stored::{Form, UsersError, form};
use crate::users::Users;

/// The most bytes that a secret holds ("AWS Secrets Manager quotas").
const LARGEST: usize = 65_536;

/// The list of users as it is written.
#[expect(missing_debug_implementations, reason = "it holds passwords, keys' digests and hashes")]
pub struct Document {
    whole: Whole,
    /// How passwords are hashed in it: a list with one set of parameters is checked in half the time of one with two.
    params: Option<Params>,
}

/// The members of a JSON object, in their order, each as it is written.
type Members = IndexMap<String, Box<RawValue>>;

enum Whole {
    /// `{"users": […]}`, and what else is in it.
    List {
        members: Members,
        users: Vec<Members>,
    },
    One(Members),
}

/// Whether a user is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// By their password or key.
    Enabled,
    /// Not at all.
    Disabled,
}

/// Why the list of users was not changed. Never with a password, a key or a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(UsersError),
    /// The authorizer would not take what it would be then.
    #[error("nothing was changed, because the authorizer would refuse the list: {0}")]
    Refused(UsersError),
    /// There is one of that name.
    #[error("the user `{0}` exists already; `tvm user passwd` sets another password or key")]
    Exists(String),
    /// There is none of that name.
    #[error("there is no user `{0}`; `tvm user list` lists the users")]
    Unknown(String),
    /// More than a secret holds.
    #[error(
        "the list of users would have {0} bytes, and a secret holds {LARGEST}; remove users who are no longer needed, or use \
         `auth = \"AmazonCognito\"` for so many"
    )]
    TooLarge(usize),
    /// The library refuses to hash it.
    #[error("the password cannot be hashed; choose another one")]
    NotHashed,
}

impl Document {
    /// Reads the secret's value. A list with a user that the authorizer does not accept is read too: it may be about to be
    /// fixed.
    ///
    /// # Errors
    /// [`EditError::Unreadable`] where the value lists no users at all.
    pub fn parse(value: &SecretString) -> Result<Self, EditError> {
        let form = form(value).map_err(EditError::Unreadable)?;
        let members: Members = read(value.expose_secret())?;
        let whole = match form {
            Form::One => Whole::One(members),
            Form::List => {
                let users = members.get("users").map(|users| read(users.get())).transpose()?.unwrap_or_default();
                Whole::List { members, users }
            }
        };
        Ok(Self { whole, params: Users::parse(value).ok().and_then(|users| users.params().cloned()) })
    }

    /// Adds a user, at the end. A single user becomes the first of a list.
    ///
    /// # Errors
    /// [`EditError::Exists`], [`EditError::NotHashed`].
    pub fn add(&mut self, username: &Username, groups: &[String], proof: &NewProof) -> Result<(), EditError> {
        if self.users().any(|user| is_called(user, username.as_str())) {
            return Err(EditError::Exists(username.as_str().to_owned()));
        }
        let mut user = Members::new();
        user.insert("username".to_owned(), raw(username.as_str())?);
        let (field, written) = self.written(proof)?;
        user.insert(field.to_owned(), written);
        if !groups.is_empty() {
            user.insert("groups".to_owned(), raw(groups)?);
        }
        match &mut self.whole {
            Whole::List { users, .. } => users.push(user),
            Whole::One(only) => {
                let users = vec![std::mem::take(only), user];
                self.whole = Whole::List { members: Members::new(), users };
            }
        }
        Ok(())
    }

    /// Takes a user off the list.
    ///
    /// # Errors
    /// [`EditError::Unknown`].
    pub fn remove(&mut self, username: &str) -> Result<(), EditError> {
        self.user(username)?;
        match &mut self.whole {
            Whole::List { users, .. } => users.retain(|user| !is_called(user, username)),
            Whole::One(_) => self.whole = Whole::List { members: Members::new(), users: Vec::new() },
        }
        Ok(())
    }

    /// Gives a user another proof, in place of whatever they had.
    ///
    /// # Errors
    /// [`EditError::Unknown`], [`EditError::NotHashed`].
    pub fn replace_proof(&mut self, username: &str, proof: &NewProof) -> Result<(), EditError> {
        self.user(username)?;
        let (field, written) = self.written(proof)?;
        let user = self.user(username)?;
        let old = PROOFS.iter().filter_map(|old| user.get_index_of(*old)).min();
        for old in PROOFS {
            user.shift_remove(old);
        }
        user.shift_insert(old.unwrap_or(user.len()), field.to_owned(), written);
        Ok(())
    }

    /// Lets a user in, or no more.
    ///
    /// # Errors
    /// [`EditError::Unknown`].
    pub fn set_access(&mut self, username: &str, access: Access) -> Result<(), EditError> {
        let user = self.user(username)?;
        match access {
            Access::Enabled => user.shift_remove(DISABLED),
            Access::Disabled => user.insert(DISABLED.to_owned(), raw(&true)?),
        };
        Ok(())
    }

    /// The value that says all this, as the authorizer accepts it.
    ///
    /// # Errors
    /// [`EditError::Refused`], [`EditError::TooLarge`].
    pub fn value(self) -> Result<SecretString, EditError> {
        let members = match self.whole {
            Whole::One(user) => user,
            Whole::List { mut members, users } => {
                members.insert("users".to_owned(), raw(&users)?);
                members
            }
        };
        let text = raw(&members)?.get().to_owned();
        if text.len() > LARGEST {
            return Err(EditError::TooLarge(text.len()));
        }
        let value = SecretString::from(text);
        Users::parse(&value).map_err(EditError::Refused)?;
        Ok(value)
    }

    fn users(&self) -> impl Iterator<Item = &Members> {
        match &self.whole {
            Whole::List { users, .. } => users.as_slice(),
            Whole::One(user) => std::slice::from_ref(user),
        }
        .iter()
    }

    fn user(&mut self, username: &str) -> Result<&mut Members, EditError> {
        match &mut self.whole {
            Whole::List { users, .. } => users.as_mut_slice(),
            Whole::One(user) => std::slice::from_mut(user),
        }
        .iter_mut()
        .find(|user| is_called(user, username))
        .ok_or_else(|| EditError::Unknown(username.to_owned()))
    }

    /// A field of a user, with the value that stands for `proof`.
    fn written(&self, proof: &NewProof) -> Result<(&'static str, Box<RawValue>), EditError> {
        match proof {
            NewProof::Password { password, salt } => {
                let hash = argon2id::hashed(password.secret(), salt, self.params.as_ref());
                Ok(("password_hash", raw(hash.ok_or(EditError::NotHashed)?.expose_secret())?))
            }
            NewProof::Key(key) => Ok(("key_sha256", raw(&Digest::of(key.secret().expose_secret()).to_hex())?)),
        }
    }
}

/// The fields of a user that prove who they are.
const PROOFS: [&str; 3] = ["password_hash", "key_sha256", "password"];
const DISABLED: &str = "disabled";

fn is_called(user: &Members, username: &str) -> bool {
    user.get("username")
        .and_then(|name| serde_json::from_str::<String>(name.get()).ok())
        .is_some_and(|name| name == username)
}

// Without serde's reason: it may quote the value.
fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, EditError> {
    serde_json::from_str(text).map_err(|_| EditError::Unreadable(UsersError::Malformed))
}

/// `value` as it is written. Texts, lists and objects of them always can be.
fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, EditError> {
    serde_json::value::to_raw_value(value).map_err(|_| EditError::Unreadable(UsersError::Malformed))
}
