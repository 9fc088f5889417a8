//! The name of a group.

/// A group's name: not empty, and without what would be ambiguous in `cognito:groups`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupName(String);

impl GroupName {
    /// The name, unless it is empty or has a character that it may not have.
    pub fn parse(name: &str) -> Option<Self> {
        let ambiguous = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '[' | ']');
        (!name.is_empty() && !name.contains(ambiguous)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
