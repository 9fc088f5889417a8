//! TLS before the stand-ins, which have none: an authority made for the run, and doors that end TLS and pass bytes on.
//!
//! A door is loopback's alone, and its key never leaves this process.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

/// What a door speaks inside TLS, by its ALPN name. A client that does not ask for it gets no connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// A certificate authority that nobody trusts who is not told to.
#[derive(Debug)]
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A loopback port on which TLS ends; closed when dropped.
#[derive(Debug)]
pub(crate) struct Door {
    port: u16,
    serving: AbortHandle,
}

impl Authority {
    pub(crate) fn new() -> Result<Self, rcgen::Error> {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ok(Self(CertifiedIssuer::self_signed(root, KeyPair::generate()?)?))
    }

    /// Writes what clients must trust, as `SSL_CERT_FILE` wants it.
    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        std::fs::write(file, self.0.pem())
    }

    /// Opens a door to `to`, with a certificate for `localhost`.
    pub(crate) async fn door(&self, to: SocketAddr, protocol: Protocol) -> io::Result<Door> {
        let acceptor = TlsAcceptor::from(Arc::new(self.server(protocol).map_err(io::Error::other)?));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let serving = tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // A client that goes away in the middle ends its own connection and no other.
                tokio::spawn(async move { pass(from, &acceptor, to).await });
            }
        });
        Ok(Door { port, serving: serving.abort_handle() })
    }

    fn server(&self, protocol: Protocol) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
        let key = KeyPair::generate()?;
        let leaf = CertificateParams::new(["localhost".to_owned()])?.signed_by(&key, &self.0)?;
        let mut server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?;
        server.alpn_protocols = match protocol {
            Protocol::Http1 => vec![b"http/1.1".to_vec()],
            Protocol::Http2 => vec![b"h2".to_vec()],
        };
        Ok(server)
    }
}

impl Door {
    /// Its URL, by name: a function looks a name up in AWS, too.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(from: TcpStream, acceptor: &TlsAcceptor, to: SocketAddr) -> io::Result<()> {
    let mut to = TcpStream::connect(to).await?;
    // Else the bench would measure Nagle's algorithm.
    from.set_nodelay(true)?;
    to.set_nodelay(true)?;
    let mut from = acceptor.accept(from).await?;
    tokio::io::copy_bidirectional(&mut from, &mut to).await?;
    Ok(())
}
