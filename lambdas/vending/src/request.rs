//! What a request says about the token it wants, read from the headers and the query string.

use tvm_common::event::{Ambiguous, Event};
use tvm_policy::Request;

/// The headers that carry a credential in one mode or another. Repeated, nobody knows which of them API Gateway verified.
const CREDENTIALS: [&str; 3] = ["authorization", "username", "password"];

/// A request that cannot be read in one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is repeated or no text")]
pub struct Malformed(pub &'static str);

/// What `event` asks for.
///
/// # Errors
/// [`Malformed`] where a parameter, a narrowing header or a credential header is repeated or no text.
pub fn request(event: &Event) -> Result<Request<'_>, Malformed> {
    for name in CREDENTIALS {
        event.header(name).optional().map_err(|Ambiguous| Malformed(name))?;
    }
    Ok(Request {
        name: event.query("name").optional().map_err(|Ambiguous| Malformed("name"))?,
        group: event.header("usergroup").optional().map_err(|Ambiguous| Malformed("usergroup"))?,
        cache: event.header("cachename").optional().map_err(|Ambiguous| Malformed("cachename"))?,
    })
}
