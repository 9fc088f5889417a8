//! Who is signed in: sessions in memory, each known by a random id in a cookie.
//!
//! An id is made here and never taken from a request, and nothing here can be printed. They end with the process: a server that
//! is several, or is often started again, keeps them elsewhere.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::COOKIE;
use parking_lot::Mutex;
use tvm_embed::Caller;

use crate::options::Reach;

/// How long one lasts: a day's work. Who loses a group meanwhile keeps it for as long, or until the server is started again.
pub(crate) const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// So that nobody who may sign in can fill the memory. The one that ends first goes first.
const MOST: usize = 10_000;

/// 256 random bits.
const ID_BYTES: usize = 32;

/// What a session is known by.
#[derive(PartialEq, Eq, Hash, Clone)]
pub(crate) struct Id(String);

struct Session {
    caller: Caller,
    ends: Instant,
}

/// Every session there is.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Id, Session>>);

impl Sessions {
    /// A new one, for `caller`, that lasts [`LIFETIME`].
    pub(crate) fn begin(&self, caller: Caller, now: Instant) -> Result<Id, getrandom::Error> {
        let mut random = [0; ID_BYTES];
        getrandom::fill(&mut random)?;
        let id = Id(URL_SAFE_NO_PAD.encode(random));
        let ends = now.checked_add(LIFETIME).unwrap_or(now);
        let mut sessions = self.0.lock();
        if sessions.len() >= MOST {
            sessions.retain(|_, session| session.ends > now);
        }
        if sessions.len() >= MOST {
            let first = sessions.iter().min_by_key(|(_, session)| session.ends).map(|(id, _)| id.clone());
            first.and_then(|first| sessions.remove(&first));
        }
        sessions.insert(id.clone(), Session { caller, ends });
        Ok(id)
    }

    /// Whose it is, if it has not ended.
    pub(crate) fn caller(&self, id: &Id, now: Instant) -> Option<Caller> {
        let sessions = self.0.lock();
        let session = sessions.get(id).filter(|session| session.ends > now)?;
        Some(session.caller.clone())
    }

    /// Ends it.
    pub(crate) fn end(&self, id: &Id) {
        self.0.lock().remove(id);
    }
}

/// How an id goes to the browser and comes back: no script reads it, and no page of another site has it sent along.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies(Reach);

impl Cookies {
    pub(crate) const fn of(reach: Reach) -> Self {
        Self(reach)
    }

    /// With the prefix, a browser takes it over https from this very host alone. On loopback there is no https.
    const fn name(self) -> &'static str {
        match self.0 {
            Reach::Loopback => "chat-session",
            Reach::Network => "__Host-chat-session",
        }
    }

    /// What a browser is told to keep.
    pub(crate) fn keep(self, id: &Id) -> Cookie<'static> {
        Cookie::build((self.name(), id.0.clone()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.0 == Reach::Network)
            .build()
    }

    /// What a browser is told so that it forgets.
    pub(crate) fn forget(self) -> Cookie<'static> {
        let mut cookie = self.keep(&Id(String::new()));
        cookie.set_max_age(cookie::time::Duration::ZERO);
        cookie
    }

    /// The id that a request brings; `None` also where it brings two.
    pub(crate) fn id(self, headers: &HeaderMap) -> Option<Id> {
        let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut ids = texts.flat_map(Cookie::split_parse).flatten().filter(|cookie| cookie.name() == self.name());
        match (ids.next(), ids.next()) {
            (Some(id), None) => Some(Id(id.value().to_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(name: &str) -> Caller {
        Caller { principal: name.to_owned(), ..Caller::default() }
    }

    fn after(start: Instant, wait: Duration) -> Instant {
        start.checked_add(wait).unwrap()
    }

    #[test]
    fn a_session_lasts_its_time_and_not_a_moment_longer() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let id = sessions.begin(caller("ada"), start).unwrap();
        let last = LIFETIME.checked_sub(Duration::from_millis(1)).unwrap();
        assert_eq!(sessions.caller(&id, after(start, last)), Some(caller("ada")));
        assert_eq!(sessions.caller(&id, after(start, LIFETIME)), None);
        sessions.end(&id);
        assert_eq!(sessions.caller(&id, start), None);
    }

    #[test]
    fn every_session_has_an_id_of_its_own_that_nobody_guesses() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let ids: std::collections::HashSet<Id> =
            (0..100).map(|_| sessions.begin(caller("ada"), start).unwrap()).collect();
        assert_eq!(ids.len(), 100);
        assert!(ids.iter().all(|id| id.0.len() == 43), "256 bits in base64");
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for_and_the_oldest_goes_first() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let second = |number: usize| after(start, Duration::from_secs(number.try_into().unwrap()));
        let ids: Vec<Id> = (0..=MOST).map(|number| sessions.begin(caller("ada"), second(number)).unwrap()).collect();
        assert_eq!(sessions.caller(&ids[0], second(MOST)), None);
        assert!(sessions.caller(&ids[1], second(MOST)).is_some());
        // What has ended makes room for all at once.
        sessions.begin(caller("ada"), after(start, LIFETIME * 2)).unwrap();
        assert_eq!(sessions.0.lock().len(), 1);
    }

    #[test]
    fn a_request_that_brings_two_ids_has_none() {
        let cookies = Cookies::of(Reach::Loopback);
        let of = |lines: &[&'static str]| {
            let lines = lines.iter().map(|line| (COOKIE, line.parse().unwrap()));
            cookies.id(&lines.collect::<HeaderMap>()).map(|id| id.0)
        };
        assert_eq!(of(&["a=b; chat-session=one; c=d"]), Some("one".to_owned()));
        assert_eq!(of(&["a=b", "chat-session=one"]), Some("one".to_owned()));
        for none in [
            &[] as &[_],
            &["chat-session2=one"],
            &["chat-session=one; chat-session=two"],
            &["chat-session=one", "chat-session=one"],
        ] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_other_sites_and_plain_http() {
        let id = Id("id".to_owned());
        assert_eq!(
            Cookies::of(Reach::Network).keep(&id).to_string(),
            "__Host-chat-session=id; HttpOnly; SameSite=Strict; Secure; Path=/"
        );
        assert_eq!(
            Cookies::of(Reach::Loopback).keep(&id).to_string(),
            "chat-session=id; HttpOnly; SameSite=Strict; Path=/"
        );
        assert_eq!(
            Cookies::of(Reach::Loopback).forget().to_string(),
            "chat-session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"
        );
    }
}
