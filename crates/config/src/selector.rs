//! How a permission says which caches, topics, keys or functions: text, `{ name = … }` or `{ prefix = … }`.
//!
//! Read by hand rather than by an untagged enum, whose error would only say that nothing matched.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Which caches, topics, keys or functions, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Selector {
    /// `"*"` or a name; for a key, always the exact key.
    Text(String),
    /// `{ name = "…" }`: the name itself, even `*`.
    Name {
        /// A template.
        name: String,
    },
    /// `{ prefix = "…" }`: whatever starts so.
    Prefix {
        /// A template.
        prefix: String,
    },
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Name,
    Prefix,
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SelectorVisitor;

        impl<'de> Visitor<'de> for SelectorVisitor {
            type Value = Selector;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name in quotes, { name = \"…\" } or { prefix = \"…\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Selector, E> {
                Ok(Selector::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Selector, A::Error> {
                let mut found = None;
                while let Some(key) = map.next_key()? {
                    if found.is_some() {
                        return Err(de::Error::custom(
                            "it has both `name` and `prefix`; write one permission for each",
                        ));
                    }
                    found = Some(match key {
                        Key::Name => Selector::Name { name: map.next_value()? },
                        Key::Prefix => Selector::Prefix { prefix: map.next_value()? },
                    });
                }
                found.ok_or_else(|| de::Error::custom("it is empty; write { name = \"…\" } or { prefix = \"…\" }"))
            }
        }

        deserializer.deserialize_any(SelectorVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Selector {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Selector".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let only = |key: &str| {
            schemars::json_schema!({
                "type": "object",
                "properties": { key: { "type": "string", "minLength": 1 } },
                "required": [key],
                "additionalProperties": false,
            })
        };
        schemars::json_schema!({
            "description": "Which ones: text, { name = \"…\" } or { prefix = \"…\" }.",
            "oneOf": [{ "type": "string", "minLength": 1 }, only("name"), only("prefix")],
        })
    }
}
