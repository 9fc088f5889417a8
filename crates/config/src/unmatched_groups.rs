//! What a caller has instead of a group of the file: for a log line, so that an operator finds the cause.
//!
//! The names of groups and claims are in it, and no value of another claim. It is bounded: a token may hold very many.

use std::fmt;

use serde_json::Value;

use crate::claim_value::{claim_at, kind_of};
use crate::group_names::GroupNames;

/// The most names in one list.
const MOST_NAMES: usize = 20;
/// The most characters of one name.
const LONGEST_NAME: usize = 64;

/// What a caller has instead of a group of the file. `Display` is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedGroups(String);

impl UnmatchedGroups {
    /// Of a token with these claims, of which the one at `path` names these groups.
    pub(crate) fn of_token(path: &str, claims: &Value, named: &[String], groups: &GroupNames) -> Self {
        let claim = claim_at(claims, path);
        let has = match claim {
            _ if !named.is_empty() => {
                format!("the token's claim `{path}` has {}", listed(named.iter().map(String::as_str)))
            }
            // "Groups overage claim" in Microsoft's reference of access token claims.
            None if has_overage(claims) => format!(
                "the token has no claim `{path}`: the user is in so many groups that Entra ID left them out; have it write app roles, or \
                 only the groups that are assigned to the application"
            ),
            None => format!("the token has no claim `{path}`; its claims are {}", listed(keys(claims))),
            Some(Value::Object(_)) => {
                let inside = claim.map(keys).into_iter().flatten();
                format!(
                    "the token's claim `{path}` is an object with {}; a JSON Pointer reaches into it",
                    listed(inside)
                )
            }
            Some(Value::Array(list)) if list.is_empty() => format!("the token's claim `{path}` is an empty list"),
            claim => format!("the token's claim `{path}` {} that names no group", kind_of(claim)),
        };
        Self(format!("{has}; the file's groups are {}", listed(groups.all())))
    }

    /// Of a caller who is in these groups, by another way than a token of the issuer.
    pub(crate) fn of_caller<'n>(named: impl Iterator<Item = &'n str>, groups: &GroupNames) -> Self {
        Self(format!("the caller's groups are {}; the file's groups are {}", listed(named), listed(groups.all())))
    }
}

impl fmt::Display for UnmatchedGroups {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn has_overage(claims: &Value) -> bool {
    claims.get("_claim_names").is_some_and(|names| names.get("groups").is_some()) || claims.get("hasgroups").is_some()
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str())
}

/// The first of `names`, quoted so that white space shows.
fn listed<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    let quoted = |name: &str| {
        let start: String = name.chars().take(LONGEST_NAME).collect();
        let rest = if start.len() < name.len() { "…" } else { "" };
        format!("{start:?}{rest}")
    };
    let shown: Vec<String> = names.by_ref().take(MOST_NAMES).map(quoted).collect();
    match (shown.is_empty(), names.count()) {
        (true, _) => "none".to_owned(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
