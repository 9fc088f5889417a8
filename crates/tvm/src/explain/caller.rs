//! Somebody, as API Gateway would have verified them.
//!
//! The same shape as the vending function finds in an event of each mode, so that a value which callers of that mode never have
//! is missing here too.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use clap::Args;
use tvm_config::{Config, Lifetime, TokenUse};
use tvm_policy::{AuthMode, Caller, Identity};

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
    /// A claim of the caller's token. Can be given several times.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    claims: Vec<(String, String)>,
    /// A value that a Lambda authorizer passes on. Can be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    context: Vec<(String, String)>,
}

/// Why there is nobody to explain a grant for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NobodyToExplain {
    #[error(
        "auth is \"Open\": nobody is verified, so {option} says nothing; leave it out, or look at another mode with --auth"
    )]
    Verified { option: &'static str },
    #[error("auth is \"{}\": say who asks, with --username", .0.as_str())]
    Unnamed(AuthMode),
    #[error("auth is \"AmazonCognito\": there is no authorizer that passes anything on; leave out --context")]
    Context,
}

impl Who {
    /// The identity that the machine would see.
    pub(crate) fn identity(&self, config: &Config) -> Result<Identity, NobodyToExplain> {
        let mode = config.auth();
        match (mode, &self.username) {
            (AuthMode::Open, _) => match self.given() {
                Some(option) => Err(NobodyToExplain::Verified { option }),
                None => Ok(Identity::Anonymous),
            },
            (_, None) => Err(NobodyToExplain::Unnamed(mode)),
            (AuthMode::AmazonCognito, _) if !self.context.is_empty() => Err(NobodyToExplain::Context),
            (AuthMode::AmazonCognito, Some(username)) => Ok(Identity::Verified(self.of_cognito(config, username))),
            (AuthMode::LambdaAuthorizer, Some(username)) => {
                Ok(Identity::Verified(self.of_authorizer(config, username)))
            }
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
            groups: self.groups.clone(),
            claims,
            context: BTreeMap::new(),
            not_after: end(config),
        }
    }

    fn of_authorizer(&self, config: &Config, username: &str) -> Caller {
        let mut context = map(&[("principalId", username), ("username", username)]);
        context.insert("groups".to_owned(), self.groups.join(","));
        context.extend(self.context.iter().cloned());
        let mut claims: BTreeMap<String, String> = self.claims.iter().cloned().collect();
        if let Some(sub) = &self.sub {
            context.insert("sub".to_owned(), sub.clone());
            claims.entry("sub".to_owned()).or_insert_with(|| sub.clone());
        }
        Caller {
            principal: username.to_owned(),
            sub: Some(self.sub.as_deref().unwrap_or(username).to_owned()),
            username: Some(username.to_owned()),
            groups: self.groups.clone(),
            claims,
            context,
            not_after: end(config),
        }
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
