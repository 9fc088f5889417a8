//! What the check says of a claim that decides a grant, where users may write it themselves.

use crate::attribute::Attribute;
use crate::authorizer::{AuthorizerKind, AuthorizerTable};
use crate::claim_path::outermost;
use crate::cognito::{CognitoTable, TokenUse};

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

const USERS_METADATA: &str = "users may write this themselves, as with `auth.updateUser` of Supabase and `user.update` of Clerk, who then \
                              choose what they are granted; use what only the issuer writes, such as `app_metadata` or \
                              `public_metadata`";

/// What is to be said of a claim, or of what is inside it, that is the user's own to write wherever an issuer has it.
pub(crate) fn of_users_metadata(claim: &str) -> Option<&'static str> {
    let name = outermost(claim);
    (name.ends_with("user_metadata") || name.ends_with("unsafe_metadata")).then_some(USERS_METADATA)
}

/// What is to be said of this claim where it decides who callers are or what they are granted, and an issuer's tokens count.
pub(crate) fn of_issuers_claim(claim: &str, table: &AuthorizerTable) -> Option<&'static str> {
    if table.kind != AuthorizerKind::Jwt {
        return None;
    }
    let is_required = |name: &str| table.required_claims.get(name).is_some_and(|value| value == "true");
    if let Some(advice) = of_users_metadata(claim) {
        return Some(advice);
    }
    match Attribute::in_claim(&outermost(claim))? {
        // The issuer's own clock.
        Attribute::UpdatedAt => None,
        Attribute::Email => (!is_required("email_verified")).then_some(UNVERIFIED_EMAIL),
        Attribute::PhoneNumber => (!is_required("phone_number_verified")).then_some(UNVERIFIED_PHONE),
        _ => Some(THEIRS_TO_ASSERT),
    }
}
