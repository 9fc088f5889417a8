//! Attributes of a user, and where a grant leans on one that the user may write.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A standard attribute (OpenID Connect Core 1.0, section 5.1), as Cognito has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the standard's")]
pub(crate) enum Attribute {
    Address,
    Birthdate,
    Email,
    FamilyName,
    Gender,
    GivenName,
    Locale,
    MiddleName,
    Name,
    Nickname,
    PhoneNumber,
    Picture,
    PreferredUsername,
    Profile,
    UpdatedAt,
    Website,
    Zoneinfo,
}

impl Attribute {
    const ALL: [Self; 17] = [
        Self::Address,
        Self::Birthdate,
        Self::Email,
        Self::FamilyName,
        Self::Gender,
        Self::GivenName,
        Self::Locale,
        Self::MiddleName,
        Self::Name,
        Self::Nickname,
        Self::PhoneNumber,
        Self::Picture,
        Self::PreferredUsername,
        Self::Profile,
        Self::UpdatedAt,
        Self::Website,
        Self::Zoneinfo,
    ];

    /// The claim that holds it.
    const fn claim(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Birthdate => "birthdate",
            Self::Email => "email",
            Self::FamilyName => "family_name",
            Self::Gender => "gender",
            Self::GivenName => "given_name",
            Self::Locale => "locale",
            Self::MiddleName => "middle_name",
            Self::Name => "name",
            Self::Nickname => "nickname",
            Self::PhoneNumber => "phone_number",
            Self::Picture => "picture",
            Self::PreferredUsername => "preferred_username",
            Self::Profile => "profile",
            Self::UpdatedAt => "updated_at",
            Self::Website => "website",
            Self::Zoneinfo => "zoneinfo",
        }
    }

    /// The attribute in `claim`, if that is one of the standard's.
    pub(crate) fn in_claim(claim: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.claim() == claim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The claim is what serde writes: the names exist once for people, and twice for the compiler.
    #[test]
    fn every_attribute_is_found_by_the_name_that_the_file_writes() {
        for attribute in Attribute::ALL {
            assert_eq!(serde_json::to_value(attribute).unwrap(), attribute.claim());
            assert_eq!(Attribute::in_claim(attribute.claim()), Some(attribute));
        }
    }
}
