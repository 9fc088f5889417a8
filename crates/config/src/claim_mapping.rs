//! What the claims of a verified token say of the caller, as the file reads them: who they are, their groups, and the values of
//! templates.
//!
//! The authorizer and `tvm config explain` both read claims here, so that they cannot differ. Nothing here verifies a token.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tvm_policy::Ungrouped;

use crate::authorizer::Issuer;
use crate::claim_value::{claim_at, id_text, kind_of, plain_text};
use crate::config::Config;
use crate::group_names::GroupNames;
use crate::unmatched_groups::UnmatchedGroups;

/// Microsoft Entra ID writes no more into a token ("groups overage": 200). All of them go on to the vending function in one
/// text of the authorizer's answer, and API Gateway turns an answer that is too long into a 500.
pub(crate) const MOST_GROUPS: usize = 200;

/// Which claims of an issuer's tokens say what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimMapping {
    id_claim: String,
    groups_claim: String,
    groups_separator: Option<String>,
    /// The claims that templates name, as they name them: no others are handed on.
    claims: BTreeSet<String>,
    groups: GroupNames,
    ungrouped: Ungrouped,
}

/// A caller, as their token has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCaller {
    /// What `authorizer.id_claim` says: never empty.
    pub id: String,
    /// The claim `sub`.
    pub sub: Option<String>,
    /// Their groups: by the file's names, and those that the file does not know by their own.
    pub groups: Vec<String>,
    /// The values of the claims that templates name, by what templates call them. One without a value is left out.
    pub claims: BTreeMap<String, String>,
    /// What they had instead, where they are in none of the file's groups.
    pub unmatched: Option<UnmatchedGroups>,
}

/// Why a verified token is nobody's whom a grant could be for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCaller {
    /// It does not say whose it is.
    #[error(
        "the token's claim `{claim}`, which `authorizer.id_claim` names, {found}; it has to be a text or a whole number"
    )]
    NoId {
        /// The claim, as the file names it.
        claim: String,
        /// What it is instead.
        found: &'static str,
    },
    /// To drop some of them would decide who the caller is.
    #[error("the token has more than {MOST_GROUPS} groups; have the issuer write fewer into it")]
    TooManyGroups,
}

impl ClaimMapping {
    /// How `config` reads the tokens of `issuer`.
    #[must_use]
    pub fn of(issuer: Issuer<'_>, config: &Config) -> Self {
        Self {
            id_claim: issuer.id_claim().to_owned(),
            groups_claim: issuer.groups_claim().to_owned(),
            groups_separator: issuer.groups_separator().map(str::to_owned),
            claims: config.claims_in_templates().into_iter().map(str::to_owned).collect(),
            groups: config.groups.clone(),
            ungrouped: config.policy().ungrouped,
        }
    }

    /// Whose token says `claims`. Who calls this has verified the token, or says so of themselves.
    ///
    /// # Errors
    /// [`NoCaller`], each of its variants.
    pub fn caller(&self, claims: &Value) -> Result<TokenCaller, NoCaller> {
        let at = |path: &str| claim_at(claims, path);
        let id = at(&self.id_claim).and_then(id_text);
        let id =
            id.ok_or_else(|| NoCaller::NoId { claim: self.id_claim.clone(), found: kind_of(at(&self.id_claim)) })?;
        let named = self.named_groups(at(&self.groups_claim))?;
        let groups = self.groups.meant(&named);
        let unmatched = self.is_unmatched(&groups, at(&self.groups_claim).is_some());
        let unmatched = unmatched.then(|| UnmatchedGroups::of_token(&self.groups_claim, claims, &named, &self.groups));
        let values = self.claims.iter().filter_map(|path| Some((path.clone(), plain_text(at(path)?)?)));
        Ok(TokenCaller { id, sub: at("sub").and_then(id_text), groups, claims: values.collect(), unmatched })
    }

    /// Whether who is in these groups is in none of the file's, and that is worth a word: where ungrouped callers are welcome, many have
    /// no such claim.
    fn is_unmatched(&self, groups: &[String], has_claim: bool) -> bool {
        let is_in_one = self.groups.is_empty() || groups.iter().any(|group| self.groups.has(group));
        !is_in_one && (has_claim || self.ungrouped == Ungrouped::Refuse)
    }

    /// The groups that a claim names: a list of them, or a text, which is one of them or several with the separator in between.
    fn named_groups(&self, claim: Option<&Value>) -> Result<Vec<String>, NoCaller> {
        let named = match (claim, &self.groups_separator) {
            (None, _) => Vec::new(),
            // An entry is counted before it is looked at.
            (Some(Value::Array(list)), _) if list.len() > MOST_GROUPS => return Err(NoCaller::TooManyGroups),
            (Some(Value::Array(list)), _) => list.iter().filter_map(group_name).collect(),
            (Some(Value::String(text)), Some(separator)) => groups_in(text, separator),
            (Some(one), _) => group_name(one).into_iter().collect(),
        };
        if named.len() > MOST_GROUPS { Err(NoCaller::TooManyGroups) } else { Ok(named) }
    }
}

/// An entry of a list of groups: its name, its number, or an object with a `name`, as GitLab and others write them.
fn group_name(value: &Value) -> Option<String> {
    match value {
        Value::Object(group) => {
            group.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned)
        }
        one => id_text(one),
    }
}

/// The groups in one text. The brackets are those of a list that a program printed: `[a, b]`, or JSON.
fn groups_in(text: &str, separator: &str) -> Vec<String> {
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if inner.is_some()
        && let Ok(Value::Array(list)) = serde_json::from_str(text)
    {
        return list.iter().filter_map(group_name).collect();
    }
    let text = inner.unwrap_or(text);
    let is_name = |name: &&str| !name.is_empty();
    // White space separates, however much of it there is.
    match separator.trim() {
        "" => text.split_whitespace().map(str::to_owned).collect(),
        separator => text.split(separator).map(str::trim).filter(is_name).map(str::to_owned).collect(),
    }
}
