//! `tvm key set` while the machine vends: how a v2 key, which has no refresh token, is rotated.
//! Real: the built program, the machine with its reading of the secret, each request's call to Momento. Not real: Secrets
//! Manager, a stand-in; Momento, which is the local one; API Gateway and Lambda, which know nothing of keys.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use lambda_emulator::Secrets;
use momento_client::{Deadline, ServiceAddress};
use momento_emulator::Stage;
use momento_secrets::{ApiKeySecret, SecretReader, lambda_client_from};
use secrecy::ExposeSecret as _;
use support::{command, run};
use tonic::Code;
use tvm_config::Config;
use tvm_machine::{Endpoints, Machine};
use tvm_policy::{Identity, Request};

const SECRET: &str = "the-key";
/// How many ask at the same time, each again as soon as it was answered.
const CALLERS: u64 = 4;
const KEYS: u32 = 4;

/// Each request is a token of its own, and asks Momento.
fn config(key_ttl: &str) -> String {
    format!(
        "auth = \"Open\"\n[momento]\nendpoint = \"localhost\"\nkey_ttl = \"{key_ttl}\"\n[reuse]\nmode = \"off\"\n\
         [limits]\nmomento_tokens_per_second = 100000\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n"
    )
}

/// A v2 key that Momento did not make: a JWT whose claim `t` is `g`.
fn v2(number: u32) -> String {
    // {"alg":"none"}, and {"t":"g"}; the local Momento knows it by its whole text.
    format!("eyJhbGciOiJub25lIn0.eyJ0IjoiZyJ9.key-{number}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_v2_key_is_replaced_under_load_without_a_failed_request() {
    // By the first the functions read the secret again; by the second Momento's refusal alone tells them.
    for key_ttl in ["1s", "5m"] {
        let (momento, secrets) = (Stage::builder().start().await.unwrap(), Secrets::start().await.unwrap());
        let mut old = momento.api_key_v2().expose_secret().to_owned();
        secrets.put(SECRET, &old);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), config(key_ttl)).unwrap();
        let machine = Arc::new(machine(&momento.url(), secrets.url(), key_ttl));

        let (over, vended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (machine, over, vended) = (Arc::clone(&machine), Arc::clone(&over), Arc::clone(&vended));
                tokio::spawn(async move {
                    while !over.load(Ordering::Relaxed) {
                        let name = format!("caller-{caller}");
                        let request = Request { name: Some(&name), ..Request::default() };
                        let deadline = Deadline::after(Duration::from_secs(5));
                        machine.vend(&Identity::Anonymous, request, deadline).await.unwrap();
                        vended.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for number in 0..KEYS {
            let (new, so_far) = (v2(number), vended.load(Ordering::Relaxed));
            momento.keys().add(&new).unwrap();
            let path = file.path().to_str().unwrap();
            let mut command = command(secrets.url(), &["key", "set", "--secret", SECRET, "--config", path]);
            command.env("MOMENTO_TOKEN_ENDPOINT", momento.url());
            run(command, &new).await.well();
            assert_eq!(secrets.value(SECRET, "AWSCURRENT").unwrap(), new);
            // Sooner than the command advises.
            momento.keys().revoke(&old).unwrap();
            old = new;
            let more = async {
                while vended.load(Ordering::Relaxed) < so_far + 20 * CALLERS {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), more).await.expect("requests are answered with the new key");
        }
        over.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.await.expect("no request failed");
        }
        let (stats, vended) = (momento.stats(), vended.load(Ordering::Relaxed));
        let refused = stats.ended("GenerateDisposableToken", Code::Unauthenticated);
        assert!(refused > 0, "no call met a revoked key, so nothing is shown");
        assert_eq!(
            stats.ended("GenerateDisposableToken", Code::Ok),
            vended + u64::from(KEYS),
            "and a trial for each key"
        );
    }
}

fn machine(momento: &str, aws: &str, key_ttl: &str) -> Machine<ApiKeySecret> {
    let environment = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("x".to_owned()),
        "AWS_ENDPOINT_URL" => Some(aws.to_owned()),
        _ => None,
    };
    let config = Config::parse("tvm.toml", &config(key_ttl)).unwrap();
    let reader = SecretReader::new(lambda_client_from(environment).unwrap(), SECRET);
    let keys = ApiKeySecret::new(reader, config.momento_endpoint().map(str::to_owned)).with_lifetime(config.key_ttl());
    let places = Endpoints { token: ServiceAddress::parse(momento).unwrap(), ..Endpoints::default() };
    Machine::new(config, keys, tvm_tls::client_config().unwrap(), places).unwrap()
}
