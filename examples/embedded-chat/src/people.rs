//! Who may sign in: the users of the file, and the one check of a password.
//!
//! The check is `tvm-users`' own, which costs the same whoever is claimed. Here it is kept off the threads that serve others, and
//! in bounds: one password is hashed at a time, and a queue that is full turns people away instead of growing.

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Mutex;
use tvm_embed::Caller;
use tvm_users::{Memory, Users};

use crate::places::Endpoints;

/// The users, and what it takes to compare somebody with them.
pub(crate) struct People {
    users: Arc<Users>,
    /// The names of all groups of the configuration.
    groups: Arc<[String]>,
    memory: Arc<Mutex<Memory>>,
    places: Endpoints,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotLetIn {
    /// No user has this name and this password.
    Wrong,
    /// More want to sign in at once than there is room for, or from this address.
    Busy,
}

impl People {
    /// `groups` are all of the configuration: a user may be in every one of them.
    pub(crate) fn new(users: Users, groups: impl IntoIterator<Item = String>) -> Self {
        Self {
            users: Arc::new(users),
            groups: groups.into_iter().collect(),
            memory: Arc::default(),
            places: Endpoints::default(),
        }
    }

    /// The user of this name and password, which came from this address.
    pub(crate) async fn who(&self, username: String, password: SecretString, from: IpAddr) -> Result<Caller, NotLetIn> {
        let place = self.places.take(from).ok_or(NotLetIn::Busy)?;
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
    use crate::places::MOST_OF_ONE;

    fn people() -> People {
        let listed = r#"{"users":[{"username":"ada","password":"planted-one","groups":["A"]}]}"#;
        People::new(Users::parse(&SecretString::from(listed)).unwrap(), Vec::new())
    }

    async fn who(people: &People, password: &str, from: &str) -> Result<Caller, NotLetIn> {
        people.who("ada".to_owned(), SecretString::from(password), from.parse().unwrap()).await
    }

    #[tokio::test]
    async fn an_address_that_has_its_share_is_turned_away_until_it_is_done_and_no_other_is() {
        let people = people();
        let hashing = Arc::clone(&people.memory).lock_owned().await;
        let others = std::iter::once("203.0.113.8");
        let addresses = std::iter::repeat_n("203.0.113.7", MOST_OF_ONE).chain(others);
        let mut waiting: Vec<_> = addresses.map(|from| Box::pin(who(&people, "planted-one", from))).collect();
        for one in &mut waiting {
            let polled = tokio::select! { biased; done = one => Some(done), () = std::future::ready(()) => None };
            assert_eq!(polled, None);
        }
        assert_eq!(who(&people, "planted-one", "203.0.113.7").await, Err(NotLetIn::Busy));
        drop(hashing);
        for one in waiting {
            assert_eq!(one.await.unwrap().groups, ["A"]);
        }
        assert_eq!(who(&people, "wrong", "203.0.113.7").await, Err(NotLetIn::Wrong));
    }
}
