//! Doors before the stand-ins: a door passes bytes on, ends TLS where there is TLS, and knows what the stand-in behind it
//! has taken.
//!
//! A door is loopback's alone, and it changes nothing in what it passes on.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::stopwatch::{Spent, Timed};

/// What is spoken before a door.
#[derive(Clone)]
pub(crate) enum Entrance {
    /// The same as behind it.
    Plain,
    /// TLS, which ends at the door.
    Tls(TlsAcceptor),
}

/// A loopback port whose connections are passed on; closed, with all of them, when dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    url: String,
    carried: Carried,
    spent: Spent,
    barred: Arc<AtomicBool>,
    serving: AbortHandle,
}

/// The connections that a door carries.
type Carried = Arc<Mutex<JoinSet<io::Result<()>>>>;

impl Proxy {
    /// Opens a door to `to`.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub(crate) async fn open(to: SocketAddr, entrance: Entrance) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let scheme = match entrance {
            Entrance::Plain => "http",
            Entrance::Tls(_) => "https",
        };
        // By name: a function looks a name up in AWS, too.
        let url = format!("{scheme}://localhost:{}", listener.local_addr()?.port());
        let (carried, spent, barred) = (Carried::default(), Spent::default(), Arc::<AtomicBool>::default());
        let (carrying, spending, turning_away) = (Arc::clone(&carried), spent.clone(), Arc::clone(&barred));
        let serving = tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                if turning_away.load(Ordering::Relaxed) {
                    continue;
                }
                let (entrance, spent) = (entrance.clone(), spending.clone());
                let mut carried = carrying.lock().unwrap_or_else(PoisonError::into_inner);
                while carried.try_join_next().is_some() {}
                // A client that goes away in the middle ends its own connection and no other.
                carried.spawn(pass(from, entrance, spent, to));
            }
        });
        Ok(Self { url, carried, spent, barred, serving: serving.abort_handle() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What the stand-in has taken until now, TLS on its side included: over all connections, from the last bytes that a
    /// client sent to the next that it was sent.
    pub(crate) fn spent(&self) -> Duration {
        self.spent.total()
    }

    /// From now on, whoever connects is hung up on at once, as where nobody is there.
    pub(crate) fn bar(&self) {
        self.barred.store(true, Ordering::Relaxed);
    }

    /// From now on, connections are passed on again.
    pub(crate) fn unbar(&self) {
        self.barred.store(false, Ordering::Relaxed);
    }

    /// Closes every connection that it carries, without a word, as a server does that has waited too long. Gives back once they
    /// are closed; connections that come later are passed on.
    pub(crate) async fn cut(&self) {
        let mut carried = std::mem::take(&mut *self.carried.lock().unwrap_or_else(PoisonError::into_inner));
        carried.shutdown().await;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(from: TcpStream, entrance: Entrance, spent: Spent, to: SocketAddr) -> io::Result<()> {
    let to = TcpStream::connect(to).await?;
    // Else the bench would measure Nagle's algorithm.
    from.set_nodelay(true)?;
    to.set_nodelay(true)?;
    let from = Timed::new(from, spent);
    match entrance {
        Entrance::Plain => carry(from, to).await,
        Entrance::Tls(acceptor) => carry(acceptor.accept(from).await?, to).await,
    }
}

async fn carry(mut from: impl AsyncRead + AsyncWrite + Unpin, mut to: TcpStream) -> io::Result<()> {
    copy_bidirectional(&mut from, &mut to).await.map(drop)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Where a server gives back each byte that it gets, this much later.
    async fn echo(delay: Duration) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    while let Ok(byte) = client.read_u8().await {
                        tokio::time::sleep(delay).await;
                        client.write_u8(byte).await.unwrap();
                    }
                });
            }
        });
        address
    }

    async fn client(door: &Proxy) -> TcpStream {
        TcpStream::connect(door.url().trim_start_matches("http://")).await.unwrap()
    }

    async fn ask(client: &mut TcpStream) -> io::Result<u8> {
        client.write_u8(7).await?;
        client.read_u8().await
    }

    #[tokio::test]
    async fn a_door_knows_what_is_spent_behind_it() {
        let delay = Duration::from_millis(20);
        let door = Proxy::open(echo(delay).await, Entrance::Plain).await.unwrap();
        let (mut one, mut other) = (client(&door).await, client(&door).await);
        assert_eq!(door.spent(), Duration::ZERO);
        assert_eq!(ask(&mut one).await.unwrap(), 7);
        assert_eq!(ask(&mut other).await.unwrap(), 7);
        assert!(door.spent() >= 2 * delay, "{:?}", door.spent());
    }

    #[tokio::test]
    async fn a_barred_door_lets_nobody_in_until_it_is_unbarred() {
        let door = Proxy::open(echo(Duration::ZERO).await, Entrance::Plain).await.unwrap();
        door.bar();
        assert!(ask(&mut client(&door).await).await.is_err());
        door.unbar();
        assert_eq!(ask(&mut client(&door).await).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_cut_door_has_closed_what_it_carried_and_carries_what_comes_later() {
        let door = Proxy::open(echo(Duration::ZERO).await, Entrance::Plain).await.unwrap();
        let mut early = client(&door).await;
        ask(&mut early).await.unwrap();
        door.cut().await;
        // Asked of the kernel without a wait: it is closed when `cut` gives back, not some time later.
        let read = io::Read::read(&mut early.into_std().unwrap(), &mut [0]);
        assert!(!matches!(&read, Err(error) if error.kind() == io::ErrorKind::WouldBlock), "still open");
        assert_eq!(read.unwrap_or_default(), 0);
        assert_eq!(ask(&mut client(&door).await).await.unwrap(), 7);
    }
}
