//! A token service behind TLS: the certificate is judged by the bundle that was asked for, and by nothing else.
//!
//! Real: certificates, TLS, the client. Not real: the host name, which is loopback's.
#![allow(clippy::unwrap_used, reason = "a certificate that cannot be made fails the test")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use momento_client::{Deadline, ServiceAddress};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use support::{Road, Scripted, grant, key};
use tonic::Code;
use tvm_issuer::{TokenError, TokenService};

/// An authority's bundle as a file, and a server's configuration with a certificate from it for `localhost`.
fn authority(name: &str) -> (PathBuf, Arc<ServerConfig>) {
    let mut root = CertificateParams::new([]).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let bundle = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.pem", std::process::id()));
    std::fs::write(&bundle, root.pem()).unwrap();

    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    // Only HTTP/2 is offered: a client that does not ask for it gets no connection.
    server.alpn_protocols = vec![b"h2".to_vec()];
    (bundle, Arc::new(server))
}

#[tokio::test]
async fn a_private_token_service_is_reached_with_its_own_authority_and_with_no_other() {
    let (bundle, server) = authority("own");
    let (foreign, _) = authority("foreign");
    let (stage, address) = Scripted::start([]).await;
    let road = Road::tls(address, server).await;
    let service = |bundle: Option<&PathBuf>| {
        let tls = tvm_tls::client_config_trusting(bundle.map(PathBuf::as_path)).unwrap();
        let address = ServiceAddress::parse(&format!("https://localhost:{}", road.address.port())).unwrap();
        TokenService::new(tls, address)
    };

    let trusting = service(Some(&bundle));
    trusting.connect(&key(), Deadline::default()).await;
    trusting.mint(&key(), &grant(), Deadline::default()).await.unwrap();

    for untrusting in [service(Some(&foreign)), service(None)] {
        let error = untrusting.mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
        assert_eq!(error, TokenError::Unavailable { code: Code::Unavailable });
    }
    assert_eq!(stage.asked().len(), 1, "a key went to a host that was not trusted");
}
