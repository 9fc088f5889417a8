//! An event as API Gateway sends it, read leniently.
//!
//! The types of `aws_lambda_events` refuse a whole event for one header that is not visible ASCII, and any client can send
//! such a header. Here everything that nobody asks for is ignored, and what is asked for is either one text or not.
//! A value in an event has no way into a log but by a caller's own hand: there is no `Debug`.

use serde_json::Value;

/// An event from API Gateway: any JSON at all.
#[expect(missing_debug_implementations, reason = "an event holds passwords and tokens")]
pub struct Event(Value);

/// What an event holds where one text is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it may hold a password")]
pub enum Field<'e> {
    /// Nothing.
    Absent,
    /// One text.
    One(&'e str),
    /// More than one: whoever reads it would have to guess which counts.
    Repeated,
    /// Something that is no text.
    NotText,
}

impl<'e> Field<'e> {
    /// The text; `None` where there is none.
    ///
    /// # Errors
    /// [`Ambiguous`] where there is more than one, or something else.
    pub fn optional(self) -> Result<Option<&'e str>, Ambiguous> {
        match self {
            Self::Absent => Ok(None),
            Self::One(text) => Ok(Some(text)),
            Self::Repeated | Self::NotText => Err(Ambiguous),
        }
    }
}

/// A header or a parameter that is repeated or no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is repeated, or no text")]
pub struct Ambiguous;

impl Event {
    /// Reads any JSON text; `None` for one that is nested so deeply that no gateway made it.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// A header, its name in any case.
    pub fn header(&self, name: &str) -> Field<'_> {
        let same = |key: &str| key.eq_ignore_ascii_case(name);
        match many(self.at(&["multiValueHeaders"]), same) {
            Field::Absent => many(self.at(&["headers"]), same),
            found => found,
        }
    }

    /// A parameter of the query string.
    pub fn query(&self, name: &str) -> Field<'_> {
        let same = |key: &str| key == name;
        match many(self.at(&["multiValueQueryStringParameters"]), same) {
            Field::Absent => many(self.at(&["queryStringParameters"]), same),
            found => found,
        }
    }

    /// The value in these objects, each in the one before, if there is one.
    // Not by a JSON pointer, which takes its text apart anew each time: that was a tenth of a warm call.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.0, |value, name| value.get(name))
    }

    /// The text at such a path, if there is one and it is not empty.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.at(path).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// API Gateway's id of the request, fit for a response and a log line.
    pub fn request_id(&self) -> Option<&str> {
        let fit = |id: &&str| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        self.text(&["requestContext", "requestId"]).filter(fit)
    }
}

/// Every text under the keys of `table` that are the `same`: API Gateway gives one text or a list of them.
fn many<'e>(table: Option<&'e Value>, same: impl Fn(&str) -> bool) -> Field<'e> {
    let mut found = Field::Absent;
    let entries = table.and_then(Value::as_object).into_iter().flatten().filter(|(key, _)| same(key));
    for (_, value) in entries {
        let values = match value {
            Value::Null => &[],
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values {
            found = match (found, value.as_str()) {
                (Field::Absent, Some(text)) => Field::One(text),
                (Field::NotText, _) | (_, None) => Field::NotText,
                (Field::One(_) | Field::Repeated, Some(_)) => Field::Repeated,
            };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(json: &str) -> Field<'static> {
        let event: &'static Event = Box::leak(Box::new(Event::parse(json).unwrap()));
        event.header("usergroup")
    }

    #[test]
    fn a_header_is_found_in_any_case_and_in_either_form() {
        assert!(header(r#"{"headers":{"UserGroup":"A"}}"#) == Field::One("A"));
        assert!(header(r#"{"multiValueHeaders":{"usergroup":["A"]},"headers":{"usergroup":"A"}}"#) == Field::One("A"));
        assert!(header(r#"{"headers":{"usergroup":"Ä"}}"#) == Field::One("Ä"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_never_read_in_one() {
        assert!(
            header(r#"{"multiValueHeaders":{"usergroup":["A","B"]},"headers":{"usergroup":"B"}}"#) == Field::Repeated
        );
        assert!(header(r#"{"headers":{"usergroup":"A","UserGroup":"B"}}"#) == Field::Repeated);
        assert!(header(r#"{"headers":{"usergroup":5}}"#) == Field::NotText);
        assert!(header(r#"{"multiValueHeaders":{"usergroup":["A",{}]}}"#) == Field::NotText);
    }

    #[test]
    fn nothing_there_is_nothing_whatever_stands_around_it() {
        for json in ["null", "[]", "5", r#"{"headers":null}"#, r#"{"headers":[]}"#, r#"{"headers":{"usergroup":null}}"#]
        {
            assert!(header(json) == Field::Absent, "{json}");
        }
    }

    #[test]
    fn json_nested_beyond_reason_is_no_event() {
        assert!(Event::parse(&"[".repeat(100_000)).is_none());
        assert!(Event::parse(&("[".repeat(1_000) + &"]".repeat(1_000))).is_none());
    }

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_not_one() {
        let id = |id: &str| {
            let json = serde_json::json!({ "requestContext": { "requestId": id } }).to_string();
            Event::parse(&json).unwrap().request_id().map(str::to_owned)
        };
        assert_eq!(id("c6af9ac6-7b61-11e6"), Some("c6af9ac6-7b61-11e6".to_owned()));
        for bad in ["", "a\nb", "a\"b", &"a".repeat(65)] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }
}
