//! New passwords, and what is random.

use secrecy::{ExposeSecret as _, SecretString};
use tvm_users::{GeneratedKey, SALT_LENGTH};

use crate::prompt;
use crate::user::UserError;

/// The new password of `name`: asked for twice, unseen, at a terminal; else the first line of standard input.
pub(crate) fn ask(name: &str) -> Result<SecretString, UserError> {
    if !prompt::at_a_terminal() {
        return Ok(prompt::first_line("password")?);
    }
    let name = name.escape_debug();
    let first = prompt::unseen(format!("New password of {name}: "))?;
    let again = prompt::unseen(format!("The same again for {name}: "))?;
    if first.expose_secret() == again.expose_secret() { Ok(first) } else { Err(UserError::Differ) }
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
