//! The connections of a stage, and how to cut them.
//!
//! A cut is what a client sees when the other side has forgotten the connection: a TCP reset, in the midst of whatever it
//! waits for. A line carries bytes and knows nothing of what they say.

use std::{
    fmt, io,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, Waker},
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tonic::transport::server::Connected;

/// The open connections.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<Vec<Weak<Mutex<State>>>>);

/// One connection.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
    scissors: ConnectionCutter,
}

/// Cuts one connection; comes with each call on it.
#[derive(Clone)]
pub(crate) struct ConnectionCutter(Arc<Mutex<State>>);

#[derive(Debug)]
enum State {
    /// Who reads from it is woken by a cut. Whoever serves HTTP reads at any time: a writer need not be woken as well.
    Whole(Option<Waker>),
    Cut,
}

impl Connections {
    /// Takes a new connection in.
    pub(crate) fn line(&self, stream: TcpStream) -> Line {
        let state = Arc::new(Mutex::new(State::Whole(None)));
        let mut lines = self.0.lock();
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(&state));
        Line { stream, scissors: ConnectionCutter(state) }
    }

    /// Cuts every connection that is open now; gives how many.
    pub(crate) fn cut(&self) -> usize {
        let lines = std::mem::take(&mut *self.0.lock());
        let whole = |state: &Arc<Mutex<State>>| matches!(*state.lock(), State::Whole(_));
        lines.iter().filter_map(Weak::upgrade).filter(whole).map(|state| ConnectionCutter(state).cut()).count()
    }
}

impl ConnectionCutter {
    pub(crate) fn cut(&self) {
        // Woken outside the lock: it may read at once.
        let before = std::mem::replace(&mut *self.0.lock(), State::Cut);
        if let State::Whole(Some(reader)) = before {
            reader.wake();
        }
    }
}

impl fmt::Debug for ConnectionCutter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scissors")
    }
}

impl Line {
    /// An error once the line is cut, after which whoever serves it closes it: with a reset, and what was not sent is lost.
    fn is_whole(&self) -> io::Result<()> {
        if matches!(*self.scissors.0.lock(), State::Whole(_)) {
            return Ok(());
        }
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl Connected for Line {
    type ConnectInfo = ConnectionCutter;

    fn connect_info(&self) -> ConnectionCutter {
        self.scissors.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let State::Whole(reader) = &mut *this.scissors.0.lock() {
            *reader = Some(context.waker().clone());
        }
        this.is_whole()?;
        Pin::new(&mut this.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.is_whole()?;
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.is_whole()?;
        Pin::new(&mut this.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.is_whole()?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A connection: the client's end, and the stage's.
    async fn connected(lines: &Connections) -> (TcpStream, Line) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (client, stream) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), async { listener.accept().await });
        (client.unwrap(), lines.line(stream.unwrap().0))
    }

    #[tokio::test]
    async fn a_cut_wakes_who_reads_and_the_client_sees_a_reset() {
        let lines = Connections::default();
        let ((mut client, mut line), (mut other, mut left)) = (connected(&lines).await, connected(&lines).await);
        let scissors = line.connect_info();
        let reading = tokio::spawn(async move { line.read(&mut [0]).await });
        tokio::task::yield_now().await;
        scissors.cut();
        assert_eq!(reading.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(client.read(&mut [0]).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);

        left.write_all(b"x").await.unwrap();
        assert_eq!(other.read(&mut [0]).await.unwrap(), 1, "another connection was cut as well");
        assert_eq!(lines.cut(), 1);
        assert_eq!(left.write(b"x").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }
}
