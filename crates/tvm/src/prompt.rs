//! Secrets from a person or a pipe: the only place that one comes from. Never an argument, which other processes and the
//! shell's history would see.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

/// The most bytes that are read for a secret: no request could carry more.
const LONGEST_LINE: u64 = 64 * 1024;

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    #[error("standard input holds no {0}; write it there, or run this at a terminal to be asked for it")]
    Nothing(&'static str),
    #[error("standard input cannot be read: {0}")]
    Unread(io::Error),
    #[error("interrupted")]
    Interrupted,
}

/// Whether there is somebody to ask.
pub(crate) fn at_a_terminal() -> bool {
    io::stdin().is_terminal()
}

/// A secret: asked for by `prompt`, unseen, at a terminal; else the first line of standard input. Errors call it `what`.
pub(crate) fn secret(what: &'static str, prompt: String) -> Result<SecretString, PromptError> {
    if at_a_terminal() { unseen(prompt) } else { first_line(what) }
}

/// A secret of several lines, perhaps, in whatever encoding: asked for by `prompt`, unseen, at a terminal; else all of standard input.
pub(crate) fn bytes(what: &'static str, prompt: String) -> Result<SecretSlice<u8>, PromptError> {
    if at_a_terminal() {
        return unseen(prompt).map(|text| SecretSlice::from(text.expose_secret().as_bytes().to_vec()));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(LONGEST_LINE).read_to_end(&mut bytes).map_err(PromptError::Unread)?;
    let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
    if is_blank { Err(PromptError::Nothing(what)) } else { Ok(SecretSlice::from(bytes)) }
}

/// What is typed after `prompt`, unseen.
pub(crate) fn unseen(prompt: String) -> Result<SecretString, PromptError> {
    rpassword::prompt_password(prompt).map(SecretString::from).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => PromptError::Interrupted,
        _ => PromptError::Unread(error),
    })
}

/// The first line of standard input.
pub(crate) fn first_line(what: &'static str) -> Result<SecretString, PromptError> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST_LINE).read_line(&mut line).map_err(PromptError::Unread)?;
    let ended = line.strip_suffix('\n').map_or(line.len(), |text| text.strip_suffix('\r').unwrap_or(text).len());
    line.truncate(ended);
    if line.is_empty() { Err(PromptError::Nothing(what)) } else { Ok(SecretString::from(line)) }
}
