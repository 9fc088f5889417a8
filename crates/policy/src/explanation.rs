//! Why a grant is what it is, for whoever wrote the configuration.
//!
//! It decides nothing: [`Policy::grant`] and [`Policy::explain`] are the same decision, of which one keeps the reasons.

use crate::basis::Basis;
use crate::grant::{Decision, Grant, Refusal, Request, groups_of};
use crate::group_name::GroupName;
use crate::identity::Identity;
use crate::policy::Policy;
use crate::template::{Placeholder, Template};

/// A grant, and why it is this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation<'e> {
    /// What [`Policy::grant`] gives.
    pub grant: Grant,
    /// Which permissions apply.
    pub basis: Basis,
    /// The cache that `{cache}` stands for.
    pub cache: Option<&'e str>,
    /// One for each permission of the grant, in its order.
    pub reasons: Vec<Reason<'e>>,
    /// What was filled into the token's id.
    pub token_id: Vec<Filled<'e>>,
}

/// Where a permission comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason<'e> {
    /// The groups that it is of, in the order of the file: several where theirs for the very same selection were joined; none:
    /// the base.
    pub groups: Vec<&'e GroupName>,
    /// What was filled into it, each once.
    pub values: Vec<Filled<'e>>,
}

/// A placeholder of the file, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled<'e> {
    /// The placeholder.
    pub placeholder: &'e Placeholder,
    /// Its value.
    pub value: &'e str,
}

impl Policy {
    /// What [`Policy::grant`] gives, with the reasons.
    ///
    /// # Errors
    /// As [`Policy::grant`].
    pub fn explain<'e>(&'e self, identity: &'e Identity, request: Request<'e>) -> Result<Explanation<'e>, Refusal> {
        let Decision { grant, basis, sources, parts, values } = self.decide(identity, request)?;
        let reasons = (0..grant.permissions.len()).map(|part| {
            let mut reason = Reason { groups: groups_of(part, &sources, &parts).collect(), values: Vec::new() };
            for ((_, pattern), _) in sources.iter().zip(&parts).filter(|(_, of)| **of == part) {
                for template in pattern.templates() {
                    for value in filled(template, |placeholder| values.permission_value(placeholder)) {
                        if !reason.values.contains(&value) {
                            reason.values.push(value);
                        }
                    }
                }
            }
            reason
        });
        let reasons = reasons.collect();
        let token_id = match grant.token_id {
            Some(_) => filled(&self.token_id, |placeholder| values.token_id_value(placeholder)).collect(),
            None => Vec::new(),
        };
        Ok(Explanation { grant, basis, cache: values.cache, reasons, token_id })
    }
}

fn filled<'e>(
    template: &'e Template,
    value_of: impl Fn(&Placeholder) -> Option<&'e str>,
) -> impl Iterator<Item = Filled<'e>> {
    template.placeholders().filter_map(move |placeholder| Some(Filled { placeholder, value: value_of(placeholder)? }))
}
