//! The function under load while Secrets Manager rotates the key, again and again, and each old key is revoked at once.
//! Real: the built function, eight processes of it; the four steps of `tvm-key-rotation`; the local Momento, which renews keys. Not
//! real: Secrets Manager, and API Gateway.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::time::Duration;

use momento_client::{AuthService, Deadline, ServiceAddress};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::environments::{Callers, Load, World, config};
use tvm_issuer::TokenService;
use tvm_key_rotation::{Rotation, Step};

/// Momento's limit is lifted: no request is to wait for a turn.
const TABLES: &str = "[limits]\nmomento_tokens_per_second = 100000\n[momento]\nkey_ttl = ";

fn rotation(world: &World) -> Rotation {
    let environment = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("x".to_owned()),
        "AWS_ENDPOINT_URL" => Some(world.secrets.url().to_owned()),
        _ => None,
    };
    let (tls, place) = (tvm_tls::client_config().unwrap(), ServiceAddress::parse(&world.momento.url()).unwrap());
    let client = momento_secrets::lambda_client_from(environment).unwrap();
    Rotation::new(client, AuthService::new(tls.clone(), place.clone()), TokenService::new(tls, place))
}

/// The key that is in force.
fn current(world: &World) -> String {
    let value: Value = serde_json::from_str(&world.secrets.value("the-key", "AWSCURRENT").unwrap()).unwrap();
    value["apiKey"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_by_refresh_token_under_load_costs_no_request() {
    for key_ttl in ["\"1s\"", "\"5m\""] {
        let world = World::new(None).await;
        let key = world.momento.issue_key(Duration::from_secs(86_400)).unwrap();
        let (api_key, refresh) = (key.api_key.expose_secret(), key.refresh_token.expose_secret());
        world.secrets.put("the-key", &json!({ "apiKey": api_key, "refreshToken": refresh }).to_string());
        world.secrets.rotate_every("the-key", Some(1));
        let mut environments = world.environments(8, &config(&format!("{TABLES}{key_ttl}\n"))).await;
        let (rotation, mut rotations) = (rotation(&world), 0);
        let rotating = async {
            let mut moment = tokio::time::interval(Duration::from_millis(500));
            loop {
                moment.tick().await;
                let (old, token) = (current(&world), world.secrets.begin_rotation("the-key"));
                for step in [Step::Create, Step::Set, Step::Test, Step::Finish] {
                    let deadline = Deadline::after(Duration::from_secs(25));
                    rotation.carry_out(step, "the-key", &token, deadline).await.unwrap();
                }
                assert_ne!(current(&world), old);
                world.momento.keys().revoke(&old).unwrap();
                rotations += 1;
            }
        };
        let lasting = Duration::from_secs(3);
        let load = Load { requests_per_second: 100, lasting, callers: Callers::EachAnother, seed: 7 };
        let row = tokio::select! {
            row = environments.under(load, &world) => row,
            () = rotating => unreachable!("it goes on as long as the load"),
        };
        let what = format!("rotated by refresh token twice a second, key_ttl {key_ttl}, 100/s for 3 s");
        row.all_must_be_200(&what);
        println!("  {rotations} rotations; {} calls met a revoked key", row.calls - row.minted);
        assert!(rotations >= 3 && row.calls > row.minted, "{what}: no call met a revoked key, so nothing is shown");
    }
}
