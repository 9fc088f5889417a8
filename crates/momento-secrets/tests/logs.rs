//! What the AWS SDK and this crate say to a subscriber that listens to everything. Real: the SDK's own events.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use momento_secrets::{ApiKeySecret, SecretError, SecretReader, TypedSecret};
use secrecy::ExposeSecret as _;
use support::vault::{PLANTED, Vault, v1};
use support::{Answer, StandIn};
use tracing::subscriber::DefaultGuard;

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

/// Everything that is logged while this lives. One thread, so that every task's events are heard.
fn listening() -> (Log, DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn assert_silent_about(&self, planted: &[&str]) {
        let logged = self.text();
        assert!(logged.contains("GetSecretValue"), "the subscriber must have heard the SDK");
        for planted in planted {
            let line = logged.lines().find(|line| line.contains(planted));
            assert!(line.is_none(), "{line:?}");
        }
    }

    /// The warnings that hold this text.
    fn warnings(&self, text: &str) -> usize {
        self.text().lines().filter(|line| line.contains(" WARN ") && line.contains(text)).count()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn no_value_of_a_secret_is_logged_at_any_level() {
    let (log, _listening) = listening();
    // The second is cut off in the middle of the value: the SDK's own error, too, must not tell.
    for answer in [Answer::text("PLANTED-VALUE"), Answer::Raw(200, "{\"SecretString\":\"PLANTED-VALUE\" oops")] {
        let standin = StandIn::start(move |_, _| answer.clone()).await;
        let outcomes = (
            SecretReader::new(standin.client(), "id").read().await,
            ApiKeySecret::new(standin.reader("id"), None).api_key().await,
        );
        assert!(!format!("{outcomes:?}").contains("PLANTED"));
    }
    log.assert_silent_about(&["PLANTED-VALUE", "secret-access-key"]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_key_that_serves_on_is_warned_of_and_so_is_a_previous_one_but_neither_is_logged() {
    let (log, _listening) = listening();
    let (vault, planted) = (Vault::holding(&v1(1)).await, [PLANTED, &v1(1), &v1(2), "PLANTED-in-haste"]);
    let secret = vault.key();
    let first = secret.api_key().await.unwrap();
    const SERVES_ON: &str = "its last good value serves on";

    vault.set_previous(Answer::text(&v1(1)));
    assert!(secret.after_refusal(&first).await.unwrap().is_none());
    assert_eq!(log.warnings("AWSPREVIOUS"), 0, "there is no other key, and nobody is told that there is");

    vault.put(Answer::text("PLANTED-in-haste"));
    vault.pass(331);
    for _ in 0..5 {
        secret.api_key().await.unwrap();
    }
    assert_eq!(log.warnings(SERVES_ON), 1, "one for each attempt");
    assert_eq!(log.warnings("secret momento/api-key: its value is not a usable Momento API key"), 1);
    vault.trouble(Answer::error(400, "ThrottlingException", "Rate exceeded"));
    vault.pass(10);
    secret.api_key().await.unwrap();
    assert_eq!((log.warnings(SERVES_ON), log.warnings("next_read_in_s=20")), (2, 1));
    let error = secret.after_refusal(&first).await.unwrap_err();

    vault.trouble(None);
    vault.put(Answer::text(&v1(2)));
    vault.set_previous(Answer::text(&v1(1)));
    vault.pass(331);
    let second = secret.api_key().await.unwrap();
    let other = secret.after_refusal(&second).await.unwrap().unwrap();
    assert_eq!(log.warnings("the one at AWSPREVIOUS is used for now"), 1);

    let shown = format!("{error} {error:?} {secret:?} {first:?} {second:?} {other:?} {:?}", vault.reader());
    assert!(!planted.iter().any(|planted| shown.contains(planted)), "{shown}");
    log.assert_silent_about(&planted);
}

#[tokio::test(flavor = "current_thread")]
async fn a_text_that_does_not_parse_is_warned_of_and_not_logged() {
    let (log, _listening) = listening();
    let vault = Vault::holding("PLANTED-at-first").await;
    let secret = TypedSecret::new(vault.reader(), |text| match text.expose_secret() {
        "PLANTED-at-first" => Ok(text.clone()),
        _ => Err(SecretError::NotText { id: "of-this-test".to_owned() }),
    });
    secret.read().await.unwrap();
    vault.put(Answer::text("PLANTED-in-haste"));
    vault.pass(331);
    for _ in 0..5 {
        assert_eq!(secret.read().await.unwrap().expose_secret(), "PLANTED-at-first");
    }
    let said = "of-this-test: its value is binary, not UTF-8 text; store it as text";
    assert_eq!((log.warnings(said), log.warnings("next_read_in_s=10")), (1, 1), "one for each attempt");
    assert!(!format!("{secret:?}").contains("PLANTED"));
    log.assert_silent_about(&["PLANTED"]);
}
