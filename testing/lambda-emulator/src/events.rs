//! Real events of API Gateway, and odd ones made from them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

/// The events of API Gateway that the package `aws_lambda_events` carries, by file name. `cargo metadata` knows where it is.
///
/// # Errors
/// When cargo cannot be run, or does not know the package.
pub fn gateway_events(manifest: &Path) -> io::Result<Vec<(String, Value)>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(manifest)
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(io::Error::other)?;
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let manifest = packages
        .filter(|package| package.get("name").and_then(Value::as_str) == Some("aws_lambda_events"))
        .find_map(|package| package.get("manifest_path").and_then(Value::as_str))
        .ok_or_else(|| io::Error::other("cargo metadata does not list aws_lambda_events"))?;
    let folder = PathBuf::from(manifest).with_file_name("src").join("fixtures");
    let mut events = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("example-apigw-") {
            events.push((name, serde_json::from_str(&std::fs::read_to_string(&path)?).map_err(io::Error::other)?));
        }
    }
    events.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(events)
}

/// Values that stand where nobody expects them.
pub fn odd_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!(""),
        json!("\u{0}\n\u{85}\u{2028}"),
        json!("ẞ😀"),
        json!([]),
        json!([null, 5, "x", [["y"]]]),
        json!({}),
        json!({ "name": ["a", "b"], "Username": "x", "username": ["y"], "usergroup": {}, "authorization": 7 }),
        json!("a".repeat(100_000)),
    ]
}

/// `event` with the value at its `place`-th node (counted depth first, around again past the last) replaced by `by`.
pub fn replaced(event: &Value, place: usize, by: &Value) -> Value {
    let count = nodes(event).max(1);
    let mut left = place.checked_rem(count).unwrap_or(0);
    replace(event, &mut left, by)
}

fn nodes(value: &Value) -> usize {
    let inside: usize = match value {
        Value::Array(list) => list.iter().map(nodes).fold(0, usize::saturating_add),
        Value::Object(map) => map.values().map(nodes).fold(0, usize::saturating_add),
        _ => 0,
    };
    inside.saturating_add(1)
}

fn replace(value: &Value, left: &mut usize, by: &Value) -> Value {
    if *left == 0 {
        *left = usize::MAX;
        return by.clone();
    }
    *left = left.saturating_sub(1);
    match value {
        Value::Array(list) => list.iter().map(|inner| replace(inner, left, by)).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, inner)| (key.clone(), replace(inner, left, by))).collect::<Map<_, _>>())
        }
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_can_be_replaced_and_no_other_changes() {
        let event = json!({ "a": [1, 2], "b": { "c": 3 } });
        let all: Vec<Value> = (0..nodes(&event)).map(|place| replaced(&event, place, &json!("x"))).collect();
        assert_eq!(
            all,
            [
                json!("x"),
                json!({ "a": "x", "b": { "c": 3 } }),
                json!({ "a": ["x", 2], "b": { "c": 3 } }),
                json!({ "a": [1, "x"], "b": { "c": 3 } }),
                json!({ "a": [1, 2], "b": "x" }),
                json!({ "a": [1, 2], "b": { "c": "x" } }),
            ]
        );
    }
}
