//! From the file as written to the rules it states, or to every rule that it breaks.

use crate::api;
use crate::authorizer::{self, AuthorizerKind};
use crate::build;
use crate::cognito;
use crate::collision::{self, Listed};
use crate::file::{ConfigFile, PermissionEntry, Role, Stage};
use crate::functions;
use crate::group_names;
use crate::momento;
use crate::monitoring;
use crate::path::Path;
use crate::reach;
use crate::reuse::{MinRemaining, ReuseMode};
use crate::rule::{Broken, Rule};
use crate::secrets;
use crate::selector::Selector;
use crate::template_claims::TemplateClaims;
use tvm_policy::{
    AuthMode, CachePattern, CacheRole, GroupName, NamePattern, Pattern, Permission, Placeholder, Policy, Selects,
    Separation, Target, Template, TopicRole, Ungrouped,
};

/// Checks everything, so that the reader sees all that is wrong at once.
pub(crate) fn policy(file: &ConfigFile) -> Result<Policy, Broken> {
    let mut broken = Broken::new();
    let top = Path::default();

    check_caches(file, &mut broken);
    check_end(file, &mut broken);
    api::check(&file.api, &mut broken);
    if file.web.enabled && file.api.usage_plan.is_some() {
        broken.push((top.key("api").key("usage_plan"), Rule::PageWithoutKey));
    }
    authorizer::check(&file.authorizer, &mut broken);
    cognito::check(&file.cognito, &mut broken);
    functions::check(&file.functions, &mut broken);
    build::check(&file.build, &mut broken);
    monitoring::check(&file.monitoring, &mut broken);
    secrets::check_key("secrets", file.secrets.kms_key.as_deref(), &mut broken);
    secrets::check_key("deployment", file.deployment.kms_key.as_deref(), &mut broken);
    momento::check(&file.momento, &mut broken);

    let is_guarded = file.deployment.open_to_everybody || file.api.waf.is_some();
    if file.auth == AuthMode::Open && file.deployment.stage == Stage::Prod && !is_guarded {
        broken.push((top.key("deployment").key("stage"), Rule::OpenInProd));
    }
    check_reuse(file, &mut broken);
    reach::check_kept_tokens(file, &mut broken);

    let mut ids_apart = Separation::default();
    let token_id = token_id(file, &mut ids_apart, &mut broken);
    let base_path = top.key("permissions");
    if let Some(needs) = needs_base(file)
        && file.permissions.is_empty()
    {
        broken.push((top.key("auth"), Rule::NoBase(needs)));
    }
    let base = patterns(&file.permissions, &base_path, file, Applies::InEveryMode, &mut broken);
    let mut names_apart = Separation::default();
    check_separation(&base, file, &mut names_apart, &mut broken);
    let mut claims = TemplateClaims::of(file);
    if let Some(token_id) = &token_id {
        claims.check(token_id, &top.key("token").key("id"), &mut broken);
    }
    claims.check_list(&base, &mut broken);
    group_names::check(file, &mut broken);

    let mut groups: Vec<(GroupName, Listed)> = Vec::with_capacity(file.groups.len());
    for (name, group) in &file.groups {
        let path = top.key("groups").key(name);
        if group.permissions.is_empty() {
            broken.push((path.clone(), Rule::NoPermissions));
        }
        let patterns =
            patterns(&group.permissions, &path.key("permissions"), file, Applies::ToVerifiedCallers, &mut broken);
        check_separation(&patterns, file, &mut names_apart, &mut broken);
        claims.check_list(&patterns, &mut broken);
        match GroupName::parse(name) {
            Some(name) => groups.push((name, patterns)),
            None => broken.push((path, Rule::GroupName)),
        }
    }
    collision::check_groups(&groups, &file.token.caches, &mut broken);

    let without_paths = |list: Listed| list.into_iter().map(|(_, pattern)| pattern).collect::<Vec<_>>();
    let base = without_paths(base);
    let groups = groups.into_iter().map(|(name, list)| (name, without_paths(list))).collect();
    match token_id {
        Some(token_id) if broken.is_empty() => Ok(Policy {
            auth: file.auth,
            ungrouped: file.ungrouped,
            caches: file.token.caches.clone(),
            token_id,
            long_token_id: file.token.id_too_long,
            lifetime: file.token.expires_in.duration(),
            not_beyond_caller: file.token.not_beyond_caller,
            base,
            groups,
            names_apart,
            ids_apart,
        }),
        _ => Err(broken),
    }
}

/// Why there must be a base, if there must.
fn needs_base(file: &ConfigFile) -> Option<&'static str> {
    if file.groups.is_empty() {
        Some("a file without groups")
    } else if file.auth == AuthMode::Open {
        Some("auth = \"Open\"")
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
    // A share is of less than the whole.
    let is_never_left =
        matches!(file.reuse.min_remaining, MinRemaining::Time(time) if time.seconds() >= lifetime.seconds());
    if file.reuse.mode != ReuseMode::Off && is_never_left {
        broken.push((path.key("min_remaining"), Rule::NeverReused(lifetime.seconds())));
    }
}

/// Checks that no caller can make a name that is another's, and notes what that takes of their values.
fn check_separation(list: &Listed, file: &ConfigFile, names_apart: &mut Separation, broken: &mut Broken) {
    for (path, pattern) in list {
        for (key, template, selects) in pattern.selectors() {
            // In the cache that a caller chose there is just one `{cache}`.
            let caches: &[String] =
                if key != "cache" && pattern.is_in_chosen_cache() { &[] } else { &file.token.caches };
            if let Err(rules) = names_apart.add(template, selects, file.auth, caches) {
                broken.extend(rules.into_iter().map(|rule| (path.key(key), rule.into())));
            }
        }
    }
}

fn token_id(file: &ConfigFile, ids_apart: &mut Separation, broken: &mut Broken) -> Option<Template> {
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
    if let Err(rules) = ids_apart.add(&template, Selects::One, file.auth, &file.token.caches) {
        broken.extend(rules.into_iter().map(|rule| (path.clone(), rule.into())));
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
                let placeholders = pattern
                    .selectors()
                    .flat_map(|(key, template, _)| template.placeholders().map(move |placeholder| (key, placeholder)));
                for (key, placeholder) in placeholders {
                    let rule = match placeholder {
                        Placeholder::QueryName => Rule::QueryNameInPermission,
                        Placeholder::Cache if file.token.caches.is_empty() => Rule::NoCaches,
                        named if nobody_verified && named.is_verified() => Rule::NobodyVerified(named.to_string()),
                        _ => continue,
                    };
                    broken.push((path.key(key), rule));
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
