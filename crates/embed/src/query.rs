//! What a request says about the token it wants: its query and the two narrowing headers.

use std::borrow::Cow;

use form_urlencoded::parse;
use http::request::Parts;

/// A request that cannot be read in one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed request: `{0}` is repeated or no text")]
pub(crate) struct Malformed(&'static str);

/// What a request asks for.
pub(crate) struct Asked<'r> {
    pub(crate) name: Option<Cow<'r, str>>,
    pub(crate) group: Option<&'r str>,
    pub(crate) cache: Option<&'r str>,
}

impl<'r> Asked<'r> {
    /// `name_parameter` is what the query calls the name of the token.
    pub(crate) fn read(request: &'r Parts, name_parameter: &'static str) -> Result<Self, Malformed> {
        Ok(Self {
            name: parameter(request, name_parameter)?,
            group: header(request, "usergroup")?,
            cache: header(request, "cachename")?,
        })
    }
}

fn parameter<'r>(request: &'r Parts, wanted: &'static str) -> Result<Option<Cow<'r, str>>, Malformed> {
    let query = request.uri.query().unwrap_or_default();
    let mut values = parse(query.as_bytes()).filter(|(name, _)| name == wanted).map(|(_, value)| value);
    let first = values.next();
    if values.next().is_some() { Err(Malformed(wanted)) } else { Ok(first) }
}

fn header<'r>(request: &'r Parts, name: &'static str) -> Result<Option<&'r str>, Malformed> {
    let mut values = request.headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Ok(Some(text)),
        _ => Err(Malformed(name)),
    }
}
