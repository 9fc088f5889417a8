//! Who of this process takes the next turn, while there are more callers than turns.
//!
//! One request at a time is at the front and may take a turn. The others wait in the order of their *rank*: how many turns their
//! caller had within the last second, and how many requests of the same caller wait already. Who had none goes before who had one, and so
//! on; among equals, first come, first served. Two ranks alone (none, or some) would not do: turns come in bursts, so who asks once a second
//! had the last one less than a second ago, as who floods had.
//!
//! A request whose caller nobody verified has rank 0: in Open mode it is first come, first served.
//!
//! It knows a process, and no other. Nothing runs in the background: who leaves the front calls the next.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::rate_limiter::{RateLimited, SECOND};
use momento_client::Deadline;

/// Those who wait, and who had a turn of late.
pub(crate) struct FairQueue {
    /// Of how many turns it is remembered whose they were: as many as a second has.
    most: usize,
    hasher: RandomState,
    state: Mutex<State>,
}

/// A verified caller, as a keyed hash: this process's own, and nobody's name. Two callers who share one by chance share a rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller(u64);

#[derive(Default)]
struct State {
    /// Whether a request is at the front, and whose it is.
    front: Front,
    /// By rank, and then as they came. Each takes a hundred bytes or so; who could not have a turn in time is not let in.
    waiting: BTreeMap<Place, Waiting>,
    arrivals: u64,
    /// Whose the turns of the last second were, oldest first.
    recent: VecDeque<(Instant, Caller)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Front {
    #[default]
    Free,
    Of(Option<Caller>),
}

/// A rank, and the number of the arrival.
type Place = (usize, u64);

struct Waiting {
    caller: Option<Caller>,
    call: oneshot::Sender<()>,
}

impl FairQueue {
    /// For so many turns a second.
    pub(crate) fn new(turns: NonZeroU32) -> Self {
        let most = usize::try_from(turns.get()).unwrap_or(usize::MAX);
        Self { most, hasher: RandomState::new(), state: Mutex::default() }
    }

    /// The caller that `identity` is.
    pub(crate) fn caller(&self, identity: Option<&str>) -> Option<Caller> {
        identity.map(|identity| Caller(self.hasher.hash_one(identity)))
    }

    /// The front, at once where nobody is there, else when it is this request's turn. Refused at once where the wait behind those who go
    /// before, which `wait_behind` tells by their number, ends after `patience`. Who leaves meanwhile gives up the place.
    pub(crate) async fn front(
        &self,
        caller: Option<Caller>,
        patience: Deadline,
        wait_behind: impl Fn(usize) -> Duration,
    ) -> Result<AtTheFront<'_>, RateLimited> {
        let mut waiter = {
            let mut state = self.state();
            if state.front == Front::Free {
                state.front = Front::Of(caller);
                return Ok(AtTheFront { queue: self, caller });
            }
            let rank = caller.map_or(0, |caller| state.rank_of(caller));
            // And the one at the front.
            let ahead = state.waiting.range(..=(rank, u64::MAX)).count().saturating_add(1);
            let wait = wait_behind(ahead);
            if wait > patience.remaining() {
                return Err(RateLimited { after: wait });
            }
            state.arrivals = state.arrivals.wrapping_add(1);
            let place = (rank, state.arrivals);
            let (call, called) = oneshot::channel();
            state.waiting.insert(place, Waiting { caller, call });
            Waiter { queue: self, place, called, is_served: false }
        };
        match patience.bound(&mut waiter.called).await {
            Ok(Ok(())) => {
                waiter.is_served = true;
                Ok(AtTheFront { queue: self, caller })
            }
            // Those who came later and had fewer turns went before.
            Ok(Err(_)) | Err(_) => Err(RateLimited { after: wait_behind(self.state().waiting.len()) }),
        }
    }

    /// The caller's last turn brought no token.
    pub(crate) fn take_back(&self, caller: Option<Caller>) {
        let mut state = self.state();
        if let Some(last) = state.recent.iter().rposition(|(_, of)| Some(*of) == caller) {
            state.recent.remove(last);
        }
    }

    /// Lets the next in, if anybody waits.
    fn pass_on(&self) {
        while let Some(call) = self.next() {
            // Nobody at the other end: gone in this very moment.
            if call.send(()).is_ok() {
                return;
            }
        }
    }

    fn next(&self) -> Option<oneshot::Sender<()>> {
        let mut state = self.state();
        let next = state.waiting.pop_first().map(|(_, next)| next);
        state.front = next.as_ref().map_or(Front::Free, |next| Front::Of(next.caller));
        next.map(|next| next.call)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is a call on a collection that is whole before and after.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn rank_of(&mut self, caller: Caller) -> usize {
        self.forget_what_is_over();
        let had = self.recent.iter().filter(|(_, of)| *of == caller).count();
        let waiting = self.waiting.values().filter(|waiting| waiting.caller == Some(caller)).count();
        had.saturating_add(waiting).saturating_add(usize::from(self.front == Front::Of(Some(caller))))
    }

    fn forget_what_is_over(&mut self) {
        while self.recent.front().is_some_and(|(had, _)| had.elapsed() >= SECOND) {
            self.recent.pop_front();
        }
    }
}

/// The one request that may take a turn. Dropped, it calls the next.
pub(crate) struct AtTheFront<'q> {
    queue: &'q FairQueue,
    caller: Option<Caller>,
}

impl AtTheFront<'_> {
    /// It has taken one.
    pub(crate) fn took_a_turn(self) {
        let Some(caller) = self.caller else { return };
        let mut state = self.queue.state();
        state.forget_what_is_over();
        if state.recent.len() >= self.queue.most {
            state.recent.pop_front();
        }
        state.recent.push_back((Instant::now(), caller));
    }
}

impl Drop for AtTheFront<'_> {
    fn drop(&mut self) {
        self.queue.pass_on();
    }
}

/// A place among those who wait.
struct Waiter<'q> {
    queue: &'q FairQueue,
    place: Place,
    called: oneshot::Receiver<()>,
    is_served: bool,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if self.is_served || self.queue.state().waiting.remove(&self.place).is_some() {
            return;
        }
        // It was called, and does not come.
        self.called.close();
        if self.called.try_recv().is_ok() {
            self.queue.pass_on();
        }
    }
}

/// Says how many, never who.
impl fmt::Debug for FairQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FairQueue").field("waiting", &self.state().waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use std::pin::Pin;

    use futures_util::FutureExt as _;

    use super::*;

    const PATIENT: Duration = Duration::from_secs(3_600);

    fn five() -> FairQueue {
        FairQueue::new(NonZeroU32::new(5).unwrap())
    }

    type Asking<'q> = Pin<Box<dyn Future<Output = Result<AtTheFront<'q>, RateLimited>> + 'q>>;

    /// A request that has been asking for a moment.
    fn asking<'q>(queue: &'q FairQueue, who: &str) -> Asking<'q> {
        let caller = queue.caller((!who.is_empty()).then_some(who));
        let mut asking: Asking<'q> = Box::pin(queue.front(caller, Deadline::after(PATIENT), |_| Duration::ZERO));
        assert!(asking.as_mut().now_or_never().is_none(), "{who} need not wait");
        asking
    }

    fn at_once<'q>(queue: &'q FairQueue, who: &str) -> AtTheFront<'q> {
        let caller = queue.caller((!who.is_empty()).then_some(who));
        let front = queue.front(caller, Deadline::after(PATIENT), |_| Duration::ZERO).now_or_never();
        front.unwrap_or_else(|| panic!("{who} waits")).unwrap()
    }

    /// Who has a turn, one after the other, of those who `wait`.
    fn order<'q>(front: AtTheFront<'q>, mut wait: Vec<(&'static str, Asking<'q>)>) -> Vec<&'static str> {
        front.took_a_turn();
        let mut order = Vec::new();
        while !wait.is_empty() {
            let mut called = wait
                .iter_mut()
                .enumerate()
                .filter_map(|(index, (_, asking))| asking.as_mut().now_or_never().map(|front| (index, front.unwrap())));
            let (index, front) = called.next().expect("nobody is called");
            assert!(called.next().is_none(), "two at the front");
            drop(called);
            order.push(wait.remove(index).0);
            front.took_a_turn();
        }
        order
    }

    #[tokio::test(start_paused = true)]
    async fn who_had_fewer_turns_within_the_second_goes_first_and_then_who_came_first() {
        let queue = five();
        for _ in 0..2 {
            at_once(&queue, "ada").took_a_turn();
        }
        at_once(&queue, "bob").took_a_turn();
        let front = at_once(&queue, "eve");
        let wait = ["ada 2", "bob 1", "ada 3", "bob 2", "joe 0", "eve 1", "ann 0", "joe 1"];
        let wait = wait.map(|request| (request, asking(&queue, request.split(' ').next().unwrap()))).into();
        let expected = ["joe 0", "ann 0", "bob 1", "eve 1", "joe 1", "ada 2", "bob 2", "ada 3"];
        assert_eq!(order(front, wait), expected);
        // A second later nobody has had any, and nobody waits.
        tokio::time::advance(SECOND).await;
        let front = at_once(&queue, "eve");
        let wait = ["ada", "bob", "joe"].map(|who| (who, asking(&queue, who))).into();
        assert_eq!(order(front, wait), ["ada", "bob", "joe"]);
    }

    #[tokio::test(start_paused = true)]
    async fn where_nobody_is_verified_it_is_first_come_first_served() {
        let queue = five();
        let front = at_once(&queue, "");
        let wait = ["1", "2", "3", "4"].map(|number| (number, asking(&queue, ""))).into();
        assert_eq!(order(front, wait), ["1", "2", "3", "4"]);
        assert!(queue.state().recent.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_gives_up_the_place_wherever_they_are_and_calls_the_next() {
        let queue = five();
        let front = at_once(&queue, "eve");
        let (ada, mut bob, joe, mut ann) =
            (asking(&queue, "ada"), asking(&queue, "bob"), asking(&queue, "joe"), asking(&queue, "ann"));
        // One who waits, in the middle; and one who was called and does not come.
        drop(joe);
        drop(front);
        drop(ada);
        let bob = bob.as_mut().now_or_never().expect("bob is next").unwrap();
        assert!(ann.as_mut().now_or_never().is_none());
        drop(bob);
        drop(ann.as_mut().now_or_never().expect("ann is next").unwrap());
        assert!(queue.state().waiting.is_empty());
        // And nobody is left at the front.
        drop(at_once(&queue, "eve"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_too_long_is_refused_at_once_and_who_is_overtaken_by_the_end_of_their_patience() {
        let queue = five();
        let _front = at_once(&queue, "ada");
        let wait_behind = |ahead: usize| SECOND * u32::try_from(ahead).unwrap();
        let ask = async |who: &str, patience| {
            let begun = Instant::now();
            let asked = queue.front(queue.caller(Some(who)), Deadline::after(patience), wait_behind);
            (asked.await.map(drop), begun.elapsed())
        };
        // Behind the one at the front there is room for one second, and no more.
        let (ada, [bob, again]) = tokio::join!(ask("ada", SECOND), async {
            let bob = ask("bob", SECOND);
            let again = ask("ada", SECOND);
            tokio::join!(bob, again).into()
        });
        assert_eq!(again, (Err(RateLimited { after: SECOND * 3 }), Duration::ZERO));
        for overtaken in [ada, bob] {
            assert_eq!((overtaken.0.is_err(), overtaken.1), (true, SECOND));
        }
        assert!(queue.state().waiting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_brought_no_token_is_not_counted() {
        let queue = five();
        for who in ["ada", "bob", "ada"] {
            at_once(&queue, who).took_a_turn();
        }
        queue.take_back(queue.caller(Some("ada")));
        queue.take_back(queue.caller(Some("ada")));
        queue.take_back(None);
        let front = at_once(&queue, "eve");
        let wait = ["bob", "ada"].map(|who| (who, asking(&queue, who))).into();
        assert_eq!(order(front, wait), ["ada", "bob"]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_is_remembered_than_the_turns_of_a_second() {
        let queue = five();
        for number in 0..1_000 {
            at_once(&queue, &number.to_string()).took_a_turn();
        }
        assert_eq!(queue.state().recent.len(), 5);
        tokio::time::advance(SECOND).await;
        at_once(&queue, "one more").took_a_turn();
        assert_eq!(queue.state().recent.len(), 1);
        assert_eq!(format!("{queue:?}"), "FairQueue { waiting: 0, .. }");
    }
}
