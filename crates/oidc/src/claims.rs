//! The claims of a token that was verified: what its issuer says of the caller.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::json::Object;
use crate::limits::MOST_GROUPS;
use crate::refused::Refused;

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

    /// The groups that the claim of this name lists: a list of texts, or one text, which is one group. A claim that is
    /// missing or of another type means none, and so does an entry that is no text.
    ///
    /// Left out is a name with white space, a control character, `,`, `[` or `]`: no group of the configuration has one, and
    /// the names go on as one text with commas, where `A,B` would read as two groups.
    ///
    /// # Errors
    /// [`Refused::TooManyGroups`] above 200: to drop some of them would decide who the caller is.
    pub fn groups(&self, path: &str) -> Result<Vec<String>, Refused> {
        let named = match self.at(path) {
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        if named.len() > MOST_GROUPS {
            return Err(Refused::TooManyGroups);
        }
        let mut groups = Vec::new();
        for name in named.iter().filter_map(Value::as_str).filter(|name| is_group(name)) {
            if !groups.iter().any(|known| known == name) {
                groups.push(name.to_owned());
            }
        }
        Ok(groups)
    }

    /// The claims that are one text, number or truth value, as text. A list or a table is no value of a template.
    pub fn flat(&self) -> BTreeMap<String, String> {
        let claims = self.0.as_object().into_iter().flatten();
        claims.filter_map(|(name, value)| Some((name.clone(), plain(value)?))).collect()
    }
}

fn is_group(name: &str) -> bool {
    let separates = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '[' | ']');
    !name.is_empty() && !name.contains(separates)
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
