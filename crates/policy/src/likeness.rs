//! What one name's values could make of another name: found by the file alone, before any value is known.
//!
//! Two names are read side by side, from the left. What is written alike in both stands for the same in both, up to where one has a
//! caller's value and the other something else.

use crate::mode::AuthMode;
use crate::pattern::{NamedSelection, Selects};
use crate::separation::is_uuid_in;
use crate::template::{Part, Placeholder};

/// How a caller's value could make one name of the file the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Another of the caller's values stands in the same place.
    AnotherValue,
    /// The other has a text there, which somebody's value may be.
    Spelled,
}

/// How the values of some caller could make `one` select what `other` does for somebody else.
#[must_use]
pub fn likeness(one: NamedSelection<'_>, other: NamedSelection<'_>, auth: AuthMode) -> Option<Likeness> {
    let (one, other) = (symbols(one), symbols(other));
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(same..)?, other.get(same..)?);
    match (one.first()?, other.first()?) {
        (Symbol::Value(first, _), Symbol::Value(second, _)) => {
            let are_verified = first.is_verified() && second.is_verified();
            let are_one_id = is_uuid_in(auth, first) && is_uuid_in(auth, second);
            (are_verified && first != second && !are_one_id).then_some(Likeness::AnotherValue)
        }
        // Cognito chooses a user's id, and no text of a file is one.
        (Symbol::Value(value, _), Symbol::Character(_)) | (Symbol::Character(_), Symbol::Value(value, _)) => {
            let is_theirs = value.is_verified() && !is_uuid_in(auth, value);
            (is_theirs && meet(&steps(one), &steps(other))).then_some(Likeness::Spelled)
        }
        _ => None,
    }
}

/// A name, a piece at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Symbol<'t> {
    Character(char),
    /// What is filled in, and the character that ends it, which it therefore does not contain.
    Value(&'t Placeholder, Option<char>),
    /// Whatever follows a prefix.
    Tail,
}

fn symbols((template, selects): NamedSelection<'_>) -> Vec<Symbol<'_>> {
    let mut symbols = Vec::new();
    let mut left = template.parts();
    while let [part, rest @ ..] = left {
        match (part, rest) {
            (Part::Text(text), _) => symbols.extend(text.chars().map(Symbol::Character)),
            // The last value of a single name may contain whatever is behind it.
            (Part::Value(value), [Part::Text(_)]) if selects == Selects::One => {
                symbols.push(Symbol::Value(value, None));
            }
            (Part::Value(value), [Part::Text(text), ..]) => symbols.push(Symbol::Value(value, text.chars().next())),
            (Part::Value(value), _) => symbols.push(Symbol::Value(value, None)),
        }
        left = rest;
    }
    symbols.extend((selects == Selects::Beginnings).then_some(Symbol::Tail));
    symbols
}

/// Which characters.
#[derive(Debug, Clone, Copy)]
enum Class {
    Just(char),
    AllBut(Option<char>),
}

impl Class {
    fn shares_one_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::Just(one), Self::Just(other)) => one == other,
            (Self::Just(one), Self::AllBut(other)) | (Self::AllBut(other), Self::Just(one)) => other != Some(one),
            (Self::AllBut(_), Self::AllBut(_)) => true,
        }
    }
}

/// A character of a class, or any number of them.
#[derive(Debug, Clone, Copy)]
enum Step {
    One(Class),
    Many(Class),
}

fn steps(symbols: &[Symbol<'_>]) -> Vec<Step> {
    let of = |symbol: &Symbol<'_>| match *symbol {
        Symbol::Character(character) => vec![Step::One(Class::Just(character))],
        Symbol::Value(_, end) => vec![Step::One(Class::AllBut(end)), Step::Many(Class::AllBut(end))],
        Symbol::Tail => vec![Step::Many(Class::AllBut(None))],
    };
    symbols.iter().flat_map(of).collect()
}

/// Whether some text is both.
fn meet(one: &[Step], other: &[Step]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut left = vec![(0_usize, 0_usize)];
    while let Some(at) = left.pop() {
        if !seen.insert(at) {
            continue;
        }
        let (next, other_next) = (at.0.saturating_add(1), at.1.saturating_add(1));
        let steps = (one.get(at.0).copied(), other.get(at.1).copied());
        if let (Some(Step::Many(_)), _) = steps {
            left.push((next, at.1));
        }
        if let (_, Some(Step::Many(_))) = steps {
            left.push((at.0, other_next));
        }
        let after = |step: Step, here: usize, next: usize| match step {
            Step::One(class) => (class, next),
            Step::Many(class) => (class, here),
        };
        match steps {
            (None, None) => return true,
            (Some(step), Some(other_step)) => {
                let (class, to) = after(step, at.0, next);
                let (other_class, other_to) = after(other_step, at.1, other_next);
                if class.shares_one_with(other_class) {
                    left.push((to, other_to));
                }
            }
            _ => {}
        }
    }
    false
}
