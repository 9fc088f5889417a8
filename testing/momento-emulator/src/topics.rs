//! The topics: who listens, and in which order messages go out.
//!
//! A message has its sequence number before anybody sees it, and every subscriber of a topic sees the same numbers in
//! the same order: all of them read one [log](crate::log), each at their own pace.

use std::{collections::HashMap, sync::Arc, time::Duration};

use momento_protos::cache_client::pubsub::{Discontinuity, TopicValue, subscription_item::Kind};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::log::{Log, Resume};

/// All topics of all caches.
#[derive(Debug, Default)]
pub(crate) struct Topics(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    topics: HashMap<Place, Topic>,
    last_page: u64,
}

/// A topic's cache and its name.
type Place = (String, String);

#[derive(Debug)]
struct Topic {
    log: Arc<Mutex<Log>>,
    /// Says that there is something new in the log; closes with the topic.
    news: watch::Sender<()>,
}

/// A subscriber's end of a topic.
#[derive(Debug)]
pub(crate) struct Line {
    log: Arc<Mutex<Log>>,
    news: watch::Receiver<()>,
    at: u64,
    gap: Option<Discontinuity>,
}

impl State {
    /// The topic, which begins to be when it is first spoken of.
    fn topic(&mut self, cache: &str, name: &str, now: Duration) -> &Topic {
        self.topics.entry((cache.to_owned(), name.to_owned())).or_insert_with(|| {
            // "Later sequence pages are numbered greater than earlier pages, but they don't go one-by-one" (Momento's
            // protocol, `_TopicItem`): with the time in it, also greater than those of an earlier stage.
            let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            self.last_page = now.max(self.last_page.saturating_add(1));
            Topic { log: Arc::new(Mutex::new(Log::new(self.last_page))), news: watch::Sender::new(()) }
        })
    }
}

impl Topics {
    /// Sends `value` to those who listen; `publisher_id` is the id of the publisher's token, empty when it has none.
    pub(crate) fn publish(&self, cache: &str, name: &str, now: Duration, value: TopicValue, publisher_id: String) {
        let mut state = self.0.lock();
        let topic = state.topic(cache, name, now);
        topic.log.lock().add(value, publisher_id);
        topic.news.send_replace(());
    }

    /// What has been sent since `resume`, and what will be.
    pub(crate) fn listen(&self, cache: &str, name: &str, now: Duration, resume: Resume) -> Line {
        let mut state = self.0.lock();
        let topic = state.topic(cache, name, now);
        let (at, gap) = topic.log.lock().begin(resume);
        Line { log: Arc::clone(&topic.log), news: topic.news.subscribe(), at, gap }
    }

    /// Ends the topics of a cache: their lines close.
    pub(crate) fn close(&self, cache: &str) {
        self.0.lock().topics.retain(|(of, _), _| of != cache);
    }
}

impl Line {
    /// The next message, or the next gap, once there is one; `None` when the topic has ended.
    pub(crate) async fn next(&mut self) -> Option<Kind> {
        if let Some(gap) = self.gap.take() {
            return Some(Kind::Discontinuity(gap));
        }
        loop {
            let step = self.log.lock().step(self.at);
            if let Some((kind, at)) = step {
                self.at = at;
                return Some(kind);
            }
            self.news.changed().await.ok()?;
        }
    }
}
