//! What a configuration may say but seldom means.

use std::borrow::Cow;
use std::fmt;

use crate::authorizer::AuthorizerKind;
use crate::claim_advice;
use crate::config::Config;
use crate::file::{PermissionEntry, Stage};
use crate::issuer;
use crate::literal;
use crate::path::Path;
use crate::position::Source;
use crate::quota;
use crate::selector::Selector;
use tvm_policy::{AuthMode, Likeness, Pattern, Placeholder, Selects, Separation, Template, Ungrouped, likeness};

/// Something allowed that deserves a second look. `Display` is one sentence with file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    file: String,
    line: usize,
    path: String,
    advice: Cow<'static, str>,
}

impl Warning {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is said of it, without the file and the line.
    pub fn message(&self) -> String {
        format!("`{}`: {}", self.path, self.advice)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.message())
    }
}

const OPEN_PREFIX: &str = "the prefix ends with a caller's value, so `al` also reaches what is `alice`'s, and the other modes \
                           refuse it; end it with a character that no value contains, as in \"{sub}/\"";
const STAR_KEY: &str = "this is the one item whose key is `*`; for every item leave `key` out";
const NEIGHBOURS: &str =
    "two values stand side by side, so `ab` and `c` read as `a` and `bc`; put a character between them";
const COMMON_END: &str = "a caller whose value contains the character after its placeholder gets a 403 (`IdentityAmbiguous`), and \
                          letters, digits, `-`, `_`, `.`, `@` and spaces are common in values; write `/` or `:` there";
const ANOTHER_VALUE: &str = "its name has another of the caller's values where that of an earlier permission has one, so `{username}/` of a \
                             user called `acme` is `{claims.org}/` of the organization `acme`; begin each with a text of its own, as in \
                             \"user/{username}/\" and \"org/{claims.org}/\"";
const SPELLED: &str = "its name and that of an earlier permission are told apart by a text that a caller's value could be, so `{username}/` of a \
                       user called `shared` reaches what is in `shared/`; begin each with a text of its own, as in \
                       \"user/{username}/\" and \"shared/\"";
const ANYBODY_SIGNS_UP: &str = "anyone can sign up, and gets a token without being in a group; put the permissions into \
                                groups, which only you can put people into";
const NOBODY_TO_SPACE: &str = "in Open mode no caller is verified, so it has no effect";
const V2_KEY_ROTATED: &str = "an endpoint is for a v2 key, and such a key cannot be renewed: it has no refresh token; leave this out, \
                              or store a v1 key that expires";
const NO_ACCESS_LOGS: &str = "no log has the requests that API Gateway refuses by itself, such as throttled ones and those without \
                              credentials: write access_logs = true in [api] (it needs a role that the AWS account has once: \
                              docs/endpoint.md)";
const PAGE_FOR_ANYBODY: &str = "in Open mode whoever finds the page gets a token, with all of the base permissions; keep them \
                                to what every stranger may do";

/// aws-cdk 38708: CloudFormation gives a template back with a `?` for each such character, and `cdk import` sends that as the value.
const NOT_ASCII: &str = "it has a character that is not ASCII. CloudFormation gives that back as `?`, so a later `cdk import` into the \
                         stack takes the group for changed, and fails: write ASCII characters alone, such as `-` for a dash and \
                         `'` for an apostrophe";

impl Config {
    /// What is allowed but seldom meant; `text` is what was parsed.
    pub fn warnings(&self, file_name: &str, text: &str) -> Vec<Warning> {
        warnings(self, Source { file: file_name, text })
    }
}

fn warnings(config: &Config, source: Source<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    let top = Path::default();
    let saying = |path: &Path, advice: Cow<'static, str>| Warning {
        file: source.file.to_owned(),
        line: source.line_of(path),
        path: path.to_string(),
        advice,
    };
    let warn = |path: &Path, advice: &'static str| saying(path, Cow::Borrowed(advice));
    if config.auth() == AuthMode::Open && config.policy().token_id.has_neighbours() {
        found.push(warn(&top.key("token").key("id"), NEIGHBOURS));
    }
    if config.auth() == AuthMode::Open && config.identity_interval().is_some() {
        found.push(warn(&top.key("limits").key("identity_interval"), NOBODY_TO_SPACE));
    }
    if config.file.momento.rotate_every.is_some() && config.momento_endpoint().is_some() {
        found.push(warn(&top.key("momento").key("rotate_every"), V2_KEY_ROTATED));
    }
    if config.auth() == AuthMode::Open && config.file.web.enabled {
        found.push(warn(&top.key("web").key("enabled"), PAGE_FOR_ANYBODY));
    }
    if config.file.deployment.stage == Stage::Prod && !config.file.api.access_logs {
        found.push(warn(&top.key("deployment").key("stage"), NO_ACCESS_LOGS));
    }
    found.extend(quota::warnings(config, source).into_iter().map(|(path, advice)| warn(&path, advice)));
    if config.auth() == AuthMode::AmazonCognito {
        found.extend(of_cognito(config).into_iter().map(|(path, advice)| warn(&path, advice)));
    }
    if config.auth() == AuthMode::LambdaAuthorizer && config.file.authorizer.kind == AuthorizerKind::Jwt {
        let path = top.key("authorizer");
        let of_issuer = issuer::warnings(config.file.authorizer.texts());
        found.extend(of_issuer.into_iter().map(|(key, advice)| warn(&path.key(key), advice)));
    }
    found.extend(of_values(config).into_iter().map(|(path, advice)| warn(&path, advice)));
    let base = config.file.permissions.iter().enumerate();
    let base = base.map(|(index, entry)| (top.key("permissions").index(index), entry));
    let grouped = config.file.groups.iter().flat_map(|(name, group)| {
        let path = Path::default().key("groups").key(name).key("permissions");
        group.permissions.iter().enumerate().map(move |(index, entry)| (path.index(index), entry))
    });
    for (path, entry) in base.chain(grouped) {
        found.extend(of_entry(entry, config.auth()).map(|(key, advice)| warn(&path.key(key), advice)));
        found.extend(literal::of_entry(entry).map(|(key, advice)| saying(&path.key(key), Cow::Owned(advice))));
    }
    found
}

fn of_cognito(config: &Config) -> Vec<(Path, &'static str)> {
    let cognito = &config.file.cognito;
    let mut found = Vec::new();
    let top = Path::default();
    if cognito.self_sign_up && base_counts(config) {
        found.push((top.key("cognito").key("self_sign_up"), ANYBODY_SIGNS_UP));
    }
    // No other mode, and no pool that is there already, has the groups in a template.
    let described = cognito.user_pool.is_none().then_some(&config.file.groups);
    for (name, group) in described.into_iter().flatten() {
        if !name.is_ascii() {
            found.push((top.key("groups").key(name), NOT_ASCII));
        }
        if group.description.as_ref().is_some_and(|description| !description.is_ascii()) {
            found.push((top.key("groups").key(name).key("description"), NOT_ASCII));
        }
    }
    found
}

/// Of the values that names are made of, where callers are verified.
fn of_values(config: &Config) -> Vec<(Path, &'static str)> {
    let (auth, file, policy) = (config.auth(), &config.file, config.policy());
    let top = Path::default();
    let of_claim = |claim: &str| match auth {
        AuthMode::Open => None,
        AuthMode::LambdaAuthorizer => claim_advice::of_issuers_claim(claim, &file.authorizer),
        AuthMode::AmazonCognito => claim_advice::of_claim(claim, &file.cognito),
    };
    let of_template = |template: &Template| {
        template.placeholders().find_map(|placeholder| match placeholder {
            Placeholder::Claim(claim) => of_claim(claim),
            _ => None,
        })
    };
    let has_common_end = |template: &Template, selects| {
        let mut separation = Separation::default();
        // What it breaks is an error of the file, and there is none.
        separation.add(template, selects, auth, &[]).is_ok() && separation.has_common_end()
    };
    let mut found = Vec::new();
    let mut earlier: Vec<&Pattern> = Vec::new();
    if auth == AuthMode::LambdaAuthorizer {
        found.extend(of_claim(&file.authorizer.id_claim).map(|advice| (top.key("authorizer").key("id_claim"), advice)));
        let groups = claim_advice::of_users_metadata(&file.authorizer.groups_claim);
        found.extend(groups.map(|advice| (top.key("authorizer").key("groups_claim"), advice)));
    }
    let id = top.key("token").key("id");
    found.extend(of_template(&config.policy().token_id).map(|advice| (id.clone(), advice)));
    found.extend(has_common_end(&config.policy().token_id, Selects::One).then_some((id, COMMON_END)));
    let base = base_counts(config).then_some((top.clone(), &policy.base));
    let groups = policy.groups.iter().map(|(name, patterns)| (top.key("groups").key(name.as_str()), patterns));
    for (path, patterns) in base.into_iter().chain(groups) {
        for (index, pattern) in patterns.iter().enumerate() {
            let path = path.key("permissions").index(index);
            found.extend(pattern.templates().find_map(of_template).map(|advice| (path.clone(), advice)));
            let common = pattern.selectors().find(|(_, template, selects)| has_common_end(template, *selects));
            found.extend(common.map(|(key, ..)| (path.key(key), COMMON_END)));
            let alike = |other: &&Pattern| {
                let (one, other) = pattern.comparable_names(other)?;
                likeness(one, other, auth)
            };
            let alike = earlier.iter().filter(|_| auth != AuthMode::Open).find_map(alike);
            found.extend(alike.map(|likeness| match likeness {
                Likeness::AnotherValue => (path, ANOTHER_VALUE),
                Likeness::Spelled => (path, SPELLED),
            }));
            earlier.push(pattern);
        }
    }
    found
}

/// Whether the base is granted to any verified caller.
fn base_counts(config: &Config) -> bool {
    config.policy().groups.is_empty() || config.policy().ungrouped == Ungrouped::Base
}

fn of_entry(entry: &PermissionEntry, auth: AuthMode) -> impl Iterator<Item = (&'static str, &'static str)> {
    // Where callers are verified, what is ambiguous is an error.
    let is_open_mode = auth == AuthMode::Open;
    let names = [("topic", &entry.topic), ("key", &entry.key), ("function", &entry.function)];
    names.into_iter().filter_map(move |(key, selector)| {
        let advice = match selector.as_ref()? {
            Selector::Text(text) if key == "key" && text == "*" => STAR_KEY,
            _ if !is_open_mode => return None,
            Selector::Prefix { prefix } if Template::parse(prefix).is_ok_and(|template| is_open(&template)) => {
                OPEN_PREFIX
            }
            Selector::Text(text) | Selector::Name { name: text } | Selector::Prefix { prefix: text } => {
                if !Template::parse(text).is_ok_and(|template| template.has_neighbours()) {
                    return None;
                }
                NEIGHBOURS
            }
        };
        Some((key, advice))
    })
}

fn is_open(template: &Template) -> bool {
    // `sub` is a UUID in Cognito: none is the beginning of another.
    template.ends_open() && !matches!(template.placeholders().last(), Some(Placeholder::Sub | Placeholder::Cache))
}
