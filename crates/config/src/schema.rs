//! The JSON Schema of the configuration file, for editors.

use crate::file::ConfigFile;

/// The JSON Schema (2020-12) of `tvm.toml`, generated from the types that read it. Ends with a line feed.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ConfigFile);
    let mut json = serde_json::to_string_pretty(&schema).unwrap_or_default();
    json.push('\n');
    json
}
