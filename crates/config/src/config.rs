//! The validated configuration: what [`Config::parse`] accepts holds every rule that the file alone can show.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::authorizer::Proof;
use crate::cognito::CognitoTokens;
use crate::error::ConfigErrors;
use crate::file::ConfigFile;
use crate::group_names::GroupNames;
use crate::lifetime::Lifetime;
use crate::monitoring::Audit;
use crate::node::{Node, Repairs};
use crate::position::Source;
use crate::recovery;
use crate::reuse::{MinRemaining, ReuseMode, SharedReuse};
use crate::unmatched_groups::UnmatchedGroups;
use crate::validate;
use tvm_policy::{
    AuthMode, Caller, Grant, GroupName, Identity, Pattern, Placeholder, Policy, Refusal, Request, Template, Ungrouped,
};

/// A configuration that holds every rule. There is no way to make one but by [`Config::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub(crate) file: ConfigFile,
    pub(crate) policy: Policy,
    pub(crate) groups: GroupNames,
}

impl Config {
    /// Reads and checks a configuration; `file_name` is what errors call it.
    ///
    /// # Errors
    /// [`ConfigErrors`]: everything that is wrong. A rule that may be broken just because of what cannot be read is not said.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, ConfigErrors> {
        Self::parse_as(file_name, text, None)
    }

    /// As [`Config::parse`], but with another `auth` than the file's, so that one file can be tried in every mode.
    ///
    /// # Errors
    /// As [`Config::parse`].
    pub fn parse_as(file_name: &str, text: &str, auth: Option<AuthMode>) -> Result<Self, ConfigErrors> {
        let source = Source { file: file_name, text };
        let read = source.tree().and_then(|tree| ConfigFile::deserialize(Node::new(&tree, &Repairs::default())).ok());
        let Some(mut file) = read else { return Err(recovery::errors(source, auth)) };
        file.fill_in(auth);
        let policy = validate::policy(&file).map_err(|broken| source.broken_rules(broken))?;
        // After the rules: a key that is none is wrong where it was written.
        if file.secrets.kms_key.is_none() {
            file.secrets.kms_key.clone_from(&file.deployment.kms_key);
        }
        let groups = GroupNames::of(&file);
        Ok(Self { file, policy, groups })
    }

    /// The same with every path in it as it is from anywhere, for a file that is in `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        let artifacts = &mut self.file.build.artifacts;
        *artifacts = artifacts.take().map(|path| folder.join(path).to_string_lossy().into_owned());
        self
    }

    /// What callers may do.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What `identity` is granted: [`Policy::grant`].
    ///
    /// # Errors
    /// A [`Refusal`]; see there.
    pub fn grant(&self, identity: &Identity, request: Request<'_>) -> Result<Grant, Refusal> {
        self.policy.grant(identity, request)
    }

    /// Who may ask.
    pub fn auth(&self) -> AuthMode {
        self.file.auth
    }

    /// How long a token is good for.
    pub fn lifetime(&self) -> Lifetime {
        self.file.token.expires_in
    }

    /// Whether no token may outlive what its caller proved with who they are: the identity then has to say when that ends.
    pub fn not_beyond_caller(&self) -> bool {
        self.file.token.not_beyond_caller
    }

    /// The endpoint of a v2 API key, if the file names one.
    pub fn momento_endpoint(&self) -> Option<&str> {
        self.file.momento.endpoint.as_deref()
    }

    /// The member of the secret's JSON that holds the API key, if the file names one.
    pub fn momento_secret_field(&self) -> Option<&str> {
        self.file.momento.secret_field.as_deref()
    }

    /// How long a key that was read is used before the secret is read again.
    pub fn key_ttl(&self) -> Duration {
        self.file.momento.key_ttl.duration()
    }

    /// How much of its life a token must have left to be given to another caller with the same grant; `None`: every request
    /// is a token of its own.
    pub fn reuse(&self) -> Option<MinRemaining> {
        match self.file.reuse.mode {
            ReuseMode::Off => None,
            ReuseMode::Instance | ReuseMode::Shared => Some(self.file.reuse.min_remaining),
        }
    }

    /// The cache that running functions share minted tokens in; `None`: each keeps its own, if any.
    pub fn shared_reuse(&self) -> Option<SharedReuse<'_>> {
        let table = &self.file.reuse;
        (table.mode == ReuseMode::Shared).then(|| SharedReuse {
            cache: &table.cache,
            budget: Duration::from_millis(table.cache_budget_ms.get().into()),
        })
    }

    /// How many tokens a second Momento may be asked for: by one process, or by all that share.
    pub fn momento_tokens_per_second(&self) -> NonZeroU32 {
        self.file.limits.momento_tokens_per_second
    }

    /// The least time between two tokens that are minted for one verified caller; `None`: there is none.
    pub fn identity_interval(&self) -> Option<Duration> {
        self.file.limits.identity_interval.map(Lifetime::duration)
    }

    /// What the log says of who a token was vended to.
    pub fn audit(&self) -> Audit {
        self.file.monitoring.audit
    }

    /// Whether log lines carry metrics.
    pub fn metrics(&self) -> bool {
        self.file.monitoring.metrics
    }

    /// How callers prove who they are in `LambdaAuthorizer` mode.
    pub fn proof(&self) -> Proof<'_> {
        self.file.authorizer.proof()
    }

    /// Which tokens of Amazon Cognito count in `AmazonCognito` mode.
    pub fn cognito_tokens(&self) -> CognitoTokens<'_> {
        self.file.cognito.tokens()
    }

    /// The claims that templates name, each once: what the grant needs to know of a caller beyond who they are.
    pub fn claims_in_templates(&self) -> BTreeSet<&str> {
        let permissions = self.policy.base.iter().chain(self.policy.groups.values().flatten());
        let templates = permissions.flat_map(Pattern::templates).chain([&self.policy.token_id]);
        templates
            .flat_map(Template::placeholders)
            .filter_map(|placeholder| match placeholder {
                Placeholder::Claim(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The groups of a caller whose token names these, by the names that the file has for them. A name that the file does not know
    /// stays as it is.
    pub fn groups_meant(&self, named: &[String]) -> Vec<String> {
        self.groups.meant(named)
    }

    /// What a caller has, who is verified by another way than a token of the issuer, instead of a group of the file; `None` for one
    /// who is in a group, and where the file has none.
    pub fn unmatched_groups(&self, caller: &Caller) -> Option<UnmatchedGroups> {
        let is_in_one = self.groups.is_empty() || caller.groups.iter().any(|group| self.groups.has(group));
        let is_welcome = caller.groups.is_empty() && self.policy.ungrouped == Ungrouped::Base;
        // As API Gateway wrote it, which may be no list of groups.
        let written = caller.claims.get("cognito:groups").filter(|_| self.auth() == AuthMode::AmazonCognito);
        let named = caller.groups.iter().chain(written.filter(|_| caller.groups.is_empty())).map(String::as_str);
        (!is_in_one && !is_welcome).then(|| UnmatchedGroups::of_caller(named, &self.groups))
    }

    /// The configured groups, in the order of the file.
    pub fn group_names(&self) -> impl Iterator<Item = &GroupName> {
        self.policy.groups.keys()
    }

    /// The canonical form: JSON with every default filled in, the keys as in the file. Ends with a line feed.
    pub fn render_json(&self) -> String {
        // Serialising strings, numbers and lists cannot fail; an empty document would be noticed by every reader.
        let mut json = serde_json::to_string_pretty(&self.file).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The canonical form as TOML, which [`Config::parse`] reads again to the same [`Config`].
    #[cfg(feature = "toml-render")]
    pub fn render_toml(&self) -> String {
        toml::to_string(&self.file).unwrap_or_default()
    }
}
