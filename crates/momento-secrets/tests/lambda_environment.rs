//! The AWS client from the Lambda environment: variables, and whom it trusts. Real: the client, TLS and the certificates
//! (made here). The variables are handed in, since a process's own cannot be set safely beside other tests.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use momento_secrets::{Limits, SecretError, SecretReader, SetupError, http_client, lambda_client_from};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use secrecy::ExposeSecret as _;
use support::{Answer, StandIn, lambda_variable};

fn client_with(changed: &[(&'static str, &str)]) -> Result<Client, SetupError> {
    lambda_client_from(|name| {
        let change = changed.iter().find(|(changed, _)| *changed == name);
        change.map_or_else(|| lambda_variable(name), |(_, value)| Some((*value).to_owned()))
    })
}

#[test]
fn a_missing_variable_is_named_and_an_empty_one_counts_as_missing() {
    for (name, reported) in [
        ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"),
        ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_REGION", "AWS_REGION"),
    ] {
        let error = client_with(&[(name, "")]).unwrap_err();
        assert!(matches!(error, SetupError::MissingVariable { name } if name == reported), "{error}");
    }
    assert!(client_with(&[("AWS_SESSION_TOKEN", "")]).is_ok(), "long-lived credentials have none");
}

#[test]
fn the_region_falls_back_as_in_the_other_sdks() {
    let client = client_with(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "us-east-2")]).unwrap();
    assert_eq!(client.config().region().unwrap().as_ref(), "us-east-2");
}

#[tokio::test]
async fn a_secret_named_by_an_arn_is_asked_for_in_the_region_of_the_arn() {
    let standin = StandIn::start(|_, _| Answer::text("value")).await;
    for (id, region) in [
        ("momento", "eu-west-1"),
        ("arn:aws:secretsmanager:us-west-2:111122223333:secret:momento-AbCdEf", "us-west-2"),
        ("arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:momento", "us-gov-west-1"),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:momento-AbCdEf", "eu-west-1"),
        // No secret's ARN: Secrets Manager is asked as ever, and says so.
        ("arn:aws:ssm:us-west-2:111122223333:parameter/momento", "eu-west-1"),
        ("arn:aws:secretsmanager::111122223333:secret:momento", "eu-west-1"),
    ] {
        standin.reader(id).read().await.unwrap();
        assert_eq!(standin.regions().last().unwrap(), region, "{id}");
    }
    // Whatever region the caller's client, or the caller, had in mind: the secret is in no other.
    let clients = momento_secrets::MomentoClients::builder().aws_client(standin.client()).region("sa-east-1");
    let clients = clients.secret_id("arn:aws:secretsmanager:us-west-2:111122223333:secret:momento-AbCdEf");
    assert!(clients.build().await.unwrap().cache_client().await.is_err(), "`value` is no API key");
    assert_eq!(standin.regions().last().unwrap(), "us-west-2");
}

#[test]
fn an_endpoint_that_is_not_a_url_is_reported_with_its_variable() {
    for url in ["127.0.0.1:4566", "localhost", "ftp://localhost", "http://", "not a url"] {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"] {
            let error = client_with(&[(name, url)]).unwrap_err();
            assert!(matches!(error, SetupError::NotAUrl { name: reported } if reported == name), "{url}: {error}");
        }
    }
    let ignored = [("AWS_ENDPOINT_URL", "not a url"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")];
    assert!(client_with(&ignored).is_ok());
}

#[tokio::test]
async fn the_endpoint_of_the_service_comes_before_the_general_one() {
    let standin = StandIn::start(|_, _| Answer::text("value")).await;
    let client =
        client_with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &standin.url)]);
    assert_eq!(SecretReader::new(client.unwrap(), "id").read().await.unwrap().expose_secret(), "value");
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_its_bundle_is_and_refused_by_the_web_roots() {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let server = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let standin = StandIn::start_tls(server, |_, _| Answer::text("over TLS")).await;
    let limits = Limits { attempts: 1, ..Limits::default() };

    let by_web_roots = SecretReader::new(standin.client(), "id").with_limits(limits);
    let error = by_web_roots.read().await.unwrap_err();
    assert!(matches!(&error, SecretError::Unreachable { reason, .. } if reason.contains("certificate")), "{error}");

    let bundle =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("authority-{}.pem", std::process::id()));
    std::fs::write(&bundle, authority.pem()).unwrap();
    let trusting = http_client(tvm_tls::client_config_trusting(Some(&bundle)).unwrap());
    let client = Client::from_conf(standin.client().config().to_builder().http_client(trusting).build());
    assert_eq!(SecretReader::new(client, "id").read().await.unwrap().expose_secret(), "over TLS");
}
