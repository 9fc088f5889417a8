//! An explanation, for people and for programs.

use std::convert::Infallible;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use tvm_config::{Config, UnmatchedGroups};
use tvm_machine::Failure;
use tvm_policy::{AuthMode, Basis, Explanation, Filled, Identity, Placeholder, Refusal, Request};

use crate::explain::caller::STAND_IN_SUB;
use crate::explain::refusal::fix;
use crate::form::write_json;
use crate::in_words::in_words;
use crate::unseen::in_one_line;

/// What is said. Printed as JSON, this is the form.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    auth: &'static str,
    #[serde(flatten)]
    decided: Decided,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    Token(Token),
    Refused(Refused),
}

/// The token that would be asked for.
#[derive(Debug, Serialize)]
struct Token {
    id: Option<String>,
    id_from: Vec<From>,
    /// In seconds.
    expires_in: u64,
    /// Whether it ends before that where the caller's own token does.
    not_beyond_caller: bool,
    because: String,
    permissions: Vec<Permission>,
}

#[derive(Debug, Serialize)]
struct Permission {
    /// As the configuration file has it.
    permission: Value,
    /// The first of `groups`; `None`: the base.
    group: Option<String>,
    /// The groups that it is of, several where theirs were joined; none: the base.
    groups: Vec<String>,
    from: Vec<From>,
}

/// A value, and where it came from.
#[derive(Debug, Serialize)]
struct From {
    placeholder: String,
    value: String,
    source: &'static str,
}

/// The answer that the client would get.
#[derive(Debug, Serialize)]
struct Refused {
    status: u16,
    code: &'static str,
    reason: String,
    fix: String,
    /// What the client is told.
    message: &'static str,
}

impl Report {
    /// The report on what was decided.
    pub(crate) fn of(
        config: &Config,
        identity: &Identity,
        request: Request<'_>,
        decided: &Result<Explanation<'_>, Refusal>,
        unmatched: Option<&UnmatchedGroups>,
    ) -> Self {
        let auth = config.auth();
        let decided = match decided {
            Ok(explanation) => Decided::Token(Token::of(explanation, auth, identity, request)),
            Err(refusal) => Decided::Refused(Refused::of(refusal, config, identity, unmatched)),
        };
        Self { auth: auth.as_str(), decided }
    }

    /// For programs.
    pub(crate) fn print_json(&self, out: &mut impl Write) -> io::Result<()> {
        write_json(self, out)
    }

    /// For people.
    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        match &self.decided {
            Decided::Token(token) => token.print(out),
            Decided::Refused(refused) => refused.print(out),
        }
    }
}

impl Token {
    fn of(explanation: &Explanation<'_>, auth: AuthMode, identity: &Identity, request: Request<'_>) -> Self {
        let from = |filled: &Filled<'_>| From::of(filled, auth, request);
        let pairs = explanation.grant.permissions.iter().zip(&explanation.reasons);
        let permissions = pairs.map(|(permission, reason)| Permission {
            // A permission that came out of a file has the file's words.
            permission: tvm_config::render_permission(permission)
                .and_then(|json| serde_json::from_str(&json).ok())
                .unwrap_or_default(),
            group: reason.groups.first().map(|name| name.as_str().to_owned()),
            groups: reason.groups.iter().map(|name| name.as_str().to_owned()).collect(),
            from: reason.values.iter().map(from).collect(),
        });
        Self {
            id: explanation.grant.token_id.clone(),
            id_from: explanation.token_id.iter().map(from).collect(),
            expires_in: explanation.grant.lifetime.as_secs(),
            not_beyond_caller: explanation.grant.not_after.is_some(),
            because: because(explanation, identity),
            permissions: permissions.collect(),
        }
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let most = if self.not_beyond_caller { ", or less where what proves who they are ends before" } else { "" };
        writeln!(out, "A token for {} s{most}", self.expires_in)?;
        match &self.id {
            Some(id) => writeln!(out, "  id: {id:?}{}", sources(&self.id_from))?,
            None => writeln!(out, "  id: none")?,
        }
        writeln!(out, "  permissions: {}", self.because)?;
        for Permission { permission, groups, from, .. } in &self.permissions {
            let groups = if groups.is_empty() { String::new() } else { format!("  [{}]", groups.join(", ")) };
            writeln!(out, "    {}{groups}{}", in_words(permission), sources(from))?;
        }
        Ok(())
    }
}

impl From {
    fn of(filled: &Filled<'_>, auth: AuthMode, request: Request<'_>) -> Self {
        let source = match filled.placeholder {
            Placeholder::Cache if request.cache.is_some() => "the header `cachename`",
            Placeholder::Cache => "the first of `token.caches`",
            Placeholder::QueryName => "`?name=`",
            Placeholder::Claim(_) => "a claim of the token",
            Placeholder::Context(_) => "the authorizer's context",
            Placeholder::Username => "the sign-in",
            Placeholder::Sub | Placeholder::Principal if filled.value == STAND_IN_SUB => {
                "the user's `sub`, for which this stands in: --sub gives one"
            }
            Placeholder::Sub | Placeholder::Principal => match auth {
                AuthMode::AmazonCognito => "the user's `sub`",
                AuthMode::Open | AuthMode::LambdaAuthorizer => "the authorizer",
            },
        };
        Self { placeholder: filled.placeholder.to_string(), value: filled.value.to_owned(), source }
    }
}

/// What stands for what, in brackets; nothing where nothing was filled in.
fn sources(from: &[From]) -> String {
    let each = from.iter().map(|From { placeholder, value, source }| format!("{placeholder} = {value:?}, {source}"));
    match each.collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => none,
        all => format!("  ({all})"),
    }
}

fn because(explanation: &Explanation<'_>, identity: &Identity) -> String {
    match explanation.basis {
        Basis::OpenMode => "the base, because Open mode verifies no caller".to_owned(),
        Basis::NoGroupsConfigured => "the base, since the file has no groups".to_owned(),
        Basis::Ungrouped => "the base, since they are in no group of the file and `ungrouped` is \"base\"".to_owned(),
        Basis::ChosenGroup => "those of the one group that `usergroup` picks".to_owned(),
        Basis::Groups => match unknown(explanation, identity).as_slice() {
            [] => "those of their groups".to_owned(),
            unknown => format!("those of their groups; without effect: {}", in_one_line(&unknown.join(", "))),
        },
    }
}

/// The caller's groups that nothing came from: the file does not have them.
fn unknown<'i>(explanation: &Explanation<'_>, identity: &'i Identity) -> Vec<&'i str> {
    let Identity::Verified(caller) = identity else { return Vec::new() };
    let known = |group: &str| explanation.reasons.iter().any(|it| it.groups.iter().any(|name| name.as_str() == group));
    caller.groups.iter().map(String::as_str).filter(|group| !known(group)).collect()
}

impl Refused {
    fn of(refusal: &Refusal, config: &Config, identity: &Identity, unmatched: Option<&UnmatchedGroups>) -> Self {
        let answer = Failure::<Infallible>::Refused(refusal.clone()).answer();
        Self {
            status: answer.status.as_u16(),
            code: answer.code,
            reason: match unmatched.filter(|_| *refusal == Refusal::NoGroup) {
                Some(unmatched) => format!("{refusal}: {unmatched}"),
                None => refusal.to_string(),
            },
            fix: fix(refusal, config, identity),
            message: answer.message,
        }
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "No token: {} {}", self.status, self.code)?;
        writeln!(out, "  why: {}", self.reason)?;
        writeln!(out, "  fix: {}", self.fix)?;
        writeln!(out, "  the client is told: {}", self.message)
    }
}
