//! Attributes of a user, and where a grant leans on one that the user may write.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::authorizer::{AuthorizerKind, AuthorizerTable};
use crate::cognito::{CognitoTable, TokenUse};

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
    fn in_claim(claim: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.claim() == claim)
    }
}

/// Attributes that a pool's owner defined.
const CUSTOM: &str = "custom:";

const THEIRS_TO_WRITE: &str = "its users may write this attribute themselves (cognito.writable_attributes), so they choose \
                               what they are granted; use {sub}, {username} or a group";
const PERHAPS_THEIRS_TO_WRITE: &str = "users of an existing pool may write this attribute themselves unless each of its app clients forbids it; see to that, \
     or use {sub}, {username} or a group";
const NOT_IN_ACCESS_TOKENS: &str =
    "an access token holds no attributes, so this has a value only where a trigger of the pool adds it";

/// What is to be said of `{claims.…}` with this claim, where callers are users of that pool.
pub(crate) fn of_claim(claim: &str, table: &CognitoTable) -> Option<&'static str> {
    let attribute = Attribute::in_claim(claim);
    if attribute.is_none() && !claim.starts_with(CUSTOM) {
        return None;
    }
    if table.token_use == TokenUse::Access {
        return Some(NOT_IN_ACCESS_TOKENS);
    }
    match attribute {
        _ if table.user_pool.is_some() => Some(PERHAPS_THEIRS_TO_WRITE),
        Some(attribute) if table.writable_attributes.contains(&attribute) => Some(THEIRS_TO_WRITE),
        _ => None,
    }
}

const THEIRS_TO_ASSERT: &str = "many issuers let users write this claim themselves (OpenID Connect Core 1.0, section 5.7), who then \
                                choose who they are or what they are granted; use `sub`, a claim that only the issuer writes, or a \
                                group";
const UNVERIFIED_EMAIL: &str = "users may have typed this address without its being theirs: write required_claims = { email_verified = \
                                \"true\" } in [authorizer], or use `sub` or a group";
const UNVERIFIED_PHONE: &str = "users may have typed this number without its being theirs: write required_claims = \
                                { phone_number_verified = \"true\" } in [authorizer], or use `sub` or a group";

/// What is to be said of this claim where it decides who callers are or what they are granted, and an issuer's tokens count.
pub(crate) fn of_issuers_claim(claim: &str, table: &AuthorizerTable) -> Option<&'static str> {
    if table.kind != AuthorizerKind::Jwt {
        return None;
    }
    let is_required = |name: &str| table.required_claims.get(name).is_some_and(|value| value == "true");
    match Attribute::in_claim(claim)? {
        // The issuer's own clock.
        Attribute::UpdatedAt => None,
        Attribute::Email => (!is_required("email_verified")).then_some(UNVERIFIED_EMAIL),
        Attribute::PhoneNumber => (!is_required("phone_number_verified")).then_some(UNVERIFIED_PHONE),
        _ => Some(THEIRS_TO_ASSERT),
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
