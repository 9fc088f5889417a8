//! CloudWatch's embedded metric format, by its specification ("Specification: Embedded metric format" of the CloudWatch user
//! guide): what a line means, or the rule that it breaks.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

/// What CloudWatch takes for a unit (its API reference, `MetricDatum`).
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// One value of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// What the metric is found under.
    pub namespace: String,
    /// The values of its dimensions, by their names.
    pub dimensions: BTreeMap<String, String>,
    /// What it is called.
    pub name: String,
    /// One of CloudWatch's units.
    pub unit: String,
    /// In that unit.
    pub value: f64,
}

/// The data of a line, by the name of the metric; none where it has no `_aws`.
///
/// # Errors
/// The rule that the line breaks.
pub fn data(line: &Value) -> Result<BTreeMap<String, Datum>, String> {
    let root = line.as_object().ok_or("the line is no object")?;
    let Some(metadata) = root.get("_aws") else { return Ok(BTreeMap::new()) };
    let timestamp = metadata.get("Timestamp").and_then(Value::as_u64).ok_or("`_aws.Timestamp` is no whole number")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    if now.abs_diff(timestamp.into()) > 60_000 {
        return Err(format!("`_aws.Timestamp` is not now, in milliseconds: {timestamp}"));
    }
    let mut data = BTreeMap::new();
    for directive in list(metadata, "CloudWatchMetrics")? {
        let namespace = text(directive, "Namespace")?;
        if namespace.is_empty() || namespace.len() > 255 || namespace.starts_with("AWS/") {
            return Err(format!("`{namespace}` is no namespace for ours"));
        }
        let metrics = list(directive, "Metrics")?;
        if metrics.len() > 100 {
            return Err("more than 100 metrics".to_owned());
        }
        for set in list(directive, "Dimensions")? {
            let dimensions = dimensions(set, root)?;
            for metric in metrics {
                let (name, unit) = (text(metric, "Name")?, text(metric, "Unit")?);
                if !UNITS.contains(&unit) {
                    return Err(format!("`{unit}` is no unit"));
                }
                let value = root.get(name).and_then(Value::as_f64).ok_or(format!("no number at the root: {name}"))?;
                let datum = Datum {
                    namespace: namespace.to_owned(),
                    dimensions: dimensions.clone(),
                    name: name.to_owned(),
                    unit: unit.to_owned(),
                    value,
                };
                if data.insert(name.to_owned(), datum).is_some() {
                    return Err(format!("`{name}` is charged for twice"));
                }
            }
        }
    }
    Ok(data)
}

fn dimensions(set: &Value, root: &Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    let names = set.as_array().ok_or("a dimension set is no list")?;
    if names.len() > 30 {
        return Err("more than 30 dimensions".to_owned());
    }
    names
        .iter()
        .map(|name| {
            let name = name.as_str().ok_or("a dimension's name is no text")?;
            let value = root.get(name).and_then(Value::as_str).ok_or(format!("no text at the root: {name}"))?;
            let fits = value.is_ascii() && !value.trim().is_empty() && value.len() <= 1_024 && !value.starts_with(':');
            if fits {
                Ok((name.to_owned(), value.to_owned()))
            } else {
                Err(format!("`{value}` is no value of `{name}`"))
            }
        })
        .collect()
}

fn list<'v>(value: &'v Value, key: &str) -> Result<&'v Vec<Value>, String> {
    value
        .get(key)
        .and_then(Value::as_array)
        .filter(|list| !list.is_empty())
        .ok_or(format!("`{key}` is no list, or empty"))
}

fn text<'v>(value: &'v Value, key: &str) -> Result<&'v str, String> {
    value.get(key).and_then(Value::as_str).ok_or(format!("`{key}` is no text"))
}
