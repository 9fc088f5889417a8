//! What is said of a text that is not TOML, and what of it can still be read.
//!
//! A line that sets a key and cannot be read is said and taken out, so that all the others are read. Where it is not one line that is wrong,
//! nothing more is read: what follows could mean anything.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

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
    let (mut text, mut unread, mut said) = (Cow::Borrowed(source.text), Vec::new(), BTreeMap::new());
    let mut taken_out = BTreeSet::new();
    let rest = loop {
        let slips = slips(source, &text);
        if let Some((number, message)) = unclosed(&lines, &slips) {
            said.insert(number, message);
            break None;
        }
        let mut wrong = BTreeSet::new();
        for (number, message, offset) in &slips {
            if is_duplicate(message) {
                said.entry(*number).or_insert_with(|| twice(source.text, &lines, *number, *offset));
            } else {
                said.entry(*number).or_insert_with(|| not_toml(line(&lines, *number), message));
                wrong.insert(*number);
            }
        }
        if wrong.is_empty() {
            break Some((text, unread));
        }
        if !wrong.iter().all(|number| stands_alone(line(&lines, *number)) && taken_out.insert(*number)) {
            break None;
        }
        for number in wrong {
            let table = table_of(&lines, number);
            unread.extend(keys_of(line(&lines, number)).map(|key| table.clone().join(key)));
            text = Cow::Owned(without_line(&text, number));
        }
    };
    let errors = said.into_iter().map(|(line, message)| source.error(line, Problem::Unreadable(message))).collect();
    Checked { errors, rest }
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

/// What is opened and never closed, and where.
fn unclosed(lines: &[&str], slips: &[(usize, String, usize)]) -> Option<(usize, String)> {
    let is_said = |what: &str| slips.iter().any(|(_, message, _)| message.contains(what));
    let (first, ..) = slips.first()?;
    if is_said("unclosed array") || is_said("unclosed inline table") {
        let opened = (1..=*first).rev().find(|number| {
            let value = line(lines, *number).split_once('=').map_or("", |(_, value)| value);
            value.trim_start().starts_with(['[', '{']) && open_brackets(value) > 0
        })?;
        return Some((opened, format!("`{}` has no closing bracket", line(lines, opened).trim())));
    }
    if is_said("invalid multi-line") {
        let opened = (1..=lines.len())
            .rev()
            .find(|number| ["\"\"\"", "'''"].iter().any(|it| line(lines, *number).contains(it)))?;
        return Some((opened, "the text that three quotes begin here is not ended by three quotes".to_owned()));
    }
    None
}

/// How many brackets outside of quotes open more than close.
fn open_brackets(text: &str) -> usize {
    let outside_quotes = || text.split('"').step_by(2).flat_map(str::chars);
    let count = |brackets: [char; 2]| outside_quotes().filter(|c| brackets.contains(c)).count();
    count(['[', '{']).abs_diff(count([']', '}']))
}

/// Whether the lines around it are what they are without it.
fn stands_alone(line: &str) -> bool {
    let opens = line.trim_start().starts_with('[') || line.contains("\"\"\"") || line.contains("'''");
    !line.trim().is_empty() && !opens && open_brackets(line) == 0
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// What the line may set: every word before a `=`, or before its `:`.
fn keys_of(line: &str) -> impl Iterator<Item = &str> {
    let separator = if line.contains('=') { '=' } else { ':' };
    let before = line.match_indices(separator).filter_map(move |(at, _)| line.get(..at));
    before.filter_map(|text| text.trim_end().rsplit(|c| !is_bare(c)).next()).filter(|key| !key.is_empty())
}

/// The key that the line sets, if it is one that sets a key.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(['=', ':'])?;
    let key = key.trim();
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
    let Some(key) = key_of(line) else {
        let words = line
            .split_once('=')
            .map(|(key, _)| key.trim())
            .filter(|key| key.contains(' ') && !key.contains(['"', '\'']));
        return match words {
            Some(words) => format!("a key has no spaces: `{words}`, perhaps {}", words.replace(' ', "_")),
            None => in_plain_words(message),
        };
    };
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
    if meant != value && meant.trim_matches('"') == value {
        return format!("text needs quotes: write {key} = {meant}");
    }
    if meant != value {
        return format!("`{value}` is not a value in TOML: write {key} = {meant}");
    }
    in_plain_words(message)
}

/// What the parser says, for people.
fn in_plain_words(message: &str) -> String {
    let (what, _) = message.split_once(", expected").unwrap_or((message, ""));
    let plain = match what {
        "key with no value" | "invalid key-value pair" => "a line is KEY = VALUE, [TABLE], or a comment after `#`",
        "invalid unquoted key" | "unquoted keys cannot be empty" => {
            "a key has letters, digits, `-` and `_`; another one needs quotes"
        }
        "string values must be quoted" | "missing opening quote" => {
            return "text needs quotes, as in cache = \"NAME\"".to_owned();
        }
        "unexpected key or value" => "something follows the value in the same line",
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            "a comma is missing between two values"
        }
        "missing assignment between key-value pairs" | "missing key for inline table element" => {
            "between braces stands { KEY = VALUE, KEY = VALUE }"
        }
        other => other,
    };
    format!("not TOML: {plain}")
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
