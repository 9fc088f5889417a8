//! `[authorizer] kind = "credentials"`: who a caller is, by a username and a password or key that the secret lists.

use std::sync::{Mutex, PoisonError};

use momento_secrets::{SecretReader, TypedSecret};
use tvm_common::event::Event;
use tvm_config::CredentialsIn;
use tvm_users::{Memory, Users};

use crate::credentials::credentials;
use crate::policy::{DenyReason, Principal};
use crate::rejection::{NoUsers, Rejection};

/// What checks credentials: where they are, and what they are compared with.
#[derive(Debug)]
pub struct ByCredentials {
    place: CredentialsIn,
    /// The names of all groups of the configuration.
    groups: Vec<String>,
    users: TypedSecret<Users, NoUsers>,
    memory: Mutex<Memory>,
}

impl ByCredentials {
    /// Checks credentials from `place` against the users in the secret that `reader` reads. A user whom the secret says to be in
    /// all groups is in `groups`.
    pub fn new(place: CredentialsIn, groups: Vec<String>, reader: SecretReader) -> Self {
        let users = TypedSecret::new(reader, |value| Ok(told(Users::parse(value)?)));
        Self { place, groups, users, memory: Mutex::default() }
    }

    /// Reads the secret, so that the first request need not. A failure is told by the request that meets it.
    pub async fn warm(&self) {
        let _ = self.users.read().await;
    }

    /// Who brings this request, or [`DenyReason::WrongCredentials`].
    ///
    /// # Errors
    /// [`Rejection::NoCredentials`] without any that can be read in one way; [`Rejection::NoUsers`].
    pub async fn who(&self, event: &Event) -> Result<Result<Principal, DenyReason>, Rejection> {
        let claimed = credentials(event, self.place).ok_or(Rejection::NoCredentials)?;
        let users = self.users.read().await?;
        // What was left of a check that panicked is computed over by the next.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let found = users.find(&claimed.username, &claimed.password, &mut memory).ok_or(DenyReason::WrongCredentials);
        Ok(found.map(|user| Principal {
            username: user.username.clone(),
            groups: user.groups.resolve(&self.groups).join(","),
            sub: None,
            claims: None,
            exp: None,
        }))
    }
}

/// Says, once a read, that users are kept out whom the secret may mean to let in. By number alone: a name of a field may be a
/// slip of who pasted a secret there.
fn told(users: Users) -> Users {
    match users.not_understood() {
        0 => {}
        count => tracing::warn!(
            users = count,
            "users of the authorizer's secret have a field that is not known here and are not let in; correct the field or \
             leave it out"
        ),
    }
    users
}
