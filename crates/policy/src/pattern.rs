//! A permission with templates still in it, and how it becomes a [`Permission`].

use std::mem::discriminant;

use crate::permission::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};
use crate::template::{Placeholder, Template};

/// A permission as configured: its names are templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Which caches.
    pub cache: CachePattern,
    /// What of them.
    pub target: Target,
}

/// Which caches. Whether it is every one is settled here, before any value of a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CachePattern {
    /// Every one.
    All,
    /// The one of this name.
    Named(Template),
}

/// What of the cache, and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Everything in it.
    WholeCache(CacheRole),
    /// Items.
    Item(CacheRole, NamePattern),
    /// Topics.
    Topic(TopicRole, NamePattern),
    /// Functions.
    Function(NamePattern),
}

/// Which topics, items or functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamePattern {
    /// Every one.
    All,
    /// The one of this name.
    Exact(Template),
    /// All whose names begin so.
    Prefix(Template),
}

/// What a filled template selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selects {
    /// The one thing of that name.
    One,
    /// Everything whose name begins so.
    Beginnings,
}

/// When two permissions are for the very same selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSelection {
    /// Whatever the caller and the request.
    Always,
    /// For those who choose certain ones of `token.caches`.
    ForSomeCaches,
    /// Not, unless values of a caller happen to make it so.
    Never,
}

/// A template and what it selects.
pub type NamedSelection<'t> = (&'t Template, Selects);

impl Pattern {
    /// Every template in it.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.selectors().map(|(_, template, _)| template)
    }

    /// Every template in it, with the key that it stands under and what it selects.
    pub fn selectors(&self) -> impl Iterator<Item = (&'static str, &Template, Selects)> {
        let cache = match &self.cache {
            CachePattern::All => None,
            CachePattern::Named(template) => Some(("cache", template, Selects::One)),
        };
        let name = match &self.target {
            Target::WholeCache(_) => None,
            Target::Item(_, name) => Some(("key", name)),
            Target::Topic(_, name) => Some(("topic", name)),
            Target::Function(name) => Some(("function", name)),
        };
        let name = name.and_then(|(key, name)| match name {
            NamePattern::All => None,
            NamePattern::Exact(template) => Some((key, template, Selects::One)),
            NamePattern::Prefix(template) => Some((key, template, Selects::Beginnings)),
        });
        cache.into_iter().chain(name)
    }

    /// The last names of both, if these are for the same kind of thing, in caches that can be the same.
    pub fn comparable_names<'p>(&'p self, other: &'p Self) -> Option<(NamedSelection<'p>, NamedSelection<'p>)> {
        let ((key, one, selects), (other_key, another, others)) = (self.selectors().last()?, other.selectors().last()?);
        let is_fixed =
            |cache: &CachePattern| matches!(cache, CachePattern::Named(name) if name.placeholders().next().is_none());
        let are_apart = self.cache != other.cache && is_fixed(&self.cache) && is_fixed(&other.cache);
        let is_same_kind = key == other_key && discriminant(&self.target) == discriminant(&other.target);
        (is_same_kind && !are_apart).then_some(((one, selects), (another, others)))
    }

    /// Whether its cache is the one that the caller chose.
    pub fn is_in_chosen_cache(&self) -> bool {
        matches!(&self.cache, CachePattern::Named(template) if template.is_only(&Placeholder::Cache))
    }

    /// The name of its role, as the configuration writes it.
    #[must_use]
    pub const fn role_name(&self) -> &'static str {
        match &self.target {
            Target::WholeCache(role) | Target::Item(role, _) => role.as_str(),
            Target::Topic(role, _) => role.as_str(),
            Target::Function(_) => FunctionRole::Invoke.as_str(),
        }
    }

    /// The name of the role that allows what either allows and nothing else; `None` where there is none.
    #[must_use]
    pub fn union_of_roles(&self, other: &Self) -> Option<&'static str> {
        match (&self.target, &other.target) {
            (Target::WholeCache(one) | Target::Item(one, _), Target::WholeCache(two) | Target::Item(two, _)) => {
                one.union(*two).map(CacheRole::as_str)
            }
            (Target::Topic(one, _), Target::Topic(two, _)) => Some(one.union(*two).as_str()),
            (Target::Function(_), Target::Function(_)) => Some(FunctionRole::Invoke.as_str()),
            _ => None,
        }
    }

    /// Whether both are for the very same selection, whatever the caller and the request.
    fn selects_as(&self, other: &Self) -> bool {
        self.cache == other.cache
            && match (&self.target, &other.target) {
                (Target::WholeCache(_), Target::WholeCache(_)) => true,
                (Target::Item(_, one), Target::Item(_, two))
                | (Target::Topic(_, one), Target::Topic(_, two))
                | (Target::Function(one), Target::Function(two)) => one == two,
                _ => false,
            }
    }

    /// When both are for the very same selection, as far as the file can show; `caches` are those that a caller may choose.
    pub fn same_selection(&self, other: &Self, caches: &[String]) -> SameSelection {
        if self.selects_as(other) {
            return SameSelection::Always;
        }
        let same_kind = discriminant(&self.target) == discriminant(&other.target);
        if !same_kind || !self.templates().chain(other.templates()).any(Template::has_cache) {
            return SameSelection::Never;
        }
        let same = caches.iter().filter(|cache| self.with_cache(cache).selects_as(&other.with_cache(cache))).count();
        match same {
            0 => SameSelection::Never,
            all if all == caches.len() => SameSelection::Always,
            _ => SameSelection::ForSomeCaches,
        }
    }

    /// This permission for the callers who chose `cache`.
    fn with_cache(&self, cache: &str) -> Self {
        let name = |name: &NamePattern| match name {
            NamePattern::All => NamePattern::All,
            NamePattern::Exact(template) => NamePattern::Exact(template.with_cache(cache)),
            NamePattern::Prefix(template) => NamePattern::Prefix(template.with_cache(cache)),
        };
        Self {
            cache: match &self.cache {
                CachePattern::All => CachePattern::All,
                CachePattern::Named(template) => CachePattern::Named(template.with_cache(cache)),
            },
            target: match &self.target {
                Target::WholeCache(role) => Target::WholeCache(*role),
                Target::Item(role, item) => Target::Item(*role, name(item)),
                Target::Topic(role, topic) => Target::Topic(*role, name(topic)),
                Target::Function(function) => Target::Function(name(function)),
            },
        }
    }

    /// The permission, with each placeholder's value in its place.
    ///
    /// # Errors
    /// The placeholder whose value is missing or empty.
    pub fn fill<'v>(
        &self,
        value_of: impl Fn(&Placeholder) -> Option<&'v str> + Copy,
    ) -> Result<Permission, Placeholder> {
        let cache = match &self.cache {
            CachePattern::All => CacheSelector::All,
            CachePattern::Named(template) => CacheSelector::Name(template.fill(value_of)?),
        };
        Ok(match &self.target {
            Target::WholeCache(role) => Permission::Cache { role: *role, cache },
            Target::Item(role, name) => {
                let item = match name {
                    NamePattern::All => ItemSelector::All,
                    NamePattern::Exact(template) => ItemSelector::Key(template.fill(value_of)?),
                    NamePattern::Prefix(template) => ItemSelector::KeyPrefix(template.fill(value_of)?),
                };
                Permission::Item { role: *role, cache, item }
            }
            Target::Topic(role, name) => {
                let topic = match name {
                    NamePattern::All => TopicSelector::All,
                    NamePattern::Exact(template) => TopicSelector::Name(template.fill(value_of)?),
                    NamePattern::Prefix(template) => TopicSelector::Prefix(template.fill(value_of)?),
                };
                Permission::Topic { role: *role, cache, topic }
            }
            Target::Function(name) => {
                let function = match name {
                    NamePattern::All => FunctionSelector::All,
                    NamePattern::Exact(template) => FunctionSelector::Name(template.fill(value_of)?),
                    NamePattern::Prefix(template) => FunctionSelector::Prefix(template.fill(value_of)?),
                };
                Permission::Function { role: FunctionRole::Invoke, cache, function }
            }
        })
    }
}
