//! Somebody, as API Gateway would have verified them.
//!
//! The same shape as the vending function finds in an event of each mode, so that a value which callers of that mode never have
//! is missing here too.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use tvm_config::{ClaimMapping, Config, Lifetime, NoCaller, Proof, TokenCaller, TokenUse, UnmatchedGroups};
use tvm_policy::{AuthMode, Caller, Identity};

use crate::explain::token::{UnreadableToken, claims_in};

/// The subject of who is given none. Every user of Cognito has one, and it is as long as this.
pub(crate) const STAND_IN_SUB: &str = "00000000-0000-0000-0000-000000000000";

/// Who asks.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// The name that the caller signs in with. For a token of your issuer: the value of the claim that
    /// `authorizer.id_claim` names.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// The caller's `sub`.
    #[arg(long, value_name = "SUB")]
    sub: Option<String>,
    /// A group of the caller. Can be given several times.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// A claim of the caller's token, by the name that a template has for it: `tenant=acme`, or `/app_metadata/tenant=acme`. Can be
    /// given several times.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    claims: Vec<(String, String)>,
    /// A value that a Lambda authorizer passes on. Can be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    context: Vec<(String, String)>,
    /// A file with a token of your issuer, or with its claims as JSON; `-` is standard input. The token says who asks, as it does for
    /// the authorizer, but its signature, issuer, audience and times are not checked here.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["username", "sub", "groups", "claims", "context"])]
    token: Option<PathBuf>,
}

/// Why there is nobody to explain a grant for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NobodyToExplain {
    #[error(
        "auth is \"Open\": no caller is verified, so {option} has no effect; leave it out, or choose another mode with --auth"
    )]
    Verified { option: &'static str },
    #[error("auth is \"{}\": say who asks, with {options}", .auth.as_str())]
    Unnamed { auth: AuthMode, options: &'static str },
    #[error("kind is \"credentials\": they have no claims that a template could name; leave out --claim")]
    Claims,
    #[error(
        "only with kind = \"jwt\" does a token of your issuer say who asks; leave out --token, and write --username"
    )]
    NoTokens,
    #[error(transparent)]
    Unreadable(#[from] UnreadableToken),
    #[error("the authorizer refuses who brings this token (403): {0}")]
    NoCaller(#[from] NoCaller),
    #[error("auth is \"AmazonCognito\": no authorizer passes a context on; leave out --context")]
    Context,
}

impl Who {
    /// The identity that the machine would see, and what they have instead of a group of the file.
    pub(crate) fn identity(&self, config: &Config) -> Result<(Identity, Option<UnmatchedGroups>), NobodyToExplain> {
        let mode = config.auth();
        let issuer = match config.proof() {
            Proof::Jwt(issuer) if mode == AuthMode::LambdaAuthorizer => Some(issuer),
            Proof::Jwt(_) | Proof::Credentials(_) => None,
        };
        let caller = match (mode, &self.username, &self.token, issuer) {
            (_, _, Some(path), Some(issuer)) => {
                let caller = ClaimMapping::of(issuer, config).caller(&claims_in(path)?)?;
                let unmatched = caller.unmatched.clone();
                return Ok((Identity::Verified(of_authorizer(config, caller, &[])), unmatched));
            }
            (_, _, Some(_), None) => return Err(NobodyToExplain::NoTokens),
            (AuthMode::Open, ..) => {
                return match self.given() {
                    Some(option) => Err(NobodyToExplain::Verified { option }),
                    None => Ok((Identity::Anonymous, None)),
                };
            }
            (auth, None, None, issuer) => {
                let options = if issuer.is_some() { "--username or --token" } else { "--username" };
                return Err(NobodyToExplain::Unnamed { auth, options });
            }
            (AuthMode::AmazonCognito, ..) if !self.context.is_empty() => return Err(NobodyToExplain::Context),
            (AuthMode::AmazonCognito, Some(username), ..) => self.of_cognito(config, username),
            (AuthMode::LambdaAuthorizer, .., None) if !self.claims.is_empty() => return Err(NobodyToExplain::Claims),
            (AuthMode::LambdaAuthorizer, Some(username), ..) => {
                of_authorizer(config, self.named(config, username), &self.context)
            }
        };
        let unmatched = config.unmatched_groups(&caller);
        Ok((Identity::Verified(caller), unmatched))
    }

    /// Who is named by the other options, as a token would name them.
    fn named(&self, config: &Config, username: &str) -> TokenCaller {
        let mut claims: BTreeMap<String, String> = self.claims.iter().cloned().collect();
        if let Some(sub) = &self.sub {
            claims.entry("sub".to_owned()).or_insert_with(|| sub.clone());
        }
        TokenCaller {
            id: username.to_owned(),
            sub: self.sub.clone(),
            groups: config.groups_meant(&self.groups),
            claims,
            unmatched: None,
        }
    }

    /// The first option that is about a verified caller.
    fn given(&self) -> Option<&'static str> {
        [
            ("--username", self.username.is_some()),
            ("--sub", self.sub.is_some()),
            ("--group", !self.groups.is_empty()),
            ("--claim", !self.claims.is_empty()),
            ("--context", !self.context.is_empty()),
        ]
        .into_iter()
        .find_map(|(option, given)| given.then_some(option))
    }

    fn of_cognito(&self, config: &Config, username: &str) -> Caller {
        let sub = self.sub.as_deref().unwrap_or(STAND_IN_SUB);
        let name_claim = match config.cognito_tokens().token_use {
            TokenUse::Id => "cognito:username",
            TokenUse::Access => "username",
        };
        let mut claims = map(&[("sub", sub), (name_claim, username)]);
        claims.extend(self.claims.iter().cloned());
        Caller {
            principal: sub.to_owned(),
            sub: Some(sub.to_owned()),
            username: Some(username.to_owned()),
            groups: config.groups_meant(&self.groups),
            claims,
            context: BTreeMap::new(),
            not_after: end(config),
        }
    }
}

/// Whom the authorizer lets in, as the vending function sees them.
fn of_authorizer(config: &Config, caller: TokenCaller, passed_on: &[(String, String)]) -> Caller {
    let TokenCaller { id, sub, groups, claims, .. } = caller;
    let mut context = map(&[("principalId", &id), ("username", &id)]);
    context.insert("groups".to_owned(), groups.join(","));
    context.extend(passed_on.iter().cloned());
    if let Some(sub) = &sub {
        context.insert("sub".to_owned(), sub.clone());
    }
    Caller {
        principal: id.clone(),
        sub: Some(sub.unwrap_or_else(|| id.clone())),
        username: Some(id),
        groups,
        claims,
        context,
        not_after: end(config),
    }
}

/// When the token of whoever is asked about ends, where that counts: they have just signed in, for longer than any token of Momento's.
fn end(config: &Config) -> Option<SystemTime> {
    let longest = Duration::from_secs(Lifetime::LONGEST_SECONDS.into());
    config.not_beyond_caller().then(|| SystemTime::now().checked_add(longest))?
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
