//! The reference of all commands, as Markdown: `docs/command-line.md` has it, and a test keeps it current.

use std::fmt::Write as _;

use clap::{Arg, Command};

/// A table of the commands that can be called, and a section for each, made of its own options.
pub(crate) fn markdown(mut command: Command) -> String {
    command.build();
    let mut commands = Vec::new();
    collect(&mut command, &mut commands);
    let rows = commands.iter().map(|Entry { name, about, .. }| {
        format!("| [`{name}`](#{anchor}) | {about} |", anchor = name.replace(' ', "-"), about = cell(about))
    });
    let overview = ["| command | what it does |".to_owned(), "|---|---|".to_owned()].into_iter().chain(rows);
    let sections = commands.iter().map(|Entry { section, .. }| section.clone());
    [overview.collect::<Vec<_>>().join("\n")].into_iter().chain(sections).collect::<Vec<_>>().join("\n\n")
}

/// One command that can be called.
struct Entry {
    name: String,
    about: String,
    section: String,
}

fn collect(command: &mut Command, commands: &mut Vec<Entry>) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    if command.has_subcommands() {
        command.get_subcommands_mut().for_each(|inner| collect(inner, commands));
    } else {
        commands.push(entry(command));
    }
}

fn entry(command: &mut Command) -> Entry {
    let usage = command.render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    let about = sentence(&command.get_about().map(ToString::to_string).unwrap_or_default());
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let mut section = format!("### `{name}`\n\n{about}\n\n```text\n{usage}\n```");
    let arguments = command.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_id() != "help");
    let rows: Vec<String> = arguments.map(|arg| format!("| `{arg}` | {} |", cell(&meaning(arg)))).collect();
    if !rows.is_empty() {
        // A `String` takes whatever is written to it.
        let _ = write!(section, "\n\n| argument | meaning |\n|---|---|\n{}", rows.join("\n"));
    }
    Entry { name, about, section }
}

/// The help of an argument, with its values, its default and its variable.
fn meaning(arg: &Arg) -> String {
    let mut said = vec![arg.get_help().map(ToString::to_string).unwrap_or_default()];
    if arg.get_action().takes_values() {
        said.push(listed("Values", arg.get_possible_values().iter().map(|value| value.get_name().to_owned())));
        said.push(listed("Default", arg.get_default_values().iter().map(|value| value.display().to_string())));
    }
    said.push(listed("Environment", arg.get_env().map(|name| name.display().to_string()).into_iter()));
    said.retain(|part| !part.is_empty());
    said.iter().map(|part| sentence(part)).collect::<Vec<_>>().join(" ")
}

/// With a full stop, which clap takes off the end of a comment.
fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// ``What: `one`, `two` ``, or nothing.
fn listed(what: &str, values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
    if values.is_empty() { String::new() } else { format!("{what}: {}", values.join(", ")) }
}

/// As a cell of a table has it: in one line.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
