//! `tvm logs`: what the functions of the stack logged lately, in one order.
//!
//! No line of theirs holds a secret; still, what a client sent may be in one, so what would move the cursor, turn
//! the text around or hide is escaped.

mod line;

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use clap::Args;
use tvm_config::Lifetime;

use crate::aws::{self, AwsError, StackError, StackName};
use crate::running::{self, Stopped};
use line::{Level, Line};

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
    /// Show only lines of this level and above.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Level::Debug)]
    level: Level,
    /// Show only the lines of this request: the `requestId` of an error, or Lambda's own.
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// Print one JSON object per line, for programs.
    #[arg(long)]
    pub(crate) json: bool,
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

impl Command {
    fn shows(&self, line: &Line) -> bool {
        line.level() >= self.level && self.request_id.as_deref().is_none_or(|id| line.is_of_request(id))
    }
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
        lines.retain(|line| command.shows(line));
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
        let events = page.events.unwrap_or_default().into_iter();
        lines.extend(
            events.map(|event| Line::new(event.timestamp.unwrap_or_default(), log, &event.message.unwrap_or_default())),
        );
    }
    Ok(lines)
}

fn since(text: &str) -> Result<Duration, String> {
    Lifetime::parse(text)
        .map(Lifetime::duration)
        .map_err(|_| "write a time from 1s to 25h, as in 90s, 10m or 2h".to_owned())
}
