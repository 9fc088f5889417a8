//! JSON that can be read in one way only.
//!
//! RFC 7515 (section 4) and RFC 7519 (section 4) let a parser take the last of repeated names; two programs that disagree
//! about which one counts let a token mean two things. So a repeated name is refused, at any depth.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Why bytes are not the one object that they must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Not JSON, not UTF-8, or something else than an object.
    NotAnObject,
    /// A name twice in one object.
    RepeatedName,
}

/// The object that `bytes` are.
pub(crate) fn object(bytes: &[u8]) -> Result<Object, Flaw> {
    match serde_json::from_slice(bytes) {
        Ok(Strict(value @ Value::Object(_))) => Ok(Object(value)),
        // The visitor takes every kind of value: the one fault that it finds itself is a repeated name.
        Err(error) if error.classify() == Category::Data => Err(Flaw::RepeatedName),
        Ok(_) | Err(_) => Err(Flaw::NotAnObject),
    }
}

/// One object without repeated names: a [`Value::Object`] always.
#[derive(Debug, PartialEq)]
pub(crate) struct Object(Value);

impl Object {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn into_value(self) -> Value {
        self.0
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Strict::deserialize(deserializer)? {
            Strict(value @ Value::Object(_)) => Ok(Self(value)),
            Strict(_) => Err(D::Error::custom("no object")),
        }
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values).map(Self)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(truth.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let Strict(value) = entries.next_value()?;
            if map.insert(name, value).is_some() {
                // The name stays out of the error: it is the token's.
                return Err(A::Error::custom("a repeated name"));
            }
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_is_read_as_it_is_written() {
        let text = r#" {"a": [1, -2, 0.5, true, null, "\u00e9", {}], "b": {"a": 1}} "#;
        assert_eq!(object(text.as_bytes()), Ok(Object(json!({"a": [1, -2, 0.5, true, null, "é", {}], "b": {"a": 1}}))));
    }

    #[test]
    fn a_name_twice_is_refused_however_it_is_spelled_and_however_deep() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"a":{"b":1,"b":1}}"#, r#"{"a":[{"b":1,"b":2}]}"#]
        {
            assert_eq!(object(text.as_bytes()), Err(Flaw::RepeatedName), "{text}");
            assert!(serde_json::from_str::<Object>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whatever_is_no_object_is_refused() {
        let deep = format!("{}{}", r#"{"a":"#.repeat(200), "}".repeat(200));
        for text in [
            "",
            "null",
            "1",
            "[]",
            r#""a""#,
            "{",
            "{}{}",
            "{} x",
            "{'a':1}",
            r#"{"a":1e999}"#,
            r#"{"a":"\ud800"}"#,
            &deep,
        ] {
            assert_eq!(object(text.as_bytes()), Err(Flaw::NotAnObject), "{text}");
            assert!(serde_json::from_str::<Object>(text).is_err(), "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(Flaw::NotAnObject));
        assert_eq!(object(b"\xef\xbb\xbf{}"), Err(Flaw::NotAnObject), "a byte order mark");
    }
}
