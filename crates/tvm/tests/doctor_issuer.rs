//! `tvm doctor` and the issuer of the callers' tokens: whether its keys can be fetched, and which of them verify tokens.
//! Real: the built program, HTTP to the issuer. Not real: the computer (`tests/computer`); AWS is not there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use lambda_emulator::{Answer, Issuer};
use serde_json::{Value, json};
use support::doctor::{Computer, Found};

/// Where AWS is not.
const NOBODY: &str = "http://127.0.0.1:9";

/// A configuration for tokens of `issuer`.
fn configuration(issuer: &str, further: &str) -> String {
    format!(
        "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"{issuer}\"\naudience = [\"chat\"]\n{further}\n\
         [[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n"
    )
}

async fn found(issuer: &str, further: &str) -> Found {
    Computer::with(&["bin"]).configured(&configuration(issuer, further)).found(NOBODY, &[]).await
}

fn publish(issuer: &Issuer, keys: &Value) {
    issuer.publish(Issuer::KEYS, json!({ "keys": keys }).to_string());
}

#[tokio::test]
async fn an_issuer_that_is_as_configured_is_said_with_its_keys() {
    let issuer = Issuer::start().await.unwrap();
    let found = found(issuer.url(), "").await;
    found.has("issuer", "fine", &[issuer.url(), "as its discovery document says"]);
    found.has("issuer's keys", "fine", &["2 keys, for ES256"]);
    assert_eq!((issuer.asked(Issuer::DISCOVERY), issuer.asked(Issuer::KEYS)), (1, 1), "each once");
    let at = format!("jwks_url = \"{}{}\"", issuer.url(), Issuer::KEYS);
    let found = self::found("my-chat-backend", &at).await;
    found.has("issuer's keys", "fine", &["2 keys, for ES256"]);
    assert!(!found.titles("fine").contains(&"issuer") && !found.titles("warning").contains(&"issuer"));
}

#[tokio::test]
async fn an_issuer_that_calls_itself_otherwise_is_spelled_out_next_to_the_configured_one() {
    let issuer = Issuer::start().await.unwrap();
    let with_slash = format!("{}/", issuer.url());
    let found = found(&with_slash, "").await;
    found.has(
        "issuer",
        "trouble",
        &[&format!("`{with_slash}`"), &format!("`{}`", issuer.url()), "to the last character"],
    );
    // With `jwks_url`, tokens are verified, and refused for what they say.
    let at = format!("jwks_url = \"{}{}\"", issuer.url(), Issuer::KEYS);
    let found = self::found(&with_slash, &at).await;
    found.has("issuer", "warning", &[&format!("`{with_slash}`"), &format!("`{}`", issuer.url())]);
    found.has("issuer's keys", "fine", &["2 keys"]);
}

#[tokio::test]
async fn keys_that_verify_no_token_and_entries_that_are_left_out_are_said() {
    let issuer = Issuer::start().await.unwrap();
    let odd = json!({ "kty": "EC", "crv": "secp256k1", "kid": "old", "x": "AQ", "y": "AQ" });
    let private = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "mine", "x": "AQ", "d": "planted" });
    let good =
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": "good", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    publish(&issuer, &json!([good, odd]));
    let none_fits = found(issuer.url(), "").await;
    none_fits.has("issuer's keys", "trouble", &["1 key, for EdDSA", "has RS256, ES256", "`alg`"]);
    let fits = found(issuer.url(), "algorithms = [\"EdDSA\"]").await;
    fits.has("issuer's keys", "fine", &["1 key, for EdDSA; 1 left out (`old`: its curve (`crv`) is `secp256k1`"]);
    publish(&issuer, &json!([good, private]));
    let published = found(issuer.url(), "algorithms = [\"EdDSA\"]").await;
    published.has("issuer's keys", "warning", &["`mine`: it contains the private key", "replace it"]);
    publish(&issuer, &json!([odd]));
    found(issuer.url(), "").await.has("issuer's keys", "trouble", &["no key that verifies tokens; 1 left out"]);
}

#[tokio::test]
async fn an_issuer_that_gives_no_keys_is_said_with_the_address_that_was_asked() {
    let issuer = Issuer::start().await.unwrap();
    let document = format!("{}{}", issuer.url(), Issuer::DISCOVERY);
    issuer.trouble(Answer::Closed);
    found(issuer.url(), "").await.has("issuer", "warning", &[&document, "cannot be reached", "only the authorizer"]);
    issuer.trouble(Answer::Body(404, String::new()));
    found(issuer.url(), "").await.has("issuer", "trouble", &[&document, "answered 404"]);
    issuer.recover();
    issuer.publish(Issuer::DISCOVERY, "<html>");
    found(issuer.url(), "").await.has("issuer", "trouble", &[&document, "names no `issuer`"]);
    // The discovery document in place of the keys, at an address that the check of the file cannot know.
    issuer.publish("/moved", format!("{{\"issuer\":\"x\",\"jwks_uri\":\"{}/keys\"}}", issuer.url()));
    let at = format!("jwks_url = \"{}/moved\"", issuer.url());
    found("my-chat-backend", &at).await.has("issuer's keys", "trouble", &["/moved", "is a discovery document"]);
}

#[tokio::test]
async fn offline_it_says_that_it_could_not_look() {
    let issuer = Issuer::start().await.unwrap();
    let computer = Computer::with(&["bin"]).configured(&configuration(issuer.url(), ""));
    let found = computer.found(NOBODY, &["--offline"]).await;
    found.has("issuer", "skipped", &["--offline"]);
    assert_eq!(issuer.asked(Issuer::DISCOVERY), 0);
    // In another mode there is none.
    let found = computer.found(NOBODY, &["--offline", "--auth", "AmazonCognito"]).await;
    assert!(!found.titles("skipped").contains(&"issuer"));
}
