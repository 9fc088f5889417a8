//! How the official SDKs encode an endpoint and a key (or token) as one credential.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde::Serialize;

/// The credential that an SDK takes: standard base64, padded, of the JSON with the keys in this order (`GenerateDisposableToken.Success`
/// of the JavaScript SDK). `serde_json` escapes as `JSON.stringify` does.
#[must_use]
pub fn encode_credential(endpoint: &str, api_key: &str) -> SecretString {
    #[derive(Serialize)]
    struct Credential<'a> {
        endpoint: &'a str,
        api_key: &'a str,
    }
    // A struct of texts always has a JSON form.
    STANDARD.encode(serde_json::to_string(&Credential { endpoint, api_key }).unwrap_or_default()).into()
}
