//! The encoding of a token, compared with what the official JavaScript SDK makes of the same answer.
//!
//! Real: the vectors (see vectors/README.md). No connection.

use std::time::{Duration, UNIX_EPOCH};

use momento_client::wire::GenerateDisposableTokenResponse;
use secrecy::ExposeSecret;
use serde_json::Value;
use tvm_issuer::DisposableToken;

const VECTORS: &str = include_str!("vectors/auth_token.json");

#[test]
fn every_answer_is_encoded_as_the_javascript_sdk_encodes_it() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap().to_owned();
        let response = GenerateDisposableTokenResponse {
            api_key: text("api_key"),
            endpoint: text("endpoint"),
            valid_until: 1_000,
        };
        let token = DisposableToken::from_response(&response, Duration::from_secs(1_000), UNIX_EPOCH).unwrap();
        assert_eq!(token.auth_token().expose_secret(), vector["auth_token"], "{}", vector["name"]);

        let body: Value = serde_json::from_str(&token.http_body()).unwrap();
        assert_eq!(body, serde_json::json!({ "authToken": vector["auth_token"], "expiresAt": 1_000 }));
    }
    assert_eq!(vectors.len(), 12);
}
