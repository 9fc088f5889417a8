//! The one TLS client configuration of the machine, for AWS and for Momento alike.
//!
//! The trusted roots are the web's, compiled in, or the PEM bundle that `SSL_CERT_FILE` names, never both and never the
//! host's store: a Lambda that starts cold must not parse a system bundle it then hardly uses. The cryptography is `ring`,
//! handed over explicitly, so that no process-wide provider has to be installed and no second one is linked.

#[cfg(feature = "proxy")]
mod proxy;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::{CipherSuite, ClientConfig, RootCertStore};

#[cfg(feature = "proxy")]
pub use proxy::{ProxiedTcp, Proxies, ProxyError};

/// What opens connections: straight, or with the feature `proxy` through the proxy that the environment names.
#[cfg(feature = "proxy")]
pub type Connector = HttpsConnector<ProxiedTcp>;
/// What opens connections.
#[cfg(not(feature = "proxy"))]
pub type Connector = HttpsConnector<HttpConnector>;

/// Names the PEM bundle that is trusted instead of the built-in web roots. Set but empty counts as not set.
pub const BUNDLE_VARIABLE: &str = "SSL_CERT_FILE";
/// Names a PEM bundle that a program at an operator's trusts besides, as Node does, in which CDK runs.
pub const EXTRA_VARIABLE: &str = "NODE_EXTRA_CA_CERTS";

/// Why there is no TLS configuration. Each names the bundle's file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The bundle could not be opened or read.
    #[error("{variable}: {} cannot be read ({reason}); name a readable PEM file, or unset it", file.display())]
    Unreadable {
        /// What names the bundle.
        variable: &'static str,
        /// The bundle.
        file: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// The bundle is not well-formed PEM.
    #[error(
        "{variable}: {} is not a PEM file ({reason}); it needs -----BEGIN CERTIFICATE----- sections",
        file.display()
    )]
    NotPem {
        /// What names the bundle.
        variable: &'static str,
        /// The bundle.
        file: PathBuf,
        /// What the PEM parser said.
        reason: PemError,
    },
    /// The bundle holds no certificate at all.
    #[error(
        "{variable}: {} holds no certificate, so nothing would be trusted; it needs -----BEGIN CERTIFICATE----- \
         sections",
        file.display()
    )]
    NoCertificate {
        /// What names the bundle.
        variable: &'static str,
        /// The bundle.
        file: PathBuf,
    },
    /// One certificate of the bundle cannot serve as a root.
    #[error(
        "{variable}: certificate {position} in {} cannot be a trusted root ({reason}); fix or remove it",
        file.display()
    )]
    BadCertificate {
        /// What names the bundle.
        variable: &'static str,
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

/// A PEM bundle, and what names it: a variable, or a key of another program's configuration. Errors say the latter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// What names it.
    pub variable: &'static str,
    /// The file.
    pub file: PathBuf,
}

impl Bundle {
    /// The one that this variable of the environment names. Set but empty counts as not set.
    #[must_use]
    pub fn from_env(variable: &'static str) -> Option<Self> {
        let file = std::env::var_os(variable).filter(|value| !value.is_empty())?;
        Some(Self { variable, file: file.into() })
    }
}

/// The configuration of this process: trusts what [`BUNDLE_VARIABLE`] names, else the web roots. ALPN is left to the
/// caller, who alone knows the protocol.
///
/// # Errors
/// [`TlsError`] when the bundle is missing, empty or malformed: a bundle that was asked for is never skipped.
pub fn client_config() -> Result<ClientConfig, TlsError> {
    trusting(Bundle::from_env(BUNDLE_VARIABLE).as_ref(), None)
}

/// As [`client_config`], with the bundle named by the caller; `None` trusts the web roots.
///
/// # Errors
/// As [`client_config`].
pub fn client_config_trusting(bundle: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let bundle = bundle.map(|file| Bundle { variable: BUNDLE_VARIABLE, file: file.to_path_buf() });
    trusting(bundle.as_ref(), None)
}

/// As [`client_config`], for a program at an operator's, whose network may have an authority of its own: where [`BUNDLE_VARIABLE`] is
/// not set, it trusts `instead` of the web roots, if that is named, and what [`EXTRA_VARIABLE`] names as well.
///
/// # Errors
/// As [`client_config`].
pub fn operator_client_config(instead: Option<&Bundle>) -> Result<ClientConfig, TlsError> {
    match Bundle::from_env(BUNDLE_VARIABLE) {
        Some(alone) => trusting(Some(&alone), None),
        None => trusting(instead, Bundle::from_env(EXTRA_VARIABLE).as_ref()),
    }
}

fn trusting(instead: Option<&Bundle>, also: Option<&Bundle>) -> Result<ClientConfig, TlsError> {
    let mut roots = match instead {
        Some(bundle) => roots_in(bundle)?,
        None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
    };
    if let Some(bundle) = also {
        roots.roots.extend(roots_in(bundle)?.roots);
    }
    with_roots(roots)
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
    if roots.is_empty() { Err(TlsError::GivenNone) } else { with_roots(roots) }
}

fn with_roots(roots: RootCertStore) -> Result<ClientConfig, TlsError> {
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
/// loopback speaks. It sets no timeout: who connects bounds the wait. With the feature `proxy`, `https://` goes through the proxy that
/// the environment names.
#[must_use]
pub fn https_connector(config: ClientConfig) -> Connector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    #[cfg(feature = "proxy")]
    let tcp = ProxiedTcp::new(tcp, to_proxies(&config), Proxies::from_env());
    HttpsConnector::from((tcp, config))
}

/// The same trust, for a proxy that is reached over TLS itself: it speaks HTTP/1.1.
#[cfg(feature = "proxy")]
fn to_proxies(config: &ClientConfig) -> ClientConfig {
    let mut config = config.clone();
    config.alpn_protocols.clear();
    config
}

/// The bundle's certificates. One that rustls refuses is an error rather than skipped: the first sign of a skipped root
/// would be a refused connection with no hint at the file.
fn roots_in(Bundle { variable, file }: &Bundle) -> Result<RootCertStore, TlsError> {
    let located = |reason| match reason {
        PemError::Io(reason) => TlsError::Unreadable { variable, file: file.clone(), reason },
        reason => TlsError::NotPem { variable, file: file.clone(), reason },
    };
    let mut roots = RootCertStore::empty();
    for (certificate, position) in CertificateDer::pem_file_iter(file).map_err(located)?.zip(1..) {
        roots.add(certificate.map_err(located)?).map_err(|reason| TlsError::BadCertificate {
            variable,
            file: file.clone(),
            position,
            reason,
        })?;
    }
    if roots.is_empty() {
        return Err(TlsError::NoCertificate { variable, file: file.clone() });
    }
    Ok(roots)
}
