//! An issuer behind a certificate authority that nobody else knows. Real: certificates, TLS, HTTP, the key set.
#![allow(clippy::unwrap_used, reason = "a certificate that cannot be made fails the test")]

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tvm_oidc::{Counts, FetchError, Place, PublishedKeys};

/// The certificate of an authority, as PEM, and the address of a server with a certificate from it, which publishes no key.
async fn issuer(name: &str) -> (String, String) {
    let mut root = CertificateParams::new([]).unwrap();
    root.distinguished_name.push(DnType::CommonName, name);
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &root).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("https://localhost:{}/keys", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who does not trust the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{\"keys\":[]}";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (root.pem(), address)
}

async fn keys(address: &str, certificates: Option<&str>) -> Result<usize, FetchError> {
    let tls = match certificates {
        Some(pem) => tvm_tls::client_config_trusting_only(pem).unwrap(),
        None => tvm_tls::client_config_trusting(None).unwrap(),
    };
    let counts = Counts { lifetime: Duration::from_secs(60), max_stale: Duration::ZERO };
    let published = PublishedKeys::new(tls, Place::KeySet(address.parse().unwrap()), counts);
    published.keys().await.map(|keys| keys.len())
}

#[tokio::test]
async fn its_keys_are_fetched_with_its_own_authority_and_with_no_other() {
    let (ours, address) = issuer("ours").await;
    let (theirs, _) = issuer("theirs").await;
    // As it stands in a file: indented, with what tools write around it, and with another authority for the time of a change.
    let indented: String = ours.lines().map(|line| format!("  {line}\r\n")).collect();
    for certificates in [ours.clone(), format!("subject=CN=ours\n{indented}"), format!("{theirs}{ours}")] {
        assert_eq!(keys(&address, Some(&certificates)).await, Ok(0), "{certificates}");
    }
    for certificates in [None, Some(theirs.as_str())] {
        let error = keys(&address, certificates).await.unwrap_err();
        assert!(matches!(error, FetchError::Tls(_)), "{error}");
        let said = error.to_string();
        assert!(said.contains("UnknownIssuer") && said.contains("`authorizer.ca_certificates`"), "{said}");
    }
    // Where no TLS is spoken at all, TLS says that too.
    let plain = lambda_emulator::Issuer::start().await.unwrap();
    let error = keys(&plain.url().replace("http://", "https://"), Some(&ours)).await.unwrap_err();
    assert!(matches!(error, FetchError::Tls(_) | FetchError::Unreachable | FetchError::Late), "{error}");
}

#[test]
fn what_is_no_authority_is_an_error() {
    for (text, said) in [
        ("", "no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate 1 of those given"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "not PEM"),
    ] {
        let error = tvm_tls::client_config_trusting_only(text).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}
