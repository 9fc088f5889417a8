//! The secret's new value: the new key, with what else the secret holds.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

/// What belongs to one key and not to the next: renewed by the refresh token of another, a key would be replaced by a successor
/// of that.
const OF_ONE_KEY: [&str; 2] = ["refreshToken", "validUntil"];

/// The value for the new key `given`: a key, or JSON with one as the secret may hold (docs/rotation.md). Where the
/// old value is JSON, its other members stay, but for those of the old key. What is no key stays none.
pub(crate) fn composed(old: Option<&SecretString>, given: &SecretString, endpoint: Option<&str>) -> SecretString {
    let old = old.and_then(object);
    let new = object(given);
    if old.is_none() && new.is_none() && endpoint.is_none() {
        return SecretString::from(bare(given));
    }
    let mut object = old.unwrap_or_default();
    object.retain(|name, _| !OF_ONE_KEY.contains(&name.as_str()));
    object.extend(new.unwrap_or_else(|| Map::from_iter([("apiKey".to_owned(), Value::from(bare(given)))])));
    object.extend(endpoint.map(|endpoint| ("endpoint".to_owned(), Value::from(endpoint))));
    SecretString::from(Value::Object(object).to_string())
}

fn object(text: &SecretString) -> Option<Map<String, Value>> {
    serde_json::from_str(bare(text)).ok()
}

/// Without the white space that the end of a file has.
fn bare(text: &SecretString) -> &str {
    text.expose_secret().trim()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(old: Option<&str>, given: &str, endpoint: Option<&str>) -> String {
        let old = old.map(SecretString::from);
        composed(old.as_ref(), &SecretString::from(given), endpoint).expose_secret().to_owned()
    }

    #[test]
    fn a_key_alone_stays_one() {
        for old in [None, Some("old"), Some("{malformed")] {
            assert_eq!(value(old, " new\n", None), "new");
        }
    }

    #[test]
    fn json_stays_json_with_all_but_what_was_of_the_old_key() {
        let old = r#"{"apiKey":"old","endpoint":"cell-1","note":"of the operators","refreshToken":"r","validUntil":1}"#;
        for (given, endpoint, expected) in [
            ("new", None, json!({ "apiKey": "new", "endpoint": "cell-1", "note": "of the operators" })),
            ("new", Some("cell-2"), json!({ "apiKey": "new", "endpoint": "cell-2", "note": "of the operators" })),
            (
                "{\n\"apiKey\": \"new\", \"refreshToken\": \"s\"}\n",
                None,
                json!({ "apiKey": "new", "endpoint": "cell-1", "note": "of the operators", "refreshToken": "s" }),
            ),
        ] {
            assert_eq!(serde_json::from_str::<Value>(&value(Some(old), given, endpoint)).unwrap(), expected);
        }
    }

    #[test]
    fn an_endpoint_makes_json_of_a_key() {
        assert_eq!(value(Some("old"), "new", Some("cell-1")), r#"{"apiKey":"new","endpoint":"cell-1"}"#);
    }
}
