//! A token service that does not answer: the log says once at which host, since an endpoint that is not Momento's looks like a Momento that
//! is down. Real: the client, TCP, and what is logged.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

mod support;

use std::io;
use std::sync::{Arc, Mutex};

use momento_client::Deadline;
use support::{grant, key, service_at};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::MakeWriter;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_names_the_host_that_does_not_answer_once() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let service = service_at(address);
    for _ in 0..3 {
        service.mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
    }
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("does not answer")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(lines[0].contains("WARN") && lines[0].contains("host=\"127.0.0.1\""), "{said}");
    assert!(lines[0].contains("momento.endpoint"), "{said}");
    assert_eq!(service.host(&key()).as_deref(), Some("127.0.0.1"));
}
