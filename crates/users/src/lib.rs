//! The users of `LambdaAuthorizer` mode: the value of the secret that lists them.
//!
//! What the value may say is written here alone: the authorizer reads it and compares callers with it ([`Users`]), the
//! command line edits it ([`Document`]). This crate does no I/O and reads no clock; who makes a hash or a key brings the random
//! bytes. No password, key, digest or hash is in an error or a `Debug`.

mod argon2id;
mod digest;
mod document;
mod groups;
mod proof;
mod sendable;
mod stored;
mod user;
mod users;

pub use argon2id::{HashProblem, Memory};
pub use document::{Access, Document, EditError};
pub use groups::Groups;
pub use proof::{GeneratedKey, NewPassword, NewProof, PasswordProblem, SALT_LENGTH};
pub use sendable::{Field, Unsendable, Username};
pub use stored::{Entry, Kind, Standing, UserProblem, UsersError, entries};
pub use user::User;
pub use users::Users;
