//! Which file a rendered configuration is of: the app that deploys the two compares them, without reading TOML.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// `rendered`, the canonical JSON, with the key `source`: the digest of the file's text.
pub(crate) fn add(rendered: &str, text: &str) -> String {
    let Ok(mut config) = serde_json::from_str::<Map<String, Value>>(rendered) else { return rendered.to_owned() };
    config.insert("source".to_owned(), json!({ "sha256": digest(text) }));
    let mut json = serde_json::to_string_pretty(&config).unwrap_or_default();
    json.push('\n');
    json
}

/// In hexadecimal. Of lines that end with a line feed alone: the checkout of another system may end them otherwise.
fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
