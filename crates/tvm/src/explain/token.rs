//! The claims of a token in a file: for an explanation, which verifies nothing.
//!
//! A token is a secret: it is read from a file or from standard input, never from the command line, and is in no message.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The most that is read: more than any token that API Gateway passes on.
const MOST_BYTES: u64 = 64 * 1024;

/// Why a file has no claims.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableToken {
    #[error("{} cannot be read: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{} has neither the claims of a token as a JSON object nor a signed token (three parts with dots in between)",
        .0.display()
    )]
    NoClaims(PathBuf),
}

/// The claims in the file at `path`; `-` is standard input.
pub(crate) fn claims_in(path: &Path) -> Result<Value, UnreadableToken> {
    let text = read(path).map_err(|source| UnreadableToken::File { path: path.to_owned(), source })?;
    claims(text.trim()).ok_or_else(|| UnreadableToken::NoClaims(path.to_owned()))
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    if path == Path::new("-") {
        io::stdin().lock().take(MOST_BYTES).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(path)?.take(MOST_BYTES).read_to_string(&mut text)?;
    }
    Ok(text)
}

fn claims(text: &str) -> Option<Value> {
    if text.starts_with('{') {
        return serde_json::from_str(text).ok();
    }
    let mut parts = text.strip_prefix("Bearer ").unwrap_or(text).trim().split('.');
    let payload = parts.nth(1).filter(|_| parts.next().is_some())?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.is_object().then_some(claims)
}
