//! How long a server takes, seen from its side of a connection: from the last bytes that a client sent to the bytes that
//! answer them.
//!
//! Only this process's clock, and only where bytes pass: what the client or the way to it takes is never in the time.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What all connections of one server have taken until now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spent(Arc<AtomicU64>);

impl Spent {
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    fn add(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// A client's connection, whose answers are timed.
#[derive(Debug)]
pub(crate) struct Timed<S> {
    stream: S,
    watch: Stopwatch,
}

impl<S> Timed<S> {
    /// Adds what answering on `stream` takes to `spent`.
    pub(crate) fn new(stream: S, spent: Spent) -> Self {
        Self { stream, watch: Stopwatch { unanswered: None, spent } }
    }
}

/// One connection's.
#[derive(Debug)]
struct Stopwatch {
    /// When the client last sent something, as long as nothing was sent to it since.
    unanswered: Option<Instant>,
    spent: Spent,
}

impl Stopwatch {
    /// A request may come in pieces: the server cannot answer before the last.
    fn received(&mut self, now: Instant) {
        self.unanswered = Some(now);
    }

    /// What the server says without having been asked took nobody any time.
    fn sent(&mut self, now: Instant) {
        if let Some(since) = self.unanswered.take() {
            self.spent.add(now.saturating_duration_since(since));
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = bytes.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, bytes))?;
        // Nothing at all is the end of the stream, and asks for nothing.
        if bytes.filled().len() > before {
            self.watch.received(Instant::now());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.watch.sent(Instant::now());
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, pieces))?;
        self.watch.sent(Instant::now());
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[test]
    fn only_from_the_last_that_was_asked_to_the_first_that_was_answered() {
        let start = Instant::now();
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        let spent = Spent::default();
        let mut watch = Stopwatch { unanswered: None, spent: spent.clone() };
        watch.sent(after(5));
        assert_eq!(spent.total(), Duration::ZERO, "nobody had asked");
        watch.received(after(10));
        watch.received(after(100));
        watch.sent(after(107));
        assert_eq!(spent.total(), Duration::from_millis(7), "the client took the time between the pieces");
        watch.sent(after(500));
        watch.received(after(900));
        assert_eq!(spent.total(), Duration::from_millis(7), "what comes after the answer is no answer");
        watch.received(after(1_000));
        watch.sent(after(1_002));
        assert_eq!(spent.total(), Duration::from_millis(9));
    }

    #[tokio::test]
    async fn what_passes_is_unchanged_and_timed() {
        let (mut client, server) = duplex(64);
        let spent = Spent::default();
        let mut server = Timed::new(server, spent.clone());
        client.write_all(b"ask").await.unwrap();
        let mut bytes = [0; 3];
        server.read_exact(&mut bytes).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        server.write_all(&bytes).await.unwrap();
        client.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"ask");
        assert!(spent.total() >= Duration::from_millis(20), "{spent:?}");
    }
}
