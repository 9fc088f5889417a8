//! Issuers as there are: names that are no addresses, headers that say where a key is, sets with entries that verify nothing.
//! Real: the built function, HTTP to the issuer, its keys and signatures, the log. Not real: TLS to the issuer, and API Gateway.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use lambda_emulator::{Issuer, SignedBy};
use serde_json::{Value, json};
use support::file_of;
use support::tokens::{DeployedByToken, config};

#[tokio::test]
async fn an_issuer_is_any_text_where_the_configuration_says_where_its_keys_are() {
    for name in ["accounts.example.com", "http://auth.internal/v1", "my-chat-backend", "urn:example:chat backend"] {
        let issuer = Issuer::start().await.unwrap();
        let text = config(&issuer, "jwks_url = \"{url}/keys\"");
        let named = text.replace(&format!("issuer = \"{}\"", issuer.url()), &format!("issuer = \"{name}\""));
        assert_ne!(named, text);
        let (_folder, file) = file_of(&named);
        let mut deployed = DeployedByToken::start_with(issuer, "", &[("TVM_CONFIG", file.to_str().unwrap())]).await;
        assert_eq!(deployed.present_one(&json!({ "iss": name })).await.effect(), "Allow", "{name}");
        assert_eq!(deployed.present_one(&json!({})).await.effect(), "Unauthorized", "{name}");
        assert_eq!(deployed.issuer.asked(Issuer::DISCOVERY), 0, "{name}");
    }
}

#[tokio::test]
async fn a_header_that_says_where_its_key_is_is_not_followed_and_no_reason_to_refuse() {
    let mut deployed = DeployedByToken::start("").await;
    let stranger = Issuer::start().await.unwrap();
    for further in [
        json!({ "jku": format!("{}/keys", stranger.url()) }),
        json!({ "x5u": format!("{}/keys", stranger.url()) }),
        json!({ "x5c": ["MIIC"], "x5t": "eHh4", "x5t#S256": "eHh4" }),
    ] {
        let mut header = deployed.issuer.header(SignedBy::ES256);
        header.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        let claims = deployed.claims(&json!({}));
        let ours = deployed.issuer.token_saying(SignedBy::ES256, &header, &claims).unwrap();
        let theirs = stranger.token_saying(SignedBy::ES256, &header, &claims).unwrap();
        assert_eq!(deployed.present(&ours).await.effect(), "Allow", "{further}");
        assert_eq!(deployed.present(&theirs).await.effect(), "Unauthorized", "{further}");
    }
    assert_eq!((stranger.asked("/keys"), stranger.asked(Issuer::DISCOVERY)), (0, 0));
}

#[tokio::test]
async fn the_log_says_which_entries_of_a_set_verify_nothing_and_that_a_token_names_one() {
    let issuer = Issuer::start().await.unwrap();
    let left_out =
        json!({ "kty": "EC", "crv": "secp256k1", "alg": "ES256K", "kid": "the-old-one", "x": "AQ", "y": "AQ" });
    let for_encryption = json!({ "kty": "RSA", "use": "enc", "kid": "the-encrypting-one", "n": "AQ", "e": "AQAB" });
    let many = (0..20).map(|number| json!({ "kty": "AKP", "kid": format!("many-{number}") }));
    let keys: Vec<Value> = [left_out, for_encryption].into_iter().chain(many).collect();
    issuer.publish("/keys", json!({ "keys": keys }).to_string());
    let mut deployed = DeployedByToken::start_with(issuer, "", &[]).await;
    let header = json!({ "alg": "ES256", "kid": "the-old-one" });
    let token = deployed.issuer.token_saying(SignedBy::ES256, &header, &deployed.claims(&json!({}))).unwrap();
    assert_eq!(deployed.present(&token).await.effect(), "Unauthorized");
    let log = deployed.function.stop().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kid: &str| {
        let is_of = |line: &&Value| line["kid"] == format!("`{kid}`");
        lines.iter().filter(is_of).cloned().collect::<Vec<_>>()
    };
    let fetches = deployed.issuer.asked("/keys");
    assert_eq!(of("the-old-one").len(), fetches, "{log}");
    let line = &of("the-old-one")[0];
    assert_eq!(
        (&line["level"], &line["message"]),
        (&json!("WARN"), &json!("an entry of the issuer's key set is left out"))
    );
    assert!(line["reason"].as_str().unwrap().contains("`secp256k1`"), "{line}");
    // Of 22, ten are said one by one, and those that an issuer has on purpose are the last of them.
    assert!(of("the-encrypting-one").is_empty() && of("many-8").len() == fetches && of("many-9").is_empty(), "{log}");
    assert_eq!(lines.iter().filter(|line| line["further"] == 12).count(), fetches, "{log}");
    assert!(
        lines.iter().any(|line| line["message"].as_str().is_some_and(|said| said.contains("no key that verifies")))
    );
    let refusal = lines.iter().find(|line| line["message"] == "the token is refused").unwrap();
    assert!(refusal["reason"].as_str().unwrap().contains("left out: its curve (`crv`) is `secp256k1`"), "{refusal}");
}
