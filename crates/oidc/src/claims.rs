//! The claims of a token that was verified: what its issuer says of the caller. What of it counts is for the caller of this crate to say.

use std::fmt;

use serde_json::Value;

use crate::json::Object;

/// What a verified token says. There is no way to make it from a token that was not verified.
///
/// Wherever a claim is named, the name is meant literally (`https://example.com/groups`), unless it begins with `/`: then it is
/// a JSON Pointer (RFC 6901), as `/realm_access/roles`.
#[derive(Clone, PartialEq)]
pub struct Claims(Value);

impl Claims {
    pub(crate) fn new(payload: Object) -> Self {
        Self(payload.into_value())
    }

    /// The claim of this name, whatever it is.
    pub fn at(&self, path: &str) -> Option<&Value> {
        if path.starts_with('/') { self.0.pointer(path) } else { self.0.get(path) }
    }

    /// The claim of this name, if it is a text and not empty.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// All of them: an object.
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

/// A value that one text can say.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Claims are about a person: none of them is printed.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims { .. }")
    }
}
