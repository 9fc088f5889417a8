//! Which broken rules say nothing, as what they were decided by could not be read.

use crate::path::{Path, Step};
use crate::rule::Rule;

/// Whether the rule may be broken just because one of the `unread` values is missing.
pub(crate) fn is_doubtful(path: &Path, rule: &Rule, unread: &[Path]) -> bool {
    let top = |text: &str| Path(text.split('.').map(|key| Step::Key(key.to_owned())).collect());
    unread.iter().any(|unread| {
        let says_it = path.begins_with(unread) && !is_of_each_mode(unread);
        let is_in_it = unread.begins_with(path) && looks_inside(rule);
        let other = rule.other_path().is_some_and(|other| unread.begins_with(other));
        let beside = looks_beside(rule) && unread.parent() == path.parent() && !is_known_beside(unread);
        let decided = decided_by(rule).iter().any(|key| {
            let key = top(key);
            unread.begins_with(&key) || key.begins_with(unread)
        });
        says_it || is_in_it || other || beside || decided
    })
}

/// Without `auth`, the rules were checked in each mode, and those are left that all modes break.
fn is_of_each_mode(unread: &Path) -> bool {
    unread.0 == [Step::Key("auth".to_owned())]
}

/// Whether it is about what is inside its place.
const fn looks_inside(rule: &Rule) -> bool {
    !matches!(rule, Rule::TooMany(_) | Rule::GroupName)
}

/// Whether the keys beside its own decide.
const fn looks_beside(rule: &Rule) -> bool {
    matches!(rule, Rule::Role { .. } | Rule::SeveralKinds)
}

/// Whether what the permission is for is known, though this cannot be read.
fn is_known_beside(unread: &Path) -> bool {
    ["cache", "topic", "key", "function", "role"].iter().any(|key| unread.ends_with_key(key))
}

/// The keys that decide it besides that at its place.
const fn decided_by(rule: &Rule) -> &'static [&'static str] {
    match rule {
        Rule::NoCaches | Rule::AmbiguousNames(_) => &["token.caches"],
        Rule::NoBase(_) => &["permissions", "groups", "ungrouped"],
        Rule::NeverReused(_) => &["token.expires_in", "reuse.mode"],
        Rule::ReachesKeptTokens { .. } => &["reuse.cache"],
        Rule::NoIssuer => &["authorizer.issuer"],
        Rule::NoAudience => &["authorizer.audience"],
        Rule::NoSharedSecret(_) | Rule::SecretWithoutAlgorithm => &["authorizer.algorithms", "authorizer.hmac_secret"],
        Rule::NeedsExistingPool => &["cognito.user_pool"],
        Rule::NoClients => &["cognito.clients"],
        Rule::NoAddressToSignUpWith => &["cognito.writable_attributes"],
        Rule::OpenInProd => &["deployment.open_to_everybody", "api.waf"],
        Rule::NoWayIn => &["api.domain"],
        Rule::AlarmsWithoutMetrics => &["monitoring.metrics"],
        Rule::NobodyToAlarm => &["monitoring.alarms"],
        _ => &[],
    }
}
