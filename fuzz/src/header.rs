//! What an event says under a name, read the naive way: every value is collected before any is looked at.

use serde_json::Value;

/// What stands under a header's name: nothing, one text, or what nobody may guess at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'e> {
    /// Nothing.
    Absent,
    /// One text.
    One(&'e str),
    /// Several, or no text.
    Unclear,
}

/// The header of this name in any case.
pub fn header<'e>(event: &'e Value, name: &str) -> Found<'e> {
    let lists = ["multiValueHeaders", "headers"].map(|table| values(&event[table], name));
    match lists.iter().find(|list| !list.is_empty()).map(Vec::as_slice) {
        None => Found::Absent,
        Some([Value::String(text)]) => Found::One(text),
        Some(_) => Found::Unclear,
    }
}

fn values<'e>(table: &'e Value, name: &str) -> Vec<&'e Value> {
    let mut values = Vec::new();
    for (key, value) in table.as_object().into_iter().flatten() {
        if key.to_ascii_lowercase() == name {
            match value {
                Value::Null => {}
                Value::Array(list) => values.extend(list),
                one => values.push(one),
            }
        }
    }
    values
}
