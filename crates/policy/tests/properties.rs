//! What never happens, whatever the configuration, the caller and the request: tried on random ones.
//! Real: the whole crate. The configurations are made, as text, from parts that people write.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tvm_config::{Config, Problem, Rule};
use tvm_policy::{
    AuthMode, CacheRole, CacheSelector, Caller, FunctionRole, FunctionSelector, Grant, Identity, ItemSelector,
    Permission, Refusal, Request, TopicRole, TopicSelector,
};

const ENTRIES: &[&str] = &[
    r#"{ cache = "*", role = "ReadOnly" }"#,
    r#"{ cache = { name = "*" }, role = "ReadWrite" }"#,
    r#"{ cache = "{cache}", role = "WriteOnly" }"#,
    r#"{ cache = "c", topic = "*", role = "SubscribeOnly" }"#,
    r#"{ cache = "{cache}", topic = { prefix = "room-" }, role = "PublishSubscribe" }"#,
    r#"{ cache = "c", topic = "t-{cache}", role = "PublishOnly" }"#,
    r#"{ cache = "c", key = "*", role = "ReadOnly" }"#,
    r#"{ cache = "c", function = "*", role = "Invoke" }"#,
];
const VERIFIED_ENTRIES: &[&str] = &[
    r#"{ cache = "c", key = { prefix = "{sub}/" }, role = "ReadWrite" }"#,
    r#"{ cache = "{claims.tenant}", topic = "{username}", role = "PublishOnly" }"#,
    r#"{ cache = "c", function = { prefix = "{context.plan}-" }, role = "Invoke" }"#,
];
const GROUPS: &[&str] = &["A", "B", "C"];
const VALUES: &[&str] = &["", "*", "x", "{sub}", "a,b", "日本", "\0"];

/// Each of them once: the same selection twice in one list is an error.
fn entries(among: &'static [&'static str], at_least: usize) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(among, at_least..6).prop_shuffle()
}

/// Groups whose permissions meet: few selections, some of which are the same only for certain callers, in every role.
fn meeting() -> impl Strategy<Value = String> {
    let cache = select(&["\"*\"", "\"one\"", "\"{cache}\""][..]);
    let name =
        select(&["\"x\"", "\"{sub}\"", "{ prefix = \"x\" }", "{ prefix = \"{username}/\" }", "{ name = \"*\" }"][..]);
    let of_cache = || select(&["ReadWrite", "ReadOnly", "WriteOnly"][..]);
    let of_topic = select(&["PublishSubscribe", "SubscribeOnly", "PublishOnly"][..]);
    let what = prop_oneof![
        of_cache().prop_map(|role| format!("role = \"{role}\"")),
        (name.clone(), of_cache()).prop_map(|(name, role)| format!("key = {name}, role = \"{role}\"")),
        (name.clone(), of_topic).prop_map(|(name, role)| format!("topic = {name}, role = \"{role}\"")),
        name.prop_map(|name| format!("function = {name}, role = \"Invoke\"")),
    ];
    let entry = (cache, what).prop_map(|(cache, what)| format!("{{ cache = {cache}, {what} }}"));
    vec(vec(entry, 1..3), 1..=3).prop_map(|lists| {
        let mut text =
            "auth = \"AmazonCognito\"\nungrouped = \"refuse\"\npermissions = []\n[token]\nid = \"t\"\ncaches = [\"one\", \"two\"]\n".to_owned();
        for (name, list) in GROUPS.iter().zip(&lists) {
            text += &format!("[groups.{name}]\npermissions = [{}]\n", list.join(", "));
        }
        text
    })
}

/// A configuration that is accepted, as text and with what each group and the base may grant.
fn config() -> impl Strategy<Value = String> {
    let all: &'static [&'static str] = Box::leak([ENTRIES, VERIFIED_ENTRIES].concat().into_boxed_slice());
    let groups = subsequence(GROUPS, 0..=3)
        .prop_shuffle()
        .prop_flat_map(move |names| (Just(names.clone()), vec(entries(all, 1), names.len())));
    let mode = select(&["Open", "LambdaAuthorizer", "AmazonCognito"][..]);
    (mode, select(&["refuse", "base"][..]), entries(ENTRIES, 1), groups).prop_map(|(mode, ungrouped, base, (names, groups))| {
        let mut text = format!(
            "auth = \"{mode}\"\nungrouped = \"{ungrouped}\"\npermissions = [{}]\n[token]\ncaches = [\"one\", \"two\"]\n",
            base.join(", ")
        );
        for (name, entries) in names.iter().zip(&groups) {
            text += &format!("[groups.{name}]\npermissions = [{}]\n", entries.join(", "));
        }
        text
    })
}

fn identity() -> impl Strategy<Value = Identity> {
    let value = || proptest::option::of(select(VALUES)).prop_map(|value| value.map(str::to_owned));
    let caller = (subsequence(&["A", "B", "C", "D"][..], 0..=4), value(), value(), value(), value());
    let caller = caller.prop_map(|(groups, sub, username, tenant, plan)| {
        let map = |key: &str, value: Option<String>| value.map(|value| (key.to_owned(), value)).into_iter().collect();
        Identity::Verified(Caller {
            principal: "p".to_owned(),
            sub,
            username,
            groups: groups.into_iter().map(str::to_owned).collect(),
            claims: map("tenant", tenant),
            context: map("plan", plan),
            not_after: None,
        })
    });
    prop_oneof![1 => Just(Identity::Anonymous), 5 => caller]
}

fn asked() -> impl Strategy<Value = (Option<String>, Option<String>, Option<String>)> {
    let option = |among: &'static [&'static str]| proptest::option::of(select(among).prop_map(str::to_owned));
    let name = proptest::option::of(".{0,70}");
    (name, option(&["A", "B", "C", "D", "", "a"]), option(&["one", "two", "three", "*", ""]))
}

/// The permissions that the text itself lists for this caller, made by another way than the grant's: one configuration for
/// each list, in a mode without groups.
fn allowed(text: &str, identity: &Identity, cache: Option<&str>) -> Vec<Permission> {
    let table: toml::Table = text.parse().unwrap();
    let mut lists = vec![("base", table["permissions"].clone())];
    if let Some(groups) = table.get("groups").and_then(toml::Value::as_table) {
        lists.extend(groups.iter().map(|(name, group)| (name.as_str(), group["permissions"].clone())));
    }
    let open = table["auth"].as_str() == Some("Open");
    let Identity::Verified(caller) = identity else { return lists_for(&lists, &["base"], identity, cache, open) };
    let theirs: Vec<&str> =
        lists.iter().map(|(name, _)| *name).filter(|name| caller.groups.iter().any(|group| group == name)).collect();
    let applies = match (open || lists.len() == 1, theirs.is_empty(), table["ungrouped"].as_str()) {
        (true, _, _) | (false, true, Some("base")) => vec!["base"],
        _ => theirs,
    };
    lists_for(&lists, &applies, identity, cache, open)
}

fn lists_for(
    lists: &[(&str, toml::Value)],
    applies: &[&str],
    identity: &Identity,
    cache: Option<&str>,
    open: bool,
) -> Vec<Permission> {
    let mode = if open { "Open" } else { "AmazonCognito" };
    let mut found = Vec::new();
    for (_, list) in lists.iter().filter(|(name, _)| applies.contains(name)) {
        for entry in list.as_array().unwrap() {
            let one =
                format!("auth = \"{mode}\"\npermissions = [{entry}]\n[token]\nid = \"x\"\ncaches = [\"one\", \"two\"]");
            let grant = Config::parse("one", &one).unwrap().grant(identity, Request { name: None, group: None, cache });
            found.extend(grant.map(|grant| grant.permissions).unwrap_or_default());
        }
    }
    found
}

fn request<'r>(asked: &'r (Option<String>, Option<String>, Option<String>)) -> Request<'r> {
    Request { name: asked.0.as_deref(), group: asked.1.as_deref(), cache: asked.2.as_deref() }
}

/// What a token's holder may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Read,
    Write,
    /// What writes by what is there, which `WriteOnly` excludes.
    WriteIf,
    Subscribe,
    Publish,
    Invoke,
}

type Probe = (Deed, &'static str, &'static str);

/// Everything that the parts above can make a difference to.
fn probes() -> impl Iterator<Item = Probe> {
    let deeds = [Deed::Read, Deed::Write, Deed::WriteIf, Deed::Subscribe, Deed::Publish, Deed::Invoke];
    let caches = ["*", "c", "one", "two", "x", "a,b", "日本", "other"];
    let names = ["*", "x", "xy", "a,b", "日本", "{sub}", "/", "x/", "room-", "t-one", "x-", "other"];
    deeds.into_iter().flat_map(move |deed| {
        caches.into_iter().flat_map(move |cache| names.into_iter().map(move |name| (deed, cache, name)))
    })
}

/// Whether one of `permissions` allows it.
fn allow(permissions: &[Permission], (deed, cache, name): Probe) -> bool {
    let in_cache = |of: &CacheSelector| *of == CacheSelector::All || *of == CacheSelector::Name(cache.to_owned());
    let to_items = |role: &CacheRole| match role {
        CacheRole::ReadWrite => matches!(deed, Deed::Read | Deed::Write | Deed::WriteIf),
        CacheRole::ReadOnly => deed == Deed::Read,
        CacheRole::WriteOnly => deed == Deed::Write,
    };
    permissions.iter().any(|permission| match permission {
        Permission::Cache { role, cache } => to_items(role) && in_cache(cache),
        Permission::Item { role, cache, item } => {
            to_items(role)
                && in_cache(cache)
                && match item {
                    ItemSelector::All => true,
                    ItemSelector::Key(key) => key == name,
                    ItemSelector::KeyPrefix(prefix) => name.starts_with(prefix),
                }
        }
        Permission::Topic { role, cache, topic } => {
            let may = match role {
                TopicRole::PublishSubscribe => matches!(deed, Deed::Subscribe | Deed::Publish),
                TopicRole::SubscribeOnly => deed == Deed::Subscribe,
                TopicRole::PublishOnly => deed == Deed::Publish,
            };
            may && in_cache(cache)
                && match topic {
                    TopicSelector::All => true,
                    TopicSelector::Name(topic) => topic == name,
                    TopicSelector::Prefix(prefix) => name.starts_with(prefix),
                }
        }
        Permission::Function { role, cache, function } => {
            *role == FunctionRole::Invoke
                && deed == Deed::Invoke
                && in_cache(cache)
                && match function {
                    FunctionSelector::All => true,
                    FunctionSelector::Name(function) => function == name,
                    FunctionSelector::Prefix(prefix) => name.starts_with(prefix),
                }
        }
    })
}

/// A permission without its role: two of a token must differ in it.
fn selection(permission: &Permission) -> Permission {
    let mut selection = permission.clone();
    match &mut selection {
        Permission::Cache { role, .. } | Permission::Item { role, .. } => *role = CacheRole::ReadWrite,
        Permission::Topic { role, .. } => *role = TopicRole::PublishSubscribe,
        Permission::Function { role, .. } => *role = FunctionRole::Invoke,
    }
    selection
}

fn selections(permissions: &[Permission]) -> Vec<Permission> {
    let mut found: Vec<Permission> = Vec::new();
    for selection in permissions.iter().map(selection) {
        if !found.contains(&selection) {
            found.push(selection);
        }
    }
    found
}

/// Whether some selection is to be read and to be written, and nothing covers both.
fn read_and_write_apart(permissions: &[Permission]) -> bool {
    selections(permissions).iter().any(|wanted| {
        let roles: Vec<CacheRole> = permissions
            .iter()
            .filter(|permission| selection(permission) == *wanted)
            .filter_map(|permission| match permission {
                Permission::Cache { role, .. } | Permission::Item { role, .. } => Some(*role),
                Permission::Topic { .. } | Permission::Function { .. } => None,
            })
            .collect();
        let has = |role| roles.contains(&role);
        has(CacheRole::ReadOnly) && has(CacheRole::WriteOnly) && !has(CacheRole::ReadWrite)
    })
}

fn empty_selector(permission: &Permission) -> bool {
    format!("{permission:?}").contains("(\"\")")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_grant_never_holds_what_the_file_does_not_allow_this_caller(text in config(), who in identity(), asked in asked()) {
        let config = Config::parse("f", &text).unwrap();
        if let Ok(Grant { permissions, .. }) = config.grant(&who, request(&asked)) {
            let allowed = allowed(&text, &who, asked.2.as_deref());
            for probe in probes().filter(|probe| allow(&permissions, *probe)) {
                prop_assert!(allow(&allowed, probe), "{probe:?} by {permissions:?}, not by {allowed:?}");
            }
        }
    }

    #[test]
    fn narrowing_never_widens(text in config(), who in identity(), asked in asked()) {
        let config = Config::parse("f", &text).unwrap();
        let narrowed = config.grant(&who, request(&asked));
        let plain = config.grant(&who, Request { group: None, ..request(&asked) });
        if let (Ok(narrowed), Ok(plain)) = (narrowed, plain) {
            for probe in probes().filter(|probe| allow(&narrowed.permissions, *probe)) {
                prop_assert!(allow(&plain.permissions, probe), "{probe:?} by {narrowed:?}, not by {plain:?}");
            }
        }
    }

    #[test]
    fn joining_allows_what_was_written_and_nothing_else(text in meeting(), who in identity(), asked in asked()) {
        let request = Request { group: None, ..request(&asked) };
        let config = match Config::parse("f", &text) {
            Ok(config) => config,
            Err(errors) => {
                let about_one_selection = errors.iter().all(|error| matches!(
                    error.problem,
                    Problem::Rule { rule: Rule::SelectedTwice { .. } | Rule::ConflictingRoles { .. }, .. }
                ));
                prop_assert!(about_one_selection, "{errors}");
                return Ok(());
            }
        };
        let written = allowed(&text, &who, request.cache);
        match config.grant(&who, request) {
            Ok(Grant { permissions, .. }) => {
                for probe in probes() {
                    prop_assert_eq!(allow(&permissions, probe), allow(&written, probe), "{:?} of {:?}", probe, permissions);
                }
                prop_assert_eq!(selections(&written), permissions.iter().map(selection).collect::<Vec<_>>());
                prop_assert!(!read_and_write_apart(&written));
                let decision = config.policy().decide(&who, request).unwrap();
                let as_written = config.permissions_as_written(&decision.grant, &decision.origins());
                let as_written = serde_json::to_value(as_written).unwrap();
                prop_assert_eq!(as_written.as_array().map(Vec::len), Some(permissions.len()));
            }
            Err(Refusal::ConflictingRoles(_)) => prop_assert!(read_and_write_apart(&written), "{written:?}"),
            Err(_) => {}
        }
    }

    #[test]
    fn what_is_granted_can_be_asked_for(text in config(), who in identity(), asked in asked()) {
        if let Ok(grant) = Config::parse("f", &text).unwrap().grant(&who, request(&asked)) {
            prop_assert!((1..=20).contains(&grant.permissions.len()));
            prop_assert!(!grant.permissions.iter().any(empty_selector));
            prop_assert!(grant.token_id.is_none_or(|id| id.encode_utf16().count() <= 64 && !id.contains(char::is_control)));
        }
    }

    #[test]
    fn the_canonical_form_reads_back_to_the_same(text in config()) {
        let config = Config::parse("f", &text).unwrap();
        let again = Config::parse("f", &config.render_toml()).unwrap();
        prop_assert_eq!(&config, &again);
        prop_assert_eq!(config.render_json(), again.render_json());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = Config::parse("f", &text);
    }

    #[test]
    fn no_broken_configuration_panics(text in config(), at in any::<proptest::sample::Index>(), by in "\\PC{0,3}") {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..=at, by.chars());
        let _ = Config::parse("f", &characters.into_iter().collect::<String>());
    }
}

#[test]
fn the_oracle_can_tell_two_auth_modes_apart() {
    // The property above is only worth something if `allowed` is not simply everything.
    let text = "auth = \"AmazonCognito\"\nungrouped = \"refuse\"\npermissions = [{ cache = \"b\", role = \"ReadOnly\" }]\n\
                [groups.A]\npermissions = [{ cache = \"a\", role = \"ReadOnly\" }]\n[token]\ncaches = [\"one\"]";
    let caller = Caller {
        principal: "p".to_owned(),
        groups: vec!["A".to_owned()],
        claims: BTreeMap::new(),
        ..Caller::default()
    };
    assert_eq!(allowed(text, &Identity::Verified(caller), None).len(), 1);
    assert_eq!(Config::parse("f", text).unwrap().auth(), AuthMode::AmazonCognito);
}
