//! A new key as it is given: by hand, by an editor, a shell, a `.env` file, or Momento's console.
//!
//! What is around the key is taken away where there is one way to read it, so that no secret holds it; what is read in no such way is
//! kept as it is, and is then no key. No part of it is ever in an error.

use momento_client::{ApiKey, ApiKeyError};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

/// A key, and what came with it. Not `Debug`: it is all secret.
pub(crate) struct Given {
    /// With nothing around it.
    pub(crate) key: SecretString,
    /// What else the JSON held that it came in.
    pub(crate) members: Map<String, Value>,
    /// The endpoint beside it, in a file of variables.
    pub(crate) endpoint: Option<String>,
}

/// Why there is no one key in what was given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("this is not text; give the key as text, in UTF-8 or UTF-16")]
    NotText,
    #[error("what was given holds several Momento keys, in {}; give one alone", .0.join(" and "))]
    SeveralKeys(Vec<String>),
    #[error(transparent)]
    Json(ApiKeyError),
}

/// What of JSON without `apiKey` belongs to the key. The rest may be anything, such as what a command of AWS prints around a secret.
const OF_THE_KEY: [&str; 4] = ["endpoint", "MOMENTO_ENDPOINT", "refreshToken", "validUntil"];

/// Reads what was given.
pub(crate) fn read(bytes: &[u8]) -> Result<Given, InputError> {
    let text = decoded(bytes).ok_or(InputError::NotText)?;
    let text = unquoted(&text);
    if text.starts_with('{') {
        return of_json(text);
    }
    let (key, endpoint) = match whole(text) {
        Some(key) => (key, None),
        None => match of_lines(text)? {
            Some(found) => found,
            // What is wrong with it is said as of every value.
            None => (text.to_owned(), None),
        },
    };
    Ok(Given { key: SecretString::from(key), members: Map::new(), endpoint })
}

/// The key that `text` is by itself, in one line: terminals break long ones.
fn whole(text: &str) -> Option<String> {
    let joined: String = unquoted(text).chars().filter(|c| !c.is_whitespace()).collect();
    ApiKey::is_one(&joined).then_some(joined)
}

fn of_json(text: &str) -> Result<Given, InputError> {
    let mut members: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| InputError::Json(ApiKeyError::MalformedJson { line: error.line(), column: error.column() }))?;
    let field = match ApiKey::field_in(&members, None) {
        Ok(field) => field.to_owned(),
        Err(ApiKeyError::SeveralKeys { fields }) => return Err(InputError::SeveralKeys(fields)),
        Err(other) => return Err(InputError::Json(other)),
    };
    let key = members.remove(&field).as_ref().and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    if field != "apiKey" {
        members.retain(|name, _| OF_THE_KEY.contains(&name.as_str()));
    }
    let key = whole(&key).unwrap_or(key);
    Ok(Given { key: SecretString::from(key), members, endpoint: None })
}

/// The one key among lines that set variables, with the endpoint beside it. `None` where a line does something else, or none holds a key.
fn of_lines(text: &str) -> Result<Option<(String, Option<String>)>, InputError> {
    let mut keys: Vec<(&str, String)> = Vec::new();
    let mut endpoint = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((name, value)) = assignment(line) else { return Ok(None) };
        if let Some(key) = whole(value).filter(|key| keys.iter().all(|(_, known)| known != key)) {
            keys.push((name, key));
        } else if name.eq_ignore_ascii_case("MOMENTO_ENDPOINT") {
            endpoint = Some(unquoted(value).to_owned()).filter(|endpoint| !endpoint.is_empty());
        }
    }
    if keys.len() > 1 {
        return Err(InputError::SeveralKeys(keys.iter().map(|(name, _)| format!("`{name}`")).collect()));
    }
    Ok(keys.pop().map(|(_, key)| (key, endpoint)))
}

/// The name and the value of a line that sets a variable: of a `.env` file, a POSIX shell, fish (`set -x NAME value`), Windows (`set`,
/// `setx NAME value`), PowerShell (`$env:NAME = …`), or YAML (`NAME: value`).
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_suffix(';').unwrap_or(line);
    let words = ["export ", "set ", "setx ", "$env:", "$Env:", "declare -x "];
    let rest = words.iter().find_map(|word| line.strip_prefix(word)).map(str::trim_start);
    let is_command = rest.is_some();
    let mut rest = rest.unwrap_or(line);
    while let Some((_, further)) = rest.split_once(' ').filter(|(option, _)| is_command && option.starts_with('-')) {
        rest = further.trim_start();
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    let behind = behind.trim_start();
    let value = match behind.chars().next() {
        Some('=' | ':') => behind.get(1..)?,
        Some(_) if is_command => behind,
        _ => return None,
    };
    let begins_as_a_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // A line of a key that was broken ends like an assignment of nothing (`…==`), and no name is that long.
    (begins_as_a_name && name.len() <= 64 && !name.contains("eyJ")).then_some((name, value))
}

/// Without white space, the byte order mark, quotes and what ends a line of code around it.
fn unquoted(text: &str) -> &str {
    const QUOTES: [(char, char); 6] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('\u{201c}', '\u{201d}'),
        ('\u{2018}', '\u{2019}'),
        ('\u{ab}', '\u{bb}'),
    ];
    let mut text = text;
    loop {
        let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
        let bare = bare.trim_end_matches([',', ';']);
        let inner = QUOTES.iter().find_map(|(open, close)| bare.strip_prefix(*open)?.strip_suffix(*close));
        match inner {
            Some(inner) => text = inner,
            None if bare.len() == text.len() => return bare,
            None => text = bare,
        }
    }
}

/// The text in `bytes`: UTF-8; or UTF-16, as Windows PowerShell 5 writes a file (`about_Character_Encoding`), by its byte order mark, or
/// by the zeros that it has beside ASCII.
fn decoded(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
        char::decode_utf16(units).collect::<Result<String, _>>().ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [1..=0xff, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=0xff, ..] => utf16(bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// Nothing of it is shown.
impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key that was given")
    }
}

impl Given {
    /// The key as it is stored.
    pub(crate) fn key(&self) -> &str {
        self.key.expose_secret()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;

    fn v1(inner: &str) -> String {
        STANDARD.encode(json!({ "endpoint": "cell.example", "api_key": inner }).to_string())
    }

    fn v2() -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(json!({ "t": "g", "jti": "planted" }).to_string()))
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn a_key_is_taken_out_of_whatever_programs_write_around_it() {
        for key in [v1("planted"), v2()] {
            let (start, rest) = key.split_at(20);
            let json = json!({ "apiKey": key }).to_string();
            for text in [
                key.clone(),
                format!("{key}\n"),
                format!("\u{feff}{key}\r\n"),
                format!("\"{key}\"\n"),
                format!("'{key}'"),
                format!("\u{201c}{key}\u{201d}"),
                format!("  \"{key}\",\n"),
                format!("{start}\r\n{rest}\r\n"),
                format!("export MOMENTO_API_KEY=\"{key}\"\n"),
                format!("export MOMENTO_API_KEY='{key}';\n"),
                format!("MOMENTO_API_KEY={key}\r\n"),
                format!("MOMENTO_API_KEY = {key}"),
                format!("# of prod\n\nOTHER=1\nMOMENTO_API_KEY={key}\nURL=https://x.example/?a=b\n"),
                format!("MOMENTO_API_KEY={key}\nMOMENTO_AUTH_TOKEN={key}\n"),
                format!("set MOMENTO_API_KEY={key}\r\n"),
                format!("setx MOMENTO_API_KEY \"{key}\"\r\n"),
                format!("set -gx MOMENTO_API_KEY {key}\n"),
                format!("$env:MOMENTO_API_KEY = \"{key}\"\r\n"),
                format!("MOMENTO_API_KEY: {key}\n"),
                json.clone(),
                format!("\u{feff}{json}\r\n"),
                json!({ "MOMENTO_API_KEY": format!("{key}\n") }).to_string(),
                json!({ "ARN": "arn:x", "Name": "n", "SecretString": key }).to_string(),
            ] {
                let given = read(text.as_bytes()).unwrap();
                assert_eq!((given.key(), given.members.len()), (&*key, 0), "{text}");
                for bytes in [
                    utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
                    utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
                    utf16(text.trim_start_matches('\u{feff}'), u16::to_le_bytes),
                ] {
                    // A quotation mark that is no ASCII has no zero beside it.
                    if !text.starts_with('\u{201c}') {
                        assert_eq!(read(&bytes).unwrap().key(), key, "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_comes_with_a_key_comes_along() {
        let downloaded = json!({ "apiKey": v1("planted"), "refreshToken": "r", "validUntil": 5 }).to_string();
        let given = read(downloaded.as_bytes()).unwrap();
        assert_eq!(Value::Object(given.members), json!({ "refreshToken": "r", "validUntil": 5 }));
        let variables = format!("MOMENTO_API_KEY={}\nMOMENTO_ENDPOINT=\"cell-1.example\"\n", v2());
        assert_eq!(read(variables.as_bytes()).unwrap().endpoint.as_deref(), Some("cell-1.example"));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused_and_never_repeated() {
        let (one, two) = (v1("planted"), v1("planted-2"));
        for (text, expected) in [
            (format!("BLUE={one}\nGREEN={two}\n"), "in `BLUE` and `GREEN`"),
            (json!({ "BLUE": one, "GREEN": two }).to_string(), "in `BLUE` and `GREEN`"),
            (json!({ "BLUE": "planted" }).to_string(), "without a text \"apiKey\""),
            (format!("{{\"apiKey\": {one}"), "not well-formed"),
        ] {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("eyJ") && !error.contains("planted"), "{error}");
        }
        assert!(matches!(read(&[0xc3, 0x28, 0xff]), Err(InputError::NotText)));
        // Then it is no key: what stands around it is not known.
        let v2 = v2();
        for text in [
            format!("my key is {one} thanks"),
            format!("my key is {v2} thanks"),
            format!("my key is {v2}"),
            format!("MOMENTO_API_KEY={one}\nls -l\n"),
            format!("MOMENTO_API_KEY={v2}\nls -l\n"),
            format!("{one}{two}"),
        ] {
            let given = read(text.as_bytes()).unwrap();
            assert!(ApiKey::parse(given.key(), Some("cell.example")).is_err(), "{text}");
        }
    }
}
