//! What is said of a value that cannot be read: where it is, what may stand there, and the line to write instead.

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use crate::api::{ApiTable, DomainTable, UsagePlanTable, WafTable};
use crate::authorizer::AuthorizerTable;
use crate::build::BuildTable;
use crate::cognito::{CognitoTable, PasswordTable};
use crate::file::{ConfigFile, DeploymentTable, GroupEntry, PermissionEntry, ReuseTable, TokenTable, WebTable};
use crate::functions::FunctionsTable;
use crate::limits::LimitsTable;
use crate::momento::MomentoTable;
use crate::monitoring::MonitoringTable;
use crate::node::{Node, Repairs, Slip, What};
use crate::original::{self, Kind};
use crate::path::{Path, Step};
use crate::position::value_at;
use crate::secrets::SecretsTable;
use tvm_policy::nearest;

/// What is said, and the key that it advises to write, if it does: that key is then not missing as well.
pub(crate) struct Said {
    pub(crate) message: String,
    pub(crate) advised: Option<Path>,
}

/// The words for `slip`, found in this tree.
pub(crate) fn said(slip: &Slip, root: &DeValue<'_>) -> Said {
    let path = slip.path();
    let plain = |message: String| Said { message, advised: None };
    match &slip.what {
        What::Said(message) => plain(format!("`{path}`: {message}")),
        What::Missing(key) => plain(missing(key, &path, root)),
        What::Unfit { expected } => plain(unfit(expected, &path, root)),
        What::UnknownValue { given, known } => plain(unknown_value(given, known, &path, root)),
        What::UnknownKey { known } => unknown_key(known, path, root),
    }
}

fn unknown_key(known: &[&str], mut path: Path, root: &DeValue<'_>) -> Said {
    let value = value_at(root, &path);
    let Some(Step::Key(key)) = path.0.pop() else { return Said { message: path.to_string(), advised: None } };
    let begin = format!("`{key}` is not a key of {}", table_name(&path));
    if let Some(now) = original::renamed(&key) {
        // The key that the permission then has.
        let advised = if known.contains(&now.key) { path.key(now.key) } else { Path::default().key(now.key) };
        return match (path.0.last(), now.key) {
            (Some(Step::Key(last)), "key") if known == ["name", "prefix"] => {
                Said { message: format!("{begin}: write {last} = {{ prefix = \"user:\" }}"), advised: None }
            }
            _ => Said { message: format!("{begin}: write {}", line_for(now, value)), advised: Some(advised) },
        };
    }
    if path.0.is_empty() && value.and_then(DeValue::as_table).is_some_and(|table| table.contains_key("auth")) {
        let message = format!("{begin}; write its keys and tables without `{key}.`, `auth` above the first [table]");
        return Said { message, advised: Some(path.key("auth")) };
    }
    let elsewhere: Vec<(Path, String)> = tables_with(&key).filter(|(table, _)| !same_table(table, &path)).collect();
    if key == "auth" || (path.0.is_empty() && !elsewhere.is_empty()) {
        let (advised, message) = match &elsewhere[..] {
            [(table, _)] if table.0.is_empty() => (
                Some(table.key(&key)),
                format!(
                    "{begin}; move the line above the first [table]: what follows {} belongs to it",
                    table_name(&path)
                ),
            ),
            tables => {
                let names: Vec<&str> = tables.iter().map(|(_, name)| name.as_str()).collect();
                (None, format!("{begin}; move it below {}", names.join(" or ")))
            }
        };
        return Said { message, advised };
    }
    if let Some(near) = nearest(&key, known.iter().copied()) {
        return Said { message: format!("{begin}; did you mean `{near}`?"), advised: Some(path.key(near)) };
    }
    let message = match &elsewhere[..] {
        [] => format!("{begin}; its keys are {}", known.join(", ")),
        [(table, _)] if table.0.is_empty() && value.is_some_and(DeValue::is_table) => format!("{begin}; write [{key}]"),
        [(table, _)] if table.0.is_empty() => format!("{begin}; move it above the first [table]"),
        tables => {
            let names: Vec<&str> = tables.iter().map(|(_, name)| name.as_str()).collect();
            format!("{begin}; it is a key of {}; the keys here are {}", names.join(" and "), known.join(", "))
        }
    };
    Said { message, advised: None }
}

/// The line that says the same as this key of the original, with its value where it has a counterpart.
fn line_for(now: &original::Renamed, value: Option<&DeValue<'_>>) -> String {
    let text = value.and_then(DeValue::as_str).map(original::without_enumeration);
    match (now.key, text) {
        ("auth", Some(mode @ ("Open" | "LambdaAuthorizer" | "AmazonCognito"))) => format!("auth = \"{mode}\""),
        ("role", Some(role)) if is_role(role) => format!("role = \"{role}\""),
        ("cache" | "topic" | "function", Some(name)) => format!("{} = \"{name}\"", now.key),
        _ => now.line.to_owned(),
    }
}

fn is_role(text: &str) -> bool {
    [Kind::Cache, Kind::Topic, Kind::Function].iter().any(|kind| kind.roles().contains(&text))
}

fn same_table(one: &Path, other: &Path) -> bool {
    let without_numbers =
        |path: &Path| -> Vec<Step> { path.0.iter().filter(|step| matches!(step, Step::Key(_))).cloned().collect() };
    without_numbers(one) == without_numbers(other)
}

/// How the file begins what is at this path.
fn table_name(path: &Path) -> String {
    if path.0.is_empty() {
        "the file's top level".to_owned()
    } else if path.0.iter().all(|step| matches!(step, Step::Key(_))) {
        format!("[{path}]")
    } else {
        format!("`{path}`")
    }
}

/// The tables that have this key, and how the file begins each.
fn tables_with(key: &str) -> impl Iterator<Item = (Path, String)> + '_ {
    let tables = [
        ("", keys_of::<ConfigFile>()),
        ("token", keys_of::<TokenTable>()),
        ("momento", keys_of::<MomentoTable>()),
        ("authorizer", keys_of::<AuthorizerTable>()),
        ("cognito", keys_of::<CognitoTable>()),
        ("cognito.password", keys_of::<PasswordTable>()),
        ("api", keys_of::<ApiTable>()),
        ("api.waf", keys_of::<WafTable>()),
        ("api.domain", keys_of::<DomainTable>()),
        ("api.usage_plan", keys_of::<UsagePlanTable>()),
        ("reuse", keys_of::<ReuseTable>()),
        ("limits", keys_of::<LimitsTable>()),
        ("secrets", keys_of::<SecretsTable>()),
        ("deployment", keys_of::<DeploymentTable>()),
        ("functions", keys_of::<FunctionsTable>()),
        ("monitoring", keys_of::<MonitoringTable>()),
        ("build", keys_of::<BuildTable>()),
        ("web", keys_of::<WebTable>()),
        ("permissions", keys_of::<PermissionEntry>()),
        ("groups", keys_of::<GroupEntry>()),
    ];
    tables.into_iter().filter(move |(_, keys)| keys.contains(&key)).map(|(name, _)| {
        let path = Path(name.split('.').filter(|key| !key.is_empty()).map(|key| Step::Key(key.to_owned())).collect());
        let begin = match name {
            "permissions" => "[[permissions]]".to_owned(),
            "groups" => "[groups.NAME]".to_owned(),
            _ => table_name(&path),
        };
        (path, begin)
    })
}

/// The keys of a table, as its type tells them to one that has another.
fn keys_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let Ok(other) = DeTable::parse("\"\" = 0") else { return &[] };
    match T::deserialize(Node::new(&DeValue::Table(other.into_inner()), &Repairs::default())) {
        Err(Slip { what: What::UnknownKey { known }, .. }) => known,
        _ => &[],
    }
}

/// The word that can only have been meant: it differs in case, or in what joins its parts, or has its enumeration before it.
pub(crate) fn meant(slip: &Slip) -> Option<&'static str> {
    let What::UnknownValue { given, known } = &slip.what else { return None };
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let given = letters(original::without_enumeration(given));
    known.iter().copied().find(|known| letters(known) == given)
}

fn unknown_value(given: &str, known: &'static [&'static str], path: &Path, root: &DeValue<'_>) -> String {
    let key = last_key(path);
    let begin = format!("`{path}` cannot be `{given}`");
    let bare = original::without_enumeration(given);
    let kind = (key == "role").then(|| kind_of_permission(value_at(root, &path.parent())));
    let fitting = kind.map_or(known, Kind::roles);
    let meant = match (key, kind) {
        ("auth", _) => original::mode(bare),
        (_, Some(kind)) => original::role(bare, kind),
        _ => None,
    };
    let only = fitting.iter().copied().find(|one| *one == bare || fitting.len() == 1);
    let near = only.or(meant).or_else(|| nearest(bare, fitting.iter().copied()));
    let one_of = match kind {
        Some(kind) => format!("a permission for {} takes {}", kind.as_str(), fitting.join(", ")),
        None => format!("it is one of {}", fitting.join(", ")),
    };
    match near {
        Some(near) if path.0.last() == Some(&Step::Key(key.to_owned())) => {
            format!("{begin}; did you mean {key} = \"{near}\"? ({one_of})")
        }
        Some(near) => format!("{begin}; did you mean \"{near}\"? ({one_of})"),
        None => format!("{begin}; {one_of}"),
    }
}

/// What this permission is for, as far as it can be read.
pub(crate) fn kind_of_permission(permission: Option<&DeValue<'_>>) -> Kind {
    let has = |key| permission.and_then(DeValue::as_table).is_some_and(|table| table.contains_key(key));
    if has("topic") {
        Kind::Topic
    } else if has("function") {
        Kind::Function
    } else {
        Kind::Cache
    }
}

fn missing(key: &str, path: &Path, root: &DeValue<'_>) -> String {
    match key {
        "auth" if root.as_table().is_none_or(DeTable::is_empty) => {
            "the file is empty; copy one of config/examples/ here, or begin with auth = \"Open\"".to_owned()
        }
        "auth" => {
            "`auth` is missing: write above the first [table] who may ask for tokens, as in auth = \"Open\" (it is one \
                   of Open, LambdaAuthorizer, AmazonCognito)"
                .to_owned()
        }
        "cache" => format!("`{path}` has no `cache`: write cache = \"NAME\" in it, or cache = \"*\" for every cache"),
        "role" => {
            let kind = kind_of_permission(value_at(root, path));
            let roles = kind.roles();
            let example = roles.get(1).or(roles.first()).copied().unwrap_or_default();
            format!(
                "`{path}` has no `role`: write what the caller may do there, as in role = \"{example}\" (a permission for {} takes {})",
                kind.as_str(),
                roles.join(", ")
            )
        }
        "permissions" => format!(
            "`{path}` has no `permissions`: write what its members may do, as in permissions = [{{ cache = \"NAME\", role = \
             \"ReadOnly\" }}]"
        ),
        "name" => format!("`{path}` has no `name`: write the domain name, as in name = \"tokens.example.com\""),
        "certificate" => format!(
            "`{path}` has no `certificate`: write the ARN of the domain's certificate, as in certificate = \
             \"arn:aws:acm:eu-central-1:111122223333:certificate/…\""
        ),
        other => format!("`{path}` has no `{other}`, which it must have"),
    }
}

/// The words of serde and of the types, for people.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" => "text in quotes",
        "a sequence" => "a list",
        "a nonzero u32" => "a whole number, 1 or more",
        "a map" => "a table",
        table if table.starts_with("struct ") => "a table",
        other => other,
    }
}

fn unfit(expected: &str, path: &Path, root: &DeValue<'_>) -> String {
    let one_of_roles = (last_key(path) == "role")
        .then(|| format!("one of \"{}\"", kind_of_permission(value_at(root, &path.parent())).roles().join("\", \"")));
    let expected = one_of_roles.as_deref().unwrap_or_else(|| in_plain_words(expected));
    let Some(value) = value_at(root, path) else { return format!("`{path}` must be {expected}") };
    let found = match value {
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::String(text) if expected.starts_with("a whole number") => format!("\"{text}\""),
        DeValue::String(_) => "text".to_owned(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    };
    let fix = line_instead(expected, path, value).map(|line| format!(": write {line}")).unwrap_or_default();
    format!("`{path}` must be {expected}, not {found}{fix}")
}

/// The line that its author most likely meant.
fn line_instead(expected: &str, path: &Path, value: &DeValue<'_>) -> Option<String> {
    let key = last_key(path);
    let in_a_list = matches!(path.0.last(), Some(Step::Index(_)));
    let line = |value: String| if in_a_list { value } else { format!("{key} = {value}") };
    let is_permission = in_a_list && key == "permissions";
    match (expected, value) {
        ("true or false", DeValue::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(line("true".to_owned())),
            "false" | "no" | "off" | "0" => Some(line("false".to_owned())),
            _ => None,
        },
        ("true or false", DeValue::Integer(number)) => Some(line((number.as_str() != "0").to_string())),
        ("text in quotes", DeValue::Integer(number)) => Some(line(format!("\"{number}\""))),
        ("text in quotes", DeValue::Float(number)) => Some(line(format!("\"{number}\""))),
        ("text in quotes", DeValue::Boolean(value)) => Some(line(format!("\"{value}\""))),
        ("a list", DeValue::Table(_)) if path.0.len() == 1 => {
            Some(format!("[[{key}]], with two pairs of square brackets"))
        }
        ("a list", DeValue::Table(_)) => Some(format!("{key} = [{{ … }}], with square brackets around")),
        ("a list", _) if key == "permissions" && path.0.len() > 1 => {
            Some("permissions = [{ cache = \"NAME\", role = \"ReadOnly\" }]".to_owned())
        }
        ("a list", _) if key == "permissions" => {
            Some("[[permissions]], and below it cache = \"NAME\" and role = \"ReadOnly\"".to_owned())
        }
        ("a list", DeValue::String(text)) => Some(format!("{key} = [\"{text}\"]")),
        ("a list", DeValue::Integer(number)) => Some(format!("{key} = [\"{number}\"]")),
        ("a table", _) if is_permission => Some("{ cache = \"NAME\", role = \"ReadOnly\" }".to_owned()),
        ("a table", _) if path.0 == [Step::Key("groups".to_owned())] => Some(
            "[groups.NAME] for each group, and below it permissions = [{ cache = \"NAME\", role = \"ReadOnly\" }]"
                .to_owned(),
        ),
        ("a table", DeValue::Array(_)) if path.0.first() == Some(&Step::Key("groups".to_owned())) => {
            Some(format!("[{path}], with one pair of square brackets, and permissions = [{{ … }}] below it"))
        }
        ("a table", DeValue::Array(_)) => Some(format!("[{path}], with one pair of square brackets")),
        ("a table", _) => Some(format!("[{path}], and its keys below that line")),
        (one_of, _) if one_of.starts_with("one of ") && !in_a_list => {
            let first = one_of.split('"').nth(1)?;
            let place = if path.0.len() == 1 && value.is_table() { " above the first [table]" } else { "" };
            Some(format!("one of them, as in {key} = \"{first}\"{place}"))
        }
        (number, DeValue::String(text)) if number.contains("number") && text.parse::<u32>().is_ok() => {
            Some(format!("{key} = {text}, without quotes"))
        }
        _ => None,
    }
}

/// The key that the value belongs to: of a list's entry, the list's.
fn last_key(path: &Path) -> &str {
    let key = path.0.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    key.unwrap_or_default()
}
