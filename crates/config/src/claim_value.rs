//! A claim's value as text. A value that one text cannot say without loss is no value.

use serde_json::{Number, Value};

/// From here on, a floating-point number no longer tells neighbouring whole numbers apart: two callers could get one text.
const LEAST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// The claim that `path` names: by its name, or from `/` on by a JSON Pointer (RFC 6901).
pub(crate) fn claim_at<'v>(claims: &'v Value, path: &str) -> Option<&'v Value> {
    if path.starts_with('/') { claims.pointer(path) } else { claims.get(path) }
}

/// What a template gets of `value`: a text, a number or a truth value. A list or an object is no value of a template, and neither is
/// a number that has lost digits on the way: JSON readers keep 64 bits of a whole number.
#[must_use]
pub fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => is_exact(number).then(|| number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What identifies a caller: a text that is not empty, or a whole number.
#[must_use]
pub fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => is_whole(number).then(|| number.to_string()),
        _ => None,
    }
}

fn is_whole(number: &Number) -> bool {
    number.is_u64() || number.is_i64()
}

fn is_exact(number: &Number) -> bool {
    is_whole(number) || number.as_f64().is_some_and(|number| number.abs() < LEAST_INEXACT)
}

/// What a value is, for a message: never the value itself.
pub(crate) fn kind_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "is missing",
        Some(Value::Null) => "is null",
        Some(Value::Bool(_)) => "is true or false",
        Some(Value::Number(number)) if is_whole(number) => "is a whole number",
        Some(Value::Number(_)) => "is a number with a fraction, or one of more than 64 bits",
        Some(Value::String(text)) if text.is_empty() => "is empty",
        Some(Value::String(_)) => "is a text",
        Some(Value::Array(_)) => "is a list",
        Some(Value::Object(_)) => "is an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_value_is_the_text_that_the_token_has_or_none() {
        for (value, expected) in [
            (r#""acme""#, Some("acme")),
            (r#""""#, Some("")),
            ("5", Some("5")),
            ("-5", Some("-5")),
            ("0.5", Some("0.5")),
            ("true", Some("true")),
            ("false", Some("false")),
            ("9007199254740993", Some("9007199254740993")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("-9223372036854775808", Some("-9223372036854775808")),
            // No longer the digits that the token has.
            ("18446744073709551616", None),
            ("18446744073709551617", None),
            ("9007199254740993.0", None),
            ("1e300", None),
            ("null", None),
            ("[]", None),
            (r#"["acme"]"#, None),
            (r#"{"a":1}"#, None),
        ] {
            assert_eq!(plain_text(&json(value)).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn an_id_is_a_text_or_a_whole_number() {
        for (value, expected) in
            [(r#""ada""#, Some("ada")), ("12345678901234567890", Some("12345678901234567890")), ("0", Some("0"))]
        {
            assert_eq!(id_text(&json(value)).as_deref(), expected, "{value}");
        }
        for value in [r#""""#, "0.5", "5.0", "98765432109876543210", "true", "null", r#"["ada"]"#, r#"{"id":"ada"}"#] {
            assert_eq!(id_text(&json(value)), None, "{value}");
        }
    }
}
