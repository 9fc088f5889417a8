//! Logs: one JSON object a line, with the id of the request.
//!
//! Only this project's own crates are heard. What others log at a low level (HTTP/2 frames, signed requests, bodies) holds
//! keys, and an operator who turns the level up must not get them into CloudWatch.

use std::io::Write as _;
use std::str::FromStr;

use serde::Serialize;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// This project's crates, as they name themselves in a log.
const OURS: [&str; 11] = [
    "momento_client",
    "momento_secrets",
    "refreshing_cache",
    "tvm_authorizer",
    "tvm_common",
    "tvm_issuer",
    "tvm_key_rotation",
    "tvm_oidc",
    "tvm_policy",
    "tvm_rotation",
    "tvm_vending",
];

/// Begins logging to standard output, at `AWS_LAMBDA_LOG_LEVEL` (default `INFO`), as JSON unless `AWS_LAMBDA_LOG_FORMAT` is
/// `Text`.
pub fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
    let text = std::env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("text"));
    let registry = tracing_subscriber::registry().with(filter(&level));
    let lines = tracing_subscriber::fmt::layer().with_ansi(false);
    // Somebody else's subscriber may be there already (a test); then theirs stays.
    let _ = if text {
        registry.with(lines).try_init()
    } else {
        registry.with(lines.json().flatten_event(true).with_current_span(false).with_span_list(false)).try_init()
    };
}

/// Prints a line of these members, which must be a struct's or a map's, where the level is one that is heard. `tracing` has no
/// lists and no objects, and CloudWatch reads metrics from nothing else: so it is JSON whatever the format of the other lines.
pub fn print(level: Level, members: &impl Serialize) {
    // Known to `tracing` for each place by itself, so there is a place for each level.
    let heard = match level {
        Level::ERROR => tracing::enabled!(Level::ERROR),
        Level::WARN => tracing::enabled!(Level::WARN),
        _ => tracing::enabled!(Level::INFO),
    };
    if !heard {
        return;
    }
    let mut timestamp = String::with_capacity(27);
    // To a string it cannot fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut timestamp));
    // Members that are texts, numbers, lists and objects always have a JSON form.
    let mut line = serde_json::to_vec(&Line { timestamp, level: level.as_str(), members }).unwrap_or_default();
    line.push(b'\n');
    // At once, so that nothing comes in between. Who does not listen to the log misses it.
    let _ = std::io::stdout().write_all(&line);
}

/// A line with what every one has.
#[derive(Serialize)]
struct Line<'l, M> {
    timestamp: String,
    level: &'static str,
    #[serde(flatten)]
    members: &'l M,
}

fn filter(level: &str) -> Targets {
    // AWS writes FATAL for the level above ERROR, which tracing does not have.
    let level = match level.to_ascii_uppercase().as_str() {
        "FATAL" => LevelFilter::ERROR,
        "" => LevelFilter::INFO,
        other => LevelFilter::from_str(other).unwrap_or(LevelFilter::INFO),
    };
    Targets::new().with_targets(OURS.map(|target| (target, level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_crates_are_heard_however_high_the_level() {
        let loud = filter("trace");
        assert!(loud.would_enable("tvm_vending", &Level::TRACE));
        for other in ["hyper", "h2::codec", "aws_smithy_runtime::client", "rustls", "lambda_runtime"] {
            assert!(!loud.would_enable(other, &Level::ERROR), "{other}");
        }
    }

    #[test]
    fn awss_levels_are_understood() {
        assert!(filter("").would_enable("tvm_vending", &Level::INFO));
        assert!(!filter("").would_enable("tvm_vending", &Level::DEBUG));
        assert!(filter("DEBUG").would_enable("tvm_issuer", &Level::DEBUG));
        assert!(filter("FATAL").would_enable("tvm_issuer", &Level::ERROR));
        assert!(!filter("WARN").would_enable("tvm_issuer", &Level::INFO));
    }
}
