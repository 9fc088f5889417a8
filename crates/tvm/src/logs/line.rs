//! A line of a function's log, as a person reads it and as a program does.

use std::io::{self, Write};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::unseen::in_one_line;

/// How serious a line is, as the functions write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    /// For who looks for a fault in the program.
    Debug,
    /// What is as it should be.
    Info,
    /// What somebody should know.
    Warn,
    /// What failed.
    Error,
}

/// A line of a log.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Milliseconds since 1970.
    pub(crate) timestamp: i64,
    /// What the template calls the log group.
    log: String,
    /// An object where the line is one.
    message: Value,
}

/// The members that every line of ours has, and those of Lambda's own lines: they have places of their own.
const PLACED: [&str; 6] = ["timestamp", "time", "level", "message", "target", "type"];

impl Line {
    pub(crate) fn new(timestamp: i64, log: &str, text: &str) -> Self {
        let object = serde_json::from_str(text).ok().filter(Value::is_object);
        Self { timestamp, log: log.to_owned(), message: object.unwrap_or_else(|| Value::from(text.trim_end())) }
    }

    /// Its level. Lines of Lambda itself have none, and count as [`Level::Info`].
    pub(crate) fn level(&self) -> Level {
        let level = self.message.get("level").and_then(Value::as_str);
        level.and_then(|level| Level::from_str(level, true).ok()).unwrap_or(Level::Info)
    }

    /// Whether it is of the request with this id: API Gateway's, which the caller got, or Lambda's.
    pub(crate) fn is_of_request(&self, id: &str) -> bool {
        // The last is in Lambda's own lines.
        let places = ["/gatewayRequestId", "/requestId", "/record/requestId"];
        places.iter().any(|place| self.message.pointer(place).and_then(Value::as_str) == Some(id))
            || self.message.as_str().is_some_and(|text| text.contains(id))
    }

    /// Prints it: an object for programs, or a text for people, `TIME  LOG  LEVEL  message  name=value …`.
    pub(crate) fn print(&self, json: bool, out: &mut impl Write) -> io::Result<()> {
        if json {
            return writeln!(out, "{}", in_one_line(&serde_json::to_string(self)?));
        }
        let time = DateTime::from_millis(self.timestamp).fmt(Format::DateTime).unwrap_or_default();
        let text = match &self.message {
            Value::Object(members) => in_words(members),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        writeln!(out, "{time}  {}  {}", self.log, in_one_line(&text))
    }
}

/// `LEVEL  message  name=value …`; of Lambda's own lines the type stands for the message.
fn in_words(members: &Map<String, Value>) -> String {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let mut words: Vec<String> = text("level").map(|level| format!("{level:<5}")).into_iter().collect();
    words.extend(text("message").or_else(|| text("type")).map(str::to_owned));
    let mut others: Vec<String> = members
        .iter()
        .filter(|(name, _)| !PLACED.contains(&name.as_str()))
        .map(|(name, value)| match value {
            Value::String(plain) if !plain.is_empty() && !plain.contains([' ', '"', '=']) => format!("{name}={plain}"),
            value => format!("{name}={value}"),
        })
        .collect();
    // Each has its place in every line, whatever kept the order of the members.
    others.sort();
    words.extend(others);
    words.join("  ")
}
