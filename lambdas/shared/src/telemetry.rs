//! Logs: one JSON object a line, with the id of the request.
//!
//! Only this project's own crates are heard. What others log at a low level (HTTP/2 frames, signed requests, bodies) holds
//! keys, and an operator who turns the level up must not get them into CloudWatch.

use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// This project's crates, as they name themselves in a log.
const OURS: [&str; 11] = [
    "momento_secrets",
    "tvm_authorizer",
    "tvm_gateway",
    "tvm_jwks",
    "tvm_jwt",
    "tvm_policy",
    "tvm_remembered",
    "tvm_renewal",
    "tvm_rotation",
    "tvm_vending",
    "tvm_vendor",
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
        assert!(loud.would_enable("tvm_vending", &tracing::Level::TRACE));
        for other in ["hyper", "h2::codec", "aws_smithy_runtime::client", "rustls", "lambda_runtime"] {
            assert!(!loud.would_enable(other, &tracing::Level::ERROR), "{other}");
        }
    }

    #[test]
    fn awss_levels_are_understood() {
        assert!(filter("").would_enable("tvm_vending", &tracing::Level::INFO));
        assert!(!filter("").would_enable("tvm_vending", &tracing::Level::DEBUG));
        assert!(filter("DEBUG").would_enable("tvm_vendor", &tracing::Level::DEBUG));
        assert!(filter("FATAL").would_enable("tvm_vendor", &tracing::Level::ERROR));
        assert!(!filter("WARN").would_enable("tvm_vendor", &tracing::Level::INFO));
    }
}
