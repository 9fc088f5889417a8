//! Who may sign in: the users of the file, and the one check of a password.
//!
//! The check is `tvm-users`' own, which costs the same whoever is claimed. Here it is kept off the threads that serve others, and
//! in bounds: one password is hashed at a time, and a queue that is full turns people away instead of growing.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Mutex, Semaphore};
use tvm_embed::Caller;
use tvm_users::{Memory, Users};

/// How many sign-ins may be under way. At some 20 ms for a hash, the last waits less than a second.
const MOST_AT_ONCE: usize = 32;

/// The users, and what it takes to compare somebody with them.
pub(crate) struct People {
    users: Arc<Users>,
    /// The names of all groups of the configuration.
    groups: Arc<[String]>,
    memory: Arc<Mutex<Memory>>,
    places: Arc<Semaphore>,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotLetIn {
    /// No user has this name and this password.
    Wrong,
    /// More want to sign in at once than there is room for.
    Busy,
}

impl People {
    /// `groups` are all of the configuration: a user may be in every one of them.
    pub(crate) fn new(users: Users, groups: impl IntoIterator<Item = String>) -> Self {
        Self {
            users: Arc::new(users),
            groups: groups.into_iter().collect(),
            memory: Arc::default(),
            places: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        }
    }

    /// The user of this name and password.
    pub(crate) async fn who(&self, username: String, password: SecretString) -> Result<Caller, NotLetIn> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| NotLetIn::Busy)?;
        let mut memory = Arc::clone(&self.memory).lock_owned().await;
        let (users, groups) = (Arc::clone(&self.users), Arc::clone(&self.groups));
        // Place and memory go along: who gives up waiting does not make room while their password is still being hashed.
        let checked = tokio::task::spawn_blocking(move || {
            let _place = place;
            users.find(&username, &password, &mut memory).map(|user| Caller {
                principal: user.username.clone(),
                username: Some(user.username.clone()),
                groups: user.groups.resolve(&groups).to_vec(),
                ..Caller::default()
            })
        });
        // A check that came to no end lets nobody in.
        checked.await.ok().flatten().ok_or(NotLetIn::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> People {
        let listed = r#"{"users":[{"username":"ada","password":"planted-one","groups":["A"]}]}"#;
        People::new(Users::parse(&SecretString::from(listed)).unwrap(), Vec::new())
    }

    async fn who(people: &People, password: &str) -> Result<Caller, NotLetIn> {
        people.who("ada".to_owned(), SecretString::from(password)).await
    }

    #[tokio::test]
    async fn a_queue_that_is_full_turns_away_and_empties_again() {
        let people = people();
        let hashing = Arc::clone(&people.memory).lock_owned().await;
        let mut waiting: Vec<_> = (0..MOST_AT_ONCE).map(|_| Box::pin(who(&people, "planted-one"))).collect();
        for one in &mut waiting {
            let polled = tokio::select! { biased; done = one => Some(done), () = std::future::ready(()) => None };
            assert_eq!(polled, None);
        }
        assert_eq!(who(&people, "planted-one").await, Err(NotLetIn::Busy));
        drop(hashing);
        for one in waiting {
            assert_eq!(one.await.unwrap().groups, ["A"]);
        }
        assert_eq!(who(&people, "wrong").await, Err(NotLetIn::Wrong));
    }
}
