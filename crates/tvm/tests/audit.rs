//! `tvm audit`: what the log calls somebody.
//! Real: the built program and the AWS SDK. Not real: Secrets Manager, a stand-in. That the function calls a caller by the same
//! pseudonyms is by the same code; `crates/issuer/src/pseudonym.rs` holds it to a value.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use lambda_emulator::Secrets;
use momento_client::ApiKey;
use momento_emulator::Stage;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::{Done, command, run};
use tvm_issuer::Pseudonyms;

async fn audit(secrets: &Secrets, more: &[&str]) -> Done {
    run(command(secrets.url(), &[&["audit", "--secret", "the-key"], more].concat()), "").await
}

#[tokio::test]
async fn the_pseudonyms_by_this_key_and_the_one_before_are_printed_and_nothing_of_either() {
    let (momento, secrets) = (Stage::builder().start().await.unwrap(), Secrets::start().await.unwrap());
    let keys = [momento.api_key_v1(), momento.api_key_v2()].map(|key| key.expose_secret().to_owned());
    let [first, second] = keys
        .each_ref()
        .map(|key| Pseudonyms::by(&ApiKey::parse(key, Some("cell.example")).unwrap()).unwrap().of("ada"));

    secrets.put("the-key", &keys[0]);
    assert_eq!(audit(&secrets, &["ada"]).await.well().out, format!("{first}  AWSCURRENT\n"));
    secrets.put("the-key", &keys[1]);
    let done = audit(&secrets, &["ada", "--json"]).await.well();
    let expected =
        json!([{ "stage": "AWSCURRENT", "pseudonym": second }, { "stage": "AWSPREVIOUS", "pseudonym": first }]);
    assert_eq!(serde_json::from_str::<Value>(&done.out).unwrap(), expected);
    assert!(keys.iter().all(|key| !done.printed().contains(key)));
}

#[tokio::test]
async fn without_a_key_there_is_none_and_the_reason_quotes_nothing() {
    let secrets = Secrets::start().await.unwrap();
    secrets.put("the-key", "planted");
    let error = audit(&secrets, &["ada"]).await.error();
    assert!(error.contains("at AWSCURRENT is not a Momento API key") && !error.contains("planted"), "{error}");
}
