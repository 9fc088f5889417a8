//! Which groups a user is in: those that the secret names, or all that are configured.
//!
//! The second is written `"groups": "*"`. The secret that a deployment makes says so, since its text must not change with the
//! configuration: CloudFormation would replace it, with every user in it.

use serde::Deserialize;

/// The groups of a user, as the secret says them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Groups {
    /// Every group of the configuration, whichever those are when the user signs in: `"*"`.
    All,
    /// The groups of these names: a list. A group that is called `*` is written `["*"]`.
    Named(Vec<String>),
}

/// What stands for [`Groups::All`].
const ALL: &str = "*";

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<String>),
    Word(String),
}

impl TryFrom<Written> for Groups {
    /// Without the value: it may be a part of the secret that stands in the wrong place.
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::List(names) => Ok(Self::Named(names)),
            Written::Word(word) if word == ALL => Ok(Self::All),
            Written::Word(_) => Err("groups are a list of names, or \"*\""),
        }
    }
}

/// A user of whom the secret says no groups is in none.
impl Default for Groups {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

impl Groups {
    /// The names of the groups, where `configured` are the names of all groups of the configuration.
    #[must_use]
    pub fn resolve<'g>(&'g self, configured: &'g [String]) -> &'g [String] {
        match self {
            Self::All => configured,
            Self::Named(names) => names,
        }
    }

    /// The names that are written out.
    pub(crate) fn written_out(&self) -> &[String] {
        self.resolve(&[])
    }
}
