//! No caller makes a name that belongs to another caller's values: tried on random templates, values and callers.
//! Real: the whole crate. The configurations are made, as text, of parts that often fit together in two ways.
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
use tvm_config::Config;
use tvm_policy::{CacheSelector, Caller, FunctionSelector, Identity, ItemSelector, Permission, Request, TopicSelector};

const TEXTS: &[&str] = &["-", "/", ":", "a", "-a", "/-", "u-"];
const CALLERS_VALUES: &[&str] = &["{sub}", "{username}", "{principal}", "{claims.org}", "{context.plan}"];
const CACHES: &[&str] = &["a", "a-", "ab", "b", "-"];
const UUIDS: &[&str] = &[
    "0d1e2f30-aaaa-4bbb-8ccc-000000000001",
    "0d1e2f30-aaaa-4bbb-8ccc-000000000002",
    "aaaaaaaa-0d1e-4bbb-8ccc-0d1e2f300001",
];

/// A template: texts and values in turn, mostly, so that many are accepted.
fn template(others: &'static [&'static str]) -> impl Strategy<Value = String> {
    let value = prop_oneof![4 => select(CALLERS_VALUES), 1 => select(others)];
    let text = prop_oneof![5 => select(TEXTS), 1 => Just("")];
    (select(&["", "", "u-", "a"][..]), vec((value, text), 1..4)).prop_map(|(first, parts)| {
        parts.iter().fold(first.to_owned(), |template, (value, text)| template + value + text)
    })
}

/// A permission as the file writes it; both its names may be made of values.
fn entry() -> impl Strategy<Value = String> {
    let cache = prop_oneof![3 => Just("c".to_owned()), 1 => Just("{cache}".to_owned()), 1 => template(&["{cache}"])];
    let name = prop_oneof![
        template(&["{cache}"]).prop_map(|name| format!("{{ name = \"{name}\" }}")),
        template(&["{cache}"]).prop_map(|prefix| format!("{{ prefix = \"{prefix}\" }}")),
    ];
    let kind = select(&[("key", "ReadOnly"), ("topic", "SubscribeOnly"), ("function", "Invoke")][..]);
    let whole = template(&["{cache}"]).prop_map(|cache| format!("{{ cache = \"{cache}\", role = \"ReadOnly\" }}"));
    let named = (cache, kind, name).prop_map(|(cache, (kind, role), name)| {
        format!("{{ cache = \"{cache}\", {kind} = {name}, role = \"{role}\" }}")
    });
    prop_oneof![1 => whole, 4 => named]
}

fn caller() -> impl Strategy<Value = Caller> {
    let value = || vec(select(&["a", "b", "-", "/", ":", "al", "u-"][..]), 1..4).prop_map(|parts| parts.concat());
    let sub = prop_oneof![4 => select(UUIDS).prop_map(str::to_owned), 1 => value()];
    (sub, value(), value(), value(), value()).prop_map(|(sub, principal, username, org, plan)| Caller {
        principal,
        sub: Some(sub),
        username: Some(username),
        groups: Vec::new(),
        not_after: None,
        claims: BTreeMap::from([("org".to_owned(), org)]),
        context: BTreeMap::from([("plan".to_owned(), plan)]),
    })
}

/// Callers of a mode: in Cognito's, the principal is the subject.
fn callers() -> impl Strategy<Value = (&'static str, [Caller; 2])> {
    (select(&["LambdaAuthorizer", "AmazonCognito"][..]), [caller(), caller()]).prop_map(|(mode, mut callers)| {
        for caller in &mut callers {
            let sub = caller.sub.clone().unwrap();
            if mode == "AmazonCognito" {
                caller.principal = sub;
            } else if caller.username.as_ref().is_some_and(|name| name.len() % 2 == 0) {
                caller.sub.clone_from(&caller.username);
            }
        }
        (mode, callers)
    })
}

/// What a caller has for each of their own values in `text`, in order.
fn own_values(text: &str, caller: &Caller) -> Vec<String> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let value = |name: &str| match name {
        "sub" => caller.sub.clone(),
        "username" => caller.username.clone(),
        "principal" => Some(caller.principal.clone()),
        "claims.org" => Some(caller.claims["org"].clone()),
        "context.plan" => Some(caller.context["plan"].clone()),
        _ => None,
    };
    names.filter_map(value).collect()
}

/// Whether anything is selected by both, which are of the same kind.
fn meet(one: &Permission, other: &Permission) -> bool {
    let caches = |one: &CacheSelector, other: &CacheSelector| one == other;
    let begin_alike = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
    match (one, other) {
        (Permission::Cache { cache: one, .. }, Permission::Cache { cache: other, .. }) => caches(one, other),
        (Permission::Item { cache, item, .. }, Permission::Item { cache: in_other, item: other, .. }) => {
            caches(cache, in_other)
                && match (item, other) {
                    (ItemSelector::Key(one), ItemSelector::Key(other)) => one == other,
                    (ItemSelector::KeyPrefix(one), ItemSelector::KeyPrefix(other)) => begin_alike(one, other),
                    _ => panic!("{one:?} {other:?}"),
                }
        }
        (Permission::Topic { cache, topic, .. }, Permission::Topic { cache: in_other, topic: other, .. }) => {
            caches(cache, in_other)
                && match (topic, other) {
                    (TopicSelector::Name(one), TopicSelector::Name(other)) => one == other,
                    (TopicSelector::Prefix(one), TopicSelector::Prefix(other)) => begin_alike(one, other),
                    _ => panic!("{one:?} {other:?}"),
                }
        }
        (
            Permission::Function { cache, function, .. },
            Permission::Function { cache: in_other, function: other, .. },
        ) => {
            caches(cache, in_other)
                && match (function, other) {
                    (FunctionSelector::Name(one), FunctionSelector::Name(other)) => one == other,
                    (FunctionSelector::Prefix(one), FunctionSelector::Prefix(other)) => begin_alike(one, other),
                    _ => panic!("{one:?} {other:?}"),
                }
        }
        _ => panic!("{one:?} {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_caller_selects_what_belongs_to_the_values_of_another(
        entry in entry(),
        (mode, [ada, bob]) in callers(),
        caches in subsequence(CACHES, 1..=5),
        chosen in any::<[proptest::sample::Index; 2]>(),
    ) {
        let text = format!("auth = \"{mode}\"\npermissions = [{entry}]\n[token]\nid = \"t\"\ncaches = {caches:?}\n");
        let Ok(config) = Config::parse("f", &text) else { return Ok(()) };
        let granted = |caller: &Caller, chosen: proptest::sample::Index| {
            let request = Request { cache: Some(*chosen.get(&caches)), ..Request::default() };
            config.grant(&Identity::Verified(caller.clone()), request).ok()
        };
        let (Some(adas), Some(bobs)) = (granted(&ada, chosen[0]), granted(&bob, chosen[1])) else { return Ok(()) };
        if own_values(&entry, &ada) != own_values(&entry, &bob) {
            let (adas, bobs) = (&adas.permissions[0], &bobs.permissions[0]);
            prop_assert!(!meet(adas, bobs), "{mode}: {entry} gives {ada:?} {adas:?} and {bob:?} {bobs:?}");
        }
    }

    /// All the ways to read the name or a name that begins so are tried: each is a caller who would make it.
    #[test]
    fn a_name_has_one_reading_that_is_granted(
        template in template(&["{cache}", "{query.name}"]),
        form in select(&["id", "name", "prefix"][..]),
        (mode, [ada, _]) in callers(),
        caches in subsequence(CACHES, 1..=3),
        chosen in any::<proptest::sample::Index>(),
        name in "[ab:/-]{1,3}",
        tail in "[ab:/-]{0,3}",
    ) {
        let (id, key) = match form {
            "id" => (template.as_str(), "\"k\"".to_owned()),
            _ => ("t", format!("{{ {form} = \"{template}\" }}")),
        };
        let text = format!(
            "auth = \"{mode}\"\n[token]\nid = \"{id}\"\ncaches = {caches:?}\n[[permissions]]\ncache = \"c\"\nkey = {key}\nrole = \"ReadOnly\"\n"
        );
        let Ok(config) = Config::parse("f", &text) else { return Ok(()) };
        let made = |caller: &Caller, cache: &str, name: &str| {
            let request = Request { cache: Some(cache), name: Some(name), group: None };
            let grant = config.grant(&Identity::Verified(caller.clone()), request).ok()?;
            match (&grant.permissions[0], form) {
                (_, "id") => grant.token_id,
                (Permission::Item { item: ItemSelector::Key(made) | ItemSelector::KeyPrefix(made), .. }, _) => Some(made.clone()),
                (other, _) => panic!("{other:?}"),
            }
        };
        let Some(adas) = made(&ada, chosen.get::<&str>(&caches), &name) else { return Ok(()) };
        let meant = if form == "prefix" { adas.clone() + &tail } else { adas.clone() };
        for values in readings(&template, &meant, mode, &caches) {
            let of = |name: &str, otherwise: &str| values.get(name).cloned().unwrap_or_else(|| otherwise.to_owned());
            let other = Caller {
                principal: of("principal", &ada.principal),
                sub: Some(of("sub", ada.sub.as_ref().unwrap())),
                username: Some(of("username", ada.username.as_ref().unwrap())),
                groups: Vec::new(),
                not_after: None,
                claims: BTreeMap::from([("org".to_owned(), of("claims.org", &ada.claims["org"]))]),
                context: BTreeMap::from([("plan".to_owned(), of("context.plan", &ada.context["plan"]))]),
            };
            if own_values(&template, &ada) != own_values(&template, &other) {
                let made = made(&other, &of("cache", caches[0]), &of("query.name", &name));
                prop_assert_eq!(made, None, "{}: {} makes {:?} of {:?}, and of {:?}", mode, template, adas, ada, other);
            }
        }
    }
}

/// Every way to read `text` as `template`, filled: what each placeholder then stands for.
fn readings(template: &str, text: &str, mode: &str, caches: &[&str]) -> Vec<BTreeMap<String, String>> {
    let Some(rest) = template.strip_prefix('{') else {
        let (literal, rest) = template.split_at(template.find('{').unwrap_or(template.len()));
        return match text.strip_prefix(literal) {
            Some("") if rest.is_empty() => vec![BTreeMap::new()],
            Some(text) if !rest.is_empty() => readings(rest, text, mode, caches),
            _ => Vec::new(),
        };
    };
    let (name, rest) = rest.split_once('}').unwrap();
    // In Cognito mode these are one value.
    let name = if mode == "AmazonCognito" && name == "principal" { "sub" } else { name };
    let ends = text.char_indices().skip(1).map(|(at, _)| at).chain([text.len()]).filter(|end| *end > 0);
    let mut found = Vec::new();
    for (value, after) in
        ends.map(|end| text.split_at(end)).filter(|(value, _)| name != "cache" || caches.contains(value))
    {
        let further = if rest.is_empty() && after.is_empty() {
            vec![BTreeMap::new()]
        } else if rest.is_empty() {
            Vec::new()
        } else {
            readings(rest, after, mode, caches)
        };
        for mut values in further {
            if values.get(name).is_none_or(|other| other == value) {
                values.insert(name.to_owned(), value.to_owned());
                if name == "sub" && mode == "AmazonCognito" {
                    values.insert("principal".to_owned(), value.to_owned());
                }
                found.push(values);
            }
        }
    }
    found
}
