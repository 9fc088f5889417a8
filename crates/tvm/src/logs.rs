//! `tvm logs`: what the functions of the stack logged lately, in one order.
//!
//! No line of theirs holds a secret; still, what a client sent may be in one, so what would move the cursor, turn
//! the text around or hide is escaped.

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use tvm_config::Lifetime;

use crate::aws::{self, AwsError, StackError, StackName};
use crate::running::{self, Stopped};
use crate::unseen::in_one_line;

/// About the most lines of each log group that are shown, so that a busy day does not fill the memory.
const MOST: usize = 10_000;

/// Whose lines, and how old.
#[derive(Debug, Args)]
pub(crate) struct Command {
    #[command(flatten)]
    stack: StackName,
    /// How far to look back: 90s, 10m or 2h, for example; at most 25h.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = since)]
    since: Duration,
    /// Print one JSON object per line, for programs.
    #[arg(long)]
    json: bool,
}

/// Why no lines are shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogsError {
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error("the stack `{stack}` has no log groups, so it is not a token vending machine; name yours with --stack")]
    NoLogs { stack: String },
    #[error("the log group {group} cannot be read: {error}")]
    Aws { group: String, error: AwsError },
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A line of a log.
#[derive(Debug, Serialize)]
struct Line {
    /// Milliseconds since 1970.
    timestamp: i64,
    /// What the template calls the log group.
    log: String,
    /// An object where the line is one.
    message: Value,
}

/// Prints the lines to `out`; that there are more is told to `notes`.
pub(crate) fn run(command: &Command, out: &mut impl Write, notes: &mut impl Write) -> Result<(), LogsError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let from = i64::try_from(now.saturating_sub(command.since).as_millis()).unwrap_or(i64::MAX);
    running::until_done(async {
        let aws = aws::settings(None).await?;
        let groups = command.stack.resources(&aws, "AWS::Logs::LogGroup").await?;
        if groups.is_empty() {
            return Err(LogsError::NoLogs { stack: command.stack.to_string() });
        }
        let mut lines = Vec::new();
        let mut cut_off = false;
        for (log, group) in &groups {
            let found = read(&aws, log, group, from).await?;
            cut_off |= found.len() >= MOST;
            lines.extend(found);
        }
        lines.sort_by_key(|line| line.timestamp);
        for line in &lines {
            line.print(command.json, out)?;
        }
        if cut_off {
            writeln!(
                notes,
                "warning: of a function with more than {MOST} lines the latest are missing; look less far back, with --since"
            )?;
        }
        Ok(())
    })
}

/// The lines of one log group, the oldest first.
async fn read(aws: &SdkConfig, log: &str, group: &str, from: i64) -> Result<Vec<Line>, LogsError> {
    let request = Client::new(aws).filter_log_events().log_group_name(group).start_time(from);
    let mut pages = request.into_paginator().send();
    let mut lines = Vec::new();
    while lines.len() < MOST
        && let Some(page) = pages.next().await
    {
        let page = page.map_err(|error| LogsError::Aws { group: group.to_owned(), error: AwsError::of(&error) })?;
        lines.extend(page.events.unwrap_or_default().into_iter().map(|event| {
            let text = event.message.unwrap_or_default();
            let object = serde_json::from_str(&text).ok().filter(Value::is_object);
            let message = object.unwrap_or_else(|| Value::from(text.trim_end()));
            Line { timestamp: event.timestamp.unwrap_or_default(), log: log.to_owned(), message }
        }));
    }
    Ok(lines)
}

impl Line {
    fn print(&self, json: bool, out: &mut impl Write) -> io::Result<()> {
        if json {
            return writeln!(out, "{}", in_one_line(&serde_json::to_string(self)?));
        }
        let time = DateTime::from_millis(self.timestamp).fmt(Format::DateTime).unwrap_or_default();
        let text = match &self.message {
            Value::String(text) => text.clone(),
            object => object.to_string(),
        };
        writeln!(out, "{time}  {}  {}", self.log, in_one_line(&text))
    }
}

fn since(text: &str) -> Result<Duration, String> {
    Lifetime::parse(text)
        .map(Lifetime::duration)
        .map_err(|_| "write a time from 1s to 25h, as in 90s, 10m or 2h".to_owned())
}
