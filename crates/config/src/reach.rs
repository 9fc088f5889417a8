//! What no caller may reach: the items of the cache in which running functions share minted tokens.
//!
//! The tokens there are encrypted; still, who could write or delete there could have every one of them minted anew, and so
//! spend the account's quota. It is refused of every permission in the file, also of one that does not apply in this mode,
//! and of a template as soon as some caller's values could make it that cache's name. Topics are not items: they may be in
//! any cache.

use crate::file::ConfigFile;
use crate::path::Path;
use crate::reuse::ReuseMode;
use crate::rule::{Broken, Rule};
use tvm_policy::{CachePattern, Pattern, Target};

/// Checks what is said of that cache outside permissions: that it has a name, and that no caller may choose it.
pub(crate) fn check_kept_tokens(file: &ConfigFile, broken: &mut Broken) {
    let top = Path::default();
    if file.reuse.mode == ReuseMode::Shared && file.reuse.cache.trim().is_empty() {
        broken.push((top.key("reuse").key("cache"), Rule::Empty));
    }
    let Some(kept_in) = cache_of_tokens(file) else { return };
    let listed = file.token.caches.iter().enumerate().filter(|(_, cache)| *cache == kept_in);
    broken.extend(listed.map(|(index, _)| {
        let fix = "take it from the list, or name another in `reuse.cache`";
        (top.key("token").key("caches").index(index), reaches(kept_in, fix))
    }));
}

/// The rule that `pattern` breaks, if it could let somebody at the items of that cache. A function runs inside its cache, so
/// to call one counts as reaching the items.
pub(crate) fn of_kept_tokens(pattern: &Pattern, file: &ConfigFile) -> Option<Rule> {
    let kept_in = cache_of_tokens(file)?;
    match &pattern.target {
        Target::Topic(..) => return None,
        Target::WholeCache(_) | Target::Item(..) | Target::Function(_) => {}
    }
    let fix = match &pattern.cache {
        CachePattern::All => "name each cache instead of \"*\"",
        CachePattern::Named(template) if !template.could_be(kept_in, &file.token.caches) => return None,
        CachePattern::Named(template) if template.placeholders().next().is_none() => {
            "name another cache here, or in `reuse.cache`"
        }
        CachePattern::Named(_) => {
            "begin the name unlike that one, as in \"tenant-{claims.tenant}\", or name another in `reuse.cache`"
        }
    };
    Some(reaches(kept_in, fix))
}

fn cache_of_tokens(file: &ConfigFile) -> Option<&str> {
    let name = file.reuse.cache.as_str();
    (file.reuse.mode == ReuseMode::Shared && !name.trim().is_empty()).then_some(name)
}

fn reaches(kept_in: &str, fix: &'static str) -> Rule {
    Rule::ReachesKeptTokens { cache: kept_in.to_owned(), fix }
}
