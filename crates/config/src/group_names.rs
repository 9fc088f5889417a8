//! By which names the callers' tokens call the groups of the file.

use tvm_policy::{AuthMode, GroupName};

use crate::authorizer::AuthorizerKind;
use crate::file::ConfigFile;
use crate::path::Path;
use crate::rule::{Broken, Rule};

/// Each group of the file, with the names that tokens may have for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupNames(Vec<(String, Vec<String>)>);

impl GroupNames {
    /// Those of `file`. Only tokens of somebody else have names of their own.
    pub(crate) fn of(file: &ConfigFile) -> Self {
        let are_foreign = are_foreign(file);
        let groups = file.groups.iter().map(|(key, group)| {
            let names = if are_foreign && !group.names.is_empty() { group.names.clone() } else { vec![key.clone()] };
            (key.clone(), names)
        });
        Self(groups.collect())
    }

    /// The groups of a caller whose token names these: those of the file by its own names, and of the others those that can be
    /// handed on in one text with commas. A name that is a key of the file for a group with other names is none of that group.
    pub(crate) fn meant(&self, named: &[String]) -> Vec<String> {
        let mut groups: Vec<String> = Vec::with_capacity(named.len());
        for name in named {
            let mut meant: Vec<&String> =
                self.0.iter().filter(|(_, names)| names.contains(name)).map(|(key, _)| key).collect();
            if meant.is_empty() && !self.has(name) && GroupName::parse(name).is_some() {
                meant.push(name);
            }
            for group in meant {
                if !groups.contains(group) {
                    groups.push(group.clone());
                }
            }
        }
        groups
    }

    /// Whether the file has a group that it calls so.
    pub(crate) fn has(&self, group: &str) -> bool {
        self.0.iter().any(|(key, _)| key == group)
    }

    /// Whether the file has no groups.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All names that a token may have for them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(_, names)| names).map(String::as_str)
    }
}

/// Whether callers are in groups by names that this machine did not choose.
fn are_foreign(file: &ConfigFile) -> bool {
    match file.auth {
        AuthMode::Open => false,
        AuthMode::LambdaAuthorizer => file.authorizer.kind == AuthorizerKind::Jwt,
        AuthMode::AmazonCognito => file.cognito.user_pool.is_some(),
    }
}

/// Checks the names of each group.
pub(crate) fn check(file: &ConfigFile, broken: &mut Broken) {
    for (key, group) in &file.groups {
        let path = Path::default().key("groups").key(key).key("names");
        if !group.names.is_empty() && file.auth != AuthMode::Open && !are_foreign(file) {
            broken.push((path.clone(), Rule::NamesOfOurOwn));
        }
        for (index, name) in group.names.iter().enumerate() {
            if name.trim().is_empty() {
                broken.push((path.index(index), Rule::Empty));
            } else if group.names.iter().take(index).any(|earlier| earlier == name) {
                broken.push((path.index(index), Rule::Twice(name.clone())));
            }
        }
    }
}
