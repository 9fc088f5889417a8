//! Which member of a secret's JSON is the key.
//!
//! Secrets Manager's console stores key/value pairs, as in `{"MOMENTO_API_KEY": "…", "MOMENTO_ENDPOINT": "…"}`: the names are those that
//! somebody typed, so the key is known by its look. No value is ever in an error, and no name that could be one.

use serde_json::{Map, Value};

use crate::api_key_error::ApiKeyError;

/// The member that counts before all others: as Momento's console writes it ("Download JSON").
pub(crate) const API_KEY: &str = "apiKey";
/// Where the endpoint of a v2 key may stand beside it: our own name, and that of the variable which Momento's SDKs read.
pub(crate) const ENDPOINTS: [&str; 2] = ["endpoint", "MOMENTO_ENDPOINT"];

/// What is known of a key before its secret is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyHints {
    /// The endpoint of a v2 key that is stored without one.
    pub endpoint: Option<String>,
    /// The member of the secret's JSON that holds the key. `None`: `apiKey`, or else the one member that is a Momento key.
    pub field: Option<String>,
}

/// The endpoint alone.
impl From<Option<String>> for KeyHints {
    fn from(endpoint: Option<String>) -> Self {
        Self { endpoint, field: None }
    }
}

/// The name of the member that holds the key: the `named` one; else `apiKey`; else the one that `is_key`.
pub(crate) fn find<'a>(
    object: &'a Map<String, Value>,
    named: Option<&'a str>,
    is_key: impl Fn(&str) -> bool,
) -> Result<&'a str, ApiKeyError> {
    let is_text = |name: &str| object.get(name).is_some_and(Value::is_string);
    match named {
        Some(name) if is_text(name) => return Ok(name),
        Some(name) => return Err(ApiKeyError::NoSuchField { field: shown(name) }),
        None if is_text(API_KEY) => return Ok(API_KEY),
        None => {}
    }
    let holds_key = |value: &Value| value.as_str().is_some_and(&is_key);
    let mut keys = object.iter().filter(|(_, value)| holds_key(value)).map(|(name, _)| name.as_str());
    let Some(first) = keys.next() else { return Err(ApiKeyError::JsonWithoutKey) };
    let more: Vec<&str> = keys.collect();
    if more.is_empty() {
        return Ok(first);
    }
    Err(ApiKeyError::SeveralKeys { fields: [&[first], &more[..]].concat().into_iter().map(shown).collect() })
}

/// The name of a member as an error may show it: the names are in a secret, and one of them may be a value in the wrong place.
fn shown(name: &str) -> String {
    let is_plain = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b' '))
        && !name.contains("eyJ");
    if is_plain { format!("`{name}`") } else { "a member whose name is not shown here".to_owned() }
}
