//! TLS for the doors before the stand-ins, which have none: an authority made for the run.
//!
//! No key of it ever leaves this process.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::proxy::Entrance;

/// What is spoken inside TLS, by its ALPN name. A client that asks for another gets no connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// A certificate authority that nobody trusts who is not told to.
#[derive(Debug)]
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Result<Self, rcgen::Error> {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A name that the leaf does not have: OpenSSL, under Node, would take that for self-signed.
        root.distinguished_name = DistinguishedName::new();
        root.distinguished_name.push(DnType::CommonName, "tvm-bench authority");
        Ok(Self(CertifiedIssuer::self_signed(root, KeyPair::generate()?)?))
    }

    /// Writes what clients must trust, as `SSL_CERT_FILE` wants it.
    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        std::fs::write(file, self.0.pem())
    }

    /// An entrance with a certificate for `localhost`.
    pub(crate) fn entrance(&self, protocol: Protocol) -> io::Result<Entrance> {
        let server = self.server(protocol).map_err(io::Error::other)?;
        Ok(Entrance::Tls(TlsAcceptor::from(Arc::new(server))))
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
