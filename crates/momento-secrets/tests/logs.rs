//! What the AWS SDK and this crate say to a subscriber that listens to everything. Real: the SDK's own events.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use momento_secrets::{ApiKeySecret, SecretReader};
use support::{Answer, StandIn};

/// Keeps all that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One thread, so that every task's events are heard.
#[tokio::test(flavor = "current_thread")]
async fn no_value_of_a_secret_is_logged_at_any_level() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);

    // The second is cut off in the middle of the value: the SDK's own error, too, must not tell.
    for answer in [Answer::text("PLANTED-VALUE"), Answer::Raw(200, "{\"SecretString\":\"PLANTED-VALUE\" oops")] {
        let standin = StandIn::start(move |_, _| answer.clone()).await;
        let outcomes = (
            SecretReader::new(standin.client(), "id").read().await,
            ApiKeySecret::new(standin.reader("id"), None).api_key().await,
        );
        assert!(!format!("{outcomes:?}").contains("PLANTED"));
    }

    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("GetSecretValue"), "the subscriber must have heard the SDK");
    for planted in ["PLANTED-VALUE", "secret-access-key"] {
        let line = logged.lines().find(|line| line.contains(planted));
        assert!(line.is_none(), "{line:?}");
    }
}
