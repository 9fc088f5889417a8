//! What is told of a token: what it may do and for how long, and nothing of the token itself.

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use serde_json::Value;

use crate::form::write_json;
use crate::in_words::in_words;
use crate::token::answer::Vended;

/// For programs.
#[derive(Serialize)]
struct Report<'v> {
    /// Epoch seconds.
    expires_at: u64,
    /// Seconds from now.
    expires_in: u64,
    id: Option<&'v str>,
    /// `None` where the endpoint does not say.
    permissions: Option<&'v [Value]>,
}

/// Prints JSON.
pub(crate) fn print_json(vended: &Vended, now: SystemTime, out: &mut impl Write) -> io::Result<()> {
    let report = Report {
        expires_at: vended.expires_at,
        expires_in: left(vended.expires_at, now),
        id: vended.grant.as_ref().and_then(|grant| grant.id.as_deref()),
        permissions: vended.grant.as_ref().map(|grant| grant.permissions.as_slice()),
    };
    write_json(&report, out)
}

/// Prints it for people.
pub(crate) fn print(vended: &Vended, now: SystemTime, out: &mut impl Write) -> io::Result<()> {
    let left = left(vended.expires_at, now);
    writeln!(out, "A token until {} ({left} s from now)", moment(vended.expires_at))?;
    let Some(grant) = &vended.grant else {
        return writeln!(out, "  the endpoint does not say what it may do (no header Token-Grant)");
    };
    match &grant.id {
        Some(id) => writeln!(out, "  id: {id:?}")?,
        None => writeln!(out, "  id: none")?,
    }
    writeln!(out, "  permissions:")?;
    grant.permissions.iter().try_for_each(|permission| writeln!(out, "    {}", in_words(permission)))
}

fn left(expires_at: u64, now: SystemTime) -> u64 {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    // Rounded as a person would: what is vended for an hour has an hour left.
    Duration::from_secs(expires_at).saturating_sub(now).as_secs_f64().round() as u64
}

/// `2026-01-02T03:04:05Z`; the number itself where no calendar has it.
fn moment(seconds: u64) -> String {
    let formatted =
        i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_secs(seconds).fmt(Format::DateTime).ok());
    formatted.unwrap_or_else(|| seconds.to_string())
}
