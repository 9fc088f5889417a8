//! `[authorizer] kind = "credentials"`: who a caller is, by a username and a password or key that the secret lists.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use momento_secrets::{SecretReader, TypedSecret};
use tvm_common::event::Event;
use tvm_config::CredentialsIn;
use tvm_users::{Memory, Users};

use crate::credentials::{Credentials, credentials};
use crate::policy::{DenyReason, Principal};
use crate::rejection::{NoUsers, Rejection};

/// The least time between two reads of the secret that refused callers cause: anybody can send a wrong password.
const REFUSED_APART: Duration = Duration::from_secs(30);

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
        let users = users.with_forced_reads_apart(REFUSED_APART);
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
        if let Some(principal) = self.find(&users, &claimed) {
            return Ok(Ok(principal));
        }
        // They may have been added, or have another password, since. Whatever is wrong is treated alike: the time must not tell a wrong
        // password from an unknown name.
        let newer = self.users.newer_than(&users).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a caller is refused, and the secret with the users cannot be read again");
            None
        });
        let principal = newer.and_then(|users| self.find(&users, &claimed));
        Ok(principal.ok_or(DenyReason::WrongCredentials))
    }

    fn find(&self, users: &Users, claimed: &Credentials) -> Option<Principal> {
        // What was left of a check that panicked is computed over by the next.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let user = users.find(&claimed.username, &claimed.password, &mut memory)?;
        Some(Principal {
            username: user.username.clone(),
            groups: user.groups.resolve(&self.groups).join(","),
            sub: None,
            claims: None,
            exp: None,
        })
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
