//! The topics: who listens, and in which order messages go out.
//!
//! A message has its sequence number before anybody sees it, and every subscriber of a topic sees the same numbers
//! in the same order. Nothing is kept for those who come later.

use std::{collections::HashMap, time::Duration};

use momento_protos::cache_client::pubsub::{TopicItem, TopicValue};
use parking_lot::Mutex;
use tokio::sync::broadcast;

/// How many messages a slow subscriber may be behind before it is told of a gap.
const BACKLOG: usize = 1024;

/// All topics of all caches.
#[derive(Debug)]
pub(crate) struct Topics {
    /// Momento numbers a topic's life: a later page is greater. Here it is the life of the stage.
    page: u64,
    topics: Mutex<HashMap<Place, Topic>>,
}

/// A topic's cache and its name.
type Place = (String, String);

#[derive(Debug)]
struct Topic {
    last: u64,
    line: broadcast::Sender<TopicItem>,
}

impl Default for Topic {
    fn default() -> Self {
        Self { last: 0, line: broadcast::Sender::new(BACKLOG) }
    }
}

impl Topics {
    pub(crate) fn new(now: Duration) -> Self {
        Self { page: u64::try_from(now.as_millis()).unwrap_or(u64::MAX), topics: Mutex::default() }
    }

    /// The number of the present page of every topic.
    pub(crate) fn page(&self) -> u64 {
        self.page
    }

    /// Sends `value` to those who listen; `publisher_id` is the id of the publisher's token, empty when it has none.
    pub(crate) fn publish(&self, cache: &str, name: &str, value: TopicValue, publisher_id: String) {
        let mut topics = self.topics.lock();
        let topic = topics.entry((cache.to_owned(), name.to_owned())).or_default();
        topic.last = topic.last.saturating_add(1);
        let item =
            TopicItem { topic_sequence_number: topic.last, value: Some(value), publisher_id, sequence_page: self.page };
        // An error says that nobody listens: the message is dropped, as Momento documents.
        let _ = topic.line.send(item);
    }

    /// What will be sent from now on, and the number of the last message before.
    pub(crate) fn listen(&self, cache: &str, name: &str) -> (u64, broadcast::Receiver<TopicItem>) {
        let mut topics = self.topics.lock();
        let topic = topics.entry((cache.to_owned(), name.to_owned())).or_default();
        (topic.last, topic.line.subscribe())
    }

    /// Ends the topics of a cache: their lines close.
    pub(crate) fn close(&self, cache: &str) {
        self.topics.lock().retain(|(of, _), _| of != cache);
    }
}
