//! Users, as they are shown: names, groups and states, and nothing that proves anything.

use std::io::{self, Write};

use serde::Serialize;
use tvm_users::{Entry, Groups, Kind, Standing};

use crate::form::{Form, write_json};
use crate::unseen::is_unseen;

/// A user, to be shown.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) username: String,
    pub(crate) groups: Vec<String>,
    /// That they are in every configured group, whichever those are; `groups` then names none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) all_groups: bool,
    /// The kind of what they prove it by; with Cognito, what it calls their state.
    pub(crate) signs_in_by: String,
    pub(crate) state: State,
}

/// Whether they are let in.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Enabled,
    Disabled,
    /// By a field of the secret that the authorizer does not know.
    UnknownField,
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        let signs_in_by = match entry.kind {
            Some(Kind::Hash) => "password",
            Some(Kind::Key) => "key",
            Some(Kind::Password) => "password in clear",
            None => "nothing that counts",
        };
        let state = match entry.standing {
            Standing::Enabled => State::Enabled,
            Standing::Disabled => State::Disabled,
            Standing::NotUnderstood => State::UnknownField,
        };
        let (groups, all_groups) = match entry.groups {
            Groups::All => (Vec::new(), true),
            Groups::Named(names) => (names, false),
        };
        Self { username: entry.username, groups, all_groups, signs_in_by: signs_in_by.to_owned(), state }
    }
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::UnknownField => "not let in: it has a field that is not known",
        }
    }
}

/// What stands for the groups of a user who is in all of them. The space keeps it apart from any group's name.
const EVERY_GROUP: &str = "* (every configured group)";

const HEAD: [&str; 4] = ["USERNAME", "SIGNS IN BY", "STATE", "GROUPS"];

/// Prints `rows` to `out`.
pub(crate) fn print(rows: &[Row], form: Form, out: &mut impl Write) -> io::Result<()> {
    if let Form::Json = form {
        return write_json(&rows, out);
    }
    let lines: Vec<[String; 4]> = rows.iter().map(cells).collect();
    let head = HEAD.map(str::to_owned);
    let widths: Vec<usize> = (0..3)
        .map(|column| {
            std::iter::once(&head)
                .chain(&lines)
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let (bold, plain) = match form {
        Form::Terminal => ("\x1b[1m", "\x1b[0m"),
        Form::Plain | Form::Json => ("", ""),
    };
    writeln!(out, "{bold}{}{plain}", aligned(&head, &widths))?;
    lines.iter().try_for_each(|line| writeln!(out, "{}", aligned(line, &widths)))
}

/// What would move the cursor is written out: a name may come from anywhere.
fn cells(row: &Row) -> [String; 4] {
    let shown = |text: &str| {
        text.chars().map(|c| if is_unseen(c) { c.escape_default().to_string() } else { c.into() }).collect()
    };
    let groups = if row.all_groups { EVERY_GROUP.to_owned() } else { shown(&row.groups.join(", ")) };
    [shown(&row.username), row.signs_in_by.clone(), row.state.as_str().to_owned(), groups]
}

fn aligned(line: &[String; 4], widths: &[usize]) -> String {
    let cells = line.iter().zip(widths.iter().chain([&0]));
    let text: String = cells.map(|(cell, width)| format!("{cell:<width$}  ")).collect();
    text.trim_end().to_owned()
}
