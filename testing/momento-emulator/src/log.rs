//! What is kept of one topic, for who falls behind and for who comes back.
//!
//! A pure account of numbers: no clock, nobody who waits. What a subscriber is handed next depends on nothing but the
//! number that they are at, so who resumes and who never left hear the same.

use std::collections::VecDeque;

use momento_protos::cache_client::pubsub::{Discontinuity, TopicItem, TopicValue, subscription_item::Kind};
use prost::Message;

/// How many messages of a topic are kept.
const MOST_MESSAGES: usize = 1_024;
/// How much of them, but the latest message in any case.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The messages of a topic from the first that is kept to the last that was published.
#[derive(Debug)]
pub(crate) struct Log {
    /// The topic's life: one with the same name that comes later has a greater number.
    page: u64,
    last: u64,
    kept: VecDeque<TopicItem>,
    bytes: usize,
}

/// Where a subscriber says to have been.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resume {
    /// The number of the message that is to come first; 0: whichever is the latest.
    pub(crate) number: u64,
    /// The page that the number is of; 0: whichever there is.
    pub(crate) page: u64,
}

impl Log {
    pub(crate) fn new(page: u64) -> Self {
        Self { page, last: 0, kept: VecDeque::new(), bytes: 0 }
    }

    /// Adds a message; `publisher_id` is the id of the publisher's token, empty when it has none.
    pub(crate) fn add(&mut self, value: TopicValue, publisher_id: String) {
        self.last = self.last.saturating_add(1);
        let item =
            TopicItem { topic_sequence_number: self.last, value: Some(value), publisher_id, sequence_page: self.page };
        self.bytes = self.bytes.saturating_add(item.encoded_len());
        self.kept.push_back(item);
        while self.kept.len() > MOST_MESSAGES || (self.bytes > MOST_BYTES && self.kept.len() > 1) {
            let dropped = self.kept.pop_front().map_or(0, |item| item.encoded_len());
            self.bytes = self.bytes.saturating_sub(dropped);
        }
    }

    /// The number that a subscriber is at, and what they have to be told first.
    ///
    /// What is resumed at comes again: "replay messages starting from the provided sequence number" (Momento's protocol,
    /// `_SubscriptionRequest`), "the next sequence you expect, typically lastReceived + 1" (Momento documentation, topics
    /// HTTP API). Who does not resume begins with the latest message, also where that was published before: so do the
    /// tests of Momento's Python SDK have it, which run against Momento itself (`momentohq/client-sdk-python`,
    /// `tests/momento/topic_client/test_topics.py`), as of a number and a page that were never given out.
    pub(crate) fn begin(&self, resume: Resume) -> (u64, Option<Discontinuity>) {
        let known = resume.page == 0 || resume.page == self.page;
        match resume.number {
            0 if known => (self.latest(), None),
            number if known && number <= self.last.saturating_add(1) => (number, None),
            number => (self.latest(), Some(self.gap(number, self.latest()))),
        }
    }

    /// What is handed to a subscriber who is `at` this number, and the number that they are at then. `None`: it has not
    /// been published yet.
    pub(crate) fn step(&self, at: u64) -> Option<(Kind, u64)> {
        if at > self.last {
            return None;
        }
        let before = self.last.saturating_sub(u64::try_from(self.kept.len()).unwrap_or(u64::MAX));
        let index = at.checked_sub(before.saturating_add(1)).and_then(|index| usize::try_from(index).ok());
        Some(match index.and_then(|index| self.kept.get(index)) {
            Some(item) => (Kind::Item(item.clone()), at.saturating_add(1)),
            None => {
                let first = before.saturating_add(1);
                (Kind::Discontinuity(self.gap(at, first)), first)
            }
        })
    }

    /// The number of the latest message, or of the first that will be.
    fn latest(&self) -> u64 {
        self.last.max(1)
    }

    /// That nothing comes of the messages from `wanted` until before `first`.
    fn gap(&self, wanted: u64, first: u64) -> Discontinuity {
        Discontinuity {
            last_topic_sequence: wanted.saturating_sub(1),
            // The number "after which TopicItems will ostensibly resume" (Momento's protocol, `_Discontinuity`).
            new_topic_sequence: first.saturating_sub(1),
            new_sequence_page: self.page,
        }
    }
}

#[cfg(test)]
mod tests {
    use momento_protos::cache_client::pubsub::topic_value;

    use super::*;

    const PAGE: u64 = 7;

    fn log(messages: usize, bytes_each: usize) -> Log {
        let mut log = Log::new(PAGE);
        for _ in 0..messages {
            log.add(TopicValue { kind: Some(topic_value::Kind::Binary(vec![0; bytes_each])) }, String::new());
        }
        log
    }

    /// What a subscriber hears who resumes there: gaps as the numbers between which they are, messages as theirs twice.
    fn heard(log: &Log, number: u64, page: u64) -> Vec<(u64, u64)> {
        let (mut at, gap) = log.begin(Resume { number, page });
        let mut heard: Vec<_> = gap.into_iter().map(|gap| (gap.last_topic_sequence, gap.new_topic_sequence)).collect();
        while let Some((kind, next)) = log.step(at) {
            at = next;
            heard.push(match kind {
                Kind::Item(item) => (item.topic_sequence_number, item.topic_sequence_number),
                Kind::Discontinuity(gap) => (gap.last_topic_sequence, gap.new_topic_sequence),
                Kind::Heartbeat(_) => unreachable!("no log has heartbeats"),
            });
        }
        heard
    }

    #[test]
    fn who_resumes_hears_every_kept_message_from_there_on_and_who_cannot_is_told_of_a_gap() {
        let three = log(3, 1);
        for page in [0, PAGE] {
            assert_eq!(heard(&three, 0, page), [(3, 3)], "the latest, of {page}");
            assert_eq!(heard(&three, 1, page), [(1, 1), (2, 2), (3, 3)]);
            assert_eq!(heard(&three, 3, page), [(3, 3)]);
            assert_eq!(heard(&three, 4, page), []);
            assert_eq!(heard(&three, 5, page), [(4, 2), (3, 3)], "a number that was never given out");
        }
        assert_eq!(heard(&three, 2, PAGE - 1), [(1, 2), (3, 3)], "a topic that is no more");
        assert_eq!(heard(&three, 0, PAGE - 1), [(0, 2), (3, 3)]);
        assert_eq!(heard(&Log::new(PAGE), 0, 0), []);
        assert_eq!(heard(&Log::new(PAGE), 9, PAGE), [(8, 0)]);
    }

    #[test]
    fn a_topic_keeps_a_thousand_messages_or_16_mb_and_the_latest_whatever_its_size() {
        let many = heard(&log(MOST_MESSAGES + 5, 1), 3, PAGE);
        assert_eq!(many[..2], [(2, 5), (6, 6)]);
        assert_eq!(many.len(), 1 + MOST_MESSAGES);
        assert_eq!(heard(&log(6, 5 * 1024 * 1024), 1, PAGE), [(0, 3), (4, 4), (5, 5), (6, 6)]);
        assert_eq!(heard(&log(2, MOST_BYTES), 1, PAGE), [(0, 1), (2, 2)]);
    }
}
