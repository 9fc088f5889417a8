//! Who is trusted. Real: the handshake, over loopback, with certificates made here by rcgen. Nothing is faked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail the test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tower_service::Service;
use tvm_tls::{BUNDLE_VARIABLE, TlsError, client_config, client_config_trusting, https_connector};

/// A certificate authority that no browser knows.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        Self::named("one")
    }

    fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// Answers TLS handshakes for `localhost`; the port is returned.
    async fn serve(&self) -> u16 {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that refuses the certificate ends the handshake: that is what the tests are about.
                let _outcome = acceptor.accept(stream).await;
            }
        });
        port
    }
}

/// A file of this test's own, under cargo's directory for integration tests.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trust-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path
}

async fn connects(config: rustls::ClientConfig, port: u16) -> Result<(), String> {
    let uri = format!("https://localhost:{port}").parse::<http::Uri>().unwrap();
    https_connector(config).call(uri).await.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_bundle_is_trusted_instead_of_the_web_roots() {
    let (ours, theirs) = (Authority::named("ours"), Authority::named("theirs"));
    let bundle = file("ours.pem", format!("a comment, as bundles have\n{}", ours.pem()).as_bytes());
    let config = client_config_trusting(Some(&bundle)).unwrap();
    connects(config.clone(), ours.serve().await).await.unwrap();
    let refusal = connects(config, theirs.serve().await).await.unwrap_err();
    assert!(refusal.contains("UnknownIssuer"), "{refusal}");
}

#[tokio::test]
async fn without_a_bundle_a_private_authority_is_refused() {
    let refusal = connects(client_config_trusting(None).unwrap(), Authority::new().serve().await).await.unwrap_err();
    assert!(refusal.contains("UnknownIssuer"), "{refusal}");
}

#[tokio::test]
async fn plain_http_is_passed_through_for_an_emulator_on_loopback() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let uri = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port()).parse::<http::Uri>().unwrap();
    https_connector(client_config_trusting(None).unwrap()).call(uri).await.unwrap();
}

/// The variable is read in a process of its own: to set one in this process would race with other tests.
#[test]
fn the_variable_names_the_bundle_and_an_empty_one_counts_as_not_set() {
    const SELF: &str = "the_variable_names_the_bundle_and_an_empty_one_counts_as_not_set";
    if std::env::var_os("TRUST_TEST_INNER").is_some() {
        if let Err(error) = client_config() {
            panic!("refused: {error}");
        }
        return;
    }
    let bundle = file("named.pem", Authority::new().pem().as_bytes());
    for (value, accepted) in [(bundle.as_os_str(), true), ("".as_ref(), true), ("absent.pem".as_ref(), false)] {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", SELF])
            .env(BUNDLE_VARIABLE, value)
            .env("TRUST_TEST_INNER", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), accepted, "{value:?}: {said}");
        assert_eq!(said.contains("absent.pem cannot be read"), !accepted, "{value:?}: {said}");
    }
}

#[test]
fn an_error_names_the_file_and_what_is_wrong_with_it() {
    let good = Authority::new().pem();
    let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let key = KeyPair::generate().unwrap().serialize_pem();
    let cases = [
        ("empty.pem", String::new(), "holds no certificate"),
        ("prose.pem", "not a certificate".to_owned(), "holds no certificate"),
        ("key.pem", key, "holds no certificate"),
        ("cut.pem", good.replace("-----END", ""), "is not a PEM file"),
        ("junk.pem", good + junk, "certificate 2 in"),
    ];
    for (name, content, complaint) in cases {
        let bundle = file(name, content.as_bytes());
        let error = client_config_trusting(Some(&bundle)).unwrap_err().to_string();
        assert!(error.contains(complaint) && error.contains(&bundle.display().to_string()), "{name}: {error}");
    }
    let absent = client_config_trusting(Some(Path::new("absent.pem"))).unwrap_err();
    assert!(matches!(&absent, TlsError::Unreadable { file, .. } if file == Path::new("absent.pem")), "{absent}");
}

#[test]
fn alpn_is_left_to_the_caller() {
    assert!(client_config_trusting(None).unwrap().alpn_protocols.is_empty());
}
