//! What is said of a text that is not TOML, and what of it can still be read.
//!
//! A line that sets a key and cannot be read is said and taken out, so that all the others are read. Where it is not one line that is wrong,
//! nothing more is read: what follows could mean anything.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toml::de::DeTable;

use crate::error::{ConfigError, Problem};
use crate::original;
use crate::other_format;
use crate::path::{Path, Step};
use crate::position::Source;

/// What is wrong with the text as such.
pub(crate) struct Checked<'s> {
    pub(crate) errors: Vec<ConfigError>,
    /// The text without the lines that cannot be read, and what those would have set; `None`: nothing more is to be read.
    pub(crate) rest: Option<(Cow<'s, str>, Vec<Path>)>,
}

/// Finds what is not TOML.
pub(crate) fn check<'s>(source: Source<'s>) -> Checked<'s> {
    if let Some(message) = other_format::name_of(source.text) {
        return Checked { errors: vec![source.error(1, Problem::Unreadable(message.to_owned()))], rest: None };
    }
    let lines: Vec<&str> = source.text.split('\n').collect();
    let slips = slips(source, source.text);
    let mut errors = BTreeMap::new();
    if let Some((first, ..)) =
        slips.iter().find(|(_, message, _)| message.contains("unclosed array") || message.contains("unclosed inline"))
    {
        let earliest = slips.iter().map(|(line, ..)| *line).min().unwrap_or(*first);
        let opened = opened_before(&lines, earliest).unwrap_or(earliest);
        let message =
            format!("not TOML: what `{}` opens is not closed; write the missing bracket", line(&lines, opened).trim());
        errors.insert(opened, message);
        let errors = errors.into_iter().map(|(line, message)| source.error(line, Problem::Unreadable(message)));
        return Checked { errors: errors.collect(), rest: None };
    }
    let mut text = Cow::Borrowed(source.text);
    let mut unread = Vec::new();
    let mut is_readable = true;
    for (number, message, offset) in &slips {
        if errors.contains_key(number) {
            continue;
        }
        if is_duplicate(message) {
            errors.insert(*number, twice(source.text, &lines, *number, *offset));
            continue;
        }
        errors.insert(*number, not_toml(line(&lines, *number), message));
        match key_of(line(&lines, *number)) {
            Some(key) => {
                unread.push(table_of(&lines, *number).join(key));
                text = Cow::Owned(without_line(&text, *number));
            }
            None => is_readable = is_comment_of_another_language(line(&lines, *number)) && is_readable,
        }
        if key_of(line(&lines, *number)).is_none() {
            text = Cow::Owned(without_line(&text, *number));
        }
    }
    let is_clean = slips.is_empty() || self::slips(source, &text).iter().all(|(_, message, _)| is_duplicate(message));
    let errors = errors.into_iter().map(|(line, message)| source.error(line, Problem::Unreadable(message))).collect();
    Checked { errors, rest: (is_readable && is_clean).then_some((text, unread)) }
}

/// What the parser says: the line, the message, and the offset.
fn slips(source: Source<'_>, text: &str) -> Vec<(usize, String, usize)> {
    let (_, slips) = DeTable::parse_recoverable(text);
    let mut slips: Vec<_> = slips
        .iter()
        .map(|slip| {
            let offset = slip.span().map_or(0, |span| span.start);
            (source.line(offset), slip.message().replace('\n', "; "), offset)
        })
        .collect();
    slips.sort_by_key(|(.., offset)| *offset);
    slips
}

fn is_duplicate(message: &str) -> bool {
    message == "duplicate key"
}

/// The line of this number, from 1.
fn line<'l>(lines: &[&'l str], number: usize) -> &'l str {
    number.checked_sub(1).and_then(|index| lines.get(index)).copied().unwrap_or_default().trim_end_matches('\r')
}

/// The same text with spaces for this line, so that everything else stays where it is.
fn without_line(text: &str, number: usize) -> String {
    let lines = text.split('\n').enumerate().map(|(index, line)| {
        if index.saturating_add(1) == number { Cow::Owned(" ".repeat(line.len())) } else { Cow::Borrowed(line) }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The last line before this one, or this one, that opens a list or a table in braces.
fn opened_before(lines: &[&str], number: usize) -> Option<usize> {
    let opens = |number: &usize| {
        let text = line(lines, *number);
        text.split_once('=').is_some_and(|(_, value)| value.trim_start().starts_with(['[', '{']))
    };
    (1..=number).rev().find(opens)
}

/// The key that the line sets, if it is one that sets a key.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(['=', ':'])?;
    let key = key.trim();
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!key.is_empty() && key.chars().all(is_bare)).then_some(key)
}

/// The table that the line is in, by the headers before it.
fn table_of(lines: &[&str], number: usize) -> Path {
    let header = |number: usize| line(lines, number).trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
    let Some((at, header)) = (1..number).rev().find_map(|number| Some((number, header(number)?))) else {
        return Path::default();
    };
    let Some(list) = header.strip_prefix('[') else { return Path::default().join(header.trim()) };
    let opening = format!("[[{}]]", list.trim());
    let same = (1..at).filter(|number| line(lines, *number).trim().starts_with(&opening)).count();
    Path::default().join(list.trim()).index(same)
}

impl Path {
    /// Beneath it what this dotted key names.
    fn join(mut self, dotted: &str) -> Self {
        self.0.extend(dotted.split('.').map(|key| Step::Key(key.trim().trim_matches(['"', '\'']).to_owned())));
        self
    }
}

fn is_comment_of_another_language(line: &str) -> bool {
    ["//", "--", ";", "/*"].iter().any(|begin| line.trim_start().starts_with(begin))
}

/// Two of one key, or of one table.
fn twice(text: &str, lines: &[&str], number: usize, offset: usize) -> String {
    let here = line(lines, number).trim();
    if here.starts_with('[') {
        let header = here.split('#').next().unwrap_or(here).trim();
        let name = header.trim_matches(['[', ']']);
        let is_first = |other: &usize| {
            let other = line(lines, *other).trim();
            other.starts_with(header)
                || other.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['.', '=']))
        };
        return match (1..number).find(is_first) {
            Some(first) if line(lines, first).trim().starts_with('[') => {
                format!("{header} stands here and in line {first}; put all of its keys below one of the two")
            }
            Some(first) => format!(
                "{header} stands here, and `{}` in line {first} is already of that table; put all of its keys below {header}",
                line(lines, first).trim()
            ),
            None => format!("{header} is there twice; put all of its keys below one of the two"),
        };
    }
    let rest = text.get(offset..).unwrap_or_default();
    let key = rest.split(['=', ' ', '\t', '\n', ']', '}', ',']).next().unwrap_or_default();
    let first = (1..number)
        .rev()
        .take_while(|other| !line(lines, *other).trim().starts_with('['))
        .find(|other| key_of(line(lines, *other)) == Some(key));
    match first {
        Some(first) => format!("`{key}` is set here and in line {first}; delete one of the two lines"),
        None => format!("`{key}` is set twice here; delete one of the two"),
    }
}

/// What is wrong with one line, and the line to write.
fn not_toml(line: &str, message: &str) -> String {
    const TYPOGRAPHIC: [char; 8] = ['“', '”', '„', '‘', '’', '‚', '«', '»'];
    let line = line.trim();
    if line.contains(TYPOGRAPHIC) {
        return format!("the quotes are typographic; write straight ones: {}", line.replace(TYPOGRAPHIC, "\""));
    }
    if is_comment_of_another_language(line) {
        let comment = line.trim_start_matches(['/', '-', ';', '*', ' ']);
        return format!("a comment begins with `#`: write # {comment}");
    }
    if line.starts_with('[') && message.starts_with("unclosed") {
        let name = line.trim_matches(['[', ']', ' ']);
        let whole = if line.starts_with("[[") { format!("[[{name}]]") } else { format!("[{name}]") };
        return format!("`{line}` has no closing bracket: write {whole}");
    }
    let Some(key) = key_of(line) else { return format!("not TOML: {message}") };
    let (_, value) = line.split_once(['=', ':']).unwrap_or_default();
    let value = value.split(" #").next().unwrap_or(value).trim();
    if line.get(key.len()..).is_some_and(|rest| rest.trim_start().starts_with(':')) {
        return format!(
            "a key and its value are separated by `=`: write {key} = {}",
            in_toml(value.trim_end_matches(','))
        );
    }
    if value.is_empty() || value.starts_with('=') {
        return format!("`{key}` has no value; write one after the `=`, or delete the line");
    }
    if let Some(value) = value.strip_suffix([',', ';']).filter(|_| message.starts_with("unexpected key or value")) {
        return format!("a line does not end with a comma or a semicolon: write {key} = {value}");
    }
    if message.starts_with("missing escaped value") || message.contains("escape") {
        return format!(
            "`\\` in double quotes begins an escape; write single quotes: {key} = '{}'",
            value.trim_matches('"')
        );
    }
    if message.starts_with("invalid basic string") || message.starts_with("invalid literal string") {
        return format!(
            "the text that {key} begins has no closing quote: write {key} = \"{}\"",
            value.trim_matches(['"', '\''])
        );
    }
    let meant = in_toml(value);
    if meant.trim_matches('"') == value {
        return format!("text needs quotes: write {key} = {meant}");
    }
    if meant != value {
        return format!("`{value}` is not a value in TOML: write {key} = {meant}");
    }
    format!("not TOML: {message}")
}

/// A value that was written as in another language, as TOML has it.
fn in_toml(value: &str) -> Cow<'_, str> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '*' | '/' | '%');
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Cow::Borrowed("true"),
        "false" | "no" | "off" => Cow::Borrowed("false"),
        _ if original::is_everything(value) => Cow::Borrowed("\"*\""),
        number if number.parse::<i64>().is_ok() => Cow::Borrowed(value),
        _ if !value.is_empty() && value.chars().all(is_word) => {
            Cow::Owned(format!("\"{}\"", original::without_enumeration(value)))
        }
        _ => Cow::Borrowed(value),
    }
}
