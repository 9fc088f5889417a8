//! The table `[build]`: where the functions of a deployment come from. The functions themselves read none of it.

use std::path::Path as Folder;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::Rule;
use crate::position::Path;
use crate::validate::Broken;

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

impl Config {
    /// The same with every path in it as it is from anywhere, for a file that is in `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Folder) -> Self {
        let artifacts = &mut self.file.build.artifacts;
        *artifacts = artifacts.take().map(|path| folder.join(path).to_string_lossy().into_owned());
        self
    }
}
