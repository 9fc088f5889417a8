//! The parsed file, read into the configuration's types.
//!
//! An error says in data what is wrong and where; `shape` has the words. What an earlier attempt could not read is left out, so that the
//! next one finds what comes after it.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::de::{DeTable, DeValue};

use crate::path::{Path, Step};

/// Something that the configuration's types cannot be read from.
#[derive(Debug)]
pub(crate) struct Slip {
    /// From the innermost step to the outermost.
    steps: Vec<Step>,
    pub(crate) what: What,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum What {
    /// A value of another kind, or out of range.
    Unfit {
        /// What may stand there, in the words of the type.
        expected: String,
    },
    /// A word that is none of those that may stand there.
    UnknownValue { given: String, known: &'static [&'static str] },
    /// A key that the table does not have. The path ends with it.
    UnknownKey { known: &'static [&'static str] },
    /// A key that the table must have. The path is the table's.
    Missing(&'static str),
    /// What a type says itself.
    Said(String),
}

impl Slip {
    const fn new(what: What) -> Self {
        Self { steps: Vec::new(), what }
    }

    fn under(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Where it is.
    pub(crate) fn path(&self) -> Path {
        Path(self.steps.iter().rev().cloned().collect())
    }
}

impl Display for Slip {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {:?}", self.path(), self.what)
    }
}

impl std::error::Error for Slip {}

impl Error for Slip {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(What::Said(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(What::Unfit { expected: expected.to_string() })
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(What::Unfit { expected: expected.to_string() })
    }

    fn unknown_variant(given: &str, known: &'static [&'static str]) -> Self {
        Self::new(What::UnknownValue { given: given.to_owned(), known })
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(What::UnknownKey { known })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(What::Missing(field))
    }
}

/// A value by where it is in memory: the tree does not change while it is read.
type Id = *const ();

fn id(value: &DeValue<'_>) -> Id {
    std::ptr::from_ref(value).cast()
}

/// How the tree is read in spite of what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Repairs {
    dropped: BTreeSet<Id>,
    supplied: Vec<(Id, String, DeValue<'static>)>,
}

impl Repairs {
    /// Reads on as if `value` were not there. `false`: it was not there before.
    pub(crate) fn drop(&mut self, value: &DeValue<'_>) -> bool {
        self.dropped.insert(id(value))
    }

    /// Reads on as if `table` had this value at `key`.
    pub(crate) fn supply(&mut self, table: &DeValue<'_>, key: &str, value: DeValue<'static>) {
        self.supplied.push((id(table), key.to_owned(), value));
    }

    pub(crate) fn has_dropped(&self, value: &DeValue<'_>) -> bool {
        self.dropped.contains(&id(value))
    }
}

/// A value of the tree.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    value: &'t DeValue<'t>,
    repairs: &'t Repairs,
}

impl<'t> Node<'t> {
    pub(crate) const fn new(value: &'t DeValue<'t>, repairs: &'t Repairs) -> Self {
        Self { value, repairs }
    }

    fn at(self, value: &'t DeValue<'t>) -> Self {
        Self { value, ..self }
    }

    fn visit_table<V: Visitor<'t>>(self, table: &'t DeTable<'t>, visitor: V) -> Result<V::Value, Slip> {
        let written = table.iter().map(|(key, value)| (key.get_ref().as_ref(), value.get_ref()));
        let here = id(self.value);
        let supplied = self.repairs.supplied.iter().filter(move |(table, ..)| *table == here);
        let supplied = supplied.map(|(_, key, value)| (key.as_str(), value));
        let entries = written.filter(move |(_, value)| !self.repairs.has_dropped(value)).chain(supplied);
        visitor.visit_map(Entries { node: self, entries, value: None })
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.value {
            DeValue::String(text) => visitor.visit_borrowed_str(text),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number @ ..0) => visitor.visit_i64(number),
                Ok(number) => visitor.visit_u64(number.unsigned_abs()),
                // More than any key takes.
                Err(_) => visitor.visit_u64(u64::MAX),
            },
            DeValue::Float(_) => Err(Slip::invalid_type(Unexpected::Other("number"), &visitor)),
            DeValue::Datetime(_) => Err(Slip::invalid_type(Unexpected::Other("date"), &visitor)),
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            DeValue::Array(list) => {
                let values = list.iter().enumerate().map(|(index, value)| (index, value.get_ref()));
                let values = values.filter(|(_, value)| !self.repairs.has_dropped(value));
                visitor.visit_seq(Values { node: self, values })
            }
            DeValue::Table(table) => self.visit_table(table, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_newtype_struct(self)
    }

    /// A table alone: a list is not taken for the values of its keys.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        match self.value {
            DeValue::Table(table) => self.visit_table(table, visitor),
            _ => Err(Slip::invalid_type(Unexpected::Other("value"), &visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        match self.value {
            DeValue::String(text) => visitor.visit_enum(text.as_ref().into_deserializer()),
            _ => Err(Slip::new(What::Unfit { expected: format!("one of \"{}\"", variants.join("\", \"")) })),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Entries<'t, I> {
    node: Node<'t>,
    entries: I,
    value: Option<(&'t str, &'t DeValue<'t>)>,
}

impl<'t, I: Iterator<Item = (&'t str, &'t DeValue<'t>)>> MapAccess<'t> for Entries<'t, I> {
    type Error = Slip;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Slip> {
        self.value = self.entries.next();
        let Some((key, _)) = self.value else { return Ok(None) };
        let read = seed.deserialize(BorrowedStrDeserializer::new(key));
        read.map(Some).map_err(|slip: Slip| slip.under(Step::Key(key.to_owned())))
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Slip> {
        let Some((key, value)) = self.value.take() else { return Err(Slip::custom("a value without a key")) };
        seed.deserialize(self.node.at(value)).map_err(|slip| slip.under(Step::Key(key.to_owned())))
    }
}

struct Values<'t, I> {
    node: Node<'t>,
    values: I,
}

impl<'t, I: Iterator<Item = (usize, &'t DeValue<'t>)>> SeqAccess<'t> for Values<'t, I> {
    type Error = Slip;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Slip> {
        let Some((index, value)) = self.values.next() else { return Ok(None) };
        seed.deserialize(self.node.at(value)).map(Some).map_err(|slip| slip.under(Step::Index(index)))
    }
}
