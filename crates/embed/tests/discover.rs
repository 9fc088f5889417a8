//! A server on ECS or EKS: its credentials come from the container's own address, end, and are had again. Real: the environment of a
//! process (this one, started once more), AWS's default chain, HTTP. Not real: Secrets Manager and the address of the credentials.
#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use lambda_emulator::Secrets;
use momento_client::KeySource as _;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::process::Command;
use tvm_embed::{Config, Keys};

/// `{"endpoint":"planted.example","api_key":"planted"}`.
const V1: &str = "eyJlbmRwb2ludCI6InBsYW50ZWQuZXhhbXBsZSIsImFwaV9rZXkiOiJwbGFudGVkIn0=";
/// Set in the process that is started once more.
const SERVER: &str = "TVM_TEST_SERVER";

const CONFIG: &str =
    "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n[momento]\nsecret_field = \"GREEN\"\n";

/// The server, in a process of its own; in any other there is nothing to do.
#[tokio::test]
async fn server() {
    if std::env::var_os(SERVER).is_none() {
        return;
    }
    let keys = Keys::discover(&Config::parse("f", CONFIG).unwrap()).await.unwrap();
    let key = keys.key().await.unwrap();
    assert_eq!(key.endpoint(), "planted.example");
    // It reads the secret again, by credentials that are still good.
    assert!(keys.after_refusal(&key).await.is_none());
}

#[tokio::test]
async fn the_credentials_of_a_container_are_found_and_had_again_before_they_end() {
    let secrets = Secrets::start().await.unwrap();
    secrets.put("the-key", &json!({ "BLUE": "x", "GREEN": V1 }).to_string());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let credentials = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        // The SDK has them again some seconds before.
        let end = SystemTime::now().checked_add(Duration::from_secs(5)).unwrap().duration_since(UNIX_EPOCH).unwrap();
        let end = rfc_3339(end.as_secs());
        json!({ "AccessKeyId": "AKIDPOD", "SecretAccessKey": "s", "Token": "t", "Expiration": end }).to_string()
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/pod", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/pod", get(credentials))).await });
    let mut server = Command::new(std::env::current_exe().unwrap());
    server
        .args(["--exact", "server", "--nocapture"])
        .env_clear()
        .env(SERVER, "1")
        .env("MOMENTO_API_KEY_SECRET_ID", "the-key")
        .env("AWS_ENDPOINT_URL", secrets.url())
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
        .stdin(Stdio::null());
    let done = server.output().await.unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    assert!(asked.load(Ordering::SeqCst) >= 2, "{said}");
}

/// Seconds since 1970 as `2026-01-01T00:00:00Z` (civil-from-days, by Howard Hinnant).
#[allow(clippy::arithmetic_side_effects, reason = "a time of today")]
fn rfc_3339(seconds: u64) -> String {
    let (days, of_day) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}
