//! What the stand-in for Secrets Manager knows: values by name and stage, and how often each stage was asked for.

use std::collections::HashMap;

use crate::secrets::Trouble;

/// The secrets, and what goes wrong with reading them.
#[derive(Debug, Default)]
pub(crate) struct Vault {
    secrets: HashMap<String, Versions>,
    reads: HashMap<String, u64>,
    pub(crate) trouble: Option<Trouble>,
}

/// The values of one secret that have a stage.
#[derive(Debug, Default)]
struct Versions {
    current: Option<String>,
    previous: Option<String>,
}

/// What is not there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Secret,
    Value,
}

impl Vault {
    /// A new value; the one before is the previous one.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        let versions = self.secrets.entry(name.to_owned()).or_default();
        versions.previous = versions.current.replace(value.to_owned());
    }

    /// A secret without any value.
    pub(crate) fn empty(&mut self, name: &str) {
        self.secrets.insert(name.to_owned(), Versions::default());
    }

    pub(crate) fn value(&self, name: &str, stage: &str) -> Result<String, Missing> {
        let versions = self.secrets.get(name).ok_or(Missing::Secret)?;
        let value = match stage {
            "AWSCURRENT" => versions.current.as_ref(),
            "AWSPREVIOUS" => versions.previous.as_ref(),
            _ => None,
        };
        value.cloned().ok_or(Missing::Value)
    }

    pub(crate) fn count(&mut self, stage: &str) {
        let reads = self.reads.entry(stage.to_owned()).or_default();
        *reads = reads.saturating_add(1);
    }

    pub(crate) fn reads(&self, stage: &str) -> u64 {
        self.reads.get(stage).copied().unwrap_or_default()
    }
}
