//! The username and the password of a request, from where the configuration says they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use tvm_common::event::{Ambiguous, Event};
use tvm_config::CredentialsIn;

/// What a caller claims. Nobody has checked it.
#[derive(Debug)]
pub struct Credentials {
    /// Who they say they are.
    pub username: String,
    /// What is to prove it.
    pub password: SecretString,
}

/// The credentials of a request; `None` where there are none that can be read in one way only.
pub fn credentials(event: &Event, place: CredentialsIn) -> Option<Credentials> {
    let header = |name| match event.header(name).optional() {
        Ok(text) => text.filter(|text| !text.is_empty()),
        Err(Ambiguous) => None,
    };
    match place {
        CredentialsIn::Headers => Some(Credentials {
            username: header("username")?.to_owned(),
            password: SecretString::from(header("password")?),
        }),
        CredentialsIn::Basic => basic(header("authorization")?),
    }
}

/// `Basic <base64 of username:password>` (RFC 7617): the scheme in any case, the text UTF-8, the first colon counts.
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    if username.is_empty() || password.is_empty() {
        return None;
    }
    Some(Credentials { username: username.to_owned(), password: SecretString::from(password) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read(headers: &str, place: CredentialsIn) -> Option<(String, String)> {
        let event = Event::parse(&format!(r#"{{"headers":{headers}}}"#)).unwrap();
        credentials(&event, place).map(|found| (found.username, found.password.expose_secret().to_owned()))
    }

    fn pair(username: &str, password: &str) -> Option<(String, String)> {
        Some((username.to_owned(), password.to_owned()))
    }

    #[test]
    fn debug_shows_no_password() {
        let claimed = Credentials { username: "ada".to_owned(), password: SecretString::from("planted-one") };
        assert!(!format!("{claimed:?}").contains("planted"));
    }

    #[test]
    fn the_two_headers_are_read_in_any_case() {
        for headers in [r#"{"username":"ada","password":"p"}"#, r#"{"Username":"ada","PASSWORD":"p"}"#] {
            assert_eq!(read(headers, CredentialsIn::Headers), pair("ada", "p"));
        }
        assert_eq!(read(r#"{"username":"ädä","password":"pä ß"}"#, CredentialsIn::Headers), pair("ädä", "pä ß"));
    }

    #[test]
    fn basic_authentication_is_read_as_its_rfc_says() {
        // "Aladdin:open sesame" is the RFC's example; the second holds a colon in the password, the third is UTF-8.
        for (header, username, password) in [
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
            ("basic YTpiOmM=", "a", "b:c"),
            ("BASIC  dGVzdDoxMjPCow==", "test", "123£"),
        ] {
            let headers = serde_json::json!({ "Authorization": header }).to_string();
            assert_eq!(read(&headers, CredentialsIn::Basic), pair(username, password), "{header}");
        }
    }

    #[test]
    fn what_is_missing_empty_repeated_or_malformed_is_no_credential() {
        for headers in [
            "null",
            "{}",
            r#"{"username":"ada"}"#,
            r#"{"username":"ada","password":""}"#,
            r#"{"username":"","password":"p"}"#,
            r#"{"username":"ada","Username":"eve","password":"p"}"#,
            r#"{"username":"ada","password":5}"#,
            r#"{"authorization":"Basic YTpi"}"#,
        ] {
            assert_eq!(read(headers, CredentialsIn::Headers), None, "{headers}");
        }
        for header in [
            "",
            "Basic",
            "Basic ",
            "Bearer YTpi",
            "Basic ???",
            "Basic YTpi YTpi",
            "Basic OnA=",
            "Basic YTo=",
            "Basic YQ==",
            "Basic /zpw",
        ] {
            let headers = serde_json::json!({ "authorization": header }).to_string();
            assert_eq!(read(&headers, CredentialsIn::Basic), None, "{header}");
        }
    }
}
