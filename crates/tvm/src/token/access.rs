//! How a caller says who they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::prompt;
use crate::token::error::TokenError;

/// Who asks; nobody in particular, as in Open mode, where nothing is said.
#[derive(Debug, Args)]
pub(crate) struct Access {
    /// The username, in `LambdaAuthorizer` mode. The password comes from a prompt or the first line of standard input.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Send the username and the password by HTTP Basic, for `credentials = "basic"`.
    #[arg(long, requires = "username")]
    basic: bool,
    /// Send a bearer token of Cognito or of your issuer. The token comes from a prompt or the first line of standard
    /// input.
    #[arg(long, conflicts_with = "username")]
    bearer: bool,
}

impl Access {
    /// The headers that say so. It may ask for the password or the token.
    pub(crate) fn headers(&self) -> Result<HeaderMap, TokenError> {
        let mut headers = HeaderMap::new();
        if self.bearer {
            let token = prompt::secret("token", "Token: ".to_owned())?;
            headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", token.expose_secret().trim()))?);
        }
        if let Some(username) = &self.username {
            let password = prompt::secret("password", format!("Password of {}: ", username.escape_debug()))?;
            if self.basic {
                headers.insert(AUTHORIZATION, secret(&basic(username, &password))?);
            } else {
                headers.insert("username", sendable(username)?);
                headers.insert("password", secret(password.expose_secret())?);
            }
        }
        Ok(headers)
    }
}

/// `text` as the value of a header.
pub(crate) fn sendable(text: &str) -> Result<HeaderValue, TokenError> {
    // More would go through, and be read as UTF-8 by one and as Latin-1 by another.
    HeaderValue::from_str(text).ok().filter(|_| text.is_ascii()).ok_or(TokenError::Unsendable)
}

fn secret(text: &str) -> Result<HeaderValue, TokenError> {
    let mut value = sendable(text)?;
    value.set_sensitive(true);
    Ok(value)
}

fn basic(username: &str, password: &SecretString) -> String {
    format!("Basic {}", STANDARD.encode(format!("{username}:{}", password.expose_secret())))
}
