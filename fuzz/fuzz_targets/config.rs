//! The configuration file: any text, and any caller of what it grants.
//!
//! What is refused is refused with a line of the file. What is accepted reads back from its own canonical form, and gives
//! each caller just what its TOML says for them: never more, and never the items of the cache in which tokens are kept, were
//! it any that the file names.
//!
//! An input is the file, and after a NUL (which TOML has none of) what is known of the caller, each after another NUL.
#![no_main]

use libfuzzer_sys::fuzz_target;
use toml::Table;
use tvm_config::{Config, ConfigErrors};
use tvm_fuzz::grant;
use tvm_policy::{AuthMode, CacheSelector, Caller, Grant, Identity, Permission, Refusal, Request};

const FILE: &str = "tvm.toml";

fuzz_target!(init: can_tell(), |input: &str| {
    check(input);
});

/// Checks all that is said above; how many callers were granted something.
fn check(input: &str) -> usize {
    let (text, caller) = input.split_once('\0').unwrap_or((input, ""));
    let lines = text.split('\n').count();
    match Config::parse(FILE, text) {
        Err(errors) => {
            says_where(&errors, lines);
            0
        }
        Ok(config) => {
            for warning in config.warnings(FILE, text) {
                let line = warning.to_string().split(':').nth(1).and_then(|line| line.parse().ok());
                assert!(line.is_some_and(|line: usize| (1..=lines).contains(&line)), "{warning}");
            }
            reads_back(&config);
            let file: Table = text.parse().expect("what was accepted is TOML");
            grants(&config, &file, caller)
        }
    }
}

fn says_where(errors: &ConfigErrors, lines: usize) {
    assert!(errors.iter().count() > 0);
    assert!(errors.iter().is_sorted_by_key(|error| error.line));
    for error in errors.iter() {
        assert!(error.file == FILE && (1..=lines).contains(&error.line), "line {} of {lines}", error.line);
        assert!(error.to_string().starts_with("tvm.toml:"));
    }
}

fn reads_back(config: &Config) {
    let again = Config::parse(FILE, &config.render_toml()).expect("the canonical form is accepted");
    assert_eq!(*config, again);
    let json = config.render_json();
    assert_eq!(json, again.render_json());
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok_and(|json| json.is_object()));
}

/// Tries an anonymous caller, the one that the input describes, and where tokens are kept, those who would like to be at them.
/// How many were granted something.
fn grants(config: &Config, file: &Table, described: &str) -> usize {
    let mut fields = described
        .split('\0')
        .filter(|_| !described.is_empty())
        .map(|field| Some(field).filter(|field| !field.is_empty()));
    let mut next = |default: &'static str| fields.next().unwrap_or(Some(default));
    let (sub, username, groups) = (next("s-1"), next("ada"), next("*"));
    let (claim, context) = (next("acme"), next("gold"));
    let request = Request { name: next("phone"), group: fields.next().flatten(), cache: fields.next().flatten() };
    let groups: Vec<String> = match groups {
        Some("*") => config.group_names().map(|name| name.as_str().to_owned()).collect(),
        groups => groups.into_iter().flat_map(|groups| groups.split(',')).map(str::to_owned).collect(),
    };
    let called = |sub: Option<&str>, username: Option<&str>, claim: Option<&str>, context: Option<&str>| Caller {
        principal: sub.or(username).unwrap_or("nobody").to_owned(),
        sub: sub.map(str::to_owned),
        username: username.map(str::to_owned),
        groups: groups.clone(),
        claims: config
            .claims_in_templates()
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), claim?.to_owned())))
            .collect(),
        context: ["plan", "tenant"].iter().filter_map(|name| Some(((*name).to_owned(), context?.to_owned()))).collect(),
        not_after: Some(std::time::UNIX_EPOCH),
    };
    let known = Identity::Verified(called(sub, username, claim, context));
    let callers = [Identity::Anonymous, known];
    let granted = callers.iter().filter(|who| is_what_the_file_says(config, file, who, request)).count();
    if let Some(shared) = config.shared_reuse() {
        let name = shared.cache.to_owned();
        for end in name.char_indices().map(|(at, _)| &name[at..]) {
            let everything = called(Some(end), Some(end), Some(end), Some(end));
            is_what_the_file_says(config, file, &Identity::Verified(everything), Request { cache: None, ..request });
        }
    }
    granted
}

/// Whether something is granted.
fn is_what_the_file_says(config: &Config, file: &Table, identity: &Identity, request: Request<'_>) -> bool {
    let granted = config.grant(identity, request);
    if *identity == Identity::Anonymous && config.auth() != AuthMode::Open {
        assert_eq!(granted, Err(Refusal::NobodyVerified(config.auth())));
    }
    let Ok(Grant { permissions, token_id, lifetime, .. }) = granted else { return false };
    assert_eq!(Some(&permissions), grant::permissions(file, identity, request).as_ref());
    assert_eq!(token_id, grant::token_id(file, identity, request));
    assert!((1..=Permission::MOST_PER_TOKEN).contains(&permissions.len()));
    assert!(token_id.is_none_or(|id| id.encode_utf16().count() <= 64 && !id.contains(char::is_control)));
    assert!(lifetime == config.lifetime().duration() && (1..=25 * 3600).contains(&lifetime.as_secs()));
    if config.shared_reuse().is_none() {
        keeps_no_tokens_there(file, &permissions);
    }
    for permission in &permissions {
        assert!(!format!("{permission:?}").contains("(\"\")"), "an empty selector: {permission:?}");
        if let (Some(shared), Some(cache)) = (config.shared_reuse(), cache_of_items(permission)) {
            let reached = *cache == CacheSelector::All || *cache == CacheSelector::Name(shared.cache.to_owned());
            assert!(!reached, "reaches the kept tokens: {permission:?}");
        }
    }
    true
}

/// That the file would be refused if tokens were kept where these permissions reach.
fn keeps_no_tokens_there(file: &Table, permissions: &[Permission]) {
    for cache in permissions.iter().filter_map(cache_of_items) {
        let name = if let CacheSelector::Name(name) = cache { name } else { "any" };
        let mut other = file.clone();
        let reuse = [("mode", "shared"), ("cache", name)].map(|(key, value)| (key.to_owned(), value.into()));
        other.insert("reuse".to_owned(), Table::from_iter(reuse).into());
        assert!(Config::parse(FILE, &other.to_string()).is_err(), "tokens would be kept in {name:?}");
    }
}

/// Where a permission reaches items. Topics are none.
fn cache_of_items(permission: &Permission) -> Option<&CacheSelector> {
    match permission {
        Permission::Topic { .. } => None,
        Permission::Cache { cache, .. } | Permission::Item { cache, .. } | Permission::Function { cache, .. } => {
            Some(cache)
        }
    }
}

/// That files are not all refused, nor callers.
fn can_tell() {
    assert_eq!(check(include_str!("../../config/tvm.toml")), 2);
    assert_eq!(check(include_str!("../../config/examples/per-user-rooms.toml")), 1);
    assert_eq!(check(include_str!("../../config/examples/shared-cache.toml")), 1);
    assert_eq!(check(include_str!("../seeds/config/caller")), 1);
    assert_eq!(check(include_str!("../seeds/config/in-common")), 1);
    assert_eq!(check(include_str!("../seeds/config/broken")), 0);
}
