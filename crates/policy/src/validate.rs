//! From the file as written to the rules it states, or to every rule that it breaks.

use crate::api;
use crate::authorizer::{self, AuthorizerKind};
use crate::build;
use crate::cognito;
use crate::collision::{self, Listed};
use crate::config::{GroupName, Groups};
use crate::error::Rule;
use crate::file::{AuthMode, ConfigFile, PermissionEntry, Role, Selector, Stage, Ungrouped};
use crate::functions;
use crate::momento;
use crate::monitoring;
use crate::pattern::{CachePattern, NamePattern, Pattern, Target};
use crate::permission::{CacheRole, Permission, TopicRole};
use crate::position::Path;
use crate::reach;
use crate::reuse::{CACHE_BUDGET_MS, ReuseMode};
use crate::secrets;
use crate::template::{Placeholder, Template};

/// What the file says, checked and in a form that the grant can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) token_id: Template,
    pub(crate) base: Vec<Pattern>,
    pub(crate) groups: Groups,
}

/// Every broken rule, with where it shows.
pub(crate) type Broken = Vec<(Path, Rule)>;

/// Checks everything, so that the reader sees all that is wrong at once.
pub(crate) fn rules(file: &ConfigFile) -> Result<Rules, Broken> {
    let mut broken = Broken::new();
    let top = Path::default();

    check_caches(file, &mut broken);
    check_end(file, &mut broken);
    api::check(file, &mut broken);
    authorizer::check(&file.authorizer, &mut broken);
    cognito::check(&file.cognito, &mut broken);
    functions::check(&file.functions, &mut broken);
    build::check(&file.build, &mut broken);
    monitoring::check(&file.monitoring, &mut broken);
    secrets::check(file, &mut broken);
    momento::check(&file.momento, &mut broken);

    let is_guarded = file.deployment.open_to_everybody || file.api.waf.is_some();
    if file.auth == AuthMode::Open && file.deployment.stage == Stage::Prod && !is_guarded {
        broken.push((top.key("deployment").key("stage"), Rule::OpenInProd));
    }
    check_reuse(file, &mut broken);
    reach::check_kept_tokens(file, &mut broken);

    let token_id = token_id(file, &mut broken);

    let base_path = top.key("permissions");
    if let Some(needs) = needs_base(file)
        && file.permissions.is_empty()
    {
        broken.push((top.key("auth"), Rule::NoBase(needs)));
    }
    let base = patterns(&file.permissions, &base_path, file, Applies::InEveryMode, &mut broken);

    let mut groups: Vec<(GroupName, Listed)> = Vec::with_capacity(file.groups.len());
    for (name, group) in &file.groups {
        let path = top.key("groups").key(name);
        if group.permissions.is_empty() {
            broken.push((path.clone(), Rule::NoPermissions));
        }
        let patterns =
            patterns(&group.permissions, &path.key("permissions"), file, Applies::ToVerifiedCallers, &mut broken);
        match GroupName::parse(name) {
            Some(name) => groups.push((name, patterns)),
            None => broken.push((path, Rule::GroupName)),
        }
    }
    collision::check_groups(&groups, &file.token.caches, &mut broken);

    let without_paths = |list: Listed| list.into_iter().map(|(_, pattern)| pattern).collect::<Vec<_>>();
    let base = without_paths(base);
    let groups: Groups = groups.into_iter().map(|(name, list)| (name, without_paths(list))).collect();
    match token_id {
        Some(token_id) if broken.is_empty() => Ok(Rules { token_id, base, groups }),
        _ => Err(broken),
    }
}

/// Why there must be a base, if there must.
fn needs_base(file: &ConfigFile) -> Option<&'static str> {
    if file.auth == AuthMode::Open {
        Some("Open mode")
    } else if file.groups.is_empty() {
        Some("a mode without groups")
    } else if file.ungrouped == Ungrouped::Base {
        Some("`ungrouped = \"base\"`")
    } else {
        None
    }
}

fn check_caches(file: &ConfigFile, broken: &mut Broken) {
    let path = Path::default().key("token").key("caches");
    for (index, cache) in file.token.caches.iter().enumerate() {
        if cache.trim().is_empty() {
            broken.push((path.index(index), Rule::Empty));
        } else if file.token.caches.iter().take(index).any(|earlier| earlier == cache) {
            broken.push((path.index(index), Rule::Twice(cache.clone())));
        }
    }
}

/// Whether callers prove who they are with something that ends.
fn check_end(file: &ConfigFile, broken: &mut Broken) {
    let endless = match file.auth {
        AuthMode::Open => "auth = \"Open\"",
        AuthMode::LambdaAuthorizer if file.authorizer.kind == AuthorizerKind::Credentials => "kind = \"credentials\"",
        AuthMode::LambdaAuthorizer | AuthMode::AmazonCognito => return,
    };
    if file.token.not_beyond_caller {
        broken.push((Path::default().key("token").key("not_beyond_caller"), Rule::Endless(endless)));
    }
}

fn check_reuse(file: &ConfigFile, broken: &mut Broken) {
    let path = Path::default().key("reuse");
    let lifetime = file.token.expires_in;
    if file.reuse.mode != ReuseMode::Off && file.reuse.min_remaining.of(lifetime.duration()) >= lifetime.duration() {
        broken.push((path.key("min_remaining"), Rule::NeverReused(lifetime.seconds())));
    }
    let given = file.reuse.cache_budget_ms;
    if !CACHE_BUDGET_MS.contains(&given) {
        broken.push((path.key("cache_budget_ms"), Rule::CacheBudget { given, allowed: CACHE_BUDGET_MS }));
    }
}

fn token_id(file: &ConfigFile, broken: &mut Broken) -> Option<Template> {
    let path = Path::default().key("token").key("id");
    let template = match Template::parse(file.token.id.as_deref().unwrap_or_default()) {
        Ok(template) => template,
        Err(error) => {
            broken.push((path, error.into()));
            return None;
        }
    };
    let mut verified_before = false;
    for placeholder in template.placeholders() {
        match (file.auth, placeholder) {
            (_, Placeholder::Cache) if file.token.caches.is_empty() => broken.push((path.clone(), Rule::NoCaches)),
            (AuthMode::Open, named) if named.is_verified() => {
                broken.push((path.clone(), Rule::NobodyVerifiedId(named.to_string())));
            }
            (AuthMode::LambdaAuthorizer | AuthMode::AmazonCognito, Placeholder::QueryName) if !verified_before => {
                broken.push((path.clone(), Rule::QueryNameFirst));
            }
            _ => {}
        }
        verified_before |= placeholder.is_verified();
    }
    Some(template)
}

/// When a list of permissions counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Applies {
    /// The base: also in Open mode, where nobody is verified.
    InEveryMode,
    /// A group's: never in Open mode, so that one file can serve every mode.
    ToVerifiedCallers,
}

fn patterns(
    entries: &[PermissionEntry],
    path: &Path,
    file: &ConfigFile,
    applies: Applies,
    broken: &mut Broken,
) -> Listed {
    if entries.len() > Permission::MOST_PER_TOKEN {
        broken.push((path.clone(), Rule::TooMany(entries.len())));
    }
    let mut patterns = Listed::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let path = path.index(index);
        match pattern(entry, &path) {
            Ok(pattern) => {
                let nobody_verified = file.auth == AuthMode::Open && applies == Applies::InEveryMode;
                for placeholder in pattern.templates().flat_map(Template::placeholders) {
                    match placeholder {
                        Placeholder::QueryName => broken.push((path.clone(), Rule::QueryNameInPermission)),
                        Placeholder::Cache if file.token.caches.is_empty() => {
                            broken.push((path.clone(), Rule::NoCaches));
                        }
                        named if nobody_verified && named.is_verified() => {
                            broken.push((path.clone(), Rule::NobodyVerified(named.to_string())));
                        }
                        _ => {}
                    }
                }
                if let Some(rule) = reach::of_kept_tokens(&pattern, file) {
                    broken.push((path.key("cache"), rule));
                }
                patterns.push((path, pattern));
            }
            Err(found) => broken.extend(found),
        }
    }
    collision::check_list(&patterns, &file.token.caches, broken);
    patterns
}

fn pattern(entry: &PermissionEntry, path: &Path) -> Result<Pattern, Broken> {
    let mut broken = Broken::new();
    let cache = match cache_pattern(&entry.cache) {
        Ok(cache) => Some(cache),
        Err(rule) => {
            broken.push((path.key("cache"), rule));
            None
        }
    };
    let target = match (&entry.topic, &entry.key, &entry.function) {
        (None, None, None) => cache_role(entry.role).map(Target::WholeCache).map_err(|rule| ("role", rule)),
        (Some(topic), None, None) => topic_role(entry.role).map_err(|rule| ("role", rule)).and_then(|role| {
            name_pattern(topic, Star::All).map(|name| Target::Topic(role, name)).map_err(|rule| ("topic", rule))
        }),
        (None, Some(key), None) => cache_role(entry.role).map_err(|rule| ("role", rule)).and_then(|role| {
            name_pattern(key, Star::Literal).map(|name| Target::Item(role, name)).map_err(|rule| ("key", rule))
        }),
        (None, None, Some(function)) => function_role(entry.role)
            .map_err(|rule| ("role", rule))
            .and_then(|()| name_pattern(function, Star::All).map(Target::Function).map_err(|rule| ("function", rule))),
        (Some(_), _, _) => Err(("topic", Rule::SeveralKinds)),
        (None, Some(_), Some(_)) => Err(("key", Rule::SeveralKinds)),
    };
    match (cache, target) {
        (Some(cache), Ok(target)) => Ok(Pattern { cache, target }),
        (_, Err((key, rule))) => {
            broken.push((path.key(key), rule));
            Err(broken)
        }
        (None, Ok(_)) => Err(broken),
    }
}

fn cache_pattern(selector: &Selector) -> Result<CachePattern, Rule> {
    match selector {
        Selector::Text(text) if text == "*" => Ok(CachePattern::All),
        Selector::Text(text) | Selector::Name { name: text } => Ok(CachePattern::Named(named(text)?)),
        Selector::Prefix { .. } => Err(Rule::CachePrefix),
    }
}

/// What `"*"` means: for a key, which may be any text, it is a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Star {
    All,
    Literal,
}

fn name_pattern(selector: &Selector, star: Star) -> Result<NamePattern, Rule> {
    match selector {
        Selector::Text(text) if text == "*" && star == Star::All => Ok(NamePattern::All),
        Selector::Text(text) | Selector::Name { name: text } => Ok(NamePattern::Exact(named(text)?)),
        Selector::Prefix { prefix } => Ok(NamePattern::Prefix(Template::parse(prefix)?)),
    }
}

/// A name's template. One of white space alone is refused too: Momento's SDKs do not accept such a name.
fn named(text: &str) -> Result<Template, Rule> {
    if text.trim().is_empty() { Err(Rule::Empty) } else { Ok(Template::parse(text)?) }
}

fn cache_role(role: Role) -> Result<CacheRole, Rule> {
    match role {
        Role::ReadWrite => Ok(CacheRole::ReadWrite),
        Role::ReadOnly => Ok(CacheRole::ReadOnly),
        Role::WriteOnly => Ok(CacheRole::WriteOnly),
        other => Err(unfit(other, "a cache or a key", "ReadWrite, ReadOnly or WriteOnly")),
    }
}

fn topic_role(role: Role) -> Result<TopicRole, Rule> {
    match role {
        Role::PublishSubscribe => Ok(TopicRole::PublishSubscribe),
        Role::SubscribeOnly => Ok(TopicRole::SubscribeOnly),
        Role::PublishOnly => Ok(TopicRole::PublishOnly),
        other => Err(unfit(other, "a topic", "PublishSubscribe, SubscribeOnly or PublishOnly")),
    }
}

fn function_role(role: Role) -> Result<(), Rule> {
    match role {
        Role::Invoke => Ok(()),
        other => Err(unfit(other, "a function", "Invoke")),
    }
}

fn unfit(role: Role, kind: &'static str, fitting: &'static str) -> Rule {
    Rule::Role { given: role.as_str(), kind, fitting }
}

/// A host name, perhaps with a port.
pub(crate) fn is_host_name(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}
