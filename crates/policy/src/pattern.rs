//! A permission with templates still in it, and how it becomes a [`Permission`].

use crate::permission::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};
use crate::template::{Placeholder, Template};

/// A permission as configured: its names are templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) cache: CachePattern,
    pub(crate) target: Target,
}

/// Which caches. Whether it is every one is settled here, before any value of a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CachePattern {
    All,
    Named(Template),
}

/// What of the cache, and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    WholeCache(CacheRole),
    Item(CacheRole, NamePattern),
    Topic(TopicRole, NamePattern),
    Function(NamePattern),
}

/// Which topics, items or functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamePattern {
    All,
    Exact(Template),
    Prefix(Template),
}

impl Pattern {
    /// Every template in it.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let cache = match &self.cache {
            CachePattern::All => None,
            CachePattern::Named(template) => Some(template),
        };
        let name = match &self.target {
            Target::WholeCache(_) => None,
            Target::Item(_, name) | Target::Topic(_, name) | Target::Function(name) => match name {
                NamePattern::All => None,
                NamePattern::Exact(template) | NamePattern::Prefix(template) => Some(template),
            },
        };
        cache.into_iter().chain(name)
    }

    /// The permission, with each placeholder's value in its place.
    ///
    /// # Errors
    /// The placeholder whose value is missing or empty.
    pub(crate) fn fill<'v>(
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
