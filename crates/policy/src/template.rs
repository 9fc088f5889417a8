//! Templates: text with placeholders for what is known of the caller.
//!
//! Substitution either gives a value for every placeholder or fails; it never leaves an empty one, because an empty
//! value in a selector would widen it.

use std::fmt;

use crate::nearest::nearest;

/// Text with placeholders, as parsed from the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Never empty, and never next to another text.
    Text(String),
    /// What is filled in.
    Value(Placeholder),
}

/// What a placeholder stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placeholder {
    /// `{sub}`: the subject, an id that is never reassigned.
    Sub,
    /// `{username}`: the name the caller signs in with.
    Username,
    /// `{principal}`: the principal that the authorizer named; in Cognito mode the subject.
    Principal,
    /// `{claims.NAME}`: a claim of the verified token, by its name or, from `/` on, by a JSON Pointer (RFC 6901).
    Claim(String),
    /// `{context.NAME}`: a value that the Lambda authorizer passed on.
    Context(String),
    /// `{cache}`: the chosen one of `token.caches`.
    Cache,
    /// `{query.name}`: what the client typed as `?name=`. It names a token and grants nothing.
    QueryName,
}

impl Placeholder {
    const PLAIN: [(&'static str, Self); 5] = [
        ("sub", Self::Sub),
        ("username", Self::Username),
        ("principal", Self::Principal),
        ("cache", Self::Cache),
        ("query.name", Self::QueryName),
    ];

    /// Whether its value was verified to be the caller's.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        match self {
            Self::Sub | Self::Username | Self::Principal | Self::Claim(_) | Self::Context(_) => true,
            Self::Cache | Self::QueryName => false,
        }
    }

    fn parse(name: &str) -> Result<Self, TemplateError> {
        if let Some((_, placeholder)) = Self::PLAIN.iter().find(|(plain, _)| *plain == name) {
            return Ok(placeholder.clone());
        }
        match name.split_once('.') {
            Some(("claims", claim)) if !claim.is_empty() => Ok(Self::Claim(claim.to_owned())),
            Some(("context", key)) if !key.is_empty() => Ok(Self::Context(key.to_owned())),
            _ => {
                let known = Self::PLAIN.iter().map(|(plain, _)| *plain).chain(["claims.NAME", "context.NAME"]);
                Err(TemplateError::UnknownPlaceholder { given: name.to_owned(), nearest: nearest(name, known) })
            }
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim(name) => write!(formatter, "{{claims.{name}}}"),
            Self::Context(name) => write!(formatter, "{{context.{name}}}"),
            plain => {
                let name = Self::PLAIN.iter().find(|(_, known)| known == plain).map_or("", |(name, _)| *name);
                write!(formatter, "{{{name}}}")
            }
        }
    }
}

/// Why a template could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name in braces that stands for nothing.
    #[error(
        "`{{{given}}}` stands for nothing{}; a literal brace is written twice",
        nearest.map(|near| format!("; did you mean `{{{near}}}`?")).unwrap_or_default()
    )]
    UnknownPlaceholder {
        /// The name in the braces.
        given: String,
        /// The closest name that there is.
        nearest: Option<&'static str>,
    },
    /// A brace without its other half.
    #[error("a `{brace}` has no other half; a literal brace is written twice: `{brace}{brace}`")]
    UnmatchedBrace {
        /// Which one.
        brace: char,
    },
    /// No text at all.
    #[error("must not be empty")]
    Empty,
}

impl Template {
    /// Reads a template. `{{` and `}}` are literal braces.
    ///
    /// # Errors
    /// [`TemplateError`], each of its variants.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '{' | '}' if characters.peek() == Some(&character) => {
                    characters.next();
                    literal.push(character);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match characters.next() {
                            Some('}') => break,
                            None | Some('{') => return Err(TemplateError::UnmatchedBrace { brace: '{' }),
                            Some(other) => name.push(other),
                        }
                    }
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Value(Placeholder::parse(&name)?));
                }
                '}' => return Err(TemplateError::UnmatchedBrace { brace: '}' }),
                other => literal.push(other),
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        if parts.is_empty() { Err(TemplateError::Empty) } else { Ok(Self { parts }) }
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(placeholder) => Some(placeholder),
            Part::Text(_) => None,
        })
    }

    /// The placeholders, in order, each with what stands right after it.
    pub(crate) fn followed_placeholders(&self) -> impl Iterator<Item = (&Placeholder, Option<&Part>)> {
        self.parts.iter().enumerate().filter_map(|(index, part)| match part {
            Part::Value(placeholder) => Some((placeholder, self.parts.get(index.saturating_add(1)))),
            Part::Text(_) => None,
        })
    }

    /// Whether the whole template is this one placeholder.
    pub fn is_only(&self, placeholder: &Placeholder) -> bool {
        matches!(self.parts.as_slice(), [Part::Value(only)] if only == placeholder)
    }

    /// Whether the last thing in it is a placeholder, so that nothing marks where its value ends.
    pub fn ends_open(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Value(_)))
    }

    /// Whether two placeholders follow each other with nothing in between.
    pub fn has_neighbours(&self) -> bool {
        self.parts.windows(2).any(|pair| matches!(pair, [Part::Value(_), Part::Value(_)]))
    }

    /// The text with `value_of` in place of each placeholder.
    ///
    /// # Errors
    /// The first placeholder whose value is missing or empty.
    pub fn fill<'v>(&self, value_of: impl Fn(&Placeholder) -> Option<&'v str>) -> Result<String, Placeholder> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Value(placeholder) => match value_of(placeholder) {
                    None | Some("") => return Err(placeholder.clone()),
                    Some(value) => filled.push_str(value),
                },
            }
        }
        Ok(filled)
    }

    /// Whether `{cache}` is in it.
    pub fn has_cache(&self) -> bool {
        self.placeholders().any(|placeholder| *placeholder == Placeholder::Cache)
    }

    /// This template for the callers who chose `cache`.
    pub fn with_cache(&self, cache: &str) -> Self {
        let mut parts: Vec<Part> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let text = match part {
                Part::Value(Placeholder::Cache) => cache,
                Part::Text(text) => text,
                Part::Value(_) => {
                    parts.push(part.clone());
                    continue;
                }
            };
            match parts.last_mut() {
                Some(Part::Text(before)) => before.push_str(text),
                _ => parts.push(Part::Text(text.to_owned())),
            }
        }
        Self { parts }
    }

    /// Whether [`Template::fill`] could give `text` for some caller, with one of `caches` as `{cache}`. What any other
    /// placeholder stands for is not known here: it may be any text but an empty one.
    pub fn could_be(&self, text: &str, caches: &[String]) -> bool {
        let unchosen = String::new();
        let caches = if self.has_cache() { caches } else { std::slice::from_ref(&unchosen) };
        caches.iter().any(|cache| self.could_be_with(text, cache))
    }

    fn could_be_with(&self, text: &str, cache: &str) -> bool {
        // What may be left of `text` after each part, the longest first. All of them at once: trying one after the other
        // would take a time that doubles with every placeholder.
        let mut left = vec![text];
        for part in &self.parts {
            left = match part {
                Part::Text(literal) => after_each(&left, literal),
                Part::Value(Placeholder::Cache) => after_each(&left, cache),
                // The ends of the longest are those of the others too.
                Part::Value(_) => left.first().copied().map(proper_ends).unwrap_or_default(),
            };
        }
        left.contains(&"")
    }
}

fn after_each<'t>(texts: &[&'t str], beginning: &str) -> Vec<&'t str> {
    texts.iter().filter_map(|text| text.strip_prefix(beginning)).collect()
}

/// Every end of `text` that leaves out at least its first character.
fn proper_ends(text: &str) -> Vec<&str> {
    let mut characters = text.chars();
    std::iter::from_fn(|| characters.next().map(|_| characters.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn fill(template: &str) -> Result<String, Placeholder> {
        Template::parse(template).unwrap().fill(|placeholder| match placeholder {
            Placeholder::Sub => Some("s-1"),
            Placeholder::Claim(name) if name == "custom:tenant" => Some("acme"),
            Placeholder::Username => Some(""),
            _ => None,
        })
    }

    #[test]
    fn placeholders_are_filled_and_doubled_braces_are_literal() {
        assert_eq!(fill("room-{sub}/{claims.custom:tenant}"), Ok("room-s-1/acme".to_owned()));
        assert_eq!(fill("{{{sub}}} {{sub}}"), Ok("{s-1} {sub}".to_owned()));
    }

    #[test]
    fn a_missing_or_empty_value_is_refused_and_named() {
        assert_eq!(fill("{principal}"), Err(Placeholder::Principal));
        assert_eq!(fill("x{username}"), Err(Placeholder::Username));
    }

    #[test]
    fn a_slip_is_told_with_the_nearest_name() {
        let error = Template::parse("{user}").unwrap_err().to_string();
        assert!(error.contains("`{user}`"), "{error}");
        assert!(Template::parse("{usename}").unwrap_err().to_string().contains("did you mean `{username}`?"));
        for text in ["{sub", "sub}", "{a{b}", "{", "}"] {
            assert!(matches!(Template::parse(text), Err(TemplateError::UnmatchedBrace { .. })), "{text}");
        }
        for text in ["{}", "{claims.}", "{claims}", "{Sub}", "{ sub }"] {
            assert!(matches!(Template::parse(text), Err(TemplateError::UnknownPlaceholder { .. })), "{text}");
        }
        assert_eq!(Template::parse(""), Err(TemplateError::Empty));
    }

    fn could_be(template: &str, text: &str, caches: &[&str]) -> bool {
        let caches: Vec<String> = caches.iter().map(ToString::to_string).collect();
        Template::parse(template).unwrap().could_be(text, &caches)
    }

    #[test]
    fn a_template_could_be_what_some_caller_makes_of_it_and_nothing_else() {
        for (template, text) in [
            ("kept", "kept"),
            ("{sub}", "kept"),
            ("k{sub}t", "kept"),
            ("{sub}{username}", "kept"),
            ("{sub}p{username}", "happy people"),
            ("{sub}日{username}", "本日本"),
            ("{cache}-{sub}", "one-kept"),
            ("{cache}{cache}", "twotwo"),
            ("{{{sub}}}", "{kept}"),
        ] {
            assert!(could_be(template, text, &["one", "two"]), "{template} {text}");
        }
        for (template, text) in [
            ("kep", "kept"),
            ("Kept", "kept"),
            ("{sub}kept", "kept"),
            ("kept{sub}", "kept"),
            ("k{sub}{username}t", "kt"),
            ("{sub}{username}", "日"),
            ("{cache}", "kept"),
            ("{cache}-{cache}", "one-two"),
            ("{cache}{sub}", "one"),
            ("{{sub}}", "kept"),
            ("{sub}", ""),
        ] {
            assert!(!could_be(template, text, &["one", "two"]), "{template} {text}");
        }
        assert!(!could_be("{cache}", "kept", &[]));
        assert!(could_be("{sub}", "kept", &[]));
    }

    #[test]
    fn many_values_in_one_name_are_no_more_work_than_the_name_is_long() {
        assert!(!could_be(&"{sub}".repeat(200), &"k".repeat(199), &[]));
        assert!(!could_be(&"{sub}k".repeat(200), &"k".repeat(500).replace("kk", "kx"), &[]));
        assert!(could_be(&"{sub}".repeat(200), &"k".repeat(400), &[]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_048, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_template_is_filled_to_it_could_be(
            parts in vec(select(&["a", "ab", "日", "{{", "}}", "{sub}", "{username}", "{claims.t}", "{cache}"][..]), 1..8),
            sub in "[ab日{}]{0,3}",
            claim in "\\PC{0,4}",
            caches in vec("[ab日]{0,2}", 0..3),
            chosen in any::<proptest::sample::Index>(),
        ) {
            let template = Template::parse(&parts.concat()).unwrap();
            let cache = (!caches.is_empty()).then(|| chosen.get(&caches).as_str());
            let filled = template.fill(|placeholder| match placeholder {
                Placeholder::Sub => Some(&sub),
                Placeholder::Claim(_) => Some(&claim),
                Placeholder::Cache => cache,
                _ => Some("ab"),
            });
            if let Ok(text) = filled {
                prop_assert!(template.could_be(&text, &caches), "{template:?} was filled to {text:?}");
            }
        }
    }

    #[test]
    fn a_placeholder_prints_as_it_is_written() {
        for text in ["{sub}", "{username}", "{principal}", "{cache}", "{query.name}", "{claims.a:b}", "{context.k}"] {
            let template = Template::parse(text).unwrap();
            assert_eq!(template.placeholders().next().unwrap().to_string(), text);
        }
    }
}
