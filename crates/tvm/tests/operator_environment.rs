//! The environment of an operator, as the AWS command line reads it: profiles, proxies, authorities of a company's own. Where `tvm` does
//! not do the same, it says the line that helps.
//! Real: the built program, the AWS SDK, TLS, an HTTP proxy that opens tunnels, programs that print credentials. Not real: AWS.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use support::aws::{Aws, good, stack};
use support::{Done, command, run};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;

const OUTPUTS: [&str; 2] = ["outputs", "--json"];

/// Files of a test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn program(&self, name: &str, script: &str) -> String {
        let path = self.file(name, &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }
}

/// `tvm outputs` with this profile file, and no credentials in the environment.
fn by_profile(aws: &str, profile: &str, file: &str) -> Command {
    by_profile_for(aws, profile, file, &OUTPUTS)
}

fn by_profile_for(aws: &str, profile: &str, file: &str, arguments: &[&str]) -> Command {
    let mut command = command(aws, arguments);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_CONFIG_FILE", file)
        .env("AWS_PROFILE", profile)
        .env("PATH", std::env::var_os("PATH").unwrap());
    command
}

async fn machine() -> Aws {
    Aws::answering(|_| stack(&[("AuthMode", "Open")])).await
}

fn shows_outputs(done: &Done) {
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(serde_json::from_str::<Value>(&done.out).unwrap()["AuthMode"], "Open");
}

#[tokio::test]
async fn a_program_that_prints_credentials_is_run_as_the_profile_says() {
    let (aws, folder) = (machine().await, Folder::new());
    let credentials = json!({
        "Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "planted", "SessionToken": "planted",
        "Expiration": "2099-01-01T00:00:00Z",
    });
    let program = folder.program("print", &format!("echo '{credentials}'"));
    let file = folder.file("config", &format!("[profile corp]\ncredential_process = {program} --profile corp\n"));
    let done = run(by_profile(&aws.url, "corp", &file), "").await;
    shows_outputs(&done);
    assert!(aws.calls()[0].authorization.contains("Credential=AKIDPROCESS/"), "{:?}", aws.calls());
    // One that fails says so, and nothing of what it printed.
    let program = folder.program("fail", "echo planted-in-output; exit 3");
    let file = folder.file("config", &format!("[profile corp]\ncredential_process = {program}\n"));
    let error = run(by_profile(&aws.url, "corp", &file), "").await.error();
    assert!(error.contains("no credentials of yours that it accepts") && !error.contains("planted"), "{error}");
}

/// What the AWS SDK for Rust does not do by itself: the line that hands over the credentials of the AWS command line.
#[tokio::test]
async fn a_profile_that_takes_a_person_or_aws_login_is_told_the_line_that_helps() {
    let (aws, folder) = (machine().await, Folder::new());
    let file = folder.file(
        "config",
        "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = planted\n\
         [profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = base\n\
         mfa_serial = arn:aws:iam::111122223333:mfa/ada\n\
         [profile behind]\nrole_arn = arn:aws:iam::111122223333:role/s\nsource_profile = mfa\n\
         [profile login]\nlogin_session = arn:aws:iam::111122223333:user/ada\n",
    );
    for (profile, what) in
        [("mfa", "(mfa_serial)"), ("behind", "(mfa_serial)"), ("login", "`aws login` (login_session)")]
    {
        let line = format!("eval \"$(aws configure export-credentials --profile {profile} --format env)\"");
        let error = run(by_profile(&aws.url, profile, &file), "").await.error();
        assert!(error.contains(what) && error.contains(&line), "{error}");
        let done = run(by_profile_for(&aws.url, profile, &file, &["doctor", "--json"]), "").await;
        let report: Value = serde_json::from_str(&done.out).unwrap();
        let checks = report["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["title"] == "AWS credentials").unwrap();
        assert_eq!(found["outcome"], "trouble");
        assert!(
            found["what"].as_str().unwrap().contains(what) && found["fix"].as_str().unwrap().contains(&line),
            "{found}"
        );
    }
    assert!(aws.calls().is_empty(), "nothing was asked with a part of the credentials");
    // With what that line exports, the profile is of use.
    let mut exported = by_profile(&aws.url, "mfa", &file);
    exported.env("AWS_ACCESS_KEY_ID", "AKIDEXPORTED").env("AWS_SECRET_ACCESS_KEY", "planted");
    shows_outputs(&run(exported, "").await);
}

/// IAM Identity Center, as `aws sso login` leaves its session.
#[tokio::test]
async fn a_session_of_identity_center_is_used_and_without_one_it_is_said_how_to_sign_in() {
    let (aws, metadata, folder) = (machine().await, Metadata::start().await, Folder::new());
    let file = folder.file(
        "config",
        "[profile corp]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n\
         [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n",
    );
    let by_session = || {
        let mut command = by_profile(&aws.url, "corp", &file);
        command.env("HOME", folder.0.path()).env("AWS_ENDPOINT_URL_SSO", &metadata.url);
        command
    };
    let error = run(by_session(), "").await.error();
    assert!(error.contains("aws sso login"), "{error}");
    let cache = folder.0.path().join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    // The name is the SHA-1 of the session's.
    let session = json!({ "accessToken": "planted", "expiresAt": "2099-01-01T00:00:00Z", "region": "eu-west-1" });
    std::fs::write(cache.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.json"), session.to_string()).unwrap();
    shows_outputs(&run(by_session(), "").await);
    assert!(aws.calls().last().unwrap().authorization.contains("Credential=AKIDSSO/"), "{:?}", aws.calls());
}

/// An authority of a company's own, and AWS behind TLS with a certificate of it, at `localhost`.
struct PrivateAws {
    aws: Aws,
    url: String,
    port: u16,
    authority: String,
}

impl PrivateAws {
    async fn start() -> Self {
        let aws = machine().await;
        let behind = aws.url.strip_prefix("http://").unwrap().to_owned();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let pair = KeyPair::generate().unwrap();
        let own = CertificateParams::new(["localhost".to_owned(), "aws.corp.example".to_owned()]).unwrap();
        let certificate = own.signed_by(&pair, &authority).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pair.serialize_der()));
        let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut aws = TcpStream::connect(&behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut aws).await;
                });
            }
        });
        Self { aws, url: format!("https://localhost:{port}"), port, authority: authority.pem() }
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_as_the_aws_command_line_and_node_are_told() {
    let (aws, folder) = (PrivateAws::start().await, Folder::new());
    let bundle = folder.file("corp.pem", &aws.authority);
    let profile = folder.file("config", &format!("[default]\nca_bundle = {bundle}\n"));
    for (name, value) in [
        ("AWS_CA_BUNDLE", &bundle),
        ("NODE_EXTRA_CA_CERTS", &bundle),
        ("SSL_CERT_FILE", &bundle),
        ("AWS_CONFIG_FILE", &profile),
    ] {
        let mut command = command(&aws.url, &OUTPUTS);
        command.env(name, value);
        shows_outputs(&run(command, "").await);
    }
    let error = run(command(&aws.url, &OUTPUTS), "").await.error();
    assert!(error.contains("AWS_CA_BUNDLE") && error.contains("NODE_EXTRA_CA_CERTS"), "{error}");
    // A bundle that was asked for is never skipped, and it is said who asked.
    for (name, expected) in [("AWS_CA_BUNDLE", "AWS_CA_BUNDLE: "), ("NODE_EXTRA_CA_CERTS", "NODE_EXTRA_CA_CERTS: ")] {
        let mut command = command(&aws.url, &OUTPUTS);
        command.env(name, "/nowhere.pem");
        let error = run(command, "").await.error();
        assert!(error.contains(expected) && error.contains("/nowhere.pem cannot be read"), "{error}");
    }
    let broken = folder.file("config", "[default]\nca_bundle = /nowhere.pem\n");
    let mut command = command(&aws.url, &OUTPUTS);
    command.env("AWS_CONFIG_FILE", broken);
    let error = run(command, "").await.error();
    assert!(error.contains("ca_bundle of the AWS profile: /nowhere.pem cannot be read"), "{error}");
}

/// An HTTP proxy that opens tunnels to this computer, whatever name is asked for, and remembers what it was asked.
struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(to_port: u16, status: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let mut head = String::new();
                    while !head.ends_with("\r\n\r\n") {
                        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    kept.lock().unwrap().push(head);
                    stream.write_all(format!("HTTP/1.1 {status}\r\nVia: a test\r\n\r\n").as_bytes()).await.unwrap();
                    if status.starts_with("200") {
                        let mut there = TcpStream::connect(("127.0.0.1", to_port)).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut stream, &mut there).await;
                    } else {
                        // The client reads what was said before the connection ends.
                        let _ = stream.read(&mut [0; 1]).await;
                    }
                });
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn trusting(aws: &str, bundle: &Path) -> Command {
    let mut command = command(aws, &OUTPUTS);
    command.env("AWS_CA_BUNDLE", bundle);
    command
}

#[tokio::test]
async fn aws_is_reached_through_the_proxy_of_the_environment_and_past_it_where_no_proxy_says_so() {
    let (aws, folder) = (PrivateAws::start().await, Folder::new());
    let bundle = PathBuf::from(folder.file("corp.pem", &aws.authority));
    let proxy = Proxy::start(aws.port, "200 Connection established").await;
    // A name that only the proxy can resolve.
    let mut through = trusting("https://aws.corp.example", &bundle);
    through.env("HTTPS_PROXY", format!("http://ada:p%40ss@{}", proxy.address));
    shows_outputs(&run(through, "").await);
    let asked = proxy.asked();
    assert!(asked[0].starts_with("CONNECT aws.corp.example:443 HTTP/1.1\r\n"), "{asked:?}");
    assert!(asked[0].contains("\r\nProxy-Authorization: Basic YWRhOnBAc3M=\r\n"), "{asked:?}");
    let before = asked.len();
    for no_proxy in ["localhost", "example.com,.localhost", "*"] {
        let mut past = trusting(&aws.url, &bundle);
        past.env("https_proxy", &proxy.address).env("NO_PROXY", no_proxy);
        shows_outputs(&run(past, "").await);
    }
    // Plain HTTP is for this computer.
    let mut plain = command(&aws.aws.url, &OUTPUTS);
    plain.env("HTTPS_PROXY", &proxy.address).env("HTTP_PROXY", &proxy.address);
    shows_outputs(&run(plain, "").await);
    assert_eq!(proxy.asked().len(), before, "past the proxy");
}

#[tokio::test]
async fn a_proxy_that_opens_no_way_is_named_and_its_password_is_not() {
    let folder = Folder::new();
    let aws = PrivateAws::start().await;
    let bundle = PathBuf::from(folder.file("corp.pem", &aws.authority));
    for (status, expected) in [
        ("407 Proxy Authentication Required", &["needs credentials (407)", "http://USER:PASSWORD@"][..]),
        ("403 Forbidden", &["does not connect to aws.corp.example", "it answers 403", "NO_PROXY"]),
    ] {
        let proxy = Proxy::start(aws.port, status).await;
        let mut command = trusting("https://aws.corp.example", &bundle);
        command.env("HTTPS_PROXY", format!("http://ada:planted@{}", proxy.address)).env("AWS_MAX_ATTEMPTS", "1");
        let error = run(command, "").await.error();
        for part in expected {
            assert!(error.contains(part), "{error}\n  without: {part}");
        }
        assert!(error.contains(&proxy.address) && !error.contains("planted"), "{error}");
    }
    for (proxy, expected) in [
        ("socks5://ada:planted@127.0.0.1:1", "does not name an HTTP proxy"),
        ("http://127.0.0.1:9", "cannot be reached"),
    ] {
        let mut command = trusting("https://aws.corp.example", &bundle);
        command.env("HTTPS_PROXY", proxy).env("AWS_MAX_ATTEMPTS", "1");
        let error = run(command, "").await.error();
        assert!(error.contains(expected) && !error.contains("planted"), "{error}");
    }
}

/// Credentials of a container (ECS, EKS Pod Identity), of a web identity (EKS) and of an instance (EC2), as a server on AWS has them.
#[tokio::test]
async fn credentials_of_a_container_a_web_identity_and_an_instance_are_found() {
    let folder = Folder::new();
    let (aws, metadata) = (machine().await, Metadata::start().await);
    let token = folder.file("token", "planted-token");
    let nothing_of_its_own = || {
        let mut command = command(&aws.url, &OUTPUTS);
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // What a proxy is named for in such a place must not lead to the host's own addresses.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("HTTP_PROXY", "http://127.0.0.1:9");
        command
    };
    let used = |done: &Done| {
        shows_outputs(done);
        let calls = aws.calls();
        let of_machine = calls.iter().rev().find(|call| call.action == "DescribeStacks").unwrap();
        of_machine.authorization.clone()
    };
    let mut pod = nothing_of_its_own();
    pod.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/pod", metadata.url))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token);
    assert!(used(&run(pod, "").await).contains("Credential=AKIDPOD/"));
    let mut instance = nothing_of_its_own();
    instance.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &metadata.url);
    assert!(used(&run(instance, "").await).contains("Credential=AKIDINSTANCE/"));
    let sts = Aws::answering(|_| web_identity()).await;
    let mut web = nothing_of_its_own();
    web.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token)
        .env("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/r")
        .env("AWS_ENDPOINT_URL_STS", &sts.url);
    assert!(used(&run(web, "").await).contains("Credential=AKIDWEB/"));
    assert_eq!(sts.actions(), ["AssumeRoleWithWebIdentity"]);
    let asked = metadata.asked();
    assert!(asked.iter().any(|line| line == "GET /pod planted-token"), "{asked:?}");
    assert!(asked.iter().any(|line| line.starts_with("PUT /latest/api/token")), "IMDSv2: {asked:?}");
}

fn web_identity() -> support::aws::Answer {
    let credentials = "<AccessKeyId>AKIDWEB</AccessKeyId><SecretAccessKey>planted</SecretAccessKey><SessionToken>planted\
                       </SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>";
    let result = format!(
        "<AssumeRoleWithWebIdentityResult><Credentials>{credentials}</Credentials></AssumeRoleWithWebIdentityResult>"
    );
    let namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    (
        200,
        format!(
            "<AssumeRoleWithWebIdentityResponse xmlns=\"{namespace}\">{result}</AssumeRoleWithWebIdentityResponse>"
        ),
    )
}

/// The addresses from which a container and an instance have their credentials.
struct Metadata {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Metadata {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&asked);
        let answer = async move |request: axum::extract::Request| {
            let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
            let line = format!("{} {} {}", request.method(), request.uri().path(), authorization.unwrap_or_default());
            kept.lock().unwrap().push(line.trim_end().to_owned());
            let credentials = |id: &str| {
                let (secret, end) = ("planted", "2099-01-01T00:00:00Z");
                good(&json!({
                    "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": id, "SecretAccessKey": secret, "Token": secret,
                    "Expiration": end, "LastUpdated": "2026-01-01T00:00:00Z",
                }))
                .1
            };
            let ttl = [("x-aws-ec2-metadata-token-ttl-seconds", "21600")];
            match request.uri().path().trim_end_matches('/') {
                "/pod" => (ttl, credentials("AKIDPOD")),
                "/federation/credentials" => {
                    let role = json!({
                        "accessKeyId": "AKIDSSO", "secretAccessKey": "planted", "sessionToken": "planted",
                        "expiration": 4_070_908_800_000_u64,
                    });
                    (ttl, json!({ "roleCredentials": role }).to_string())
                }
                "/latest/api/token" => (ttl, "planted-imds".to_owned()),
                "/latest/meta-data/iam/security-credentials" => (ttl, "role".to_owned()),
                "/latest/meta-data/iam/security-credentials/role" => (ttl, credentials("AKIDINSTANCE")),
                _ => (ttl, "us-west-2".to_owned()),
            }
        };
        let app = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
