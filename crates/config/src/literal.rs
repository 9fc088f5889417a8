//! Names that their author may have taken for more than a name: a `*` inside of one, or what Momento's SDK calls everything.

use crate::file::PermissionEntry;
use crate::original;
use crate::selector::Selector;

/// What is said of them, and of which key.
pub(crate) fn of_entry(entry: &PermissionEntry) -> impl Iterator<Item = (&'static str, String)> {
    let names = [
        ("cache", Some(&entry.cache)),
        ("topic", entry.topic.as_ref()),
        ("key", entry.key.as_ref()),
        ("function", entry.function.as_ref()),
    ];
    names.into_iter().filter_map(|(key, selector)| Some((key, advice(key, selector?)?)))
}

fn advice(key: &str, selector: &Selector) -> Option<String> {
    match selector {
        Selector::Text(text) if original::is_everything(text) => {
            let line = if key == "key" { "leave `key` out".to_owned() } else { format!("write {key} = \"*\"") };
            Some(format!("this is the name `{text}` and nothing else; for every one {line}"))
        }
        Selector::Text(text) => match text.split_once('*') {
            None | Some(("", "")) => None,
            Some(_) if key == "cache" => Some(
                "a `*` inside a name is that character; name each cache, or write cache = \"*\" for every cache"
                    .to_owned(),
            ),
            Some(("", _)) => {
                Some("a `*` inside a name is that character, and names cannot be selected by their end".to_owned())
            }
            Some((prefix, _)) => Some(format!(
                "a `*` inside a name is that character; for every name that begins so, write {key} = {{ prefix = \"{prefix}\" }}"
            )),
        },
        Selector::Prefix { prefix } => {
            let begin = prefix.strip_suffix('*').filter(|begin| !begin.is_empty())?;
            Some(format!(
                "a `*` in a prefix is that character; for every name that begins so, write {key} = {{ prefix = \"{begin}\" }}"
            ))
        }
        // Said so on purpose.
        Selector::Name { .. } => None,
    }
}
