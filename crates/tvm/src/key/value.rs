//! The secret's new value: the new key, in the form that the secret has, with what else it holds.

use momento_client::{ApiKey, ApiKeyError};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use crate::key::input::Given;

/// What belongs to one key and not to the next: renewed by the refresh token of another, a key would be replaced by a successor
/// of that.
const OF_ONE_KEY: [&str; 2] = ["refreshToken", "validUntil"];
/// The member with the key where nothing says otherwise, and the two that may hold the endpoint.
const API_KEY: &str = "apiKey";
const ENDPOINT: &str = "endpoint";
const ENDPOINT_OF_SDKS: &str = "MOMENTO_ENDPOINT";

/// A secret's new value.
pub(crate) struct Composed {
    pub(crate) text: SecretString,
    /// The member of its JSON with the key; `None`: it is the key alone.
    pub(crate) field: Option<String>,
}

/// The value for the key `given`. A secret that is a key alone stays one, if nothing comes with the new key. Of JSON, the member that
/// holds the key gets the new one (the one `named`, or as the functions find it), and all others stay, but for those of the old key.
///
/// # Errors
/// [`ApiKeyError::SeveralKeys`]: which of them is replaced is not for us to say.
pub(crate) fn composed(
    old: Option<&SecretString>,
    given: &Given,
    endpoint: Option<&str>,
    named: Option<&str>,
) -> Result<Composed, ApiKeyError> {
    let old = old.and_then(object);
    if old.is_none() && given.members.is_empty() && endpoint.is_none() && named.is_none() {
        return Ok(Composed { text: SecretString::from(given.key()), field: None });
    }
    let mut object = old.unwrap_or_default();
    let field = field_for_key(&object, named)?;
    object.retain(|name, _| !OF_ONE_KEY.contains(&name.as_str()));
    object.extend(given.members.clone());
    object.insert(field.clone(), Value::from(given.key()));
    if let Some(endpoint) = endpoint {
        let has_that_of_sdks = object.contains_key(ENDPOINT_OF_SDKS) && !object.contains_key(ENDPOINT);
        let name = if has_that_of_sdks { ENDPOINT_OF_SDKS } else { ENDPOINT };
        object.insert(name.to_owned(), Value::from(endpoint));
    }
    Ok(Composed { text: SecretString::from(Value::Object(object).to_string()), field: Some(field) })
}

/// The member that the key belongs in. Where none holds one, that of the name under which it is missed.
fn field_for_key(object: &Map<String, Value>, named: Option<&str>) -> Result<String, ApiKeyError> {
    match ApiKey::field_in(object, named) {
        Ok(field) => return Ok(field.to_owned()),
        Err(several @ ApiKeyError::SeveralKeys { .. }) => return Err(several),
        Err(_) => {}
    }
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    // As `{"MOMENTO_API_KEY": "to be filled in"}`.
    let is_for_a_key = |name: &&String| {
        let name = name.to_ascii_lowercase();
        name.contains("momento") && (name.contains("key") || name.contains("token"))
    };
    let mut names = object.keys().filter(is_for_a_key);
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name.clone()),
        _ => Ok(API_KEY.to_owned()),
    }
}

fn object(text: &SecretString) -> Option<Map<String, Value>> {
    let bare = text.expose_secret().trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    serde_json::from_str(bare).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;
    use crate::key::input::read;

    fn v1(inner: &str) -> String {
        STANDARD.encode(json!({ "endpoint": "cell.example", "api_key": inner }).to_string())
    }

    fn value(old: Option<&str>, given: &str, endpoint: Option<&str>) -> String {
        let old = old.map(SecretString::from);
        composed(old.as_ref(), &read(given.as_bytes()).unwrap(), endpoint, None)
            .unwrap()
            .text
            .expose_secret()
            .to_owned()
    }

    #[test]
    fn a_key_alone_stays_one() {
        for old in [None, Some("old"), Some("{malformed"), Some("\u{feff}old\r\n")] {
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
            let with_mark = format!("\u{feff}{old}\r\n");
            assert_eq!(serde_json::from_str::<Value>(&value(Some(&with_mark), given, endpoint)).unwrap(), expected);
        }
    }

    #[test]
    fn key_value_pairs_stay_those_with_the_new_key_in_the_same_member() {
        let (old, new) = (v1("old"), v1("new"));
        for (old, endpoint, expected) in [
            (
                json!({ "MOMENTO_API_KEY": old, "STRIPE": "x", "n": 1 }),
                None,
                json!({ "MOMENTO_API_KEY": new, "STRIPE": "x", "n": 1 }),
            ),
            (
                json!({ "key": old, "MOMENTO_ENDPOINT": "cell-1" }),
                Some("cell-2"),
                json!({ "key": new, "MOMENTO_ENDPOINT": "cell-2" }),
            ),
            (
                json!({ "MOMENTO_API_KEY": "to be filled in", "STRIPE": "x" }),
                None,
                json!({ "MOMENTO_API_KEY": new, "STRIPE": "x" }),
            ),
            (json!({ "STRIPE": "x" }), None, json!({ "STRIPE": "x", "apiKey": new })),
        ] {
            for given in [new.clone(), json!({ "OTHER_NAME": new }).to_string()] {
                let value = value(Some(&old.to_string()), &given, endpoint);
                assert_eq!(serde_json::from_str::<Value>(&value).unwrap(), expected);
            }
        }
        let two = SecretString::from(json!({ "blue": old, "green": v1("green") }).to_string());
        let given = read(new.as_bytes()).unwrap();
        assert!(matches!(composed(Some(&two), &given, None, None), Err(ApiKeyError::SeveralKeys { .. })));
        let named = composed(Some(&two), &given, None, Some("green")).unwrap();
        assert_eq!(named.field.as_deref(), Some("green"));
        assert_eq!(
            serde_json::from_str::<Value>(named.text.expose_secret()).unwrap(),
            json!({ "blue": old, "green": new })
        );
    }

    #[test]
    fn an_endpoint_makes_json_of_a_key() {
        assert_eq!(value(Some("old"), "new", Some("cell-1")), r#"{"apiKey":"new","endpoint":"cell-1"}"#);
    }
}
