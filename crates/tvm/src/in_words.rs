//! Permissions as a line of the configuration file.

use serde_json::Value;

use crate::unseen::in_one_line;

/// A permission in the JSON of `Token-Grant`, as the file writes one: `{ cache = "c", topic = "*", role = "SubscribeOnly" }`.
/// What is no permission stays as it is: a later machine may say more than this program knows. Values of callers are in it.
pub(crate) fn in_words(permission: &Value) -> String {
    let in_toml = toml::Value::try_from(permission).ok();
    in_one_line(&in_toml.map_or_else(|| permission.to_string(), |value| value.to_string()))
}
