//! TLS: with a certificate that it is given, the stage speaks HTTP/2 and HTTP/1.1 to whoever trusts it.
//!
//! Real: the handshakes, over loopback, with certificates made here by rcgen. The clock is the computer's.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::num::NonZeroU32;

use momento_emulator::{Fault, Running, Stage, StartError};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client, ClientBuilder, Version};
use tokio::net::TcpStream;
use tonic::Code;

fn certificate() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

async fn stage() -> (Running, Certificate) {
    let (certificate, key) = certificate();
    let stage = Stage::builder().tls(&certificate, key.into()).start().await.unwrap();
    (stage, Certificate::from_pem(certificate.as_bytes()).unwrap())
}

fn client(trusted: &Certificate) -> ClientBuilder {
    Client::builder().add_root_certificate(trusted.clone())
}

#[tokio::test]
async fn browsers_get_http_2_and_others_what_they_speak() {
    let (stage, trusted) = stage().await;
    assert!(stage.url().starts_with("https://127.0.0.1:"), "{}", stage.url());
    // One that connects and says nothing keeps nobody waiting.
    let _silent = TcpStream::connect(stage.addr()).await.unwrap();
    let health = format!("{}/_stage/health", stage.url());
    for (client, version) in [(client(&trusted), Version::HTTP_2), (client(&trusted).http1_only(), Version::HTTP_11)] {
        let answer = client.build().unwrap().get(&health).send().await.unwrap();
        assert_eq!((answer.version(), answer.status().as_u16()), (version, 200));
    }
    assert!(Client::new().get(&health).send().await.is_err(), "a certificate that nobody vouches for");
    let plain = health.replace("https://", "http://");
    assert!(Client::new().get(plain).send().await.is_err());
}

#[tokio::test]
async fn a_call_over_grpc_web_is_counted_refused_and_reset_as_without_tls() {
    let (stage, trusted) = stage().await;
    let client = client(&trusted).build().unwrap();
    let call = || {
        client
            .post(format!("{}/cache_client.Scs/Get", stage.url()))
            .header("content-type", "application/grpc-web+proto")
            .body(vec![0; 5])
            .send()
    };
    assert_eq!(call().await.unwrap().headers().get("grpc-status").unwrap(), "16");
    assert_eq!(stage.stats().ended("Get", Code::Unauthenticated), 1);
    stage.faults().set(Fault::reset("Get").times(NonZeroU32::MIN));
    assert!(call().await.is_err());
    assert_eq!(stage.cut_connections(), 0);
    assert_eq!(call().await.unwrap().headers().get("grpc-status").unwrap(), "16");
    stage.shutdown().await;
}

#[tokio::test]
async fn what_is_no_certificate_and_key_is_refused_and_the_key_not_repeated() {
    let (ours, theirs) = (certificate(), certificate());
    let (certificate, key, other_key) = (ours.0, ours.1, theirs.1);
    for (certificate, key, words) in [
        ("planted-secret", key.as_str(), "certificate"),
        (certificate.as_str(), "planted-secret", "the TLS key file has no usable key"),
        (certificate.as_str(), other_key.as_str(), "its own key"),
    ] {
        let refused = Stage::builder().tls(certificate, key.to_owned().into()).start().await.unwrap_err();
        assert!(matches!(refused, StartError::Tls(_)), "{refused}");
        let message = refused.to_string();
        assert!(message.contains(words) && !message.contains("planted-secret"), "{message}");
    }
}
