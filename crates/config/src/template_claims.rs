//! The claims that the templates of a file name: each has to be one that callers can have, and to be named in one way.

use std::collections::BTreeMap;

use tvm_policy::{AuthMode, Placeholder, Template};

use crate::authorizer::AuthorizerKind;
use crate::claim_path::{self, ClaimPathRule, name_of, unescaped};
use crate::collision::Listed;
use crate::file::ConfigFile;
use crate::path::Path;
use crate::rule::Broken;

/// The claims that the templates of a file name.
pub(crate) struct TemplateClaims<'f> {
    file: &'f ConfigFile,
    /// The first spelling of each claim.
    spellings: BTreeMap<String, String>,
}

impl<'f> TemplateClaims<'f> {
    pub(crate) fn of(file: &'f ConfigFile) -> Self {
        Self { file, spellings: BTreeMap::new() }
    }

    /// Checks those of a list of permissions.
    pub(crate) fn check_list(&mut self, list: &Listed, broken: &mut Broken) {
        for (path, pattern) in list {
            for (key, template, _) in pattern.selectors() {
                self.check(template, &path.key(key), broken);
            }
        }
    }

    /// Checks those of the template at `path`.
    pub(crate) fn check(&mut self, template: &Template, path: &Path, broken: &mut Broken) {
        for placeholder in template.placeholders() {
            let Placeholder::Claim(claim) = placeholder else { continue };
            if let Err(rule) = self.check_claim(claim) {
                broken.push((path.clone(), rule.into()));
            }
        }
    }

    fn check_claim(&mut self, claim: &str) -> Result<(), ClaimPathRule> {
        let shown = |claim: &str| format!("`{{claims.{claim}}}`");
        match (self.file.auth, self.file.authorizer.kind) {
            (AuthMode::AmazonCognito, _) if claim.starts_with('/') => {
                let first = claim.split('/').nth(1).unwrap_or_default();
                return Err(ClaimPathRule::FlatClaims(shown(&unescaped(first))));
            }
            (AuthMode::LambdaAuthorizer, AuthorizerKind::Jwt) => claim_path::check(claim, shown)?,
            _ => {}
        }
        match self.spellings.entry(name_of(claim)).or_insert_with(|| claim.to_owned()) {
            first if *first == claim => Ok(()),
            first => Err(ClaimPathRule::TwoSpellings { other: shown(first.as_str()) }),
        }
    }
}
