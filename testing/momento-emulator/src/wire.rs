//! How a connection is spoken over: as it is, or with TLS.
//!
//! HTTP/1.1 and HTTP/2 are agreed on in the handshake, so that browsers take the latter, and with it any number of
//! subscriptions over one connection.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;

use crate::connections::{ConnectionCutter, Line};

/// How long a client may take for its handshake, by the computer's time: no test waits for it.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why a stage cannot speak TLS with what it was given.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificates cannot be read.
    #[error("the TLS certificates are none: give a PEM file with the server's certificate first ({0})")]
    Certificates(pem::Error),
    /// The key cannot be read. What the parser said is left out: it may quote the key.
    #[error("the TLS key file has no usable key: give a PEM file with one private key, without a password")]
    Key,
    /// The certificates and the key do not go together, or nothing can be done with them.
    #[error("the TLS certificate and key cannot be used: {0}; give a certificate and its own key")]
    Pair(#[from] rustls::Error),
}

/// What a stage says to a new connection.
#[derive(Clone)]
pub(crate) enum Welcome {
    Plain,
    Tls(TlsAcceptor),
}

impl Welcome {
    /// TLS with these certificates, the server's first, and their key; both PEM.
    pub(crate) fn tls(certificates: &str, key: &SecretString) -> Result<Self, TlsError> {
        use pem::PemObject;
        let certificates = CertificateDer::pem_slice_iter(certificates.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(TlsError::Certificates)?;
        let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|_| TlsError::Key)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(certificates, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self::Tls(TlsAcceptor::from(Arc::new(config))))
    }

    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls(_) => "https",
        }
    }

    /// Makes a connection ready for HTTP.
    pub(crate) async fn say(self, line: Line) -> io::Result<Wire> {
        let scissors = line.connect_info();
        let stream: Box<dyn Stream> = match self {
            Self::Plain => Box::new(line),
            Self::Tls(acceptor) => Box::new(tokio::time::timeout(HANDSHAKE, acceptor.accept(line)).await??),
        };
        Ok(Wire { stream, scissors })
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection that HTTP is spoken over.
pub(crate) struct Wire {
    stream: Box<dyn Stream>,
    scissors: ConnectionCutter,
}

impl Connected for Wire {
    type ConnectInfo = ConnectionCutter;

    fn connect_info(&self) -> ConnectionCutter {
        self.scissors.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
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
