//! Why a token does not count, said so that an operator knows what to fix.
//!
//! No error holds a part of the token or the value of a claim: errors are logged, and a token is a key for as long as it
//! lives. The names of claims in them are the standard's or the configuration's, never the token's.

use std::fmt;

use crate::left_out::WhyLeftOut;

/// Why a token was refused: one variant for each reason, and each reason found at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Longer than any that an issuer writes and API Gateway passes on.
    #[error("the token is longer than {} bytes", crate::limits::LONGEST_TOKEN)]
    TooLong,
    /// Not `header.payload.signature`. An encrypted token (JWE) has five parts.
    #[error("the token does not have three parts; it is not a signed JSON Web Token in the compact form")]
    NotThreeParts,
    /// A part is not base64url (RFC 4648, section 5) without padding.
    #[error("the token's {0} is not base64url without padding")]
    Encoding(Part),
    /// A part is no JSON object.
    #[error("the token's {0} is not a JSON object")]
    NotAnObject(Part),
    /// A part has a name twice, so that two programs could read two things in it.
    #[error("the token's {0} has a name twice")]
    RepeatedName(Part),
    /// A parameter of the header is missing, of another type than the standard's, or empty.
    #[error("the token's header has no `{0}` of the form that RFC 7515 asks for")]
    HeaderForm(&'static str),
    /// A parameter of the header changes what a token means, or is a key of its own, which is never used.
    #[error("the token's header has `{0}`, which is not accepted")]
    HeaderNotAccepted(&'static str),
    /// The header says that this is another kind of token: a logout token, a proof of possession, an encrypted one.
    #[error("the token's `typ` is neither `JWT` nor `at+jwt`; send an ID token or an access token")]
    TokenType,
    /// Signed by an algorithm that is not one of those configured; `none` never is.
    #[error("the token is signed with an algorithm that is not configured")]
    Algorithm,
    /// No key of the set has this key id and fits. The issuer may have a new key: reading the set again may help.
    #[error("the token is signed with a key that is not in the issuer's key set")]
    UnknownKey,
    /// The set has the key that the token names, and the key is of another type, or for another algorithm.
    #[error(
        "the token names a key that the issuer's key set has for another algorithm (`kty`, `crv`, `alg`) than the token is signed by"
    )]
    UnfitKey,
    /// The set has the key that the token names, and it was left out.
    #[error("the token names a key that the issuer's key set has, and that is left out: {0}")]
    LeftOutKey(WhyLeftOut),
    /// Several keys fit, and a guess is no proof.
    #[error(
        "several keys of the issuer's key set fit the token; each needs a key id of its own, and the token to name one"
    )]
    AmbiguousKey,
    /// Not signed by that key.
    #[error("the token's signature is not the issuer's")]
    Signature,
    /// A claim that must be there is not.
    #[error("the token has no claim `{0}`")]
    Missing(String),
    /// A claim is of another type than the standard's, or out of all range.
    #[error("the token's claim `{0}` is not of the form that it must have")]
    ClaimForm(String),
    /// Issued by somebody else.
    #[error("the token is of another issuer")]
    Issuer,
    /// Issued by the same under another name, as it seems.
    #[error(
        "the token's `iss` and `authorizer.issuer` differ by a slash at the end; write `issuer` as the token has it"
    )]
    IssuerSlash,
    /// Made out for somebody else.
    #[error("the token is made out for another audience")]
    Audience,
    /// A claim that the configuration asks for has another value.
    #[error("the token's claim `{0}` has another value than the configuration asks for")]
    OtherValue(String),
    /// It has ended.
    #[error("the token has expired")]
    Expired,
    /// It has not begun.
    #[error("the token is not valid yet; if it is, this computer's clock is behind")]
    NotYetValid,
    /// The time that it is to be verified at lies before 1970: nothing can be said to have ended.
    #[error("this computer's clock is before 1970; set it")]
    Clock,
}

impl Refused {
    /// Whether it may help to read the issuer's key set again: the issuer may have another key by now, or have corrected one.
    pub const fn is_about_the_key(&self) -> bool {
        matches!(self, Self::UnknownKey | Self::UnfitKey | Self::LeftOutKey(_))
    }
}

/// One of a token's three parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Part {
    Header,
    Payload,
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}
