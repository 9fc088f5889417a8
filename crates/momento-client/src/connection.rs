//! One HTTP/2 connection to a service of Momento, with keep-alive while a call waits.
//!
//! `h2` itself rather than an HTTP client over it: one copy of it is in the function instead of three (every client is
//! compiled for its own kind of body), and a call's headers and message leave in one write. See docs/performance.md.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{self, SendRequest};
use h2::{Ping, PingPong};
use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tower_service::Service;

use crate::call_error::CallError;
use crate::deadline::{Deadline, Elapsed};

/// How long a connection that a call waits on may be silent before it is asked for a sign of life, and how long that may
/// take. A connection that died while its Lambda was frozen is found out after the two, soon enough for the retry.
/// Only while a call waits: an idle one is frozen at any moment, and would miss an answer that did come. The official
/// SDKs switch keep-alive off on Lambda for that reason, and elsewhere allow a second for the answer, too.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_millis(300);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_millis(700);

/// The most that the headers of an answer may take: a status and little else.
const LONGEST_HEADERS_BYTES: u32 = 16 * 1024;

/// Opens connections. Shares the TLS configuration and with it the session tickets.
#[derive(Debug, Clone)]
pub(crate) struct Connector(tvm_tls::Connector);

/// An open connection. Clones share it; it closes when the last of them, and every call on it, is gone.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// To what it was opened.
    pub(crate) address: Uri,
    requests: SendRequest<Bytes>,
    silence: Arc<Notify>,
    /// The task that drives it.
    driver: AbortHandle,
}

impl Connector {
    pub(crate) fn new(mut tls: ClientConfig) -> Self {
        tls.alpn_protocols = vec![b"h2".to_vec()];
        Self(tvm_tls::https_connector(tls))
    }

    /// A connection that is made now. It sets no timeout: who connects bounds the wait.
    pub(crate) async fn connect(&self, address: &Uri) -> Result<Connection, CallError> {
        let stream = self.0.clone().call(address.clone()).await.map_err(|_| CallError::NO_CONNECTION)?;
        let mut http2 = client::Builder::new();
        http2.enable_push(false).max_header_list_size(LONGEST_HEADERS_BYTES);
        let (requests, mut connection) = http2.handshake(TokioIo::new(stream)).await?;
        let silence = Arc::new(Notify::new());
        let keep_alive = connection.ping_pong().map(|pings| keep_alive(pings, Arc::clone(&silence)));
        let driver = tokio::spawn(drive(connection, keep_alive)).abort_handle();
        Ok(Connection { address: address.clone(), requests, silence, driver })
    }
}

impl Connection {
    /// Where requests are given to it, once it takes another.
    pub(crate) async fn ready(&self) -> Result<SendRequest<Bytes>, CallError> {
        Ok(self.requests.clone().ready().await?)
    }

    /// What `answer` gives until `deadline`. As long as there is silence, the connection is asked for signs of life:
    /// without any, it ends, and `answer` with it.
    // One timer for both: each that is set costs a call two system calls.
    pub(crate) async fn watched<T>(
        &self,
        answer: impl Future<Output = Result<T, CallError>>,
        deadline: Deadline,
    ) -> Result<T, CallError> {
        let mut answer = std::pin::pin!(answer);
        loop {
            let silent = deadline.min(Deadline::after(KEEP_ALIVE_INTERVAL));
            match silent.bound(answer.as_mut()).await {
                Ok(answered) => return answered,
                Err(Elapsed) if silent == deadline => return Err(CallError::Timeout),
                Err(Elapsed) => self.silence.notify_one(),
            }
        }
    }

    /// Whether it has ended: closed from the other side, broken, or dead.
    pub(crate) fn has_ended(&self) -> bool {
        self.driver.is_finished()
    }

    /// Whether this is the very same connection, not another to the same address.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.silence, &other.silence)
    }
}

/// Drives a connection until it ends, or gives no sign of life: what waits on it then learns that it is broken.
async fn drive<E>(connection: impl Future<Output = Result<(), E>>, keep_alive: Option<impl Future<Output = ()>>) {
    let dead = async {
        match keep_alive {
            Some(keep_alive) => keep_alive.await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // How it ended shows in the calls on it.
        _ = connection => {}
        () = dead => tracing::debug!("the connection to Momento missed a keep-alive"),
    }
}

/// Ends with the first sign of life that was asked for and did not come.
async fn keep_alive(mut pings: PingPong, silence: Arc<Notify>) {
    loop {
        silence.notified().await;
        let Ok(Ok(_)) = tokio::time::timeout(KEEP_ALIVE_TIMEOUT, pings.ping(Ping::opaque())).await else { return };
    }
}
