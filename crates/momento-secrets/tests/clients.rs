//! Momento clients from a secret. Real: the official SDK, the AWS SDK, and the local Momento (crate `momento-emulator`), in
//! this process. Not real: Secrets Manager, a stand-in on loopback.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::time::Duration;

use momento::cache::GetResponse;
use momento::{CacheClient, MomentoErrorCode};
use momento_emulator::{Fault, ManualClock, Running, Stage};
use momento_secrets::{
    ApiKeyError, ClientConfiguration, ClientError, DEFAULT_SECRET_ID, MomentoClients, MomentoClientsBuilder,
    SecretError,
};
use secrecy::ExposeSecret as _;
use serde_json::json;
use support::vault::{Vault, v1};
use support::{Answer, StandIn};

/// Clients for `stage`, their key from `secrets`.
fn options(stage: &Running, secrets: &StandIn) -> MomentoClientsBuilder {
    MomentoClients::builder().aws_client(secrets.client()).insecure_endpoint_override(stage.url())
}

async fn holding(value: &str) -> StandIn {
    let value = value.to_owned();
    StandIn::start(move |_, _| Answer::text(&value)).await
}

async fn get(clients: &MomentoClients, cache: &str) -> momento::MomentoResult<GetResponse> {
    clients.cache_client().await.unwrap().get(cache, "code").await
}

#[tokio::test]
async fn an_item_is_set_and_got_back_with_every_shape_of_key() {
    let stage = Stage::builder().cache("c").start().await.unwrap();
    let (v1, v2) = (stage.api_key_v1().expose_secret(), stage.api_key_v2().expose_secret());
    for value in
        [v1.to_owned(), format!(" {v2}\n"), json!({ "apiKey": v1 }).to_string(), json!({ "apiKey": v2 }).to_string()]
    {
        let secrets = holding(&value).await;
        let clients = options(&stage, &secrets).endpoint("localhost").build().await.unwrap();
        clients.cache_client().await.unwrap().set("c", "code", "12345").await.unwrap();
        let GetResponse::Hit { value } = get(&clients, "c").await.unwrap() else { panic!("a miss") };
        assert_eq!(String::try_from(value).unwrap(), "12345");
        assert_eq!(secrets.calls(), 1, "the key is read once");
    }
}

#[tokio::test]
async fn items_live_for_momentos_default_unless_told_otherwise() {
    for (told, lives) in [(None, 600), (Some(5), 5)] {
        let clock = ManualClock::starting_now();
        let stage = Stage::builder().cache("c").clock(clock.clone()).start().await.unwrap();
        let secrets = holding(stage.api_key_v1().expose_secret()).await;
        let mut options = options(&stage, &secrets).configuration(ClientConfiguration::InRegion);
        if let Some(seconds) = told {
            options = options.default_ttl(Duration::from_secs(seconds));
        }
        let clients = options.build().await.unwrap();
        clients.cache_client().await.unwrap().set("c", "code", "12345").await.unwrap();
        clock.advance(Duration::from_secs(lives - 1));
        assert!(matches!(get(&clients, "c").await, Ok(GetResponse::Hit { .. })));
        clock.advance(Duration::from_secs(1));
        assert!(matches!(get(&clients, "c").await, Ok(GetResponse::Miss)));
    }
}

#[tokio::test]
async fn a_hit_a_miss_and_an_error_are_told_apart() {
    let stage = Stage::builder().cache("c").start().await.unwrap();
    let secrets = holding(stage.api_key_v2().expose_secret()).await;
    let options = options(&stage, &secrets).endpoint("localhost").configuration(ClientConfiguration::Lambda);
    let clients = options.build().await.unwrap();
    assert!(matches!(get(&clients, "c").await, Ok(GetResponse::Miss)));
    clients.cache_client().await.unwrap().set("c", "code", "12345").await.unwrap();
    assert!(matches!(get(&clients, "c").await, Ok(GetResponse::Hit { .. })));
    let missing = get(&clients, "no-such-cache").await.unwrap_err();
    assert_eq!(missing.error_code, MomentoErrorCode::CacheNotFoundError);
    stage.faults().set(Fault::status("Get", tonic::Code::PermissionDenied));
    assert_eq!(get(&clients, "c").await.unwrap_err().error_code, MomentoErrorCode::PermissionError);
}

#[tokio::test]
async fn the_options_reach_secrets_manager() {
    let secrets = StandIn::start(|request, _| {
        assert_eq!(request, &json!({ "SecretId": "mine", "VersionStage": "AWSPREVIOUS" }));
        Answer::error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    })
    .await;
    // The stand-in checks that the signature is for eu-west-1.
    let clients = MomentoClients::builder().secret_id("mine").stage("AWSPREVIOUS").region("eu-west-1");
    let clients = clients.aws_client(secrets.client()).build().await.unwrap();
    let error = clients.cache_client().await.unwrap_err();
    assert!(matches!(&error, ClientError::Secret(SecretError::NotFound { id }) if id == "mine"), "{error}");
}

#[tokio::test]
async fn a_key_that_cannot_serve_is_reported_and_a_fixed_one_is_used() {
    let stage = Stage::builder().cache("c").start().await.unwrap();
    let v2 = stage.api_key_v2().expose_secret().to_owned();
    let fixed = json!({ "apiKey": v2, "endpoint": "localhost" }).to_string();
    let secrets = StandIn::start(move |_, n| Answer::text(if n == 0 { &v2 } else { &fixed })).await;
    let clients = options(&stage, &secrets).build().await.unwrap();
    let error = clients.credential_provider().await.unwrap_err();
    let expected = SecretError::Malformed { id: DEFAULT_SECRET_ID.into(), problem: ApiKeyError::EndpointMissing };
    assert!(matches!(&error, ClientError::Secret(error) if *error == expected), "{error}");
    assert!(matches!(get(&clients, "c").await, Ok(GetResponse::Miss)));
}

/// What a client is refused with once its key is revoked.
async fn refused(client: &CacheClient) -> bool {
    client.get("c", "code").await.is_err_and(|error| error.error_code == MomentoErrorCode::AuthenticationError)
}

/// A Momento whose key is in a vault, and clients for it.
async fn with_a_vault() -> (Running, Vault, MomentoClients) {
    let stage = Stage::builder().cache("c").start().await.unwrap();
    let vault = Vault::holding(stage.api_key_v1().expose_secret()).await;
    let clients = MomentoClients::builder().aws_client(vault.client()).insecure_endpoint_override(stage.url());
    let clients = clients.endpoint("localhost").clock(vault.clock.shared()).build().await.unwrap();
    (stage, vault, clients)
}

/// The key that the clients start with is put out of use, and the other one in the secret.
fn rotate(stage: &Running, vault: &Vault) {
    vault.put(Answer::text(stage.api_key_v2().expose_secret()));
    stage.keys().revoke(stage.api_key_v1().expose_secret()).unwrap();
}

#[tokio::test]
async fn a_client_asked_for_after_the_keys_lifetime_has_the_new_key_and_an_old_one_keeps_the_old() {
    let (stage, vault, clients) = with_a_vault().await;
    let old = clients.cache_client().await.unwrap();
    assert!(matches!(old.get("c", "code").await, Ok(GetResponse::Miss)));
    rotate(&stage, &vault);
    assert!(refused(&clients.cache_client().await.unwrap()).await, "within the lifetime it is the same client");
    vault.pass(331);
    let new = clients.cache_client().await.unwrap();
    assert!(matches!(new.get("c", "code").await, Ok(GetResponse::Miss)));
    assert!(refused(&old).await);
    let credentials = clients.credential_provider().await.unwrap();
    assert_eq!(credentials.auth_token(), stage.api_key_v2().expose_secret());
}

#[tokio::test]
async fn who_is_refused_has_a_client_of_the_other_key_at_once() {
    let (stage, vault, clients) = with_a_vault().await;
    let key = clients.key().api_key().await.unwrap();
    let client = clients.cache_client_for(&key).unwrap();
    rotate(&stage, &vault);
    assert!(refused(&client).await);
    let key = clients.key().after_refusal(&key).await.unwrap().unwrap();
    let client = clients.cache_client_for(&key).unwrap();
    assert!(matches!(client.get("c", "code").await, Ok(GetResponse::Miss)));
    assert!(matches!(get(&clients, "c").await, Ok(GetResponse::Miss)), "and so have all who ask from now on");
    assert_eq!(vault.reads().current, 2);
}

#[tokio::test]
async fn a_lifetime_of_a_builder_is_that_of_its_key() {
    let vault = Vault::holding("no key").await;
    let clients = MomentoClients::builder().aws_client(vault.client()).clock(vault.clock.shared());
    let clients = clients.key_lifetime(Duration::from_secs(10)).endpoint("localhost").build().await.unwrap();
    vault.put(Answer::text(&v1(1)));
    clients.cache_client().await.unwrap();
    vault.pass(8);
    clients.cache_client().await.unwrap();
    assert_eq!(vault.reads().current, 1);
    vault.pass(4);
    clients.cache_client().await.unwrap();
    assert_eq!(vault.reads().current, 2);
}

#[tokio::test]
async fn credentials_name_the_services_of_the_keys_endpoint_and_debug_shows_no_key() {
    let stage = Stage::builder().endpoint("cell-1.example").start().await.unwrap();
    let key = stage.api_key_v1().expose_secret();
    let secrets = holding(key).await;
    let clients = MomentoClients::builder().aws_client(secrets.client()).build().await.unwrap();
    let credentials = clients.credential_provider().await.unwrap();
    let shown = format!("{credentials}");
    for service in ["cache", "control", "token"] {
        assert!(shown.contains(&format!("https://{service}.cell-1.example")), "{shown}");
    }
    clients.cache_client().await.unwrap();
    let shown = format!("{clients:?} {credentials:?}");
    assert!(!shown.contains(credentials.auth_token()) && !shown.contains(key), "{shown}");
}

/// The example as people run it: a program of its own, AWS's default chain, the environment.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_sets_a_code_and_gets_it_back() {
    let stage = Stage::builder().start().await.unwrap();
    let secrets = holding(stage.api_key_v1().expose_secret()).await;
    const CREDENTIALS: [&str; 4] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"];
    let programs = std::env::current_exe().unwrap();
    let example = programs.parent().unwrap().parent().unwrap().join("examples/cache_from_secret");
    let run = |variables: &[&str]| {
        let mut command = std::process::Command::new(&example);
        command.arg("demo-cache").env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL", &secrets.url).env("MOMENTO_ENDPOINT_OVERRIDE", stage.url());
        command.envs(variables.iter().map(|name| (name, support::lambda_variable(name).unwrap())));
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.success(), said)
    };
    let (succeeded, said) = run(&CREDENTIALS);
    assert!(succeeded && said.contains("made the cache demo-cache"), "{said}");
    assert!(said.contains("cache hit: code is 12345"), "{said}");
    let (_, again) = run(&CREDENTIALS);
    assert!(again.contains("the cache demo-cache exists"), "{again}");
    stage.faults().set(Fault::status("Get", tonic::Code::PermissionDenied));
    let (succeeded, said) = run(&CREDENTIALS);
    assert!(!succeeded && said.contains("error: "), "{said}");
    let (succeeded, said) = run(&["AWS_REGION"]);
    assert!(!succeeded && said.contains("secret MOMENTO_API_KEY: no usable AWS credentials"), "{said}");
}
