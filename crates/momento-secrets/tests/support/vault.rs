//! A secret on the stand-in that can be rotated and be out of reach.
#![allow(clippy::arithmetic_side_effects, clippy::panic, reason = "a helper of a test may fail the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use momento_secrets::{ApiKey, ApiKeySecret, CURRENT, Limits, PREVIOUS, SecretReader};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::clock::ManualClock;
use super::{Answer, StandIn};

/// Part of every key that [`v1`] makes.
pub(crate) const PLANTED: &str = "PLANTED-KEY";

/// The v1 key with this number, as a secret holds it.
pub(crate) fn v1(number: u32) -> String {
    let key = json!({ "endpoint": "momento.example", "api_key": format!("{PLANTED}-{number}") });
    STANDARD.encode(key.to_string())
}

/// The number of a key that [`v1`] made.
pub(crate) fn number(key: &ApiKey) -> u32 {
    let secret = key.secret().expose_secret();
    secret.strip_prefix(PLANTED).and_then(|rest| rest.strip_prefix('-')).unwrap().parse().unwrap()
}

/// Secrets Manager with one secret, and the clock of those who read it.
pub(crate) struct Vault {
    standin: StandIn,
    pub(crate) clock: ManualClock,
    state: Arc<Mutex<State>>,
}

struct State {
    current: Answer,
    previous: Answer,
    /// What every read is answered with, whatever the stage.
    trouble: Option<Answer>,
    reads: Reads,
}

/// How often each stage was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) current: u32,
    pub(crate) previous: u32,
}

impl Vault {
    /// Holds this text, and nothing before it.
    pub(crate) async fn holding(text: &str) -> Self {
        let state = State {
            current: Answer::text(text),
            previous: no_version(PREVIOUS),
            trouble: None,
            reads: Reads::default(),
        };
        let state = Arc::new(Mutex::new(state));
        let answering = Arc::clone(&state);
        let standin = StandIn::start(move |request, _| {
            let mut state = answering.lock().unwrap();
            let answer = match request["VersionStage"].as_str() {
                Some(CURRENT) => {
                    state.reads.current += 1;
                    state.current.clone()
                }
                Some(PREVIOUS) => {
                    state.reads.previous += 1;
                    state.previous.clone()
                }
                stage => panic!("{stage:?} is read"),
            };
            state.trouble.clone().unwrap_or(answer)
        })
        .await;
        Self { standin, clock: ManualClock::new(), state }
    }

    /// Puts another value, as `put-secret-value` does: the one before it becomes the previous one.
    pub(crate) fn put(&self, answer: Answer) {
        let mut state = self.state.lock().unwrap();
        state.previous = std::mem::replace(&mut state.current, answer);
    }

    pub(crate) fn set_previous(&self, answer: Answer) {
        self.state.lock().unwrap().previous = answer;
    }

    /// Answers every read with this, or as usual again.
    pub(crate) fn trouble(&self, answer: impl Into<Option<Answer>>) {
        self.state.lock().unwrap().trouble = answer.into();
    }

    pub(crate) fn reads(&self) -> Reads {
        self.state.lock().unwrap().reads
    }

    /// A reader that tries once at a time: what is counted here is not the SDK's patience.
    pub(crate) fn reader(&self) -> SecretReader {
        let limits = Limits { attempts: 1, ..Limits::default() };
        self.standin.reader("momento/api-key").with_clock(self.clock.shared()).with_limits(limits)
    }

    pub(crate) fn key(&self) -> ApiKeySecret {
        ApiKeySecret::new(self.reader(), None)
    }

    pub(crate) fn client(&self) -> aws_sdk_secretsmanager::Client {
        self.standin.client()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// How Secrets Manager says that no version of a secret has this stage.
pub(crate) fn no_version(stage: &str) -> Answer {
    let said = format!("Secrets Manager can't find the specified secret value for staging label: {stage}");
    Answer::error(400, "ResourceNotFoundException", &said)
}
