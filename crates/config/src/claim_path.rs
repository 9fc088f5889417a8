//! How the file names a claim: by its name, or by a JSON Pointer (RFC 6901), which begins with `/` and reaches into a claim.
//!
//! A name that people write for a nested claim and that is also a name a claim can have is refused: it would be looked for under
//! that very name, and never found.

/// Why a claim is not named so that it can be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimPathRule {
    /// A path in another notation, or a name with dots.
    #[error(
        "it can be read in two ways: write {nested} for a value inside the claim `{outer}`, or {literal} for a claim of this very name"
    )]
    TwoReadings {
        /// The first step of the path.
        outer: String,
        /// As a JSON Pointer, the way the file writes one.
        nested: String,
        /// As a claim's name that has no steps.
        literal: String,
    },
    /// A `~` that begins no escape.
    #[error("in a JSON Pointer (RFC 6901) `~` is written `~0`, and `/` in a name `~1`: write {0}")]
    Escape(String),
    /// A step without a name.
    #[error("a step of this JSON Pointer (RFC 6901) has no name: write {0}")]
    EmptyStep(String),
    /// A JSON Pointer as the fragment of an address.
    #[error("a JSON Pointer begins with `/` here: write {0}")]
    Fragment(String),
    /// One claim by two names in one file.
    #[error("elsewhere the file names this claim {other}: write it in one way, so that both are the same value")]
    TwoSpellings {
        /// The other name.
        other: String,
    },
    /// A path into a claim of Cognito's.
    #[error(
        "API Gateway hands on the claims of Amazon Cognito as flat texts, so there is nothing inside a claim: write its name, as in \
         {0}, or have a trigger of the pool (pre token generation) write the value into a claim of its own"
    )]
    FlatClaims(String),
}

/// The name of the claim, where a JSON Pointer has one step; otherwise the path as it is.
pub(crate) fn name_of(claim: &str) -> String {
    match claim.strip_prefix('/') {
        Some(step) if !step.contains('/') => unescaped(step),
        _ => claim.to_owned(),
    }
}

/// The name of the claim that a path is in or is.
pub(crate) fn outermost(claim: &str) -> String {
    claim
        .strip_prefix('/')
        .map_or_else(|| claim.to_owned(), |rest| unescaped(rest.split('/').next().unwrap_or_default()))
}

/// Checks what `claim` may be; `shown` is how the file writes one.
///
/// # Errors
/// [`ClaimPathRule`]: the path cannot be found, or in two ways.
pub(crate) fn check(claim: &str, shown: impl Fn(&str) -> String) -> Result<(), ClaimPathRule> {
    if let Some(rest) = claim.strip_prefix("#/") {
        return Err(ClaimPathRule::Fragment(shown(&format!("/{rest}"))));
    }
    if let Some(steps) = claim.strip_prefix('/') {
        let steps: Vec<&str> = steps.split('/').collect();
        if steps.iter().any(|step| step.is_empty()) {
            let named: Vec<&str> = steps.into_iter().filter(|step| !step.is_empty()).collect();
            let named = if named.is_empty() { "NAME".to_owned() } else { named.join("/") };
            return Err(ClaimPathRule::EmptyStep(shown(&format!("/{named}"))));
        }
        let is_escaped = |step: &&str| step.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
        if !steps.iter().all(is_escaped) {
            let escaped: Vec<String> = steps.iter().map(|step| with_escapes(step)).collect();
            return Err(ClaimPathRule::Escape(shown(&format!("/{}", escaped.join("/")))));
        }
        return Ok(());
    }
    match steps_of(claim).as_deref() {
        Some(steps @ [outer, ..]) => Err(ClaimPathRule::TwoReadings {
            outer: (*outer).to_owned(),
            nested: shown(&format!("/{}", steps.join("/"))),
            literal: shown(&format!("/{}", claim.replace('~', "~0").replace('/', "~1"))),
        }),
        _ => Ok(()),
    }
}

/// The steps of `a.b`, `a/b`, `a[0]`, `$.a.b` and the like; `None` for what is only a name. A name with another character, such as the `:`
/// of an address or of `custom:tenant`, or with both `.` and `/`, such as `example.com/roles`, is one that issuers give to claims.
fn steps_of(claim: &str) -> Option<Vec<&str>> {
    let is_between = |c: char| matches!(c, '.' | '/' | '[' | ']' | '\'' | '"');
    let path = claim.strip_prefix('$').unwrap_or(claim);
    let is_name_alone = !path.contains(['.', '/', '[']) || (path.contains('.') && path.contains('/'));
    let is_path = |c: char| is_between(c) || c.is_alphanumeric() || matches!(c, '_' | '-');
    if is_name_alone || !path.chars().all(is_path) {
        return None;
    }
    Some(path.split(is_between).filter(|step| !step.is_empty()).collect())
}

fn with_escapes(step: &str) -> String {
    let mut parts = step.split('~');
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .fold(first, |text, after| if after.starts_with(['0', '1']) { text + "~" + after } else { text + "~0" + after })
}

/// A step of a JSON Pointer as the name that it stands for.
pub(crate) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
