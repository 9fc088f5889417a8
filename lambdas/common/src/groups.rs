//! The groups of a caller, as gateways write them.

use serde_json::Value;

/// The groups that a claim or a context value means: a JSON list, or a text that REST APIs write as `A,B` and some
/// gateways as `[A B]`, or as a JSON list. A group name holds none of these separators, which the configuration checks.
pub fn groups(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(list)) => names(list),
        Some(Value::String(text)) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(list)) => names(&list),
            _ => {
                let inner = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
                let separators = |character: char| character == ',' || character.is_whitespace();
                inner.split(separators).filter(|name| !name.is_empty()).map(str::to_owned).collect()
            }
        },
        _ => Vec::new(),
    }
}

fn names(list: &[Value]) -> Vec<String> {
    list.iter().filter_map(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_gateways_way_to_write_groups_is_read() {
        let none: &[&str] = &[];
        for (value, expected) in [
            (json!("A"), &["A"] as &[&str]),
            (json!("A,B"), &["A", "B"]),
            (json!("A, B"), &["A", "B"]),
            (json!("[A B]"), &["A", "B"]),
            (json!("[A, B]"), &["A", "B"]),
            (json!("[\"A\",\"B\"]"), &["A", "B"]),
            (json!(["A", "B"]), &["A", "B"]),
            (json!(["A", 5, null, ["B"]]), &["A"]),
            (json!(""), none),
            (json!("[]"), none),
            (json!(null), none),
            (json!(5), none),
            (json!({ "A": true }), none),
        ] {
            assert_eq!(groups(Some(&value)), expected, "{value}");
        }
        assert_eq!(groups(None), none);
    }
}
