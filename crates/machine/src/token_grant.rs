//! The header `Token-Grant`: what the token in the body may do, for the page that got it.
//!
//! A page should know that it may only read before it is refused, and a token does not say so. In a header, since the body is
//! the original's, key for key. It is made of the grant alone, so nothing of the token can be in it.

use std::fmt::Write as _;

use http::header::{HeaderName, HeaderValue};
use tvm_config::render_grant;
use tvm_policy::Grant;

/// The header's name.
pub(crate) const TOKEN_GRANT: HeaderName = HeaderName::from_static("token-grant");

/// The most bytes of it. API Gateway takes 10,240 for all headers of a response together (developer guide, "Quotas for REST
/// APIs"), and proxies commonly 8,192.
const LONGEST: usize = 4_096;

/// The header's text; `None` where it would be too long, or there are no words for the grant.
pub(crate) fn token_grant(grant: &Grant) -> Option<HeaderValue> {
    let text = ascii(render_grant(grant)?);
    if text.len() > LONGEST {
        return None;
    }
    HeaderValue::try_from(text).ok()
}

/// The same JSON in ASCII that a header can carry. Beyond it are only characters within texts, where JSON has escapes for them.
fn ascii(json: String) -> String {
    // Nearly always, and quicker than to look at each character twice.
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // To a string it cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tvm_policy::{CacheRole, CacheSelector, Permission, TopicRole, TopicSelector};

    use super::*;

    fn grant(topic: String, token_id: Option<&str>) -> Grant {
        let cache = || CacheSelector::Name("c".to_owned());
        let topics =
            Permission::Topic { role: TopicRole::SubscribeOnly, cache: cache(), topic: TopicSelector::Name(topic) };
        let items = Permission::Cache { role: CacheRole::ReadOnly, cache: cache() };
        let token_id = token_id.map(str::to_owned);
        Grant { permissions: vec![topics, items], token_id, lifetime: Duration::from_secs(60), not_after: None }
    }

    fn text(grant: &Grant) -> Option<String> {
        token_grant(grant).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn it_is_ascii_and_the_same_json() {
        assert_eq!(
            text(&grant("Zoë 🦀".to_owned(), Some("ada"))).unwrap(),
            r#"{"id":"ada","permissions":[{"cache":"c","topic":"Zo\u00eb \ud83e\udd80","role":"SubscribeOnly"},{"cache":"c","role":"ReadOnly"}]}"#
        );
        for odd in ["\0\n\r\t\u{7f}", "\u{80}\u{2028}\u{feff}\u{ffff}", "\"\\/<>&'", "日本語 – 𝄞", " ~ ", "\\u0041"]
        {
            let grant = grant(odd.to_owned(), Some(odd));
            let read = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
            let header = text(&grant).unwrap();
            assert_eq!(read(&header), read(&render_grant(&grant).unwrap()), "{header}");
            assert_eq!(read(&header)["id"], odd, "{header}");
        }
    }

    #[test]
    fn it_is_left_out_where_it_would_be_too_long() {
        let around = text(&grant(String::new(), None)).unwrap().len();
        let fits = grant("x".repeat(LONGEST - around), None);
        assert_eq!(text(&fits).unwrap().len(), LONGEST);
        assert_eq!(text(&grant("x".repeat(LONGEST - around + 1), None)), None);
        // By its length as it is sent: six bytes for one of these.
        assert_eq!(text(&grant("é".repeat(LONGEST / 4), None)), None);
    }
}
