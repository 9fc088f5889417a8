//! What of a secret's value is renewed, and the value with the new key. Pure.

use momento_client::RefreshedKey;
use momento_client::{ApiKey, ApiKeyError, KeyGeneration, KeyHints};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

/// A value with a key that can be renewed. Not `Debug`: it is all secret.
pub(crate) struct Renewable {
    pub(crate) key: ApiKey,
    pub(crate) refresh_token: SecretString,
    object: Map<String, Value>,
    /// The member with the key.
    field: String,
}

/// Why the key in a value cannot be renewed. `tvm key set` fixes each of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRenewable {
    /// There is no key.
    #[error("its value is not a usable Momento API key: {0}; put one there by `tvm key set`")]
    NotAKey(ApiKeyError),
    /// A v2 key, which Momento does not renew.
    #[error(
        "it holds a v2 key, and those have no refresh token: replace it by `tvm key set` when it is time, and leave out \
         `momento.rotate_every`"
    )]
    V2,
    /// A key alone.
    #[error(
        "it holds no \"refreshToken\": give `tvm key set` the JSON that Momento's console offers for a key that expires, \
         {{\"apiKey\": \"…\", \"refreshToken\": \"…\", \"validUntil\": …}}"
    )]
    NoRefreshToken,
}

impl Renewable {
    /// What of `value` can be renewed. `field` is the member of its JSON with the key, where one is named.
    pub(crate) fn parse(value: &SecretString, field: Option<&str>) -> Result<Self, NotRenewable> {
        let key = key(value, field)?;
        if key.generation() == KeyGeneration::V2 {
            return Err(NotRenewable::V2);
        }
        let object: Map<String, Value> = serde_json::from_str(bare(value)).map_err(|_| NotRenewable::NoRefreshToken)?;
        let refresh_token = object.get("refreshToken").and_then(Value::as_str).map(str::trim).unwrap_or_default();
        if refresh_token.is_empty() {
            return Err(NotRenewable::NoRefreshToken);
        }
        let field = ApiKey::field_in(&object, field).map_err(NotRenewable::NotAKey)?.to_owned();
        Ok(Self { key, refresh_token: SecretString::from(refresh_token), object, field })
    }

    /// The same value with the new key, and whatever else it holds as it was.
    pub(crate) fn with(mut self, renewed: &RefreshedKey) -> SecretString {
        // As the console writes it, or as it was put there.
        let valid_until = match self.object.get("validUntil") {
            Some(Value::String(_)) => Value::from(renewed.valid_until.to_string()),
            _ => Value::from(renewed.valid_until),
        };
        self.object.insert(self.field, renewed.api_key.expose_secret().into());
        self.object.insert("refreshToken".to_owned(), renewed.refresh_token.expose_secret().into());
        self.object.insert("validUntil".to_owned(), valid_until);
        SecretString::from(Value::Object(self.object).to_string())
    }
}

/// Without white space and the byte order mark around it.
fn bare(value: &SecretString) -> &str {
    value.expose_secret().trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The key in a value that was renewed, or is to be.
pub(crate) fn key(value: &SecretString, field: Option<&str>) -> Result<ApiKey, NotRenewable> {
    // A v1 key carries its endpoint, and no other is renewed.
    let hints = KeyHints { endpoint: None, field: field.map(str::to_owned) };
    ApiKey::parse_by(value.expose_secret(), &hints).map_err(|error| match error {
        ApiKeyError::EndpointMissing => NotRenewable::V2,
        ApiKeyError::KeyInJson(inner) if *inner == ApiKeyError::EndpointMissing => NotRenewable::V2,
        other => NotRenewable::NotAKey(other),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;

    fn v1(inner: &str) -> String {
        STANDARD.encode(json!({ "endpoint": "cell.example", "api_key": inner }).to_string())
    }

    fn parsed(value: &Value) -> Result<Renewable, NotRenewable> {
        Renewable::parse(&value.as_str().map_or_else(|| value.to_string(), str::to_owned).into(), None)
    }

    #[test]
    fn everything_stays_but_the_key_and_what_came_with_it() {
        let renewed =
            RefreshedKey { api_key: v1("new").into(), refresh_token: "new-refresh".to_owned().into(), valid_until: 9 };
        for (old, new) in [(json!(5), json!(9)), (json!("5"), json!("9")), (Value::Null, json!(9))] {
            let value = json!({
                "note": "of the operators", "apiKey": v1("old"), "refreshToken": " old-refresh\n", "validUntil": old,
            });
            let renewable = parsed(&value).unwrap();
            assert_eq!(renewable.refresh_token.expose_secret(), "old-refresh");
            assert_eq!(renewable.key.secret().expose_secret(), "old");
            let value: Value = serde_json::from_str(renewable.with(&renewed).expose_secret()).unwrap();
            let expected = json!({
                "note": "of the operators", "apiKey": v1("new"), "refreshToken": "new-refresh", "validUntil": new,
            });
            assert_eq!(value, expected);
        }
    }

    /// Key/value pairs, as Secrets Manager's console stores them.
    #[test]
    fn the_member_that_held_the_key_holds_the_new_one() {
        let renewed =
            RefreshedKey { api_key: v1("new").into(), refresh_token: "new-refresh".to_owned().into(), valid_until: 9 };
        for (field, others) in [(None, json!({})), (Some("MOMENTO_API_KEY"), json!({ "blue": v1("blue") }))] {
            let mut value = json!({ "MOMENTO_API_KEY": v1("old"), "refreshToken": "old", "validUntil": "5" });
            let mut expected =
                json!({ "MOMENTO_API_KEY": v1("new"), "refreshToken": "new-refresh", "validUntil": "9" });
            for value in [&mut value, &mut expected] {
                value.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
            }
            let renewable = Renewable::parse(&format!("\u{feff}{value}\r\n").into(), field).unwrap();
            let value: Value = serde_json::from_str(renewable.with(&renewed).expose_secret()).unwrap();
            assert_eq!(value, expected);
        }
    }

    #[test]
    fn what_cannot_be_renewed_says_so_and_names_the_command() {
        let v2 = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"t":"g","planted":1}"#));
        for (value, expected) in [
            (json!(v1("planted")), NotRenewable::NoRefreshToken),
            (json!({ "apiKey": v1("planted") }), NotRenewable::NoRefreshToken),
            (json!({ "apiKey": v1("planted"), "refreshToken": " " }), NotRenewable::NoRefreshToken),
            (json!({ "apiKey": v1("planted"), "refreshToken": 5 }), NotRenewable::NoRefreshToken),
            (json!(v2), NotRenewable::V2),
            (json!({ "apiKey": v2, "refreshToken": "planted" }), NotRenewable::V2),
            (json!({ "apiKey": v2, "endpoint": "cell.example", "refreshToken": "planted" }), NotRenewable::V2),
            (json!("planted"), NotRenewable::NotAKey(ApiKeyError::Unrecognised)),
            (json!({ "refreshToken": "planted" }), NotRenewable::NotAKey(ApiKeyError::JsonWithoutKey)),
        ] {
            let error = parsed(&value).err().unwrap();
            assert_eq!(error, expected);
            assert!(error.to_string().contains("`tvm key set`"), "{error}");
            assert!(!error.to_string().contains("planted"), "{error}");
        }
    }
}
