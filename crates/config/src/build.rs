//! The table `[build]`: where the functions of a deployment come from. The functions themselves read none of it.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::path::Path;
use crate::rule::{Broken, Rule};

/// Where the functions of a deployment come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BuildTable {
    /// A folder with prebuilt functions, as `make dist` makes them, relative to the folder of this file. If their
    /// checksums are right, they are deployed as they are, and nothing is compiled (docs/deploying.md#without-rust). Left
    /// out: the functions are built from source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<String>,
}

/// Checks what no key's type says. Whether the folder is there is for who deploys to find out: this crate opens nothing.
pub(crate) fn check(table: &BuildTable, broken: &mut Broken) {
    if table.artifacts.as_deref().is_some_and(|path| path.trim().is_empty()) {
        broken.push((Path::default().key("build").key("artifacts"), Rule::Empty));
    }
}
