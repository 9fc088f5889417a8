//! The grant: what a caller may do.
//!
//! A pure function of the configuration, the identity and the request's three narrow inputs. It reads no clock, opens no
//! connection and never sees a raw request, so everything that decides access is on this page.

use std::time::{Duration, SystemTime};

use crate::basis::Basis;
use crate::group_name::GroupName;
use crate::identity::{Caller, Identity};
use crate::join::Joined;
use crate::long_token_id::{HASHED, LongTokenId, hashed_token_id};
use crate::mode::{AuthMode, Ungrouped};
use crate::pattern::Pattern;
use crate::permission::Permission;
use crate::policy::Policy;
use crate::template::Placeholder;

/// The most that Momento takes as a token id, counted in UTF-16 units as the JavaScript SDK counts.
pub const LONGEST_TOKEN_ID: usize = 64;

/// What a caller is granted: all that a token is made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// In the order of the file, one for each selection; never empty, at most [`Permission::MOST_PER_TOKEN`].
    pub permissions: Vec<Permission>,
    /// The id that Momento attaches to what is done with the token; `None`: a token without one.
    pub token_id: Option<String>,
    /// How long the token is good for, whole seconds, at most [`Grant::LONGEST_LIFETIME`]; less where `not_after` comes first.
    pub lifetime: Duration,
    /// When the token must have ended, whatever its lifetime. What that leaves of the lifetime is for who has a clock to say.
    pub not_after: Option<SystemTime>,
}

impl Grant {
    /// Momento's hard limit for a disposable token: 25 hours (Momento documentation, `generateDisposableToken`).
    pub const LONGEST_LIFETIME: Duration = Duration::from_secs(25 * 60 * 60);
}

/// What a request may say about the token it wants. None of it can widen a grant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Request<'r> {
    /// `?name=`: names the token.
    pub name: Option<&'r str>,
    /// The header `usergroup`: picks one of the caller's own groups.
    pub group: Option<&'r str>,
    /// The header `cachename`: picks one of `token.caches`.
    pub cache: Option<&'r str>,
}

/// Why nothing is granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The mode promises a verified caller and there is none: somebody took the authorizer away.
    #[error("the configuration says {mode}, but API Gateway verified no caller; deploy again to restore the authorizer", mode = .0.as_str())]
    NobodyVerified(AuthMode),
    /// Groups are configured and the caller is in none of them.
    #[error("the caller is in none of the configured groups")]
    NoGroup,
    /// The `usergroup` header names a group that the caller is not in, or that is not configured.
    #[error("the `usergroup` header names a group that the caller is not in")]
    NotTheirGroup,
    /// The `cachename` header names a cache that is not in `token.caches`.
    #[error("the `cachename` header names a cache that `token.caches` does not list")]
    UnlistedCache,
    /// A template names a value that this caller does not have.
    #[error("the caller has no value for `{0}`")]
    MissingValue(Placeholder),
    /// A value contains what ends it in a name of the file, so that the name could be another caller's.
    #[error(
        "the value for `{0}` could make a name that is another caller's: it contains the character that ends it in the \
         configuration, or it has no fixed length where nothing else ends it"
    )]
    AmbiguousValue(Placeholder),
    /// The caller's groups have more permissions than one token can hold.
    #[error("the caller's groups add up to {0} permissions; Momento allows 20 a token")]
    TooManyPermissions(usize),
    /// What was filled in makes a reading and a writing permission be for the very same selection. What the file alone can show
    /// of it, the check of the configuration refuses. The groups are those that the permissions are of; none: the base.
    #[error(
        "ReadOnly and WriteOnly {}are for the very same selection once their names are filled in, and no role allows just both",
        of_groups(.0)
    )]
    ConflictingRoles(Vec<GroupName>),
    /// No token may outlive what the caller proved with who they are, and when that ends is not known.
    #[error(
        "`token.not_beyond_caller` is true and what proves who the caller is does not say when it ends, or not so that it can be read"
    )]
    UnknownEnd,
    /// The token id is longer than Momento takes, and would not be without the name that the client sent.
    #[error("the token id would be {0} UTF-16 units long; Momento allows 64")]
    TokenIdTooLong(usize),
    /// The caller's own values alone make a token id that is longer than Momento takes.
    #[error(
        "the caller's own values make a token id of {0} UTF-16 units; Momento allows 64. `token.id_too_long` says what happens then"
    )]
    OwnIdTooLong(usize),
    /// The token id would hold a control character.
    #[error("the token id would hold a control character")]
    ControlCharacter,
}

fn of_groups(groups: &[GroupName]) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let names: Vec<String> = groups.iter().map(|name| format!("`{}`", name.as_str())).collect();
    format!("of {} ", names.join(" and "))
}

impl Policy {
    /// What `identity` is granted.
    ///
    /// # Errors
    /// A [`Refusal`], each of its variants; never an empty grant.
    pub fn grant(&self, identity: &Identity, request: Request<'_>) -> Result<Grant, Refusal> {
        self.decide(identity, request).map(|decision| decision.grant)
    }

    /// What `identity` is granted, with everything that this was decided by.
    ///
    /// # Errors
    /// As [`Policy::grant`].
    pub fn decide<'p: 'd, 'd>(
        &'p self,
        identity: &'d Identity,
        request: Request<'d>,
    ) -> Result<Decision<'p, 'd>, Refusal> {
        let caller = self.effective_caller(identity)?;
        let cache = match request.cache {
            None => self.caches.first(),
            Some(wanted) => Some(self.caches.iter().find(|listed| *listed == wanted).ok_or(Refusal::UnlistedCache)?),
        };
        let values = Values { caller, cache: cache.map(String::as_str), name: request.name };

        let (basis, sources) = self.sources(caller, request.group)?;
        let mut joined = Joined::with_capacity(sources.len());
        for (_, pattern) in &sources {
            let value_of = |placeholder: &Placeholder| values.permission_value(placeholder);
            let permission = pattern.fill(value_of).map_err(Refusal::MissingValue)?;
            for template in pattern.templates() {
                self.names_apart.check(template, value_of).map_err(Refusal::AmbiguousValue)?;
            }
            joined.add(permission);
        }
        if let Some(part) = joined.without_role() {
            return Err(Refusal::ConflictingRoles(groups_of(part, &sources, &joined.parts).cloned().collect()));
        }
        let Joined { permissions, parts, .. } = joined;
        if permissions.len() > Permission::MOST_PER_TOKEN {
            return Err(Refusal::TooManyPermissions(permissions.len()));
        }

        let token_id = self.filled_token_id(&values)?;
        let not_after = caller.and_then(|caller| caller.not_after);
        if self.not_beyond_caller && not_after.is_none() {
            return Err(Refusal::UnknownEnd);
        }
        let grant = Grant { permissions, token_id, lifetime: self.lifetime, not_after };
        Ok(Decision { grant, basis, sources, parts, values })
    }

    /// Whose groups and values count: nobody's in Open mode.
    fn effective_caller<'i>(&self, identity: &'i Identity) -> Result<Option<&'i Caller>, Refusal> {
        match (self.auth, identity) {
            (AuthMode::Open, _) => Ok(None),
            (AuthMode::LambdaAuthorizer | AuthMode::AmazonCognito, Identity::Verified(caller)) => Ok(Some(caller)),
            (mode, Identity::Anonymous) => Err(Refusal::NobodyVerified(mode)),
        }
    }

    /// The permissions that apply, and why: the base, or those of the caller's groups. Never both.
    fn sources(&self, caller: Option<&Caller>, wanted: Option<&str>) -> Result<(Basis, Vec<Sourced<'_>>), Refusal> {
        let own = caller.map_or(&[] as &[String], |caller| &caller.groups);
        if wanted.is_some_and(|wanted| !own.iter().any(|group| group == wanted)) {
            return Err(Refusal::NotTheirGroup);
        }
        let base = || self.base.iter().map(|pattern| (None, pattern)).collect();
        if caller.is_none() {
            return Ok((Basis::OpenMode, base()));
        }
        if self.groups.is_empty() {
            return Ok((Basis::NoGroupsConfigured, base()));
        }
        let mut theirs = self.groups.iter().filter(|(name, _)| own.iter().any(|group| group == name.as_str()));
        if let Some(wanted) = wanted {
            // A group of theirs that is not configured must not fall through to the base: that could widen.
            let (name, patterns) = theirs.find(|(name, _)| name.as_str() == wanted).ok_or(Refusal::NotTheirGroup)?;
            return Ok((Basis::ChosenGroup, patterns.iter().map(|pattern| (Some(name), pattern)).collect()));
        }
        let union: Vec<Sourced<'_>> =
            theirs.flat_map(|(name, patterns)| patterns.iter().map(move |pattern| (Some(name), pattern))).collect();
        match (union.is_empty(), self.ungrouped) {
            (false, _) => Ok((Basis::Groups, union)),
            (true, Ungrouped::Base) => Ok((Basis::Ungrouped, base())),
            (true, Ungrouped::Refuse) => Err(Refusal::NoGroup),
        }
    }

    fn filled_token_id(&self, values: &Values<'_>) -> Result<Option<String>, Refusal> {
        let template = &self.token_id;
        // The one value that may be missing: a client that does not care for a name gets a token without an id.
        if template.is_only(&Placeholder::QueryName) && values.name.is_none_or(str::is_empty) {
            return Ok(None);
        }
        let value_of = |placeholder: &Placeholder| values.token_id_value(placeholder);
        let token_id = template.fill(value_of).map_err(Refusal::MissingValue)?;
        self.ids_apart.check(template, value_of).map_err(Refusal::AmbiguousValue)?;
        if token_id.contains(char::is_control) {
            return Err(Refusal::ControlCharacter);
        }
        let length = token_id.encode_utf16().count();
        if length > LONGEST_TOKEN_ID {
            // A shorter name helps only where the rest is short enough, and a name must not hide who it is of.
            let names = template.placeholders().filter(|placeholder| **placeholder == Placeholder::QueryName).count();
            let of_names = values.name.map_or(0, |name| name.encode_utf16().count()).saturating_mul(names);
            let is_by_name = values.caller.is_none() || length.saturating_sub(of_names) <= LONGEST_TOKEN_ID;
            return match self.long_token_id {
                _ if is_by_name => Err(Refusal::TokenIdTooLong(length)),
                LongTokenId::Refuse => Err(Refusal::OwnIdTooLong(length)),
                LongTokenId::Hash => Ok(Some(hashed_token_id(&token_id))),
                LongTokenId::Omit => Ok(None),
            };
        }
        // Otherwise a caller who chooses their name could choose one that is another's hash.
        if self.long_token_id == LongTokenId::Hash && token_id.starts_with(HASHED) {
            return Ok(Some(hashed_token_id(&token_id)));
        }
        Ok(Some(token_id))
    }
}

/// A permission of the file, and the group that it is of; `None`: the base.
pub(crate) type Sourced<'d> = (Option<&'d GroupName>, &'d Pattern);

/// The groups that a permission of the grant was joined from, each once.
pub(crate) fn groups_of<'s, 'd>(
    part: usize,
    sources: &'s [Sourced<'d>],
    parts: &'s [usize],
) -> impl Iterator<Item = &'d GroupName> + use<'s, 'd> {
    // All permissions of a group stand one after another.
    let mut last = None;
    sources.iter().zip(parts).filter(move |(_, of)| **of == part).filter_map(move |((group, _), _)| {
        let another = *group != last;
        last = *group;
        group.filter(|_| another)
    })
}

/// A grant, and everything that it was decided by.
#[derive(Debug)]
pub struct Decision<'p, 'd> {
    /// The grant.
    pub grant: Grant,
    pub(crate) basis: Basis,
    /// The permissions of the file that apply, in its order.
    pub(crate) sources: Vec<Sourced<'p>>,
    /// Which permission of the grant each of them is part of.
    pub(crate) parts: Vec<usize>,
    pub(crate) values: Values<'d>,
}

/// Where the configuration has a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionOrigin<'p> {
    /// The group; `None`: the base.
    pub group: Option<&'p GroupName>,
    /// The place in the list of that group, or of the base, from 0.
    pub index: usize,
}

impl<'p> Decision<'p, '_> {
    /// One for each permission of the grant, in its order: where the configuration has the first of those that it was made of.
    #[must_use]
    pub fn origins(&self) -> Vec<PermissionOrigin<'p>> {
        let mut origins = Vec::with_capacity(self.grant.permissions.len());
        let (mut last, mut index) = (None, 0_usize);
        for ((group, _), part) in self.sources.iter().zip(&self.parts) {
            // All permissions of a group stand one after another.
            index = if last == Some(*group) { index.saturating_add(1) } else { 0 };
            last = Some(*group);
            if *part == origins.len() {
                origins.push(PermissionOrigin { group: *group, index });
            }
        }
        origins
    }
}

/// What the placeholders stand for in this request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'v> {
    caller: Option<&'v Caller>,
    pub(crate) cache: Option<&'v str>,
    name: Option<&'v str>,
}

impl<'v> Values<'v> {
    pub(crate) fn token_id_value(&self, placeholder: &Placeholder) -> Option<&'v str> {
        match placeholder {
            Placeholder::QueryName => self.name,
            other => self.permission_value(other),
        }
    }

    /// What a permission may be made of: never what the client typed.
    pub(crate) fn permission_value(&self, placeholder: &Placeholder) -> Option<&'v str> {
        match placeholder {
            Placeholder::Cache => self.cache,
            Placeholder::QueryName => None,
            Placeholder::Principal => self.caller.map(|caller| caller.principal.as_str()),
            Placeholder::Sub => self.caller?.sub.as_deref(),
            Placeholder::Username => self.caller?.username.as_deref(),
            Placeholder::Claim(name) => self.caller?.claims.get(name).map(String::as_str),
            Placeholder::Context(name) => self.caller?.context.get(name).map(String::as_str),
        }
    }
}
