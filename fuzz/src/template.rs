//! Templates filled the naive way: from the text each time, without a parsed form.

use std::cell::RefCell;

/// `template` with `value_of` each name in braces; `None` where it is no template, or a value is missing or empty.
pub fn filled(template: &str, value_of: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some(at) = rest.find(['{', '}']) {
        let (text, from_brace) = rest.split_at(at);
        let (brace, after) = from_brace.split_at(1);
        filled += text;
        rest = match (after.strip_prefix(brace), brace) {
            (Some(after), _) => {
                filled += brace;
                after
            }
            (None, "{") => {
                let (name, after) = after.split_once('}')?;
                filled += &value_of(name).filter(|value| !value.is_empty() && is_name(name))?;
                after
            }
            _ => return None,
        };
    }
    filled += rest;
    Some(filled).filter(|_| !template.is_empty())
}

/// The names in braces, in order; none where it is no template.
pub fn names(template: &str) -> Vec<String> {
    let names = RefCell::new(Vec::new());
    let found = filled(template, |name| {
        names.borrow_mut().push(name.to_owned());
        Some("x".to_owned())
    });
    found.map(|_| names.into_inner()).unwrap_or_default()
}

/// Whether `name` may stand in braces.
pub fn is_name(name: &str) -> bool {
    let prefixed = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
    let plain = ["sub", "username", "principal", "cache", "query.name"].contains(&name);
    (plain || prefixed("claims.") || prefixed("context.")) && !name.contains('{')
}
