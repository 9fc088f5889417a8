//! The one TLS client configuration of the machine, for AWS and for Momento alike.
//!
//! The trusted roots are the web's, compiled in, or the PEM bundle that `SSL_CERT_FILE` names, never both and never the
//! host's store: a Lambda that starts cold must not parse a system bundle it then hardly uses. The cryptography is `ring`,
//! handed over explicitly, so that no process-wide provider has to be installed and no second one is linked.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::{CipherSuite, ClientConfig, RootCertStore};

/// Names the PEM bundle that is trusted instead of the built-in web roots. Set but empty counts as not set.
pub const BUNDLE_VARIABLE: &str = "SSL_CERT_FILE";

/// Why there is no TLS configuration. Each names the bundle's file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The bundle could not be opened or read.
    #[error("SSL_CERT_FILE: {} cannot be read ({reason}); name a readable PEM file, or unset it", file.display())]
    Unreadable {
        /// The bundle.
        file: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// The bundle is not well-formed PEM.
    #[error(
        "SSL_CERT_FILE: {} is not a PEM file ({reason}); it needs -----BEGIN CERTIFICATE----- sections",
        file.display()
    )]
    NotPem {
        /// The bundle.
        file: PathBuf,
        /// What the PEM parser said.
        reason: PemError,
    },
    /// The bundle holds no certificate at all.
    #[error(
        "SSL_CERT_FILE: {} holds no certificate, so nothing would be trusted; it needs -----BEGIN CERTIFICATE----- \
         sections",
        file.display()
    )]
    NoCertificate {
        /// The bundle.
        file: PathBuf,
    },
    /// One certificate of the bundle cannot serve as a root.
    #[error(
        "SSL_CERT_FILE: certificate {position} in {} cannot be a trusted root ({reason}); fix or remove it",
        file.display()
    )]
    BadCertificate {
        /// The bundle.
        file: PathBuf,
        /// Which certificate of the file, counted from 1.
        position: usize,
        /// What rustls said.
        reason: rustls::Error,
    },
    /// Certificates that were given as text are not well-formed PEM.
    #[error("the certificates that are given are not PEM ({0}); each needs its -----BEGIN CERTIFICATE----- section")]
    GivenNotPem(PemError),
    /// There is no certificate in the text that was given.
    #[error("there is no certificate in what is given; it needs -----BEGIN CERTIFICATE----- sections")]
    GivenNone,
    /// One certificate that was given cannot serve as a root.
    #[error("certificate {position} of those given cannot be a trusted root ({reason}); fix or remove it")]
    GivenBad {
        /// Which one, counted from 1.
        position: usize,
        /// What rustls said.
        reason: rustls::Error,
    },
    /// `ring` offers none of the default protocol versions: a build of rustls without TLS 1.2 and 1.3.
    #[error("no TLS protocol version is available ({0}); build rustls with its feature `tls12`")]
    Protocol(rustls::Error),
}

/// The configuration of this process: trusts what [`BUNDLE_VARIABLE`] names, else the web roots. ALPN is left to the
/// caller, who alone knows the protocol.
///
/// # Errors
/// [`TlsError`] when the bundle is missing, empty or malformed: a bundle that was asked for is never skipped.
pub fn client_config() -> Result<ClientConfig, TlsError> {
    let bundle = std::env::var_os(BUNDLE_VARIABLE).filter(|value| !value.is_empty());
    client_config_trusting(bundle.as_deref().map(<OsStr as AsRef<Path>>::as_ref))
}

/// As [`client_config`], with the bundle named by the caller; `None` trusts the web roots.
///
/// # Errors
/// As [`client_config`].
pub fn client_config_trusting(bundle: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let roots = match bundle {
        Some(file) => roots_in(file)?,
        None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
    };
    trusting(roots)
}

/// A configuration that trusts the certificates in this text (PEM), and no others: not even those of [`BUNDLE_VARIABLE`].
///
/// # Errors
/// [`TlsError`] when there is none in it, or one that cannot be a root.
pub fn client_config_trusting_only(pem: &str) -> Result<ClientConfig, TlsError> {
    // As it may stand in a configuration file, indented.
    let pem: Vec<&str> = pem.lines().map(str::trim).collect();
    let mut roots = RootCertStore::empty();
    for (certificate, position) in CertificateDer::pem_slice_iter(pem.join("\n").as_bytes()).zip(1..) {
        let certificate = certificate.map_err(TlsError::GivenNotPem)?;
        roots.add(certificate).map_err(|reason| TlsError::GivenBad { position, reason })?;
    }
    if roots.is_empty() { Err(TlsError::GivenNone) } else { trusting(roots) }
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Protocol)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// `ring`, with the suites of AES-128 and SHA-256 offered first. As strong as TLS needs, and the key schedule of a handshake
/// takes a fraction of what SHA-384 makes of it: 4 % of a cold start's instructions (docs/performance.md).
fn provider() -> CryptoProvider {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites.sort_by_key(|suite| {
        !matches!(
            suite.suite(),
            CipherSuite::TLS13_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        )
    });
    provider
}

/// A connector for `https://` (by `config`, its ALPN as the caller set it) and for plain `http://`, which an emulator on
/// loopback speaks. It sets no timeout: who connects bounds the wait.
#[must_use]
pub fn https_connector(config: ClientConfig) -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    HttpsConnector::from((tcp, config))
}

/// The bundle's certificates. One that rustls refuses is an error rather than skipped: the first sign of a skipped root
/// would be a refused connection with no hint at the file.
fn roots_in(file: &Path) -> Result<RootCertStore, TlsError> {
    let located = |reason| match reason {
        PemError::Io(reason) => TlsError::Unreadable { file: file.to_path_buf(), reason },
        reason => TlsError::NotPem { file: file.to_path_buf(), reason },
    };
    let mut roots = RootCertStore::empty();
    for (certificate, position) in CertificateDer::pem_file_iter(file).map_err(located)?.zip(1..) {
        roots.add(certificate.map_err(located)?).map_err(|reason| TlsError::BadCertificate {
            file: file.to_path_buf(),
            position,
            reason,
        })?;
    }
    if roots.is_empty() {
        return Err(TlsError::NoCertificate { file: file.to_path_buf() });
    }
    Ok(roots)
}
