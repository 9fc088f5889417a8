//! Passwords in, and what is random: the only place that a password comes from.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use secrecy::{ExposeSecret as _, SecretString};
use tvm_users::{GeneratedKey, SALT_LENGTH};

use crate::user::UserError;

/// The most bytes that are read for a password: no request could carry more.
const LONGEST_LINE: u64 = 64 * 1024;

/// The new password of `name`: asked for twice, unseen, at a terminal; else the first line of standard input.
pub(crate) fn ask(name: &str) -> Result<SecretString, UserError> {
    if io::stdin().is_terminal() { typed(name) } else { first_line() }
}

fn typed(name: &str) -> Result<SecretString, UserError> {
    let name = name.escape_debug();
    let first = unseen(format!("New password of {name}: "))?;
    let again = unseen(format!("The same again for {name}: "))?;
    if first.expose_secret() == again.expose_secret() { Ok(first) } else { Err(UserError::Differ) }
}

fn unseen(prompt: String) -> Result<SecretString, UserError> {
    rpassword::prompt_password(prompt).map(SecretString::from).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => UserError::Interrupted,
        _ => UserError::PasswordUnread(error),
    })
}

fn first_line() -> Result<SecretString, UserError> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST_LINE).read_line(&mut line).map_err(UserError::PasswordUnread)?;
    let ended = line.strip_suffix('\n').map_or(line.len(), |text| text.strip_suffix('\r').unwrap_or(text).len());
    line.truncate(ended);
    if line.is_empty() { Err(UserError::NoPassword) } else { Ok(SecretString::from(line)) }
}

/// A new key.
pub(crate) fn generated_key() -> Result<GeneratedKey, UserError> {
    random().map(|bytes| GeneratedKey::of(&bytes))
}

/// The salt of a new hash.
pub(crate) fn salt() -> Result<[u8; SALT_LENGTH], UserError> {
    random()
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], UserError> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(UserError::NoRandomness)?;
    Ok(bytes)
}
