//! What keeps the names of different callers apart.
//!
//! A filled name is read from left to right. Where no value contains the character that follows its placeholder, that character
//! ends the value, so there is one way to read the name: no caller makes a name, or the beginning of one, that belongs to another
//! caller's values. What the file alone shows to be ambiguous is an error of the file. The rest depends on the values, and a
//! grant refuses those that contain what must end them.

use crate::mode::AuthMode;
use crate::pattern::Selects;
use crate::template::{Part, Placeholder, Template};

/// What ends the values of each placeholder, in a set of templates that may meet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Separation(Vec<(Placeholder, End)>);

/// Why names of different callers could be the same, whatever the values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmbiguousNames {
    /// A prefix that ends with a caller's value: the beginning of other callers' values, too.
    #[error(
        "the prefix ends with the caller's `{0}`, so `al` would also reach what is `alice`'s; end it with a character that no such \
         value contains, as in \"{0}/\""
    )]
    OpenPrefix(Placeholder),
    /// Two values with nothing between them.
    #[error(
        "`{first}` and `{second}` stand side by side, so `ab` and `c` make the same name as `a` and `bc`; put a character between \
         them that no such value contains, as in \"{first}/{second}\""
    )]
    ValuesSideBySide {
        /// The one.
        first: Placeholder,
        /// The one after it.
        second: Placeholder,
    },
    /// Caches of which one is the beginning of another, before a caller's value.
    #[error(
        "the caller chooses `{{cache}}`, and with `{shorter}` they could make a name that begins with `{longer}`; put a character \
         after `{{cache}}` that none of `token.caches` contains, or write `{{cache}}` last"
    )]
    CachesAlike {
        /// The one.
        shorter: String,
        /// The one that begins like it.
        longer: String,
    },
}

/// What ends a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// This character, which may therefore not be in the value.
    Character(char),
    /// Its length: it is a UUID.
    Length,
}

impl Separation {
    /// Adds the ends that `template` gives to values; `caches` are those that a caller may choose for it.
    ///
    /// # Errors
    /// Everything that is ambiguous: no value could be told from others there.
    pub fn add(
        &mut self,
        template: &Template,
        selects: Selects,
        auth: AuthMode,
        caches: &[String],
    ) -> Result<(), Vec<AmbiguousNames>> {
        // In Open mode no name belongs to a caller.
        if auth == AuthMode::Open {
            return Ok(());
        }
        let values: Vec<(&Placeholder, Option<&Part>)> = template.followed_placeholders().collect();
        let Some(last_verified) = values.iter().rposition(|(placeholder, _)| placeholder.is_verified()) else {
            return Ok(());
        };
        let mut broken = Vec::new();
        for (index, (placeholder, following)) in values.iter().enumerate() {
            // After the last value of a single name there is nothing left to be mistaken for it.
            let is_last_of_one = selects == Selects::One && index.saturating_add(1) == values.len();
            let end = match (*placeholder, following) {
                (Placeholder::Cache | Placeholder::QueryName, _) if index > last_verified => continue,
                (Placeholder::Cache, following) => {
                    broken.extend(caches_alike(caches, *following));
                    continue;
                }
                _ if is_last_of_one => continue,
                (placeholder, Some(Part::Text(text))) => match text.chars().next() {
                    Some(character) if is_in_uuids(character) && is_uuid_in(auth, placeholder) => End::Length,
                    Some(character) => End::Character(character),
                    None => continue,
                },
                (placeholder, _) if is_uuid_in(auth, placeholder) => End::Length,
                (first, Some(Part::Value(second))) => {
                    broken.push(AmbiguousNames::ValuesSideBySide { first: first.clone(), second: second.clone() });
                    continue;
                }
                (placeholder, None) => {
                    broken.push(AmbiguousNames::OpenPrefix(placeholder.clone()));
                    continue;
                }
            };
            let end = ((*placeholder).clone(), end);
            if !self.0.contains(&end) {
                self.0.push(end);
            }
        }
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }

    /// Looks at the values that fill `template`.
    ///
    /// # Errors
    /// The first placeholder whose value contains what ends it.
    pub fn check<'v>(
        &self,
        template: &Template,
        value_of: impl Fn(&Placeholder) -> Option<&'v str>,
    ) -> Result<(), Placeholder> {
        for (placeholder, end) in template.placeholders().flat_map(|placeholder| self.ends_of(placeholder)) {
            let value = value_of(placeholder).unwrap_or_default();
            let is_told_apart = match end {
                End::Character(character) => !value.contains(*character),
                End::Length => is_uuid(value),
            };
            if !is_told_apart {
                return Err(placeholder.clone());
            }
        }
        Ok(())
    }

    /// Whether a value is ended by a character that many names, addresses and ids contain.
    pub fn has_common_end(&self) -> bool {
        let is_common =
            |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | '@' | ' ');
        self.0.iter().any(|(_, end)| matches!(end, End::Character(character) if is_common(*character)))
    }

    fn ends_of(&self, placeholder: &Placeholder) -> impl Iterator<Item = &(Placeholder, End)> {
        self.0.iter().filter(move |(of, _)| of == placeholder)
    }
}

/// Two caches of which one, with what follows it, is the beginning of the other, if there are any.
fn caches_alike(caches: &[String], following: Option<&Part>) -> Option<AmbiguousNames> {
    let text = if let Some(Part::Text(text)) = following { text } else { "" };
    let is_beginning = |shorter: &str, longer: &str| format!("{longer}{text}").starts_with(&format!("{shorter}{text}"));
    caches.iter().find_map(|shorter| {
        let longer = caches.iter().find(|longer| *longer != shorter && is_beginning(shorter, longer))?;
        Some(AmbiguousNames::CachesAlike { shorter: shorter.clone(), longer: longer.clone() })
    })
}

/// Whether it is the id that Cognito gives to each of its users: "the UUID of the authenticated user" (API reference, `UserSub`
/// of `SignUp`). The form is also checked where it matters: AWS does not promise it for ever.
pub(crate) fn is_uuid_in(auth: AuthMode, placeholder: &Placeholder) -> bool {
    let is_sub = match placeholder {
        Placeholder::Sub | Placeholder::Principal => true,
        Placeholder::Claim(name) => name == "sub",
        Placeholder::Username | Placeholder::Context(_) | Placeholder::Cache | Placeholder::QueryName => false,
    };
    auth == AuthMode::AmazonCognito && is_sub
}

fn is_in_uuids(character: char) -> bool {
    character == '-' || character.is_ascii_hexdigit()
}

fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.chars().all(is_in_uuids)
}
