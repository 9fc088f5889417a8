//! What was called, and how it ended.
//!
//! Counts only: no key, token, cache name, item or message is remembered here.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;
use serde::Serialize;
use tonic::Code;

use crate::{codes, rpc};

/// Calls since the stage started, by `service/method`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    calls: BTreeMap<String, Calls>,
}

/// The calls of one method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Calls {
    /// How many came in; those that have not ended are still open (a subscription, a hanging call).
    started: u64,
    /// How many ended with each status. A call that the client gave up counts as CANCELLED.
    ended: BTreeMap<&'static str, u64>,
}

impl Stats {
    /// How many calls of `rpc` came in: a method (`Get`), one with its service (`cache_client.Scs/Get`), a whole
    /// service (`cache_client.Scs`) or `*` for every call.
    #[must_use]
    pub fn started(&self, rpc: &str) -> u64 {
        self.of(rpc).map(|calls| calls.started).sum()
    }

    /// How many calls of `rpc` ended with `code`.
    #[must_use]
    pub fn ended(&self, rpc: &str, code: Code) -> u64 {
        self.of(rpc).filter_map(|calls| calls.ended.get(codes::name(code))).sum()
    }

    fn of<'a>(&'a self, rpc: &'a str) -> impl Iterator<Item = &'a Calls> {
        self.calls.iter().filter(|(path, _)| rpc::means(rpc, path)).map(|(_, calls)| calls)
    }
}

/// Where the counting is done.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    stats: Mutex<Stats>,
}

impl Counter {
    pub(crate) fn snapshot(&self) -> Stats {
        self.stats.lock().clone()
    }

    pub(crate) fn start(self: &Arc<Self>, path: &str) -> OpenCall {
        let mut stats = self.stats.lock();
        let calls = stats.calls.entry(path.to_owned()).or_default();
        calls.started = calls.started.saturating_add(1);
        OpenCall { counter: Arc::clone(self), path: path.to_owned(), is: Life::Open }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Life {
    Open,
    Over,
}

/// A call under way. It is counted as ended exactly once: by [`OpenCall::end`], or as CANCELLED when it is dropped.
#[derive(Debug)]
pub(crate) struct OpenCall {
    counter: Arc<Counter>,
    path: String,
    is: Life,
}

impl OpenCall {
    pub(crate) fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.is, Life::Over) == Life::Open {
            let mut stats = self.counter.stats.lock();
            let calls = stats.calls.entry(self.path.clone()).or_default();
            let count = calls.ended.entry(codes::name(code)).or_default();
            *count = count.saturating_add(1);
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_once_however_it_ends() {
        let counter = Arc::new(Counter::default());
        let mut answered = counter.start("token.Token/GenerateDisposableToken");
        answered.end(Code::Ok);
        drop(answered);
        drop(counter.start("token.Token/GenerateDisposableToken"));
        let _open = counter.start("token.Token/GenerateDisposableToken");

        let stats = counter.snapshot();
        assert_eq!(stats.started("GenerateDisposableToken"), 3);
        assert_eq!(stats.ended("GenerateDisposableToken", Code::Ok), 1);
        assert_eq!(stats.ended("token.Token/GenerateDisposableToken", Code::Cancelled), 1);
        assert_eq!(stats.started("token.Token"), 3);
        assert_eq!(stats.started("Token"), 0);
    }
}
